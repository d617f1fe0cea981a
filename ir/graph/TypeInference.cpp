#include "ir/graph/TypeInference.h"
#include "ir/graph/GraphDialect.h"
#include "mlir/IR/Builders.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;

namespace dlc::graph {

bool hasValidSizes(RankedTensorType type) {
  if (!type.hasStaticShape() && !isa_and_nonnull<DimsAttr>(type.getEncoding()))
    return false;
  return !elementCount(type).hasOverflowed();
}

SymbolicSize flopsPerElement(Operation *op, int64_t work) {
  if (work == 0)
    return 0;
  SymbolicSize elements;
  if (op->getNumResults() > 0)
    elements = elementCount(cast<RankedTensorType>(op->getResult(0).getType()));
  if (op->getNumOperands() > 0) {
    // Sizes may not be comparable; then either answer serves a cost model.
    SymbolicSize first = elementCount(cast<RankedTensorType>(op->getOperand(0).getType()));
    SymbolicSize more = first - elements;
    if (!more.terms().empty() && more.terms().front().coefficient > 0)
      elements = first;
  }
  return elements * SymbolicSize(work);
}

LogicalResult checkOperands(StringRef name, std::optional<Location> location, ValueRange operands) {
  for (auto [index, operand] : llvm::enumerate(operands)) {
    auto type = dyn_cast<RankedTensorType>(operand.getType());
    if (!type || !hasValidSizes(type))
      return InferenceError(name.substr(name.find('.') + 1), location)(
          "operand ", index, " must be a ranked tensor whose dynamic sizes are named, like tensor<?x4xf32, ",
          "#graph.dims<\"batch\", \"\">>, and whose element count fits 64 bits, got ", operand.getType());
  }
  return success();
}

static FailureOr<RankedTensorType> commonType(StringRef mnemonic, std::optional<Location> location,
                                              ValueRange operands) {
  Type first = operands.front().getType();
  for (auto [index, operand] : llvm::enumerate(operands))
    if (operand.getType() != first)
      return InferenceError(mnemonic, location)("operands must have one type, got ", first, " and ", operand.getType(),
                                                "; broadcast or convert first");
  return cast<RankedTensorType>(first);
}

LogicalResult inferSameType(StringRef mnemonic, std::optional<Location> location, ValueRange operands,
                            SmallVectorImpl<Type> &results) {
  FailureOr<RankedTensorType> type = commonType(mnemonic, location, operands);
  if (failed(type))
    return failure();
  results.push_back(*type);
  return success();
}

LogicalResult inferPredicate(StringRef mnemonic, std::optional<Location> location, ValueRange operands,
                             SmallVectorImpl<Type> &results) {
  FailureOr<RankedTensorType> type = commonType(mnemonic, location, operands);
  if (failed(type))
    return failure();
  results.push_back(withElementType(*type, IntegerType::get(type->getContext(), 1)));
  return success();
}

LogicalResult checkSize(const InferenceError &error, const SymbolicSize &size, int64_t dim) {
  if (size.hasOverflowed())
    return error("size ", dim, " of the result must fit 64 bits");
  return success();
}

LogicalResult checkRisingDims(const InferenceError &error, StringRef name, ArrayRef<int64_t> dims, int64_t rank) {
  int64_t previous = -1;
  for (int64_t dim : dims) {
    if (dim <= previous || dim >= rank)
      return error(name, " must be rising dimensions below ", rank, ", got ", listText(dims));
    previous = dim;
  }
  return success();
}

LogicalResult checkDim(const InferenceError &error, int64_t dim, int64_t rank) {
  if (dim < 0 || dim >= rank)
    return error("dim must be from 0 to ", rank - 1, ", got ", dim);
  return success();
}

std::string listText(ArrayRef<int64_t> numbers) {
  return "[" + llvm::join(llvm::map_range(numbers, [](int64_t number) { return std::to_string(number); }), ", ") + "]";
}

FailureOr<SymbolicSize> inferWindows(const InferenceError &error, const SymbolicSize &size, const SymbolicSize &window,
                                     int64_t stride, int64_t dilation) {
  if (stride < 1 || dilation < 1)
    return error("strides and dilation must be at least 1, got ", stride, " and ", dilation);
  if (stride > 1 && dilation > 1)
    return error("strides and dilation cannot both be above 1 in one dimension, got ", stride, " and ", dilation);
  if (window.isConstant() && window.constant() < 1)
    return error("a window must have at least 1 element, got ", window);
  SymbolicSize rest = size - (window - SymbolicSize(1)) * SymbolicSize(dilation) - SymbolicSize(1);
  if (rest.isConstant()) {
    if (rest.constant() < 0)
      return error("a window of ", window, dilation > 1 ? " elements, " + std::to_string(dilation) + " apart," : " elements",
                   " is larger than its input of size ", size);
    return SymbolicSize(rest.constant() / stride + 1);
  }
  if (stride == 1)
    return rest + SymbolicSize(1);
  return error("a stride of ", stride, " needs a size known at compile time, got ", size);
}

int64_t windowElements(ArrayRef<int64_t> window) {
  int64_t count = 1;
  for (int64_t size : window)
    if (__builtin_mul_overflow(count, size, &count))
      return INT64_MAX;
  return count;
}

} // namespace dlc::graph
