#include "ir/interfaces/DifferentiableOpInterface.h"

#include "ir/interfaces/DifferentiableOpInterface.cpp.inc"
