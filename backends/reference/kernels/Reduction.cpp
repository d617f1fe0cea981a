// Reductions: sums in long double, rounded once; extremes keep NaN and the first index.
#include "backends/reference/Interpreter.h"
#include "ir/graph/GraphOps.h"
#include "llvm/Support/MathExtras.h"
#include <cmath>
#include <limits>

using namespace mlir;
using namespace dlc::graph;
namespace dlc::reference {
namespace {

// Calls body(index of the result, index of the input, position along the last reduced dim) in row-major input order.
template <typename Body> void forEach(const Tensor &input, ArrayRef<int64_t> dims, Body body) {
  if (input.count() == 0)
    return;
  SmallVector<int64_t> keptShape, index(input.shape.size(), 0);
  for (auto [dim, size] : llvm::enumerate(input.shape))
    if (!llvm::is_contained(dims, static_cast<int64_t>(dim)))
      keptShape.push_back(size);
  SmallVector<int64_t> keptStrides = stridesOf(keptShape);
  int64_t at = 0;
  do {
    int64_t result = 0, kept = 0, position = 0;
    for (auto [dim, i] : llvm::enumerate(index)) {
      if (llvm::is_contained(dims, static_cast<int64_t>(dim)))
        position = i;
      else
        result += i * keptStrides[kept++];
    }
    body(result, at++, position);
  } while (advance(index, input.shape));
}

LogicalResult reduceSum(const Evaluation &e) {
  const Tensor &x = e.operands[0];
  Tensor &result = e.results[0];
  std::vector<long double> sums(result.count(), 0);
  std::vector<uint64_t> intSums(result.count(), 0); // wrap
  forEach(x, cast<ReduceSumOp>(e.op).getDims(), [&](int64_t to, int64_t from, int64_t) {
    if (x.isFloat())
      sums[to] += x.getFloat(from);
    else
      intSums[to] += x.getInt(from);
  });
  for (int64_t i = 0; i < result.count(); ++i) {
    if (x.isFloat())
      result.setFloat(i, static_cast<double>(sums[i]));
    else
      result.setInt(i, intSums[i]);
  }
  return success();
}

// Whether value comes before best: larger (or smaller), or the first NaN.
template <typename T> bool better(T value, T best, bool largest) {
  if constexpr (std::is_floating_point_v<T>) {
    if (std::isnan(best))
      return false;
    if (std::isnan(value))
      return true;
  }
  return largest ? value > best : value < best;
}

LogicalResult extreme(const Evaluation &e, int64_t dim, bool largest, bool wantIndex) {
  const Tensor &x = e.operands[0];
  Tensor &result = e.results[0];
  constexpr double infinity = std::numeric_limits<double>::infinity();
  std::vector<double> best(result.count(), largest ? -infinity : infinity);
  unsigned bits = x.element.getIntOrFloatBitWidth();
  std::vector<int64_t> bestInt(result.count(), largest ? llvm::minIntN(bits) : llvm::maxIntN(bits));
  std::vector<int64_t> position(result.count(), 0);
  std::vector<bool> seen(result.count(), false);
  forEach(x, {dim}, [&](int64_t to, int64_t from, int64_t at) {
    bool take = !seen[to] || (x.isFloat() ? better(x.getFloat(from), best[to], largest)
                                          : better(x.getInt(from), bestInt[to], largest));
    if (!take)
      return;
    seen[to] = true;
    position[to] = at;
    if (x.isFloat())
      best[to] = x.getFloat(from);
    else
      bestInt[to] = x.getInt(from);
  });
  for (int64_t i = 0; i < result.count(); ++i) {
    if (wantIndex)
      result.setInt(i, position[i]);
    else if (x.isFloat())
      result.setFloat(i, best[i]);
    else
      result.setInt(i, bestInt[i]);
  }
  return success();
}

LogicalResult reduceMax(const Evaluation &e) { return extreme(e, cast<ReduceMaxOp>(e.op).getDim(), true, false); }
LogicalResult reduceMin(const Evaluation &e) { return extreme(e, cast<ReduceMinOp>(e.op).getDim(), false, false); }
LogicalResult argMax(const Evaluation &e) { return extreme(e, cast<ArgMaxOp>(e.op).getDim(), true, true); }
LogicalResult argMin(const Evaluation &e) { return extreme(e, cast<ArgMinOp>(e.op).getDim(), false, true); }

LogicalResult reduceBool(const Evaluation &e, ArrayRef<int64_t> dims, bool start) {
  for (int64_t i = 0; i < e.results[0].count(); ++i)
    e.results[0].setInt(i, start);
  forEach(e.operands[0], dims, [&](int64_t to, int64_t from, int64_t) {
    if (static_cast<bool>(e.operands[0].getInt(from)) != start)
      e.results[0].setInt(to, !start);
  });
  return success();
}

LogicalResult reduceAnd(const Evaluation &e) { return reduceBool(e, cast<ReduceAndOp>(e.op).getDims(), true); }
LogicalResult reduceOr(const Evaluation &e) { return reduceBool(e, cast<ReduceOrOp>(e.op).getDims(), false); }

} // namespace

void addReductionKernels(KernelTable &table) {
  table[ReduceSumOp::getOperationName()] = reduceSum;
  table[ReduceMaxOp::getOperationName()] = reduceMax;
  table[ReduceMinOp::getOperationName()] = reduceMin;
  table[ArgMaxOp::getOperationName()] = argMax;
  table[ArgMinOp::getOperationName()] = argMin;
  table[ReduceAndOp::getOperationName()] = reduceAnd;
  table[ReduceOrOp::getOperationName()] = reduceOr;
}

} // namespace dlc::reference
