#include "ir/graph/GraphOps.h"
#include "llvm/ADT/SmallSet.h"

using namespace mlir;

namespace dlc::graph {

/// Checks one operand's dimensions: in range, none twice. \p side: "lhs" or "rhs".
static LogicalResult checkDims(const InferenceError &error, StringRef side, ArrayRef<int64_t> batching,
                               ArrayRef<int64_t> contracting, int64_t rank) {
  llvm::SmallSet<int64_t, 8> seen;
  for (int64_t dim : llvm::concat<const int64_t>(batching, contracting)) {
    if (dim < 0 || dim >= rank)
      return error(side, " has rank ", rank, ", but one of its dimensions is given as ", dim);
    if (!seen.insert(dim).second)
      return error("dimension ", dim, " of ", side, " is used twice in batching ", listText(batching),
                   " and contracting ", listText(contracting));
  }
  return success();
}

static LogicalResult checkPairs(const InferenceError &error, StringRef kind, RankedTensorType lhs, RankedTensorType rhs,
                                ArrayRef<int64_t> lhsDims, ArrayRef<int64_t> rhsDims) {
  for (auto [l, r] : llvm::zip(lhsDims, rhsDims))
    if (sizeOfDim(lhs, l) != sizeOfDim(rhs, r))
      return error(kind, " sizes must be equal, got ", sizeOfDim(lhs, l).str(), " (dimension ", l, " of lhs ", lhs,
                   ") and ", sizeOfDim(rhs, r).str(), " (dimension ", r, " of rhs ", rhs, ")");
  return success();
}

static SmallVector<int64_t> freeDims(int64_t rank, ArrayRef<int64_t> batching, ArrayRef<int64_t> contracting) {
  SmallVector<int64_t> dims;
  for (int64_t dim = 0; dim < rank; ++dim)
    if (!llvm::is_contained(batching, dim) && !llvm::is_contained(contracting, dim))
      dims.push_back(dim);
  return dims;
}

/// The parser infers types before it sets absent attributes to their defaults.
static ArrayRef<int64_t> orNone(DenseI64ArrayAttr dims) { return dims ? dims.asArrayRef() : ArrayRef<int64_t>(); }

LogicalResult DotGeneralOp::inferReturnTypes(MLIRContext *context, std::optional<Location> location, Adaptor adaptor,
                                             SmallVectorImpl<Type> &results) {
  InferenceError error("dot_general", location);
  auto lhs = cast<RankedTensorType>(adaptor.getLhs().getType());
  auto rhs = cast<RankedTensorType>(adaptor.getRhs().getType());
  if (lhs.getElementType() != rhs.getElementType())
    return error("lhs and rhs must have one element type, got ", lhs, " and ", rhs);
  ArrayRef<int64_t> lhsBatching = orNone(adaptor.getLhsBatchingAttr());
  ArrayRef<int64_t> rhsBatching = orNone(adaptor.getRhsBatchingAttr());
  ArrayRef<int64_t> lhsContracting = orNone(adaptor.getLhsContractingAttr());
  ArrayRef<int64_t> rhsContracting = orNone(adaptor.getRhsContractingAttr());
  if (lhsBatching.size() != rhsBatching.size() || lhsContracting.size() != rhsContracting.size())
    return error("lists of dimensions must pair up, got batching ", listText(lhsBatching), " x ", listText(rhsBatching),
                 " and contracting ", listText(lhsContracting), " x ", listText(rhsContracting));
  if (failed(checkDims(error, "lhs", lhsBatching, lhsContracting, lhs.getRank())) ||
      failed(checkDims(error, "rhs", rhsBatching, rhsContracting, rhs.getRank())) ||
      failed(checkPairs(error, "batching", lhs, rhs, lhsBatching, rhsBatching)) ||
      failed(checkPairs(error, "contracting", lhs, rhs, lhsContracting, rhsContracting)))
    return failure();
  SmallVector<SymbolicSize> sizes;
  for (int64_t dim : lhsBatching)
    sizes.push_back(sizeOfDim(lhs, dim));
  for (int64_t dim : freeDims(lhs.getRank(), lhsBatching, lhsContracting))
    sizes.push_back(sizeOfDim(lhs, dim));
  for (int64_t dim : freeDims(rhs.getRank(), rhsBatching, rhsContracting))
    sizes.push_back(sizeOfDim(rhs, dim));
  results.push_back(makeTensorType(context, sizes, lhs.getElementType()));
  return success();
}

SmallVector<int64_t> DotGeneralOp::getLhsFree() {
  return freeDims(getLhs().getType().getRank(), getLhsBatching(), getLhsContracting());
}

SmallVector<int64_t> DotGeneralOp::getRhsFree() {
  return freeDims(getRhs().getType().getRank(), getRhsBatching(), getRhsContracting());
}

SymbolicSize DotGeneralOp::getFlops() {
  SymbolicSize flops = SymbolicSize(2) * elementCount(getType());
  for (int64_t dim : getLhsContracting())
    flops = flops * sizeOfDim(getLhs().getType(), dim);
  return flops;
}

} // namespace dlc::graph
