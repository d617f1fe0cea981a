#include "backends/reference/Interpreter.h"
#include "ir/graph/GraphOps.h"
#include <algorithm>

using namespace mlir;
using namespace dlc::graph;
namespace dlc::reference {
namespace {

LogicalResult slice(const Evaluation &e) {
  auto op = cast<SliceOp>(e.op);
  const Tensor &input = e.operands[0];
  Tensor &result = e.results[0];
  if (result.count() == 0)
    return success();
  SmallVector<int64_t> strides = stridesOf(input.shape), index(result.shape.size(), 0);
  int64_t to = 0;
  do {
    int64_t from = 0;
    for (auto [dim, position] : llvm::enumerate(index))
      from += (op.getStarts()[dim] + position * op.getStrides()[dim]) * strides[dim];
    result.copy(to++, input, from);
  } while (advance(index, result.shape));
  return success();
}

// Elements of one row of a table whose first dim is the rows.
int64_t rowSize(const Tensor &table) { return countOf(ArrayRef(table.shape).drop_front()); }

int64_t clampedRow(const Tensor &indices, int64_t i, int64_t rows) {
  return std::clamp<int64_t>(indices.getInt(i), 0, rows - 1);
}

LogicalResult take(const Evaluation &e) {
  const Tensor &input = e.operands[0], &indices = e.operands[1];
  int64_t row = rowSize(input);
  for (int64_t i = 0; i < indices.count(); ++i)
    for (int64_t j = 0; j < row; ++j)
      e.results[0].copy(i * row + j, input, clampedRow(indices, i, input.shape[0]) * row + j);
  return success();
}

LogicalResult scatterAdd(const Evaluation &e) {
  const Tensor &indices = e.operands[0], &updates = e.operands[1];
  Tensor &result = e.results[0];
  int64_t row = rowSize(result);
  std::vector<long double> sums(result.count(), 0);
  std::vector<uint64_t> intSums(result.count(), 0); // wrap
  for (int64_t i = 0; i < indices.count(); ++i)
    for (int64_t j = 0; j < row; ++j) {
      int64_t to = clampedRow(indices, i, result.shape[0]) * row + j;
      if (result.isFloat())
        sums[to] += updates.getFloat(i * row + j);
      else
        intSums[to] += updates.getInt(i * row + j);
    }
  for (int64_t i = 0; i < result.count(); ++i) {
    if (result.isFloat())
      result.setFloat(i, static_cast<double>(sums[i]));
    else
      result.setInt(i, intSums[i]);
  }
  return success();
}

} // namespace

void addIndexingKernels(KernelTable &table) {
  table[SliceOp::getOperationName()] = slice;
  table[TakeOp::getOperationName()] = take;
  table[ScatterAddOp::getOperationName()] = scatterAdd;
}

} // namespace dlc::reference
