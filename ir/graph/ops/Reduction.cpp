#include "ir/graph/GraphOps.h"
#include "mlir/IR/Builders.h"

using namespace mlir;

namespace dlc::graph {

LogicalResult inferReduction(StringRef mnemonic, std::optional<Location> location, Value input, ArrayRef<int64_t> dims,
                             SmallVectorImpl<Type> &results) {
  auto type = cast<RankedTensorType>(input.getType());
  if (failed(checkRisingDims(InferenceError(mnemonic, location), "reduced dimensions", dims, type.getRank())))
    return failure();
  SmallVector<SymbolicSize> sizes;
  for (int64_t dim = 0; dim < type.getRank(); ++dim)
    if (!llvm::is_contained(dims, dim))
      sizes.push_back(sizeOfDim(type, dim));
  results.push_back(makeTensorType(type.getContext(), sizes, type.getElementType()));
  return success();
}

LogicalResult inferArgReduction(StringRef mnemonic, std::optional<Location> location, Value input,
                                ArrayRef<int64_t> dims, SmallVectorImpl<Type> &results) {
  if (failed(inferReduction(mnemonic, location, input, dims, results)))
    return failure();
  auto type = cast<RankedTensorType>(results.back());
  results.back() = withElementType(type, IntegerType::get(type.getContext(), 32));
  return success();
}

/// A reduction of nothing is the input.
template <typename Op> static OpFoldResult foldReduction(Op op) {
  return op.getDims().empty() ? OpFoldResult(op.getInput()) : OpFoldResult();
}

OpFoldResult ReduceSumOp::fold(FoldAdaptor) { return foldReduction(*this); }
OpFoldResult ReduceAndOp::fold(FoldAdaptor) { return foldReduction(*this); }
OpFoldResult ReduceOrOp::fold(FoldAdaptor) { return foldReduction(*this); }

} // namespace dlc::graph
