// How ops read their operands, as far as fusion must know it.
#ifndef DLC_PASSES_FUSION_INDEXMAPS_H
#define DLC_PASSES_FUSION_INDEXMAPS_H

#include "ir/graph/GraphOps.h"

namespace dlc::fusion {

FusionKind kindOf(mlir::Operation *op);

/// Reductions, contractions and opaque ops: an element of the result needs many elements of an operand.
bool isBarrier(mlir::Operation *op);

/// A reshape that does more than add or drop dimensions of size 1: it exists between kernels only, as a view.
bool isView(mlir::Operation *op);

/// A constant that is no splat and has more than 64 elements: it is stored in the file, not in kernels.
bool isLargeConstant(mlir::Operation *op);

/// Has no operands and costs nothing: computed in every kernel that needs it.
bool isFree(mlir::Operation *op);

/// Only moves elements by a fixed pattern that loops can follow: broadcast, transpose, slice, unit reshape.
bool isIndexMap(mlir::Operation *op);

/// The operand is read at computed indices: it must be in memory, or cost next to nothing.
bool isGathered(mlir::OpOperand &operand);

/// Element i of the result needs element i of the operand and no other.
bool isPointwise(mlir::OpOperand &operand);

/// Row i (dimension 0) of the result needs row i of the operand and no other.
bool keepsRows(mlir::OpOperand &operand);

/// The value under index maps: what they read.
mlir::Value stripIndexMaps(mlir::Value value);
/// The value that a chain of reshapes shows.
mlir::Value stripReshapes(mlir::Value value);

} // namespace dlc::fusion

#endif
