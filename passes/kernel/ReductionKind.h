// What the body of a reduction does to its accumulators, and how partial results are combined.
#ifndef DLC_PASSES_KERNEL_REDUCTIONKIND_H
#define DLC_PASSES_KERNEL_REDUCTIONKIND_H

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "passes/kernel/LoopBuilder.h"

namespace dlc::kernel {

/// accumulator = accumulator op term: any order of the terms is allowed.
struct AssociativeReduction {
  mlir::Operation *op;
  mlir::Value term; ///< in the body
  mlir::vector::CombiningKind kind;
  mlir::TypedAttr neutral;

  static std::optional<AssociativeReduction> match(mlir::linalg::GenericOp generic);

  /// lhs op rhs, scalars or vectors.
  mlir::Value combine(LoopBuilder &builder, mlir::Value lhs, mlir::Value rhs) const;
  /// \p width lanes of the neutral element.
  mlir::Value neutralLanes(LoopBuilder &builder, int64_t width) const;
  /// All lanes of \p vector combined, in a fixed order; scalars stay.
  mlir::Value combineLanes(LoopBuilder &builder, mlir::Value vector) const;
  /// Halves \p vector until it has \p lanes lanes.
  mlir::Value narrow(LoopBuilder &builder, mlir::Value vector, int64_t lanes) const;
};

/// (value, position) of the first largest or smallest element; NaN beats all others.
struct PositionReduction {
  bool largest;

  static std::optional<PositionReduction> match(mlir::linalg::GenericOp generic);

  /// The best of all lanes: value and position.
  std::pair<mlir::Value, mlir::Value> combineLanes(LoopBuilder &builder, mlir::Value values,
                                                   mlir::Value positions) const;
};

/// result[position, …] = result[position, …] op update, where \p position is computed for loop \p dim of the result.
struct ScatterReduction {
  mlir::Operation *op;
  unsigned dim;
  mlir::Value position;
  mlir::Value update;

  static std::optional<ScatterReduction> match(mlir::linalg::GenericOp generic);
};

} // namespace dlc::kernel

#endif
