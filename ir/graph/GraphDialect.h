// The dialect `graph`: a program as operations on immutable tensors with symbolic sizes.
#ifndef DLC_IR_GRAPH_GRAPHDIALECT_H
#define DLC_IR_GRAPH_GRAPHDIALECT_H

#include "ir/graph/SymbolicSize.h"
#include "ir/interfaces/ConstantEvaluator.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/TensorEncoding.h"
#include <memory>

#include "ir/graph/GraphDialect.h.inc"
#include "ir/graph/GraphEnums.h.inc"

#define GET_ATTRDEF_CLASSES
#include "ir/graph/GraphAttributes.h.inc"

#endif
