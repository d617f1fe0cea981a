#include "ir/graph/ConstantFolding.h"
#include "ir/graph/GraphOps.h"

using namespace mlir;

namespace dlc::graph {

/// Larger constants cost more to keep in the file and to read than to compute.
static constexpr int64_t kLargestFoldedConstant = 64;
/// Larger operands would keep the compiler busy: `sum(ones([100000, 100000]))` is for the program to compute.
static constexpr int64_t kLargestFoldedOperand = 1 << 16;

/// Whether operands and result are small, or one element: then \p op is elementwise and all \p operands are splats.
static bool isWorthFolding(Operation *op, ArrayRef<ElementsAttr> operands) {
  auto type = cast<RankedTensorType>(op->getResult(0).getType());
  if (!type.hasStaticShape())
    return false;
  auto isSmall = [](ElementsAttr operand) { return operand.getNumElements() <= kLargestFoldedOperand; };
  if (type.getNumElements() <= kLargestFoldedConstant && llvm::all_of(operands, isSmall))
    return true;
  return cast<FusibleOpInterface>(op).getFusionKind() == FusionKind::Elementwise &&
         llvm::all_of(operands, [](ElementsAttr operand) { return operand.isSplat(); });
}

LogicalResult ConstantFolding::fold(Operation *op, ArrayRef<Attribute> operands,
                                    SmallVectorImpl<OpFoldResult> &results) const {
  ConstantEvaluator *evaluator = cast<GraphDialect>(getDialect())->getConstantEvaluator();
  // A draw stays a draw, so that its bits never depend on what is constant; stop_gradient is autodiff's to remove.
  if (!evaluator || operands.empty() || !isMemoryEffectFree(op) || op->getNumResults() != 1 ||
      isa<RandomUniformOp, StopGradientOp, WaitOp, LaunchOp, ValueAndGradOp, CheckpointOp, CustomVjpOp>(op))
    return failure();
  SmallVector<ElementsAttr> values;
  for (Attribute operand : operands) {
    auto value = dyn_cast_or_null<DenseElementsAttr>(operand);
    if (!value)
      return failure();
    values.push_back(value);
  }
  SmallVector<Attribute> folded;
  if (!isWorthFolding(op, values) || failed(evaluator->evaluate(op, values, folded)))
    return failure();
  results.append(folded.begin(), folded.end());
  return success();
}

} // namespace dlc::graph
