#include "ir/graph/gradients/Convolution.h"

#include "ir/graph/gradients/GradientBuilder.h"

using namespace mlir;

namespace dlc::graph {

static RankedTensorType typeOf(Value value) { return cast<RankedTensorType>(value.getType()); }

namespace {
/// Places of dimensions: input `[n, s…, (g,) ci]`, filter `[k…, (g,) ci, co]`, result `[n, o…, (g,) co]`.
struct Layout {
  Layout(int64_t spatial, bool grouped) : spatial(spatial), groups(grouped ? 1 : 0) {}

  int64_t rank() const { return spatial + groups + 2; }
  /// \p first, the spatial dimensions from \p offset on, the groups behind them if there are any, \p rest.
  SmallVector<int64_t> order(ArrayRef<int64_t> first, int64_t offset, ArrayRef<int64_t> rest) const {
    SmallVector<int64_t> dims(first);
    llvm::append_range(dims, llvm::seq(offset, offset + spatial + groups));
    llvm::append_range(dims, rest);
    return dims;
  }

  int64_t spatial, groups;
};
} // namespace

static Value transpose(GradientBuilder &build, Value value, ArrayRef<int64_t> permutation) {
  return build.make<TransposeOp>(value, permutation);
}

static Value reshape(GradientBuilder &build, Value value, ArrayRef<SymbolicSize> sizes) {
  RankedTensorType type = makeTensorType(value.getContext(), sizes, typeOf(value).getElementType());
  return type == value.getType() ? value : build.make<ReshapeOp>(type, value);
}

/// Zeros before and behind \p value along the dimensions from \p first on.
static Value padZeros(GradientBuilder &build, Value value, int64_t first, ArrayRef<int64_t> before,
                      ArrayRef<int64_t> behind) {
  SmallVector<int64_t> low(typeOf(value).getRank(), 0), high(low), interior(low);
  llvm::copy(before, low.begin() + first);
  llvm::copy(behind, high.begin() + first);
  if (llvm::all_of(llvm::concat<int64_t>(low, high), [](int64_t width) { return width == 0; }))
    return value;
  Value zero = build.splat(RankedTensorType::get({}, typeOf(value).getElementType()), 0);
  return build.make<PadOp>(value, zero, low, high, interior);
}

/// The first \p sizes elements along the dimensions from \p first on.
static Value takeFirst(GradientBuilder &build, Value value, int64_t first, ArrayRef<SymbolicSize> sizes) {
  int64_t rank = typeOf(value).getRank();
  SmallVector<int64_t> starts(rank, 0), limits(rank, -1), strides(rank, 1);
  bool isWhole = true;
  for (auto [dim, size] : llvm::enumerate(sizes)) {
    if (sizeOfDim(typeOf(value), first + dim) == size)
      continue;
    limits[first + dim] = size.constant();
    isWhole = false;
  }
  return isWhole ? value : build.make<SliceOp>(value, starts, limits, strides);
}

/// Element i = q * stride + r of the input meets filter elements r + stride * t, at the windows q - t. So each r has a
/// filter of its own, all of them run over the windows at step 1, and their results are interleaved: no product with
/// a zero between strides is ever computed.
Value buildTransposedConvolution(OpBuilder &builder, Location location, const ConvolutionShape &shape, Value dresult) {
  GradientBuilder build(builder, location);
  Layout layout(shape.strides.size(), shape.grouped);
  RankedTensorType input = shape.input, filter = typeOf(shape.filter), result = typeOf(dresult);
  int64_t spatial = layout.spatial;
  SmallVector<int64_t> taps, phases(shape.strides), none(spatial, 0), filterPad, before, behind;
  SmallVector<SymbolicSize> quotients;
  SymbolicSize phaseCount(1);
  for (int64_t dim = 0; dim < spatial; ++dim) {
    int64_t size = filter.getDimSize(dim), stride = phases[dim], dilation = shape.dilation[dim];
    SymbolicSize whole = sizeOfDim(input, dim + 1);
    taps.push_back(llvm::divideCeilSigned(size, stride));
    filterPad.push_back(taps[dim] * stride - size);
    before.push_back((taps[dim] - 1) * dilation);
    quotients.push_back(stride == 1 ? whole : SymbolicSize(llvm::divideCeilSigned(whole.constant(), stride)));
    behind.push_back(stride == 1 ? before[dim] : quotients[dim].constant() - result.getDimSize(dim + 1));
    phaseCount = phaseCount * SymbolicSize(stride);
  }
  SymbolicSize channels = sizeOfDim(input, layout.rank() - 1), features = sizeOfDim(result, layout.rank() - 1);
  SmallVector<SymbolicSize, 1> groups;
  if (layout.groups)
    groups.push_back(sizeOfDim(filter, spatial));

  // [k…, (g,) ci, co] => [t, r, …, (g,) ci, co], t backwards => [t…, (g,) co, r…, ci] => [t…, (g,) co, r * ci]
  Value phased = padZeros(build, shape.filter, 0, none, filterPad);
  SmallVector<SymbolicSize> sizes;
  SmallVector<int64_t> order, reversed;
  for (int64_t dim = 0; dim < spatial; ++dim) {
    sizes.append({SymbolicSize(taps[dim]), SymbolicSize(phases[dim])});
    order.push_back(2 * dim);
    if (taps[dim] > 1)
      reversed.push_back(2 * dim);
  }
  llvm::append_range(sizes, groups);
  sizes.append({channels, features});
  int64_t rank = sizes.size();
  if (layout.groups)
    order.push_back(2 * spatial);
  order.push_back(rank - 1);
  for (int64_t dim = 0; dim < spatial; ++dim)
    order.push_back(2 * dim + 1);
  order.push_back(rank - 2);
  phased = reshape(build, phased, sizes);
  if (!reversed.empty())
    phased = build.make<ReverseOp>(phased, reversed);
  phased = transpose(build, phased, order);
  sizes.assign(taps.begin(), taps.end());
  llvm::append_range(sizes, groups);
  sizes.append({features, phaseCount * channels});
  phased = reshape(build, phased, sizes);

  SmallVector<int64_t> steps(spatial, 1);
  Value spread = build.make<ConvolutionOp>(padZeros(build, dresult, 1, before, behind), phased, steps,
                                           shape.dilation, shape.grouped);

  // [n, q…, (g,) r * ci] => [n, q…, (g,) r…, ci] => [n, q, r, …, (g,) ci] => [n, q * r…, (g,) ci]
  sizes.assign({sizeOfDim(input, 0)});
  llvm::append_range(sizes, quotients);
  llvm::append_range(sizes, groups);
  llvm::append_range(sizes, llvm::map_range(phases, [](int64_t phase) { return SymbolicSize(phase); }));
  sizes.push_back(channels);
  order.assign({0});
  for (int64_t dim = 0; dim < spatial; ++dim)
    order.append({dim + 1, spatial + layout.groups + 1 + dim});
  if (layout.groups)
    order.push_back(spatial + 1);
  order.push_back(sizes.size() - 1);
  Value gathered = reshape(build, spread, sizes);
  if (llvm::any_of(phases, [](int64_t phase) { return phase > 1; }))
    gathered = transpose(build, gathered, order);
  SmallVector<SymbolicSize> inputSizes = sizesOf(input);
  sizes = inputSizes;
  for (int64_t dim = 0; dim < spatial; ++dim)
    sizes[dim + 1] = quotients[dim] * SymbolicSize(phases[dim]);
  gathered = reshape(build, gathered, sizes);
  return takeFirst(build, gathered, 1, ArrayRef(inputSizes).slice(1, spatial));
}

/// dfilter[k…, ci, co] = sum over n, o… of input[n, o * strides + k * dilation…, ci] * dresult[n, o…, co]: a
/// convolution again, with ci for n and n for ci, whose strides and dilation have changed places.
static Value filterGradient(ConvolutionOp op, GradientBuilder &build, Value dresult) {
  Layout layout(op.getSpatialRank(), op.getGrouped());
  int64_t last = layout.rank() - 1;
  RankedTensorType filter = op.getFilter().getType(), result = op.getType();
  SmallVector<SymbolicSize> used;
  for (int64_t dim = 0; dim < layout.spatial; ++dim) {
    SymbolicSize size = sizeOfDim(op.getInput().getType(), dim + 1);
    if (op.getStrides()[dim] > 1) // the stride may leave some elements at the end out
      size = SymbolicSize((result.getDimSize(dim + 1) - 1) * op.getStrides()[dim] + filter.getDimSize(dim));
    used.push_back(size);
  }
  Value input = takeFirst(build, op.getInput(), 1, used);
  Value sums = build.make<ConvolutionOp>(transpose(build, input, layout.order({last}, 1, {0})),
                                         transpose(build, dresult, layout.order({}, 1, {0, last})), op.getDilation(),
                                         op.getStrides(), op.getGrouped());
  return transpose(build, sums, layout.order({}, 1, {0, last}));
}

LogicalResult ConvolutionOp::buildVjp(OpBuilder &builder, ValueRange resultCotangents, ArrayRef<bool> operandNeeded,
                                      MutableArrayRef<Value> operandCotangents) {
  Value dresult = resultCotangents[0];
  if (!dresult)
    return success();
  GradientBuilder build(builder, getLoc());
  if (operandNeeded[0]) {
    for (int64_t dim = 0; dim < getSpatialRank(); ++dim)
      if (getFilter().getType().isDynamicDim(dim))
        return emitOpError("has no gradient by an input under a filter of symbolic size ")
               << sizeOfDim(getFilter().getType(), dim);
    operandCotangents[0] = buildTransposedConvolution(
        builder, getLoc(), {getInput().getType(), getFilter(), getStrides(), getDilation(), getGrouped()}, dresult);
  }
  if (operandNeeded[1])
    operandCotangents[1] = filterGradient(*this, build, dresult);
  return success();
}

} // namespace dlc::graph
