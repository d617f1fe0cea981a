#include "ir/graph/GraphOps.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/PatternMatch.h"

using namespace mlir;

namespace dlc::graph {

LogicalResult ConstantOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor adaptor,
                                           SmallVectorImpl<Type> &results) {
  auto type = dyn_cast<RankedTensorType>(adaptor.getValue().getType());
  if (!type || type.getEncoding())
    return InferenceError("constant", location)("value must be a ranked tensor of static sizes, got ",
                                                adaptor.getValue().getType());
  results.push_back(type);
  return success();
}

LogicalResult SizeOp::verify() {
  FailureOr<SymbolicSize> size = SymbolicSize::parse(getSize());
  if (failed(size))
    return emitOpError("size must be a polynomial of names, like \"2*batch+1\", got ") << getSizeAttr();
  if (size->str() != getSize())
    return emitOpError("size must be in canonical form, expected \"") << *size << "\", got " << getSizeAttr();
  return success();
}

LogicalResult IotaOp::verify() {
  if (static_cast<int64_t>(getDim()) < 0 || static_cast<int64_t>(getDim()) >= getType().getRank())
    return emitOpError("dim must be a dimension of the result ") << getType() << ", got " << getDim();
  return success();
}

LogicalResult ReshapeOp::verify() {
  RankedTensorType input = getInput().getType();
  if (input.getElementType() != getType().getElementType())
    return emitOpError("result must have the input's element type ")
           << input.getElementType() << ", got " << getType().getElementType() << "; use graph.convert";
  if (elementCount(input) != elementCount(getType()))
    return emitOpError("result must have as many elements as the input, expected ")
           << elementCount(input) << " (" << input << "), got " << elementCount(getType()) << " (" << getType() << ")";
  return success();
}

bool ReshapeOp::changesUnitDimsOnly() {
  auto sizesWithoutOnes = [](RankedTensorType type) {
    SmallVector<SymbolicSize> sizes = sizesOf(type);
    llvm::erase_if(sizes, [](const SymbolicSize &size) { return size == SymbolicSize(1); });
    return sizes;
  };
  return sizesWithoutOnes(getInput().getType()) == sizesWithoutOnes(getType());
}

FusionKind ReshapeOp::getFusionKind() { return changesUnitDimsOnly() ? FusionKind::Broadcast : FusionKind::Opaque; }

LogicalResult BroadcastOp::verify() {
  RankedTensorType input = getInput().getType();
  ArrayRef<int64_t> dims = getDims();
  if (input.getElementType() != getType().getElementType())
    return emitOpError("result must have the input's element type ")
           << input.getElementType() << ", got " << getType().getElementType();
  if (static_cast<int64_t>(dims.size()) != input.getRank())
    return emitOpError("dims must have one entry for each of ")
           << input.getRank() << " input dimensions, got " << listText(dims);
  if (failed(checkRisingDims(InferenceError("broadcast", getLoc()), "dims", dims, getType().getRank())))
    return failure();
  for (auto [index, dim] : llvm::enumerate(dims))
    if (sizeOfDim(input, index) != sizeOfDim(getType(), dim))
      return emitOpError("size ") << dim << " of the result must be " << sizeOfDim(input, index) << " (dimension "
                                  << index << " of the input), got " << sizeOfDim(getType(), dim);
  return success();
}

LogicalResult TransposeOp::inferReturnTypes(MLIRContext *context, std::optional<Location> location, Adaptor adaptor,
                                            SmallVectorImpl<Type> &results) {
  auto input = cast<RankedTensorType>(adaptor.getInput().getType());
  SmallVector<int64_t> sorted(adaptor.getPermutation());
  llvm::sort(sorted);
  if (!llvm::equal(sorted, llvm::seq<int64_t>(0, input.getRank())))
    return InferenceError("transpose", location)("permutation must hold each dimension of ", input, " once, got ",
                                                 listText(adaptor.getPermutation()));
  SmallVector<SymbolicSize> sizes;
  for (int64_t dim : adaptor.getPermutation())
    sizes.push_back(sizeOfDim(input, dim));
  results.push_back(makeTensorType(context, sizes, input.getElementType()));
  return success();
}

LogicalResult ConcatenateOp::inferReturnTypes(MLIRContext *context, std::optional<Location> location, Adaptor adaptor,
                                              SmallVectorImpl<Type> &results) {
  InferenceError error("concatenate", location);
  if (adaptor.getInputs().empty())
    return error("needs at least one input");
  auto first = cast<RankedTensorType>(adaptor.getInputs().front().getType());
  unsigned dim = adaptor.getDim();
  if (failed(checkDim(error, adaptor.getDim(), first.getRank())))
    return failure();
  SmallVector<SymbolicSize> sizes = sizesOf(first);
  for (Value input : adaptor.getInputs().drop_front()) {
    auto type = cast<RankedTensorType>(input.getType());
    if (type.getElementType() != first.getElementType() || type.getRank() != first.getRank())
      return error("inputs must agree in rank and element type, got ", first, " and ", type);
    for (int64_t other = 0; other < type.getRank(); ++other)
      if (other != dim && sizeOfDim(type, other) != sizes[other])
        return error("inputs must agree in all sizes but that of dimension ", dim, ", got ", first, " and ", type);
    sizes[dim] = sizes[dim] + sizeOfDim(type, dim);
  }
  if (failed(checkSize(error, sizes[dim], dim)))
    return failure();
  results.push_back(makeTensorType(context, sizes, first.getElementType()));
  return success();
}

LogicalResult ReverseOp::inferReturnTypes(MLIRContext *, std::optional<Location> location, Adaptor adaptor,
                                          SmallVectorImpl<Type> &results) {
  auto input = cast<RankedTensorType>(adaptor.getInput().getType());
  results.push_back(input);
  return checkRisingDims(InferenceError("reverse", location), "dims", adaptor.getDims(), input.getRank());
}

LogicalResult PadOp::inferReturnTypes(MLIRContext *context, std::optional<Location> location, Adaptor adaptor,
                                      SmallVectorImpl<Type> &results) {
  InferenceError error("pad", location);
  auto input = cast<RankedTensorType>(adaptor.getInput().getType());
  Type element = cast<RankedTensorType>(adaptor.getValue().getType()).getElementType();
  if (element != input.getElementType())
    return error("value must have the input's element type ", input.getElementType(), ", got ", element);
  SmallVector<SymbolicSize> sizes = sizesOf(input);
  for (ArrayRef<int64_t> list : {adaptor.getLow(), adaptor.getHigh(), adaptor.getInterior()}) {
    if (list.size() != sizes.size())
      return error("low, high and interior must have one number for each of ", sizes.size(), " dimensions, got ",
                   listText(list));
    if (llvm::any_of(list, [](int64_t count) { return count < 0; }))
      return error("low, high and interior must not be negative, got ", listText(list));
  }
  for (auto [dim, size, low, high, interior] :
       llvm::enumerate(sizes, adaptor.getLow(), adaptor.getHigh(), adaptor.getInterior())) {
    if (interior > 0 && !size.isConstant())
      return error("interior padding needs a static size, got ", size.str(), " in ", input);
    if (interior > 0 && size.constant() > 0)
      size = size + SymbolicSize(size.constant() - 1) * SymbolicSize(interior);
    size = size + SymbolicSize(low) + SymbolicSize(high);
    if (failed(checkSize(error, size, dim)))
      return failure();
  }
  results.push_back(makeTensorType(context, sizes, element));
  return success();
}

OpFoldResult ConstantOp::fold(FoldAdaptor) { return getValue(); }

OpFoldResult SizeOp::fold(FoldAdaptor) {
  FailureOr<SymbolicSize> size = SymbolicSize::parse(getSize());
  if (failed(size) || !size->isConstant())
    return {};
  return DenseElementsAttr::get(getType(), size->constant());
}

/// \p constant in another static type, if all its elements are one.
static OpFoldResult foldSplat(Attribute constant, RankedTensorType type) {
  auto splat = dyn_cast_or_null<SplatElementsAttr>(constant);
  return splat && type.hasStaticShape() ? OpFoldResult(splat.resizeSplat(type)) : OpFoldResult();
}

OpFoldResult ReshapeOp::fold(FoldAdaptor adaptor) {
  if (getInput().getType() == getType())
    return getInput();
  auto elements = dyn_cast_or_null<DenseElementsAttr>(adaptor.getInput());
  return elements && getType().hasStaticShape() ? OpFoldResult(elements.reshape(getType())) : OpFoldResult();
}

LogicalResult ReshapeOp::canonicalize(ReshapeOp op, PatternRewriter &rewriter) {
  auto inner = op.getInput().getDefiningOp<ReshapeOp>();
  if (!inner)
    return rewriter.notifyMatchFailure(op, "input is not a reshape");
  rewriter.replaceOpWithNewOp<ReshapeOp>(op, op.getType(), inner.getInput());
  return success();
}

OpFoldResult BroadcastOp::fold(FoldAdaptor adaptor) {
  if (getInput().getType() == getType())
    return getInput();
  return foldSplat(adaptor.getInput(), getType());
}

LogicalResult BroadcastOp::canonicalize(BroadcastOp op, PatternRewriter &rewriter) {
  auto inner = op.getInput().getDefiningOp<BroadcastOp>();
  if (!inner)
    return rewriter.notifyMatchFailure(op, "input is not a broadcast");
  SmallVector<int64_t> dims;
  for (int64_t dim : inner.getDims())
    dims.push_back(op.getDims()[dim]);
  rewriter.replaceOpWithNewOp<BroadcastOp>(op, op.getType(), inner.getInput(), dims);
  return success();
}

OpFoldResult TransposeOp::fold(FoldAdaptor adaptor) {
  if (llvm::equal(getPermutation(), llvm::seq<int64_t>(0, getPermutation().size())))
    return getInput();
  return foldSplat(adaptor.getInput(), getType());
}

LogicalResult TransposeOp::canonicalize(TransposeOp op, PatternRewriter &rewriter) {
  auto inner = op.getInput().getDefiningOp<TransposeOp>();
  if (!inner)
    return rewriter.notifyMatchFailure(op, "input is not a transpose");
  SmallVector<int64_t> permutation;
  for (int64_t dim : op.getPermutation())
    permutation.push_back(inner.getPermutation()[dim]);
  rewriter.replaceOpWithNewOp<TransposeOp>(op, inner.getInput(), permutation);
  return success();
}

OpFoldResult ConcatenateOp::fold(FoldAdaptor) {
  return getInputs().size() == 1 ? OpFoldResult(getInputs().front()) : OpFoldResult();
}

OpFoldResult ReverseOp::fold(FoldAdaptor adaptor) {
  if (llvm::all_of(getDims(), [&](int64_t dim) { return getType().getDimSize(dim) == 1; }))
    return getInput();
  auto inner = getInput().getDefiningOp<ReverseOp>();
  if (inner && inner.getDims() == getDims())
    return inner.getInput();
  return foldSplat(adaptor.getInput(), getType());
}

// Equal sizes mean no padding: it is never negative.
OpFoldResult PadOp::fold(FoldAdaptor) {
  return getInput().getType() == getType() ? OpFoldResult(getInput()) : OpFoldResult();
}

} // namespace dlc::graph
