// The encoding of symbolic sizes in tensor types.
#include "ir/graph/GraphDialect.h"
#include "mlir/IR/Diagnostics.h"

using namespace mlir;

namespace dlc::graph {

LogicalResult DimsAttr::verify(function_ref<InFlightDiagnostic()> emitError, ArrayRef<StringAttr> names) {
  for (StringAttr name : names) {
    if (name.empty())
      continue;
    FailureOr<SymbolicSize> size = SymbolicSize::parse(name);
    if (failed(size))
      return emitError() << "a size must be a polynomial of names, like \"2*batch+1\", got " << name;
    if (size->isConstant())
      return emitError() << "a constant size belongs in the tensor's shape, got " << name;
    if (size->str() != name.getValue())
      return emitError() << "a size must be written in canonical form, expected \"" << *size << "\", got " << name;
  }
  return success();
}

LogicalResult DimsAttr::verifyEncoding(ArrayRef<int64_t> shape, Type elementType,
                                       function_ref<InFlightDiagnostic()> emitError) const {
  if (shape.size() != getNames().size())
    return emitError() << "#graph.dims must have one entry for each of " << shape.size() << " dimensions, got "
                       << getNames().size();
  bool hasName = false;
  for (auto [index, size, name] : llvm::enumerate(shape, getNames())) {
    if (ShapedType::isDynamic(size) && name.empty())
      return emitError() << "#graph.dims must name dynamic dimension " << index;
    if (!ShapedType::isDynamic(size) && !name.empty())
      return emitError() << "#graph.dims must have \"\" for static dimension " << index << ", got " << name;
    hasName |= !name.empty();
  }
  if (!hasName)
    return emitError() << "a tensor without dynamic dimensions has no #graph.dims";
  return success();
}

SymbolicSize sizeOfDim(RankedTensorType type, unsigned dim) {
  if (!type.isDynamicDim(dim))
    return type.getDimSize(dim);
  auto dims = dyn_cast_or_null<DimsAttr>(type.getEncoding());
  assert(dims && "a dynamic dimension needs a name: the op constraints check it");
  return *SymbolicSize::parse(dims.getNames()[dim]);
}

SmallVector<SymbolicSize> sizesOf(RankedTensorType type) {
  SmallVector<SymbolicSize> sizes;
  for (int64_t dim = 0; dim < type.getRank(); ++dim)
    sizes.push_back(sizeOfDim(type, dim));
  return sizes;
}

SymbolicSize elementCount(RankedTensorType type) {
  SymbolicSize count = 1;
  for (const SymbolicSize &size : sizesOf(type))
    count = count * size;
  return count;
}

RankedTensorType makeTensorType(MLIRContext *context, ArrayRef<SymbolicSize> sizes, Type element) {
  SmallVector<int64_t> shape;
  SmallVector<StringAttr> names;
  for (const SymbolicSize &size : sizes) {
    assert(!size.hasOverflowed() && "checked where sizes are added up");
    shape.push_back(size.isConstant() ? size.constant() : ShapedType::kDynamic);
    names.push_back(StringAttr::get(context, size.isConstant() ? "" : size.str()));
  }
  bool isStatic = llvm::none_of(shape, ShapedType::isDynamic);
  return RankedTensorType::get(shape, element, isStatic ? Attribute() : DimsAttr::get(context, names));
}

RankedTensorType withElementType(RankedTensorType type, Type element) {
  return RankedTensorType::get(type.getShape(), element, type.getEncoding());
}

} // namespace dlc::graph
