#include "ir/graph/GraphOps.h"
#include "ir/graph/Splat.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;

namespace dlc::graph {

LogicalResult SelectOp::inferReturnTypes(MLIRContext *context, std::optional<Location> location, Adaptor adaptor,
                                         SmallVectorImpl<Type> &results) {
  InferenceError error("select", location);
  Type type = adaptor.getOnTrue().getType();
  if (type != adaptor.getOnFalse().getType())
    return error("on_true and on_false must have one type, got ", type, " and ", adaptor.getOnFalse().getType());
  Type expected = withElementType(cast<RankedTensorType>(type), IntegerType::get(context, 1));
  if (adaptor.getPred().getType() != expected)
    return error("pred must be ", expected, ", got ", adaptor.getPred().getType());
  results.push_back(type);
  return success();
}

LogicalResult ConvertOp::verify() {
  Type expected = withElementType(getInput().getType(), getType().getElementType());
  if (getType() != expected)
    return emitOpError("result must have the input's sizes, expected ") << expected << ", got " << getType();
  return success();
}

static OpFoldResult foldTo(bool isIdentity, Value value) { return isIdentity ? OpFoldResult(value) : OpFoldResult(); }

OpFoldResult AddOp::fold(FoldAdaptor) {
  if (isSplatOf(getLhs(), 0))
    return getRhs();
  return foldTo(isSplatOf(getRhs(), 0), getLhs());
}

OpFoldResult SubtractOp::fold(FoldAdaptor) { return foldTo(isSplatOf(getRhs(), 0), getLhs()); }

// No rule for 0: its product with NaN or inf is NaN, which the guard must find.
OpFoldResult MultiplyOp::fold(FoldAdaptor) {
  if (isSplatOf(getLhs(), 1))
    return getRhs();
  return foldTo(isSplatOf(getRhs(), 1), getLhs());
}

OpFoldResult DivideOp::fold(FoldAdaptor) { return foldTo(isSplatOf(getRhs(), 1), getLhs()); }

OpFoldResult PowerOp::fold(FoldAdaptor) { return foldTo(isSplatOf(getRhs(), 1), getLhs()); }

/// All ones: the neutral element of `and`.
static bool isAllOnes(Value value) { return isSplatOf(value, getElementTypeOrSelf(value).isInteger(1) ? 1 : -1); }

OpFoldResult AndOp::fold(FoldAdaptor) {
  if (isAllOnes(getLhs()) || isSplatOf(getRhs(), 0))
    return getRhs();
  return foldTo(isAllOnes(getRhs()) || isSplatOf(getLhs(), 0), getLhs());
}

OpFoldResult OrOp::fold(FoldAdaptor) {
  if (isSplatOf(getLhs(), 0) || isAllOnes(getRhs()))
    return getRhs();
  return foldTo(isSplatOf(getRhs(), 0) || isAllOnes(getLhs()), getLhs());
}

OpFoldResult XorOp::fold(FoldAdaptor) {
  if (isSplatOf(getLhs(), 0))
    return getRhs();
  return foldTo(isSplatOf(getRhs(), 0), getLhs());
}

OpFoldResult SelectOp::fold(FoldAdaptor) {
  if (getOnTrue() == getOnFalse() || isSplatOf(getPred(), 1))
    return getOnTrue();
  return foldTo(isSplatOf(getPred(), 0), getOnFalse());
}

/// True when every value of \p from is one of \p to.
static bool isLossless(Type from, Type to) {
  if (from.isInteger(1))
    return !to.isInteger(1);
  auto fromFloat = dyn_cast<FloatType>(from), toFloat = dyn_cast<FloatType>(to);
  if (fromFloat && toFloat)
    return llvm::APFloat::isRepresentableBy(fromFloat.getFloatSemantics(), toFloat.getFloatSemantics());
  if (fromFloat)
    return false;
  unsigned room = toFloat ? toFloat.getFPMantissaWidth() : to.getIntOrFloatBitWidth();
  return from.getIntOrFloatBitWidth() <= room;
}

OpFoldResult ConvertOp::fold(FoldAdaptor) {
  if (getInput().getType() == getType())
    return getInput();
  auto inner = getInput().getDefiningOp<ConvertOp>();
  bool isRoundTrip = inner && inner.getInput().getType() == getType() &&
                     isLossless(getType().getElementType(), inner.getType().getElementType());
  return isRoundTrip ? OpFoldResult(inner.getInput()) : OpFoldResult();
}

} // namespace dlc::graph
