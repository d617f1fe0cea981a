#ifndef DLC_IR_GRAPH_GRAPHOPS_H
#define DLC_IR_GRAPH_GRAPHOPS_H

#include "ir/graph/GraphDialect.h"
#include "ir/graph/OpTraits.h"
#include "ir/graph/TypeInference.h"
#include "ir/interfaces/CostOpInterface.h"
#include "ir/interfaces/DifferentiableOpInterface.h"
#include "ir/interfaces/FusibleOpInterface.h"
#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#define GET_OP_CLASSES
#include "ir/graph/GraphOps.h.inc"

#endif
