#include "ir/graph/gradients/GradientBuilder.h"

using namespace mlir;

namespace dlc::graph {

/// Repeats a reduced value along the reduced \p dims, up to \p type.
static Value expand(GradientBuilder &build, Value reduced, RankedTensorType type, ArrayRef<int64_t> dims) {
  SmallVector<int64_t> kept;
  for (int64_t dim = 0; dim < type.getRank(); ++dim)
    if (!llvm::is_contained(dims, dim))
      kept.push_back(dim);
  return build.make<BroadcastOp>(type, reduced, kept);
}

/// The cotangent goes to the element at \p index along \p dim: the first of equal ones.
static Value placeAt(GradientBuilder &build, Value index, Value dresult, RankedTensorType input, int64_t dim) {
  RankedTensorType indices = withElementType(input, cast<RankedTensorType>(index.getType()).getElementType());
  Value here = build.make<IotaOp>(indices, static_cast<uint64_t>(dim));
  Value isFirst = build.compare(here, ComparisonDirection::Eq, expand(build, index, indices, dim));
  return build.keepWhere(isFirst, expand(build, dresult, input, dim));
}

Value ReduceSumOp::buildCotangent(GradientBuilder &build, Value dresult, unsigned) {
  return expand(build, dresult, getInput().getType(), getDims());
}

Value ReduceMaxOp::buildCotangent(GradientBuilder &build, Value dresult, unsigned) {
  return placeAt(build, build.make<ArgMaxOp>(getInput(), getDim()), dresult, getInput().getType(), getDim());
}

Value ReduceMinOp::buildCotangent(GradientBuilder &build, Value dresult, unsigned) {
  return placeAt(build, build.make<ArgMinOp>(getInput(), getDim()), dresult, getInput().getType(), getDim());
}

} // namespace dlc::graph
