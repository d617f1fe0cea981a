// Reverse-mode differentiation of one straight-line function body, and of the ops that call others.
#ifndef DLC_PASSES_AUTODIFF_BACKWARD_H
#define DLC_PASSES_AUTODIFF_BACKWARD_H

#include "ir/graph/GraphOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/IRMapping.h"

namespace dlc {

/// Builds d (first result of \p callee) / d (argument i) for each i of \p wrt. \p clones maps the callee's values to
/// those of the copy that the backward ops read, and is kept up to date where ops of the copy are replaced; what is the
/// same value there (one value given for two arguments) still has two gradients. Backward ops go to \p builder's
/// insertion point. Appends one value to \p gradients for each of \p wrt, zeros where the loss does not depend on it.
/// Fails with an error at the op that has no gradient.
llvm::LogicalResult buildGradients(mlir::func::FuncOp callee, mlir::IRMapping &clones, llvm::ArrayRef<int64_t> wrt,
                                   mlir::OpBuilder &builder, mlir::Location location,
                                   llvm::SmallVectorImpl<mlir::Value> &gradients);

/// The cotangents of the arguments of \p callee from those of its results, null for zero, for the copy of its ops that
/// \p clones leads to.
llvm::LogicalResult differentiateCopy(mlir::func::FuncOp callee, mlir::IRMapping &clones,
                                      llvm::ArrayRef<mlir::Value> resultCotangents, llvm::ArrayRef<bool> argumentNeeded,
                                      mlir::OpBuilder &builder, llvm::MutableArrayRef<mlir::Value> argumentCotangents);

/// Copies the body of \p function with \p arguments in the place of its own; its results.
llvm::SmallVector<mlir::Value> inlined(mlir::func::FuncOp function, mlir::ValueRange arguments,
                                       mlir::OpBuilder &builder, mlir::IRMapping &mapping);

/// Cotangents of a callee's values, found from those of its results.
class Backward {
public:
  /// As buildGradients.
  Backward(mlir::func::FuncOp callee, mlir::IRMapping &clones, mlir::OpBuilder &builder);

  /// Which values are on a path from \p arguments to \p results: only they get cotangents.
  void findActive(llvm::ArrayRef<mlir::Value> arguments, mlir::ValueRange results);
  bool isActive(mlir::Value value) const { return active.contains(value); }
  /// Adds \p cotangent to that of \p value.
  void accumulate(mlir::Value value, mlir::Value cotangent, mlir::Location location);
  llvm::LogicalResult run();
  /// Null for zero.
  mlir::Value cotangentOf(mlir::Value value) const { return cotangents.lookup(value); }

private:
  llvm::LogicalResult differentiate(mlir::Operation *op);
  llvm::LogicalResult cotangentsOfOperands(mlir::Operation *op, llvm::ArrayRef<mlir::Value> results,
                                           llvm::ArrayRef<bool> needed, llvm::MutableArrayRef<mlir::Value> operands);

  mlir::IRMapping &clones;
  mlir::OpBuilder &builder;
  llvm::SmallVector<mlir::Operation *> ops;            // of the callee, in order
  llvm::DenseSet<mlir::Value> active;                  // on a path from an argument to a result
  llvm::DenseMap<mlir::Value, mlir::Value> cotangents; // of the callee's values
};

/// The cotangents of a scan's operands from those of its results, as DifferentiableOpInterface does it for other ops.
/// The scan is replaced by one that also keeps what the backward loop needs, and erased; \p replacements are its
/// results.
llvm::LogicalResult differentiateScan(graph::ScanOp scan, llvm::ArrayRef<mlir::Value> resultCotangents,
                                      llvm::ArrayRef<bool> operandNeeded, mlir::OpBuilder &builder,
                                      llvm::MutableArrayRef<mlir::Value> operandCotangents,
                                      llvm::SmallVectorImpl<mlir::Value> &replacements);
/// A private function at the end of the module, named after the body of \p scan, which has no results yet.
mlir::func::FuncOp createCallee(graph::ScanOp scan, const llvm::Twine &suffix, mlir::TypeRange arguments, bool isBody);
/// A function that does what \p scan does, as a loop over parts of `recompute` steps and one over the rest. Null when
/// the body is missing.
mlir::func::FuncOp createScanParts(graph::ScanOp scan);

/// The same for a checkpoint: its callee once more behind the cotangents, from arguments that wait for them, and the
/// callee's backward ops.
llvm::LogicalResult differentiateCheckpoint(graph::CheckpointOp checkpoint,
                                            llvm::ArrayRef<mlir::Value> resultCotangents,
                                            llvm::ArrayRef<bool> operandNeeded, mlir::OpBuilder &builder,
                                            llvm::MutableArrayRef<mlir::Value> operandCotangents);
/// The same for a function with a gradient of its own: the ops of its backward function.
llvm::LogicalResult differentiateCustomVjp(graph::CustomVjpOp call, llvm::ArrayRef<mlir::Value> resultCotangents,
                                           llvm::ArrayRef<bool> operandNeeded, mlir::OpBuilder &builder,
                                           llvm::MutableArrayRef<mlir::Value> operandCotangents);
/// Puts the callees of checkpoints and of functions with gradients of their own in their place.
llvm::LogicalResult inlineCalls(mlir::func::FuncOp function);

/// Says in the op's location that it belongs to the backward direction: "dense_1/x @ w (gradient)"; for a loop also in
/// its body, if nobody else has it.
void markAsGradient(mlir::Operation *op);

bool isFloat(mlir::Value value);
mlir::Value zeros(mlir::OpBuilder &builder, mlir::Location location, mlir::RankedTensorType type);

} // namespace dlc

#endif
