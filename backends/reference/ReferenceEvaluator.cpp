#include "backends/reference/ReferenceEvaluator.h"
#include "ir/interfaces/FusibleOpInterface.h"
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

// An elementwise op on splats needs one element.
static bool splatsSuffice(Operation *op, ArrayRef<ElementsAttr> operands) {
  auto fusible = dyn_cast<FusibleOpInterface>(op);
  return fusible && fusible.getFusionKind() == FusionKind::Elementwise && !operands.empty() &&
         llvm::all_of(operands, [](ElementsAttr operand) { return operand.isSplat(); });
}

LogicalResult ReferenceEvaluator::evaluate(Operation *op, ArrayRef<ElementsAttr> operands,
                                           SmallVectorImpl<Attribute> &results) {
  // Folding is a try: what it says about an op that it cannot evaluate is nobody's business.
  ScopedDiagnosticHandler quiet(op->getContext(), [](Diagnostic &) { return success(); });
  bool splat = splatsSuffice(op, operands);
  SmallVector<Tensor> inputs, outputs;
  for (ElementsAttr operand : operands) {
    auto dense = dyn_cast<DenseElementsAttr>(operand);
    if (!dense)
      return failure();
    if (splat)
      dense = dense.resizeSplat(RankedTensorType::get({}, dense.getElementType()));
    inputs.push_back(tensorOf(dense));
  }
  if (failed(interpreter.evaluate(op, inputs, outputs, {}, /*scalar=*/splat)))
    return failure();
  for (auto [output, type] : llvm::zip_equal(outputs, op->getResultTypes())) {
    DenseElementsAttr value = attributeOf(output);
    results.push_back(splat ? value.resizeSplat(cast<ShapedType>(type)) : value);
  }
  return success();
}

} // namespace dlc::reference
