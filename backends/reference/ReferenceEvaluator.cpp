#include "backends/reference/ReferenceEvaluator.h"
#include "mlir/IR/BuiltinAttributes.h"

using namespace mlir;
namespace dlc::reference {

Tensor tensorOf(DenseElementsAttr value) {
  Tensor tensor(value.getElementType(), value.getType().getShape());
  for (auto [index, element] : llvm::enumerate(value.getValues<Attribute>())) {
    if (auto number = dyn_cast<FloatAttr>(element))
      tensor.setFloat(index, number.getValueAsDouble());
    else
      tensor.setInt(index, tensor.element.isInteger(1) ? !cast<IntegerAttr>(element).getValue().isZero()
                                                       : cast<IntegerAttr>(element).getValue().getSExtValue());
  }
  return tensor;
}

DenseElementsAttr attributeOf(const Tensor &tensor) {
  auto type = RankedTensorType::get(tensor.shape, tensor.element);
  SmallVector<Attribute> elements;
  for (int64_t i = 0; i < tensor.count(); ++i) {
    if (tensor.isFloat())
      elements.push_back(FloatAttr::get(tensor.element, tensor.getFloat(i)));
    else
      elements.push_back(IntegerAttr::get(tensor.element, tensor.getInt(i)));
  }
  return DenseElementsAttr::get(type, elements);
}

LogicalResult ReferenceEvaluator::evaluate(Operation *op, ArrayRef<ElementsAttr> operands,
                                           SmallVectorImpl<Attribute> &results) {
  SmallVector<Tensor> inputs, outputs;
  for (ElementsAttr operand : operands) {
    auto dense = dyn_cast<DenseElementsAttr>(operand);
    if (!dense)
      return failure();
    inputs.push_back(tensorOf(dense));
  }
  if (failed(interpreter.evaluate(op, inputs, outputs, {})))
    return failure();
  for (const Tensor &output : outputs)
    results.push_back(attributeOf(output));
  return success();
}

} // namespace dlc::reference
