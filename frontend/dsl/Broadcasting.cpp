#include "frontend/dsl/Broadcasting.h"
#include "ir/graph/GraphOps.h"

using namespace mlir;
using dlc::graph::SymbolicSize;

namespace dlc::dsl {

Sizes sizesOf(mlir::Value value) { return graph::sizesOf(cast<RankedTensorType>(value.getType())); }

Type elementTypeOf(mlir::Value value) { return cast<RankedTensorType>(value.getType()).getElementType(); }

std::optional<Sizes> broadcastSizes(ArrayRef<SymbolicSize> lhs, ArrayRef<SymbolicSize> rhs) {
  if (lhs.size() < rhs.size())
    std::swap(lhs, rhs);
  Sizes result(lhs.begin(), lhs.end());
  size_t offset = lhs.size() - rhs.size();
  for (auto [index, size] : llvm::enumerate(rhs)) {
    SymbolicSize &target = result[offset + index];
    if (target == SymbolicSize(1))
      target = size;
    else if (size != SymbolicSize(1) && size != target)
      return std::nullopt;
  }
  return result;
}

static unsigned countExampleAxes(ArrayRef<SymbolicSize> sizes) {
  SymbolicSize batch = SymbolicSize::symbol("batch");
  return llvm::count_if(sizes, [&](const SymbolicSize &size) { return size == batch; });
}

bool pairsExamples(ArrayRef<SymbolicSize> lhs, ArrayRef<SymbolicSize> rhs) {
  if (lhs.size() == rhs.size())
    return false;
  std::optional<Sizes> result = broadcastSizes(lhs, rhs);
  return result && countExampleAxes(*result) > std::max(countExampleAxes(lhs), countExampleAxes(rhs));
}

std::optional<bool> isAtLeast(const SymbolicSize &lhs, const SymbolicSize &rhs) {
  SymbolicSize difference = lhs - rhs;
  if (difference.hasOverflowed())
    return std::nullopt;
  bool rises = true, falls = true;
  int64_t atOne = 0; // the value where all symbols are 1: the least of a rising polynomial
  for (const SymbolicSize::Term &term : difference.terms()) {
    if (__builtin_add_overflow(atOne, term.coefficient, &atOne))
      return std::nullopt;
    if (!term.symbols.empty())
      (term.coefficient > 0 ? falls : rises) = false;
  }
  bool holdsAtOne = atOne >= 0;
  if ((holdsAtOne && rises) || (!holdsAtOne && falls))
    return holdsAtOne;
  return std::nullopt;
}

mlir::Value reshapeTo(Place place, mlir::Value value, ArrayRef<SymbolicSize> sizes) {
  RankedTensorType type = graph::makeTensorType(place.builder.getContext(), sizes, elementTypeOf(value));
  if (type == value.getType())
    return value;
  return graph::ReshapeOp::create(place.builder, place.location, type, value);
}

mlir::Value broadcastTo(Place place, mlir::Value value, ArrayRef<SymbolicSize> sizes) {
  Sizes from = sizesOf(value);
  RankedTensorType type = graph::makeTensorType(place.builder.getContext(), sizes, elementTypeOf(value));
  if (type == value.getType())
    return value;
  // graph.broadcast places axes but does not stretch them: an axis of size 1 that meets
  // a larger one is reshaped away first.
  size_t offset = sizes.size() - from.size();
  Sizes kept;
  SmallVector<int64_t> dims;
  for (auto [index, size] : llvm::enumerate(from)) {
    if (size != sizes[offset + index])
      continue;
    kept.push_back(size);
    dims.push_back(offset + index);
  }
  value = reshapeTo(place, value, kept);
  return graph::BroadcastOp::create(place.builder, place.location, type, value,
                                    place.builder.getDenseI64ArrayAttr(dims));
}

mlir::Value convertTo(Place place, mlir::Value value, Type elementType) {
  if (elementTypeOf(value) == elementType)
    return value;
  RankedTensorType type = graph::makeTensorType(place.builder.getContext(), sizesOf(value), elementType);
  return graph::ConvertOp::create(place.builder, place.location, type, value);
}

TypedAttr numberAttribute(const Value &number, Type elementType) {
  if (auto floatType = dyn_cast<FloatType>(elementType)) {
    double value = number.is(ValueKind::Bool) ? number.asBool() : number.asDouble();
    return FloatAttr::get(floatType, value);
  }
  int64_t value = number.is(ValueKind::Bool)  ? number.asBool()
                  : number.is(ValueKind::Int) ? number.asInt()
                                              : static_cast<int64_t>(number.asDouble());
  auto integerType = cast<IntegerType>(elementType);
  if (integerType.getWidth() == 1)
    value = value != 0;
  return IntegerAttr::get(elementType, APInt(integerType.getWidth(), value, /*isSigned=*/true,
                                             /*implicitTrunc=*/true));
}

mlir::Value scalarConstant(Place place, const Value &number, Type elementType) {
  auto type = RankedTensorType::get({}, elementType);
  ElementsAttr value = DenseElementsAttr::get(type, Attribute(numberAttribute(number, elementType)));
  return graph::ConstantOp::create(place.builder, place.location, value);
}

mlir::Value filled(Place place, const Value &number, Type elementType, ArrayRef<SymbolicSize> sizes) {
  RankedTensorType type = graph::makeTensorType(place.builder.getContext(), sizes, elementType);
  if (!type.hasStaticShape())
    return broadcastTo(place, scalarConstant(place, number, elementType), sizes);
  ElementsAttr value = DenseElementsAttr::get(type, Attribute(numberAttribute(number, elementType)));
  return graph::ConstantOp::create(place.builder, place.location, value);
}

mlir::Value sizeTensor(Place place, const SymbolicSize &size) {
  if (size.isConstant())
    return scalarConstant(place, Value::integer(size.constant()), place.builder.getI64Type());
  return graph::SizeOp::create(place.builder, place.location, place.builder.getStringAttr(size.str()));
}

} // namespace dlc::dsl
