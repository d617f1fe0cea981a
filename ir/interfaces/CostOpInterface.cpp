#include "ir/interfaces/CostOpInterface.h"

#include "ir/interfaces/CostOpInterface.cpp.inc"
