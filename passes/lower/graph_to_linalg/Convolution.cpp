// convolution: one generic with loops [n, o…, (g,) co, k…, ci] (or [… ci, k…], see below), the input read at
// o * stride + k * dilation in place.
#include "ir/graph/GraphOps.h"
#include "passes/lower/KernelLowering.h"

using namespace mlir;
using namespace dlc::graph;
namespace dlc::lower {
namespace {

RankedTensorType typeOf(Value value) { return cast<RankedTensorType>(value.getType()); }

// Without loops of length 1, so that a filter of one element leaves a plain matrix product.
AffineExpr windowIndex(AffineExpr window, bool hasWindows, int64_t stride, AffineExpr tap, bool hasTaps,
                       int64_t dilation) {
  AffineExpr index = getAffineConstantExpr(0, window.getContext());
  if (hasWindows)
    index = index + window * stride;
  if (hasTaps)
    index = index + tap * dilation;
  return index;
}

// Whether the input's channels lie before its spatial dimensions in memory: what a filter's gradient sums over as
// channels are the examples. Then they are the outer loop, so that the inner ones follow memory.
bool hasChannelsFirst(KernelLowering &kernel, ConvolutionOp op) {
  const Lowered &input = kernel.lowered(op.getInput());
  if (input.isScalar())
    return false;
  int64_t rank = typeOf(op.getInput()).getRank();
  for (AffineExpr expr : input.view.getResults()) {
    if (expr.isFunctionOfDim(rank - 1))
      return true;
    if (expr.isFunctionOfDim(1))
      return false;
  }
  return false;
}

LogicalResult convolution(KernelLowering &kernel, Operation *operation) {
  auto op = cast<ConvolutionOp>(operation);
  MLIRContext *context = op.getContext();
  int64_t spatial = op.getSpatialRank(), groups = op.getGrouped() ? 1 : 0;
  int64_t parallel = spatial + groups + 2, total = parallel + spatial + 1;
  auto dim = [&](int64_t position) { return getAffineDimExpr(position, context); };
  bool channelsFirst = hasChannelsFirst(kernel, op);
  AffineExpr channel = dim(channelsFirst ? parallel : total - 1);
  int64_t firstTap = parallel + channelsFirst;
  SmallVector<AffineExpr> inputIndex{dim(0)}, filterIndex;
  for (int64_t s = 0; s < spatial; ++s) {
    // A plain index promises the length of the whole dimension: one window alone may leave some of it out.
    bool hasWindows = sizeOfDim(typeOf(op.getResult()), s + 1) != SymbolicSize(1) ||
                      sizeOfDim(typeOf(op.getInput()), s + 1) != sizeOfDim(typeOf(op.getFilter()), s);
    bool hasTaps = sizeOfDim(typeOf(op.getFilter()), s) != SymbolicSize(1);
    inputIndex.push_back(windowIndex(dim(s + 1), hasWindows, op.getStrides()[s], dim(firstTap + s), hasTaps,
                                     op.getDilation()[s]));
    filterIndex.push_back(dim(firstTap + s));
  }
  if (groups) {
    inputIndex.push_back(dim(spatial + 1));
    filterIndex.push_back(dim(spatial + 1));
  }
  inputIndex.push_back(channel);
  filterIndex.append({channel, dim(parallel - 1)});
  AffineMap inputMap = AffineMap::get(total, 0, inputIndex, context);
  AffineMap filterMap = AffineMap::get(total, 0, filterIndex, context);
  // A part that is read at a plain index would promise its whole tensor's length.
  if (kernel.lowered(op.getInput()).isPart)
    kernel.materialize(op.getInput());
  kernel.makeSizesReadable(op.getFilter(), filterMap, parallel);
  kernel.defineSumOfProducts(operation, {op.getInput(), inputMap}, {op.getFilter(), filterMap}, parallel);
  return success();
}

} // namespace

void addConvolutionLowerings(LoweringTable &table) { table[ConvolutionOp::getOperationName()] = convolution; }

} // namespace dlc::lower
