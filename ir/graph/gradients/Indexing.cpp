#include "ir/graph/gradients/GradientBuilder.h"

using namespace mlir;

namespace dlc::graph {

Value SliceOp::buildCotangent(GradientBuilder &build, Value dresult, unsigned) {
  RankedTensorType input = getInput().getType();
  SmallVector<int64_t> low, high, interior;
  for (int64_t dim = 0; dim < input.getRank(); ++dim) {
    bool isWhole = input.isDynamicDim(dim);
    int64_t start = isWhole ? 0 : getStarts()[dim], step = isWhole ? 1 : getStrides()[dim];
    int64_t taken = isWhole ? 0 : getType().getDimSize(dim);
    int64_t end = taken == 0 ? start : start + (taken - 1) * step + 1;
    low.push_back(start);
    high.push_back(isWhole ? 0 : input.getDimSize(dim) - end);
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
