#include "ir/graph/gradients/GradientBuilder.h"

using namespace mlir;

namespace dlc::graph {

Value GradientBuilder::splat(Type type, double number) {
  auto tensor = cast<RankedTensorType>(type);
  Type element = tensor.getElementType();
  Attribute value = isa<FloatType>(element) ? Attribute(builder.getFloatAttr(element, number))
                                            : Attribute(builder.getIntegerAttr(element, static_cast<int64_t>(number)));
  if (tensor.hasStaticShape())
    return make<ConstantOp>(DenseElementsAttr::get(tensor, value));
  Value scalar = make<ConstantOp>(DenseElementsAttr::get(RankedTensorType::get({}, element), value));
  return make<BroadcastOp>(tensor, scalar, ArrayRef<int64_t>());
}

bool isFloatTensor(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  return tensor && isa<FloatType>(tensor.getElementType());
}

} // namespace dlc::graph
