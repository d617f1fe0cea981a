#include "ir/graph/gradients/GradientBuilder.h"

using namespace mlir;

namespace dlc::graph {

Value ReshapeOp::buildCotangent(GradientBuilder &build, Value dresult, unsigned) {
  return build.make<ReshapeOp>(getInput().getType(), dresult);
}

Value BroadcastOp::buildCotangent(GradientBuilder &build, Value dresult, unsigned) {
  SmallVector<int64_t> repeated;
  for (int64_t dim = 0; dim < getType().getRank(); ++dim)
    if (!llvm::is_contained(getDims(), dim))
      repeated.push_back(dim);
  return repeated.empty() ? dresult : build.make<ReduceSumOp>(dresult, repeated);
}

Value TransposeOp::buildCotangent(GradientBuilder &build, Value dresult, unsigned) {
  SmallVector<int64_t> inverse(getPermutation().size());
  for (auto [to, from] : llvm::enumerate(getPermutation()))
    inverse[from] = to;
  return build.make<TransposeOp>(dresult, inverse);
}

Value ReverseOp::buildCotangent(GradientBuilder &build, Value dresult, unsigned) {
  return build.make<ReverseOp>(dresult, getDims());
}

/// Takes whole dimensions of \p value except where \p range narrows them: start, limit and stride of a dimension.
static Value sliceOf(GradientBuilder &build, Value value,
                     llvm::function_ref<std::array<int64_t, 3>(int64_t dim)> range) {
  SmallVector<int64_t> starts, limits, strides;
  for (int64_t dim = 0; dim < cast<RankedTensorType>(value.getType()).getRank(); ++dim) {
    auto [start, limit, stride] = range(dim);
    starts.push_back(start);
    limits.push_back(limit);
    strides.push_back(stride);
  }
  return build.make<SliceOp>(value, starts, limits, strides);
}

LogicalResult ConcatenateOp::buildVjp(OpBuilder &builder, ValueRange resultCotangents, ArrayRef<bool> operandNeeded,
                                      MutableArrayRef<Value> operandCotangents) {
  Value dresult = resultCotangents[0];
  if (!dresult || !isFloatTensor(getType()))
    return success();
  if (getType().isDynamicDim(getDim()))
    return emitOpError("has no gradient along dimension ")
           << getDim() << " of symbolic size " << sizeOfDim(getType(), getDim())
           << ": only ranges of static sizes can be cut out";
  GradientBuilder build(builder, getLoc());
  int64_t start = 0;
  for (auto [index, input] : llvm::enumerate(getInputs())) {
    int64_t limit = start + cast<RankedTensorType>(input.getType()).getDimSize(getDim());
    if (operandNeeded[index])
      operandCotangents[index] = sliceOf(build, dresult, [&](int64_t dim) -> std::array<int64_t, 3> {
        return dim == static_cast<int64_t>(getDim()) ? std::array<int64_t, 3>{start, limit, 1}
                                                     : std::array<int64_t, 3>{0, -1, 1};
      });
    start = limit;
  }
  return success();
}

LogicalResult PadOp::buildVjp(OpBuilder &builder, ValueRange resultCotangents, ArrayRef<bool> operandNeeded,
                              MutableArrayRef<Value> operandCotangents) {
  Value dresult = resultCotangents[0];
  RankedTensorType input = getInput().getType();
  if (!dresult || !isFloatTensor(input))
    return success();
  GradientBuilder build(builder, getLoc());
  if (operandNeeded[0]) {
    operandCotangents[0] = sliceOf(build, dresult, [&](int64_t dim) -> std::array<int64_t, 3> {
      if (input.isDynamicDim(dim))
        return {getLow()[dim], -1 - getHigh()[dim], 1};
      int64_t step = getInterior()[dim] + 1, low = getLow()[dim], size = input.getDimSize(dim);
      return {low, size == 0 ? low : low + (size - 1) * step + 1, step};
    });
  }
  if (operandNeeded[1]) {
    // The padding's share: what remains when the input's places are masked out.
    Type flag = builder.getI1Type();
    Value isPadding =
        build.make<PadOp>(build.splat(withElementType(input, flag), 0), build.splat(RankedTensorType::get({}, flag), 1),
                          getLow(), getHigh(), getInterior());
    operandCotangents[1] = build.make<ReduceSumOp>(build.keepWhere(isPadding, dresult),
                                                   llvm::to_vector(llvm::seq<int64_t>(0, input.getRank())));
  }
  return success();
}

} // namespace dlc::graph
