#include "backends/reference/Interpreter.h"
#include "ir/graph/GraphOps.h"
#include <cmath>
#include <functional>

using namespace mlir;
using namespace dlc::graph;
namespace dlc::reference {
namespace {

// Calls \p visit with the row-major number of each window and that of each element it reads, in the window's order.
void overWindows(ArrayRef<int64_t> whole, ArrayRef<int64_t> windows, ArrayRef<int64_t> window, ArrayRef<int64_t> strides,
                 llvm::function_ref<void(int64_t at, int64_t number, int64_t element)> visit) {
  if (countOf(windows) == 0)
    return;
  SmallVector<int64_t> steps = stridesOf(whole), place(windows.size(), 0);
  int64_t at = 0;
  do {
    SmallVector<int64_t> within(window.size(), 0);
    int64_t number = 0;
    do {
      int64_t element = 0;
      for (size_t dim = 0; dim < steps.size(); ++dim)
        element += (place[dim] * strides[dim] + within[dim]) * steps[dim];
      visit(at, number++, element);
    } while (advance(within, window));
    ++at;
  } while (advance(place, windows));
}

template <typename Op> void overWindowsOf(const Evaluation &e, llvm::function_ref<void(int64_t, int64_t, int64_t)> visit) {
  auto op = cast<Op>(e.op);
  overWindows(e.operands[0].shape, e.results[0].shape, op.getWindow(), op.getStrides(), visit);
}

LogicalResult windowSum(const Evaluation &e) {
  Tensor &result = e.results[0];
  std::vector<double> sums(result.count(), 0);
  std::vector<uint64_t> wrapped(result.count(), 0);
  overWindowsOf<WindowSumOp>(e, [&](int64_t at, int64_t, int64_t element) {
    if (result.isFloat())
      sums[at] += e.operands[0].getFloat(element);
    else
      wrapped[at] += e.operands[0].getInt(element);
  });
  for (int64_t at = 0; at < result.count(); ++at)
    result.isFloat() ? result.setFloat(at, sums[at]) : result.setInt(at, wrapped[at]);
  return success();
}

// Calls \p found when an element takes the place of the best of its window so far.
template <typename Op> void findGreatest(const Evaluation &e, llvm::function_ref<void(int64_t, int64_t, int64_t)> found) {
  const Tensor &input = e.operands[0];
  std::vector<int64_t> best(e.results[0].count(), -1);
  overWindowsOf<Op>(e, [&](int64_t at, int64_t number, int64_t element) {
    bool better = best[at] < 0;
    if (!better && input.isFloat()) {
      double old = input.getFloat(best[at]), now = input.getFloat(element);
      better = now > old || (std::isnan(now) && !std::isnan(old));
    } else if (!better) {
      better = input.getInt(element) > input.getInt(best[at]);
    }
    if (!better)
      return;
    best[at] = element;
    found(at, number, element);
  });
}

LogicalResult windowMax(const Evaluation &e) {
  findGreatest<WindowMaxOp>(
      e, [&](int64_t at, int64_t, int64_t element) { e.results[0].copy(at, e.operands[0], element); });
  return success();
}

LogicalResult windowArgMax(const Evaluation &e) {
  findGreatest<WindowArgMaxOp>(e, [&](int64_t at, int64_t number, int64_t) { e.results[0].setInt(at, number); });
  return success();
}

LogicalResult windowScatter(const Evaluation &e) {
  auto op = cast<WindowScatterOp>(e.op);
  const Tensor &updates = e.operands[0], &indices = e.operands[1];
  Tensor &result = e.results[0];
  std::vector<double> sums(result.count(), 0);
  overWindows(result.shape, updates.shape, op.getWindow(), op.getStrides(), [&](int64_t at, int64_t number, int64_t element) {
    if (uint8_t(indices.getInt(at)) == number)
      sums[element] += updates.getFloat(at);
  });
  for (int64_t at = 0; at < result.count(); ++at)
    result.setFloat(at, sums[at]);
  return success();
}

LogicalResult windowGather(const Evaluation &e) {
  auto op = cast<WindowGatherOp>(e.op);
  const Tensor &input = e.operands[0], &indices = e.operands[1];
  overWindows(input.shape, e.results[0].shape, op.getWindow(), op.getStrides(),
              [&](int64_t at, int64_t number, int64_t element) {
                if (uint8_t(indices.getInt(at)) == number)
                  e.results[0].copy(at, input, element);
              });
  return success();
}

} // namespace

void addPoolingKernels(KernelTable &table) {
  table[WindowSumOp::getOperationName()] = windowSum;
  table[WindowMaxOp::getOperationName()] = windowMax;
  table[WindowArgMaxOp::getOperationName()] = windowArgMax;
  table[WindowScatterOp::getOperationName()] = windowScatter;
  table[WindowGatherOp::getOperationName()] = windowGather;
}

} // namespace dlc::reference
