// dot_general: operands are permuted to [batch, rows, inner] and [batch, inner, columns] and multiplied by Eigen in
// double.
#include "backends/reference/Interpreter.h"
#include "ir/graph/GraphOps.h"
#include <Eigen/Core>

using namespace mlir;
using namespace dlc::graph;
namespace dlc::reference {
namespace {

template <typename Scalar> using Matrix = Eigen::Matrix<Scalar, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

// Products of integers wrap, so they are computed without sign.
double elementOf(const Tensor &tensor, int64_t index, double) { return tensor.getFloat(index); }
uint64_t elementOf(const Tensor &tensor, int64_t index, uint64_t) { return tensor.getInt(index); }
void setElement(Tensor &tensor, int64_t index, double value) { tensor.setFloat(index, value); }
void setElement(Tensor &tensor, int64_t index, uint64_t value) { tensor.setInt(index, value); }

int64_t sizeOf(const Tensor &tensor, ArrayRef<int64_t> dims) {
  int64_t size = 1;
  for (int64_t dim : dims)
    size *= tensor.shape[dim];
  return size;
}

// The elements of a tensor in the order of \p dims (all of them, slowest first).
template <typename Scalar> std::vector<Scalar> permuted(const Tensor &tensor, ArrayRef<int64_t> dims) {
  SmallVector<int64_t> strides = stridesOf(tensor.shape), shape, index(dims.size(), 0);
  for (int64_t dim : dims)
    shape.push_back(tensor.shape[dim]);
  std::vector<Scalar> out;
  out.reserve(tensor.count());
  if (tensor.count() == 0)
    return out;
  do {
    int64_t at = 0;
    for (auto [position, dim] : llvm::zip_equal(index, dims))
      at += position * strides[dim];
    out.push_back(elementOf(tensor, at, Scalar()));
  } while (advance(index, shape));
  return out;
}

template <typename Scalar> void dotGeneralOf(const Evaluation &e) {
  auto op = cast<DotGeneralOp>(e.op);
  const Tensor &lhs = e.operands[0], &rhs = e.operands[1];
  ArrayRef<int64_t> lb = op.getLhsBatching(), rb = op.getRhsBatching();
  ArrayRef<int64_t> lc = op.getLhsContracting(), rc = op.getRhsContracting();
  SmallVector<int64_t> lf = op.getLhsFree(), rf = op.getRhsFree();
  int64_t batch = sizeOf(lhs, lb), rows = sizeOf(lhs, lf), inner = sizeOf(lhs, lc), columns = sizeOf(rhs, rf);

  SmallVector<int64_t> lhsOrder(lb), rhsOrder(rb);
  llvm::append_range(lhsOrder, lf);
  llvm::append_range(lhsOrder, lc);
  llvm::append_range(rhsOrder, rc);
  llvm::append_range(rhsOrder, rf);
  std::vector<Scalar> left = permuted<Scalar>(lhs, lhsOrder), right = permuted<Scalar>(rhs, rhsOrder);
  for (int64_t b = 0; b < batch; ++b) {
    Eigen::Map<const Matrix<Scalar>> l(left.data() + b * rows * inner, rows, inner);
    Eigen::Map<const Matrix<Scalar>> r(right.data() + b * inner * columns, inner, columns);
    Matrix<Scalar> product = l * r;
    for (int64_t i = 0; i < rows * columns; ++i)
      setElement(e.results[0], b * rows * columns + i, product.data()[i]);
  }
}

LogicalResult dotGeneral(const Evaluation &e) {
  if (e.results[0].isFloat())
    dotGeneralOf<double>(e);
  else
    dotGeneralOf<uint64_t>(e);
  return success();
}

} // namespace

void addContractionKernels(KernelTable &table) { table[DotGeneralOp::getOperationName()] = dotGeneral; }

} // namespace dlc::reference
