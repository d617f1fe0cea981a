// Reverse-mode differentiation of one straight-line function body.
#ifndef DLC_PASSES_AUTODIFF_BACKWARD_H
#define DLC_PASSES_AUTODIFF_BACKWARD_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/IRMapping.h"

namespace dlc {

/// Builds d (first result of \p callee) / d (argument i) for each i of \p wrt. \p clones maps the callee's values to
/// those of the copy that the backward ops read; what is the same value there (one value given for two arguments)
/// still has two gradients. Backward ops go to \p builder's insertion point. Appends one value to \p gradients for
/// each of \p wrt, zeros where the loss does not depend on it. Fails with an error at the op that has no gradient.
llvm::LogicalResult buildGradients(mlir::func::FuncOp callee, const mlir::IRMapping &clones,
                                   llvm::ArrayRef<int64_t> wrt, mlir::OpBuilder &builder, mlir::Location location,
                                   llvm::SmallVectorImpl<mlir::Value> &gradients);

} // namespace dlc

#endif
