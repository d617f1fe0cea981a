#include "ir/graph/gradients/GradientBuilder.h"

using namespace mlir;

namespace dlc::graph {

Value SliceOp::buildCotangent(GradientBuilder &build, Value dresult, unsigned) {
  RankedTensorType input = getInput().getType();
  SmallVector<int64_t> low, high, interior;
  for (int64_t dim = 0; dim < input.getRank(); ++dim) {
    int64_t start = getStarts()[dim], step = getStrides()[dim], behind = -1 - getLimits()[dim];
    if (!input.isDynamicDim(dim)) {
      int64_t taken = getType().getDimSize(dim);
      behind = input.getDimSize(dim) - (taken == 0 ? start : start + (taken - 1) * step + 1);
    }
    low.push_back(start);
    high.push_back(behind);
    interior.push_back(step - 1);
  }
  Value zero = build.splat(RankedTensorType::get({}, input.getElementType()), 0);
  return build.make<PadOp>(dresult, zero, low, high, interior);
}

Value TakeOp::buildCotangent(GradientBuilder &build, Value dresult, unsigned) {
  return build.make<ScatterAddOp>(getInput().getType(), getIndices(), dresult);
}

Value ScatterAddOp::buildCotangent(GradientBuilder &build, Value dresult, unsigned) {
  return build.make<TakeOp>(dresult, getIndices());
}

} // namespace dlc::graph
