// Which elements of stored values an expression reads, as functions of the indices of a loop nest.
#ifndef DLC_PASSES_KERNEL_KERNELACCESS_H
#define DLC_PASSES_KERNEL_KERNELACCESS_H

#include "mlir/IR/AffineExpr.h"
#include "passes/kernel/KernelDag.h"
#include "llvm/ADT/SmallBitVector.h"

namespace dlc::kernel {

/// One read. An index is an affine expression of the nest's dimensions, or null where it depends on data.
struct Access {
  mlir::Value source;
  llvm::SmallVector<mlir::AffineExpr, 4> indices;
  llvm::SmallBitVector dataIndexDims; ///< dimensions that the null indices may depend on
};

/// How an address moves with one dimension.
enum class Stride { Uniform, Contiguous, Strided, Gather };

/// Everything an expression reads, seen from a loop nest with a fixed number of dimensions.
struct AccessSet {
  llvm::SmallVector<Access> accesses;
  llvm::SmallBitVector pinned; ///< dimensions whose index is itself a value, or is computed with

  explicit AccessSet(unsigned dims) : pinned(dims) {}
  bool reads(mlir::Value source) const;
};

class AccessCollector {
public:
  /// Element-wise values are looked through unless they are in memory.
  AccessCollector(const KernelDag &dag, AccessSet &set) : dag(dag), set(set) {}

  /// Element \p indices of \p tensor.
  void addElement(mlir::Value tensor, mlir::ArrayRef<mlir::AffineExpr> indices);
  /// What the body of \p generic reads when its loops stand at \p loops.
  void addBody(mlir::linalg::GenericOp generic, mlir::ArrayRef<mlir::AffineExpr> loops);
  /// Values whose element at \p indices was added, directly or within another.
  llvm::SmallVector<mlir::Value> visitedAt(mlir::ArrayRef<mlir::AffineExpr> indices) const;
  /// One input of \p generic.
  void addOperand(mlir::linalg::GenericOp generic, unsigned input, mlir::ArrayRef<mlir::AffineExpr> loops);

private:
  void addLeaf(mlir::Value tensor, mlir::ArrayRef<mlir::AffineExpr> indices);
  mlir::AffineExpr bodyIndex(mlir::Value index, mlir::ArrayRef<mlir::AffineExpr> loops);
  void pin(mlir::AffineExpr expr);

  const KernelDag &dag;
  AccessSet &set;
  llvm::SmallVector<std::pair<mlir::Value, llvm::SmallVector<mlir::AffineExpr, 4>>> visited;
};

/// The dimensions d0, d1, … of a nest as expressions.
llvm::SmallVector<mlir::AffineExpr, 4> dimensions(mlir::MLIRContext *context, unsigned count);

/// \p access follows the nest's first \p count dimensions one by one.
bool isPointwise(const Access &access, unsigned count);

/// How the address of \p access moves along the neighbouring dimensions [first, last] taken as one.
Stride strideAlong(const KernelDag &dag, const Access &access, unsigned first, unsigned last);

} // namespace dlc::kernel

#endif
