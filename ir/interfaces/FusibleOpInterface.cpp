#include "ir/interfaces/FusibleOpInterface.h"

#include "ir/interfaces/FusibleOpInterface.cpp.inc"
