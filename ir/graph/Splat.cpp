#include "ir/graph/Splat.h"
#include "ir/graph/GraphOps.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;

namespace dlc::graph {

/// Ops whose result holds elements of their one input and nothing else.
static bool onlyMovesElements(Operation *op) {
  return isa_and_nonnull<BroadcastOp, ReshapeOp, TransposeOp, SliceOp, ReverseOp>(op);
}

TypedAttr splatElement(Value value) {
  // A chain of moves this long is not worth following; it also bounds the work on hostile input.
  for (int depth = 0; depth < 8 && onlyMovesElements(value.getDefiningOp()); ++depth)
    value = value.getDefiningOp()->getOperand(0);
  auto constant = value.getDefiningOp<ConstantOp>();
  auto elements = constant ? dyn_cast<SplatElementsAttr>(constant.getValue()) : SplatElementsAttr();
  return elements ? cast<TypedAttr>(elements.getSplatValue<Attribute>()) : TypedAttr();
}

bool isSplatOf(Value value, int64_t number) {
  TypedAttr element = splatElement(value);
  if (auto decimal = dyn_cast_or_null<FloatAttr>(element))
    return decimal.getValueAsDouble() == static_cast<double>(number);
  if (auto whole = dyn_cast_or_null<IntegerAttr>(element))
    return element.getType().isInteger(1) ? whole.getValue().getBoolValue() == (number != 0) : whole.getInt() == number;
  return false;
}

namespace {

/// relu(broadcast(constant)) => broadcast(relu(constant)), for any elementwise op.
struct ComputeSplatsAsScalars : OpInterfaceRewritePattern<FusibleOpInterface> {
  using OpInterfaceRewritePattern::OpInterfaceRewritePattern;

  LogicalResult matchAndRewrite(FusibleOpInterface fusible, PatternRewriter &rewriter) const override {
    Operation *op = fusible;
    if (fusible.getFusionKind() != FusionKind::Elementwise || op->getNumOperands() == 0 || op->getNumResults() != 1)
      return rewriter.notifyMatchFailure(op, "is not elementwise");
    auto type = cast<RankedTensorType>(op->getResult(0).getType());
    if (type.hasStaticShape())
      return rewriter.notifyMatchFailure(op, "constants of static size fold");
    SmallVector<Value> scalars;
    for (Value operand : op->getOperands()) {
      auto operandType = cast<RankedTensorType>(operand.getType());
      TypedAttr element = splatElement(operand);
      if (!element || operandType.getRank() != type.getRank())
        return rewriter.notifyMatchFailure(op, "an operand is not one constant");
      scalars.push_back(ConstantOp::create(
          rewriter, op->getLoc(), DenseElementsAttr::get(RankedTensorType::get({}, element.getType()), element)));
    }
    OperationState state(op->getLoc(), op->getName(), scalars, RankedTensorType::get({}, type.getElementType()),
                         op->getAttrs());
    Value scalar = rewriter.create(state)->getResult(0);
    rewriter.replaceOpWithNewOp<BroadcastOp>(op, type, scalar, ArrayRef<int64_t>());
    return success();
  }
};

/// reshape(broadcast(scalar)) => broadcast(scalar), for any op that only moves elements.
struct MoveSplats : RewritePattern {
  MoveSplats(StringRef name, MLIRContext *context) : RewritePattern(name, 1, context) {}

  LogicalResult matchAndRewrite(Operation *op, PatternRewriter &rewriter) const override {
    auto broadcast = op->getOperand(0).getDefiningOp<BroadcastOp>();
    if (!broadcast || broadcast.getInput().getType().getRank() != 0)
      return rewriter.notifyMatchFailure(op, "input is no broadcast scalar");
    rewriter.replaceOpWithNewOp<BroadcastOp>(op, op->getResult(0).getType(), broadcast.getInput(), ArrayRef<int64_t>());
    return success();
  }
};

} // namespace

void populateSplatPatterns(RewritePatternSet &patterns) {
  MLIRContext *context = patterns.getContext();
  patterns.add<ComputeSplatsAsScalars>(context);
  for (StringRef name : {ReshapeOp::getOperationName(), TransposeOp::getOperationName(), SliceOp::getOperationName(),
                         ReverseOp::getOperationName()})
    patterns.add<MoveSplats>(name, context);
}

} // namespace dlc::graph
