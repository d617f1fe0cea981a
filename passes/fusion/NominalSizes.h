// Numbers for symbolic sizes and for the work of ops, to compare costs. Nothing that must be right depends on them.
#ifndef DLC_PASSES_FUSION_NOMINALSIZES_H
#define DLC_PASSES_FUSION_NOMINALSIZES_H

#include "ir/graph/SymbolicSize.h"
#include "mlir/IR/BuiltinOps.h"

namespace dlc::fusion {

class NominalSizes {
public:
  /// `batch` is the recipe's batch_size if there is one; other symbols are \p otherwise.
  NominalSizes(mlir::ModuleOp module, int64_t otherwise);

  /// Value of a size; one that leaves 64 bits counts as the largest number.
  int64_t of(const graph::SymbolicSize &size) const;
  int64_t elements(mlir::Type type) const;
  /// Flops of the whole op.
  int64_t flops(mlir::Operation *op) const;
  /// Flops for one element of the result.
  int64_t flopsPerElement(mlir::Operation *op) const;

private:
  int64_t batch, otherwise;
};

} // namespace dlc::fusion

#endif
