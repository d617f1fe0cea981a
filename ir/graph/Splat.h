// Tensors whose elements are one constant.
#ifndef DLC_IR_GRAPH_SPLAT_H
#define DLC_IR_GRAPH_SPLAT_H

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/IR/Value.h"

namespace dlc::graph {

/// The element of a value whose elements are all one constant, found through ops that only move elements (symbolic
/// sizes have no constant of their own: it is broadcast); null otherwise.
mlir::TypedAttr splatElement(mlir::Value value);

/// True when all elements are \p number; a zero of either sign is 0, true is 1.
bool isSplatOf(mlir::Value value, int64_t number);

/// Rewrites that keep computations on constants of symbolic size as one number and one broadcast.
void populateSplatPatterns(mlir::RewritePatternSet &patterns);

} // namespace dlc::graph

#endif
