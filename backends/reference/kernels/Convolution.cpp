// convolution: the elements that each window reads, as rows of a matrix, times the filter as a matrix, by Eigen in double.
#include "backends/reference/Interpreter.h"
#include "ir/graph/GraphOps.h"
#include <Eigen/Core>

using namespace mlir;
using namespace dlc::graph;
namespace dlc::reference {
namespace {

using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

LogicalResult convolution(const Evaluation &e) {
  auto op = cast<ConvolutionOp>(e.op);
  const Tensor &input = e.operands[0], &filter = e.operands[1];
  Tensor &result = e.results[0];
  int64_t spatial = op.getSpatialRank(), rank = input.shape.size();
  int64_t groups = op.getGrouped() ? input.shape[spatial + 1] : 1;
  int64_t channels = filter.shape[rank - 2], features = filter.shape[rank - 1];
  SmallVector<int64_t> window(ArrayRef(filter.shape).take_front(spatial));
  SmallVector<int64_t> windows(ArrayRef(result.shape).take_front(spatial + 1)); // [n, o…]
  int64_t taps = countOf(window), count = countOf(windows);
  SmallVector<int64_t> strides = stridesOf(input.shape);
  if (count == 0)
    return success();
  for (int64_t group = 0; group < groups; ++group) {
    Matrix patches = Matrix::Zero(count, taps * channels), weights(taps * channels, features);
    for (int64_t tap = 0; tap < taps; ++tap)
      for (int64_t channel = 0; channel < channels; ++channel)
        for (int64_t feature = 0; feature < features; ++feature)
          weights(tap * channels + channel, feature) =
              filter.getFloat(((tap * groups + group) * channels + channel) * features + feature);
    SmallVector<int64_t> place(spatial + 1, 0);
    int64_t row = 0;
    do {
      SmallVector<int64_t> tap(spatial, 0);
      int64_t column = 0;
      if (taps * channels == 0)
        continue;
      do {
        int64_t at = place[0] * strides[0] + group * channels;
        for (int64_t dim = 0; dim < spatial; ++dim)
          at += (place[dim + 1] * op.getStrides()[dim] + tap[dim] * op.getDilation()[dim]) * strides[dim + 1];
        for (int64_t channel = 0; channel < channels; ++channel)
          patches(row, column++) = input.getFloat(at + channel);
      } while (advance(tap, window));
    } while (++row, advance(place, windows));
    Matrix product = patches * weights;
    for (int64_t at = 0; at < count; ++at)
      for (int64_t feature = 0; feature < features; ++feature)
        result.setFloat((at * groups + group) * features + feature, product(at, feature));
  }
  return success();
}

} // namespace

void addConvolutionKernels(KernelTable &table) { table[ConvolutionOp::getOperationName()] = convolution; }

} // namespace dlc::reference
