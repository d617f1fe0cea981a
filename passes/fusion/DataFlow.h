// Facts about the values of one function that hold whatever fusion decides.
#ifndef DLC_PASSES_FUSION_DATAFLOW_H
#define DLC_PASSES_FUSION_DATAFLOW_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/BitVector.h"

namespace dlc::fusion {

class DataFlow {
public:
  explicit DataFlow(mlir::func::FuncOp function);

  /// All ops but guards and the terminator, in order.
  llvm::ArrayRef<mlir::Operation *> ops() const { return list; }
  /// Guards and the terminator: they need values in memory.
  llvm::ArrayRef<mlir::Operation *> readers() const { return memoryReaders; }

  /// The number of guards behind which the op may wait: one that a guard needs must run before that guard, one that
  /// only results need runs behind all.
  unsigned phaseOf(mlir::Operation *op) const { return phases.lookup(op); }
  unsigned phaseCount() const { return guardCount + 1; }

  /// Reductions, contractions and opaque ops that the op depends on, itself included.
  const llvm::BitVector &barriersOf(mlir::Operation *op) const { return barriers.find(op)->second; }
  bool dependsOn(mlir::Value value, mlir::Operation *barrier) const;

private:
  llvm::SmallVector<mlir::Operation *> list, memoryReaders;
  llvm::DenseMap<mlir::Operation *, unsigned> phases, barrierNumbers;
  llvm::DenseMap<mlir::Operation *, llvm::BitVector> barriers;
  unsigned guardCount = 0;
};

} // namespace dlc::fusion

#endif
