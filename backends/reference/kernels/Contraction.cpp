// dot_general: operands are permuted to [batch, rows, inner] and [batch, inner, columns] and multiplied by Eigen in double.
#include "backends/reference/Interpreter.h"
#include "ir/graph/GraphOps.h"
#include <Eigen/Core>

using namespace mlir;
using namespace dlc::graph;
namespace dlc::reference {
namespace {

using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

SmallVector<int64_t> freeDims(int64_t rank, ArrayRef<int64_t> batching, ArrayRef<int64_t> contracting) {
  SmallVector<int64_t> dims;
  for (int64_t dim = 0; dim < rank; ++dim)
    if (!llvm::is_contained(batching, dim) && !llvm::is_contained(contracting, dim))
      dims.push_back(dim);
  return dims;
}

int64_t sizeOf(const Tensor &tensor, ArrayRef<int64_t> dims) {
  int64_t size = 1;
  for (int64_t dim : dims)
    size *= tensor.shape[dim];
  return size;
}

// The elements of a tensor in the order of \p dims (all of them, slowest first).
std::vector<double> permuted(const Tensor &tensor, ArrayRef<int64_t> dims) {
  SmallVector<int64_t> strides = stridesOf(tensor.shape), shape, index(dims.size(), 0);
  for (int64_t dim : dims)
    shape.push_back(tensor.shape[dim]);
  std::vector<double> out;
  out.reserve(tensor.count());
  if (tensor.count() == 0)
    return out;
  do {
    int64_t at = 0;
    for (auto [position, dim] : llvm::zip_equal(index, dims))
      at += position * strides[dim];
    out.push_back(tensor.getFloat(at));
  } while (advance(index, shape));
  return out;
}

LogicalResult dotGeneral(const Evaluation &e) {
  auto op = cast<DotGeneralOp>(e.op);
  const Tensor &lhs = e.operands[0], &rhs = e.operands[1];
  ArrayRef<int64_t> lb = op.getLhsBatching(), rb = op.getRhsBatching();
  ArrayRef<int64_t> lc = op.getLhsContracting(), rc = op.getRhsContracting();
  SmallVector<int64_t> lf = freeDims(lhs.shape.size(), lb, lc), rf = freeDims(rhs.shape.size(), rb, rc);
  int64_t batch = sizeOf(lhs, lb), rows = sizeOf(lhs, lf), inner = sizeOf(lhs, lc), columns = sizeOf(rhs, rf);

  SmallVector<int64_t> lhsOrder(lb), rhsOrder(rb);
  llvm::append_range(lhsOrder, lf);
  llvm::append_range(lhsOrder, lc);
  llvm::append_range(rhsOrder, rc);
  llvm::append_range(rhsOrder, rf);
  std::vector<double> left = permuted(lhs, lhsOrder), right = permuted(rhs, rhsOrder);
  for (int64_t b = 0; b < batch; ++b) {
    Eigen::Map<const Matrix> l(left.data() + b * rows * inner, rows, inner);
    Eigen::Map<const Matrix> r(right.data() + b * inner * columns, inner, columns);
    Matrix product = l * r;
    for (int64_t i = 0; i < rows * columns; ++i) {
      int64_t at = b * rows * columns + i;
      if (e.results[0].isFloat())
        e.results[0].setFloat(at, product.data()[i]);
      else
        e.results[0].setInt(at, static_cast<int64_t>(product.data()[i])); // exact below 2^53
    }
  }
  return success();
}

} // namespace

void addContractionKernels(KernelTable &table) { table[DotGeneralOp::getOperationName()] = dotGeneral; }

} // namespace dlc::reference
