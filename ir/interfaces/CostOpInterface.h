#ifndef DLC_IR_INTERFACES_COSTOPINTERFACE_H
#define DLC_IR_INTERFACES_COSTOPINTERFACE_H

#include "ir/graph/SymbolicSize.h"
#include "mlir/IR/OpDefinition.h"

#include "ir/interfaces/CostOpInterface.h.inc"

#endif
