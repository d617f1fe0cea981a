#include "ir/graph/GraphOps.h"
#include "mlir/IR/Builders.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace dlc::graph {

/// The size of one sliced dimension.
static FailureOr<SymbolicSize> inferSlicedSize(const InferenceError &error, const SymbolicSize &size, int64_t start,
                                               int64_t limit, int64_t stride) {
  if (!size.isConstant()) {
    if (start >= 0 && limit < 0 && stride == 1)
      return size - SymbolicSize(start) + SymbolicSize(limit + 1);
    return error("of a symbolic size, elements can be left out at both ends only (start 0 or above, limit -1 or below, "
                 "stride 1), got start ",
                 start, ", limit ", limit, ", stride ", stride, " of ", size.str());
  }
  if (limit < 0)
    limit += size.constant() + 1;
  if (start < 0 || start > limit || limit > size.constant())
    return error("a range must satisfy 0 <= start <= limit <= size, got start ", start, ", limit ", limit, ", size ",
                 size.constant());
  if (stride < 1)
    return error("strides must be at least 1, got ", stride);
  return SymbolicSize(llvm::divideCeilSigned(limit - start, stride));
}

LogicalResult SliceOp::inferReturnTypes(MLIRContext *context, std::optional<Location> location, Adaptor adaptor,
                                        SmallVectorImpl<Type> &results) {
  InferenceError error("slice", location);
  auto input = cast<RankedTensorType>(adaptor.getInput().getType());
  SmallVector<SymbolicSize> sizes = sizesOf(input);
  for (ArrayRef<int64_t> list : {adaptor.getStarts(), adaptor.getLimits(), adaptor.getStrides()})
    if (list.size() != sizes.size())
      return error("starts, limits and strides must have one number for each of ", sizes.size(), " dimensions, got ",
                   listText(list));
  for (auto [size, start, limit, stride] :
       llvm::zip(sizes, adaptor.getStarts(), adaptor.getLimits(), adaptor.getStrides())) {
    FailureOr<SymbolicSize> sliced = inferSlicedSize(error, size, start, limit, stride);
    if (failed(sliced))
      return failure();
    size = *sliced;
  }
  results.push_back(makeTensorType(context, sizes, input.getElementType()));
  return success();
}

OpFoldResult SliceOp::fold(FoldAdaptor adaptor) {
  // Equal sizes mean the whole range: any start or stride would leave less.
  if (getInput().getType() == getType())
    return getInput();
  auto splat = dyn_cast_or_null<SplatElementsAttr>(adaptor.getInput());
  return splat ? OpFoldResult(splat.resizeSplat(getType())) : OpFoldResult();
}

/// Rows are what take reads and scatter_add writes; with no row there is nothing to clamp an index to.
static LogicalResult checkRows(const InferenceError &error, StringRef name, RankedTensorType type) {
  if (type.getRank() == 0 || sizeOfDim(type, 0) == SymbolicSize(0))
    return error(name, " must have at least one row, got ", type);
  return success();
}

/// `indices' sizes ++ sizes of a row of \p rows`.
static SmallVector<SymbolicSize> sizesOfRows(RankedTensorType indices, RankedTensorType rows) {
  SmallVector<SymbolicSize> sizes = sizesOf(indices);
  llvm::append_range(sizes, ArrayRef(sizesOf(rows)).drop_front());
  return sizes;
}

LogicalResult TakeOp::inferReturnTypes(MLIRContext *context, std::optional<Location> location, Adaptor adaptor,
                                       SmallVectorImpl<Type> &results) {
  auto input = cast<RankedTensorType>(adaptor.getInput().getType());
  auto indices = cast<RankedTensorType>(adaptor.getIndices().getType());
  if (failed(checkRows(InferenceError("take", location), "input", input)))
    return failure();
  results.push_back(makeTensorType(context, sizesOfRows(indices, input), input.getElementType()));
  return success();
}

LogicalResult ScatterAddOp::verify() {
  if (failed(checkRows(InferenceError("scatter_add", getLoc()), "result", getType())))
    return failure();
  RankedTensorType expected =
      makeTensorType(getContext(), sizesOfRows(getIndices().getType(), getType()), getType().getElementType());
  if (getUpdates().getType() != expected)
    return emitOpError("updates must have the indices' sizes and then those of a row, expected ")
           << expected << ", got " << getUpdates().getType();
  return success();
}

} // namespace dlc::graph
