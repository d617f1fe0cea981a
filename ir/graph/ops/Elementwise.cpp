#include "ir/graph/GraphOps.h"

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

} // namespace dlc::graph
