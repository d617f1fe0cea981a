#include "ir/graph/GraphOps.h"

using namespace mlir;

namespace dlc::graph {

/// A place within a window takes one byte.
static constexpr int64_t kMaxWindow = 256;

/// The sizes of the windows of \p input.
static FailureOr<SmallVector<SymbolicSize>> inferWindowSizes(const InferenceError &error, RankedTensorType input,
                                                             ArrayRef<int64_t> window, ArrayRef<int64_t> strides) {
  int64_t rank = input.getRank();
  if (int64_t(window.size()) != rank || int64_t(strides.size()) != rank)
    return error("window and strides must have one number for each of ", rank, " dimensions, got ", listText(window),
                 " and ", listText(strides));
  SmallVector<SymbolicSize> sizes;
  for (int64_t dim = 0; dim < rank; ++dim) {
    FailureOr<SymbolicSize> size = inferWindows(error, sizeOfDim(input, dim), window[dim], strides[dim], 1);
    if (failed(size))
      return failure();
    sizes.push_back(*size);
  }
  return sizes;
}

static LogicalResult checkIndexed(const InferenceError &error, ArrayRef<int64_t> window) {
  if (windowElements(window) > kMaxWindow)
    return error("a window may have ", kMaxWindow, " elements at most, got ", listText(window));
  return success();
}

static LogicalResult inferPooling(StringRef mnemonic, std::optional<Location> location, Value input,
                                  ArrayRef<int64_t> window, ArrayRef<int64_t> strides, bool indexed, Type element,
                                  SmallVectorImpl<Type> &results) {
  InferenceError error(mnemonic, location);
  FailureOr<SmallVector<SymbolicSize>> sizes =
      inferWindowSizes(error, cast<RankedTensorType>(input.getType()), window, strides);
  if (failed(sizes) || (indexed && failed(checkIndexed(error, window))))
    return failure();
  results.push_back(makeTensorType(input.getContext(), *sizes, element));
  return success();
}

LogicalResult WindowSumOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor adaptor,
                                            SmallVectorImpl<Type> &results) {
  return inferPooling("window_sum", location, adaptor.getInput(), adaptor.getWindow(), adaptor.getStrides(), false,
                      getElementTypeOrSelf(adaptor.getInput()), results);
}

LogicalResult WindowMaxOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor adaptor,
                                            SmallVectorImpl<Type> &results) {
  return inferPooling("window_max", location, adaptor.getInput(), adaptor.getWindow(), adaptor.getStrides(), true,
                      getElementTypeOrSelf(adaptor.getInput()), results);
}

LogicalResult WindowArgMaxOp::inferReturnTypes(MLIRContext *context, std::optional<Location> location, Adaptor adaptor,
                                               SmallVectorImpl<Type> &results) {
  return inferPooling("window_arg_max", location, adaptor.getInput(), adaptor.getWindow(), adaptor.getStrides(), true,
                      IntegerType::get(context, 8), results);
}

/// \p windows and \p indices must be as large as the windows of \p whole.
static LogicalResult verifyIndexed(Operation *op, RankedTensorType whole, RankedTensorType windows,
                                   RankedTensorType indices, ArrayRef<int64_t> window, ArrayRef<int64_t> strides) {
  InferenceError error(op->getName().stripDialect(), op->getLoc());
  FailureOr<SmallVector<SymbolicSize>> sizes = inferWindowSizes(error, whole, window, strides);
  if (failed(sizes) || failed(checkIndexed(error, window)))
    return failure();
  RankedTensorType expected = makeTensorType(op->getContext(), *sizes, whole.getElementType());
  if (windows != expected)
    return op->emitOpError("the windows of ") << whole << " are " << expected << ", got " << windows;
  RankedTensorType bytes = withElementType(expected, IntegerType::get(op->getContext(), 8));
  if (indices != bytes)
    return op->emitOpError("indices must be ") << bytes << ", got " << indices;
  return success();
}

LogicalResult WindowScatterOp::verify() {
  return verifyIndexed(*this, getType(), getUpdates().getType(), getIndices().getType(), getWindow(), getStrides());
}

LogicalResult WindowGatherOp::verify() {
  return verifyIndexed(*this, getInput().getType(), getType(), getIndices().getType(), getWindow(), getStrides());
}

} // namespace dlc::graph
