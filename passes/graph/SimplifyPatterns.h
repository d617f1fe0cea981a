// Rewrites of --dlc-simplify-graph, by family of the op they start at.
#ifndef DLC_PASSES_GRAPH_SIMPLIFYPATTERNS_H
#define DLC_PASSES_GRAPH_SIMPLIFYPATTERNS_H

#include "ir/graph/GraphOps.h"
#include "mlir/IR/PatternMatch.h"

namespace dlc {

void populateElementwisePatterns(mlir::RewritePatternSet &patterns);
void populateReductionPatterns(mlir::RewritePatternSet &patterns);
void populateContractionPatterns(mlir::RewritePatternSet &patterns);
void populateShapePatterns(mlir::RewritePatternSet &patterns);

/// A constant of type \p type whose elements are all \p number, or a broadcast one where sizes are symbolic.
mlir::Value createSplat(mlir::OpBuilder &builder, mlir::Location location, mlir::RankedTensorType type, double number);

/// Dimensions of \p from and \p to that are not of size 1, pair by pair, when the two types differ in dimensions of
/// size 1 only; nothing otherwise.
std::optional<llvm::SmallVector<std::pair<int64_t, int64_t>>> matchUnitReshape(mlir::RankedTensorType from,
                                                                               mlir::RankedTensorType to);

} // namespace dlc

#endif
