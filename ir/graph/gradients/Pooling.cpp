#include "ir/graph/gradients/GradientBuilder.h"

using namespace mlir;

namespace dlc::graph {

/// Every element of \p dresult once for each element of its window, where windows neither overlap nor leave gaps.
static Value repeatWindows(GradientBuilder &build, Value dresult, RankedTensorType input, ArrayRef<int64_t> window) {
  auto type = cast<RankedTensorType>(dresult.getType());
  SmallVector<SymbolicSize> spread, joined;
  SmallVector<int64_t> dims, none(input.getRank(), 0), behind;
  for (int64_t dim = 0; dim < input.getRank(); ++dim) {
    dims.push_back(spread.size());
    spread.push_back(sizeOfDim(type, dim));
    if (window[dim] > 1)
      spread.push_back(window[dim]);
    joined.push_back(sizeOfDim(type, dim) * SymbolicSize(window[dim]));
    behind.push_back((sizeOfDim(input, dim) - joined[dim]).constant());
  }
  MLIRContext *context = input.getContext();
  Value repeated = build.make<BroadcastOp>(makeTensorType(context, spread, input.getElementType()), dresult, dims);
  repeated = build.make<ReshapeOp>(makeTensorType(context, joined, input.getElementType()), repeated);
  if (llvm::all_of(behind, [](int64_t width) { return width == 0; }))
    return repeated;
  Value zero = build.splat(RankedTensorType::get({}, input.getElementType()), 0);
  return build.make<PadOp>(repeated, zero, none, behind, none);
}

/// Element i lies in the windows o with o * stride <= i < o * stride + window: a sum over windows of dresult, spread out
/// to the windows' first elements.
Value WindowSumOp::buildCotangent(GradientBuilder &build, Value dresult, unsigned) {
  RankedTensorType input = getInput().getType();
  if (getWindow() == getStrides())
    return repeatWindows(build, dresult, input, getWindow());
  SmallVector<int64_t> low, high, interior, steps(input.getRank(), 1);
  for (int64_t dim = 0; dim < input.getRank(); ++dim) {
    int64_t window = getWindow()[dim], stride = getStrides()[dim];
    low.push_back(window - 1);
    interior.push_back(stride - 1);
    high.push_back(stride == 1 ? window - 1 : input.getDimSize(dim) - (getType().getDimSize(dim) - 1) * stride - 1);
  }
  Value zero = build.splat(RankedTensorType::get({}, input.getElementType()), 0);
  Value spread = build.make<PadOp>(dresult, zero, low, high, interior);
  return build.make<WindowSumOp>(spread, getWindow(), steps);
}

Value WindowMaxOp::buildCotangent(GradientBuilder &build, Value dresult, unsigned) {
  Value places = build.make<WindowArgMaxOp>(getInput(), getWindow(), getStrides());
  return build.make<WindowScatterOp>(getInput().getType(), dresult, places, getWindow(), getStrides());
}

Value WindowScatterOp::buildCotangent(GradientBuilder &build, Value dresult, unsigned) {
  return build.make<WindowGatherOp>(getUpdates().getType(), dresult, getIndices(), getWindow(), getStrides());
}

Value WindowGatherOp::buildCotangent(GradientBuilder &build, Value dresult, unsigned) {
  return build.make<WindowScatterOp>(getInput().getType(), dresult, getIndices(), getWindow(), getStrides());
}

} // namespace dlc::graph
