#include "ir/graph/Splat.h"
#include "passes/graph/SimplifyPatterns.h"

using namespace mlir;
using namespace dlc;
using graph::ComparisonDirection;

namespace {

bool isElementwise(Operation *op) {
  auto fusible = dyn_cast<FusibleOpInterface>(op);
  if (!fusible || fusible.getFusionKind() != FusionKind::Elementwise || op->getNumResults() != 1 ||
      op->getNumOperands() == 0)
    return false;
  auto result = cast<RankedTensorType>(op->getResult(0).getType());
  return llvm::all_of(op->getOperandTypes(), [&](Type type) {
    return graph::sizesOf(cast<RankedTensorType>(type)) == graph::sizesOf(result);
  });
}

/// The same op on other operands, of \p type but with the element types of the original.
Value rebuild(PatternRewriter &rewriter, Operation *op, ValueRange operands, RankedTensorType type) {
  Type element = cast<RankedTensorType>(op->getResult(0).getType()).getElementType();
  OperationState state(op->getLoc(), op->getName(), operands, graph::withElementType(type, element), op->getAttrs());
  return rewriter.create(state)->getResult(0);
}

/// f(broadcast(a), broadcast(b), splat) => broadcast(f(a, b, splat)): the work is done once for each repeated element.
struct ComputeBeforeBroadcast : OpInterfaceRewritePattern<FusibleOpInterface> {
  using OpInterfaceRewritePattern::OpInterfaceRewritePattern;

  LogicalResult matchAndRewrite(FusibleOpInterface fusible, PatternRewriter &rewriter) const override {
    Operation *op = fusible;
    if (!isElementwise(op))
      return rewriter.notifyMatchFailure(op, "is not elementwise");
    graph::BroadcastOp widest;
    for (Value operand : op->getOperands()) {
      auto broadcast = operand.getDefiningOp<graph::BroadcastOp>();
      if (!broadcast && !graph::splatElement(operand))
        return rewriter.notifyMatchFailure(op, "an operand is no broadcast");
      if (broadcast && (!widest || broadcast.getDims().size() > widest.getDims().size()))
        widest = broadcast;
    }
    if (!widest)
      return rewriter.notifyMatchFailure(op, "operands are constants");
    auto type = cast<RankedTensorType>(widest.getInput().getType());
    for (Value operand : op->getOperands())
      if (!canRead(operand, widest))
        return rewriter.notifyMatchFailure(op, "operands repeat along different dimensions");
    SmallVector<Value> operands;
    for (Value operand : op->getOperands())
      operands.push_back(inputOf(rewriter, operand, type));
    Value result = rebuild(rewriter, op, operands, type);
    rewriter.replaceOpWithNewOp<graph::BroadcastOp>(op, op->getResult(0).getType(), result, widest.getDims());
    return success();
  }

  static bool canRead(Value operand, graph::BroadcastOp widest) {
    auto broadcast = operand.getDefiningOp<graph::BroadcastOp>();
    return !broadcast || broadcast.getDims().empty() || broadcast.getDims() == widest.getDims();
  }

  /// The operand before its broadcast, with the sizes of \p type.
  static Value inputOf(PatternRewriter &rewriter, Value operand, RankedTensorType type) {
    auto broadcast = operand.getDefiningOp<graph::BroadcastOp>();
    Type element = cast<RankedTensorType>(operand.getType()).getElementType();
    auto wanted = graph::withElementType(type, element);
    Value input;
    if (broadcast) {
      input = broadcast.getInput();
      if (!broadcast.getDims().empty() || type.getRank() == 0)
        return input;
    } else {
      auto scalar = DenseElementsAttr::get(RankedTensorType::get({}, element), graph::splatElement(operand));
      input = graph::ConstantOp::create(rewriter, operand.getLoc(), scalar);
      if (type.getRank() == 0)
        return input;
    }
    return graph::BroadcastOp::create(rewriter, operand.getLoc(), wanted, input, ArrayRef<int64_t>());
  }
};

/// f(reshape(a), reshape(b)) => reshape(f(a, b)): reshapes move towards the end, where they meet and cancel.
struct ComputeBeforeReshape : OpInterfaceRewritePattern<FusibleOpInterface> {
  using OpInterfaceRewritePattern::OpInterfaceRewritePattern;

  LogicalResult matchAndRewrite(FusibleOpInterface fusible, PatternRewriter &rewriter) const override {
    Operation *op = fusible;
    if (!isElementwise(op))
      return rewriter.notifyMatchFailure(op, "is not elementwise");
    RankedTensorType type;
    for (Value operand : op->getOperands()) {
      auto reshape = operand.getDefiningOp<graph::ReshapeOp>();
      if (!reshape && !graph::splatElement(operand) && !operand.getDefiningOp<graph::BroadcastOp>())
        return rewriter.notifyMatchFailure(op, "an operand is no reshape");
      if (!reshape)
        continue;
      auto input = cast<RankedTensorType>(reshape.getInput().getType());
      if (type && graph::sizesOf(input) != graph::sizesOf(type))
        return rewriter.notifyMatchFailure(op, "reshapes of different shapes");
      type = input;
    }
    if (!type)
      return rewriter.notifyMatchFailure(op, "no operand is a reshape");
    // A broadcast can follow where only dimensions of size 1 come or go.
    bool movesUnits = matchUnitReshape(type, cast<RankedTensorType>(op->getResult(0).getType())).has_value();
    for (Value operand : op->getOperands())
      if (operand.getDefiningOp<graph::BroadcastOp>() && !isScalarBroadcast(operand) && !movesUnits)
        return rewriter.notifyMatchFailure(op, "a broadcast cannot follow");
    SmallVector<Value> operands;
    for (Value operand : op->getOperands())
      operands.push_back(inputOf(rewriter, operand, type));
    Value result = rebuild(rewriter, op, operands, type);
    rewriter.replaceOpWithNewOp<graph::ReshapeOp>(op, op->getResult(0).getType(), result);
    return success();
  }

  static bool isScalarBroadcast(Value operand) {
    auto broadcast = operand.getDefiningOp<graph::BroadcastOp>();
    return broadcast && broadcast.getDims().empty();
  }

  static Value inputOf(PatternRewriter &rewriter, Value operand, RankedTensorType type) {
    if (auto reshape = operand.getDefiningOp<graph::ReshapeOp>())
      return reshape.getInput();
    auto wanted = graph::withElementType(type, cast<RankedTensorType>(operand.getType()).getElementType());
    return graph::ReshapeOp::create(rewriter, operand.getLoc(), wanted, operand);
  }
};

// Signs.

struct DoubleNegation : OpRewritePattern<graph::NegOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(graph::NegOp op, PatternRewriter &rewriter) const override {
    if (auto inner = op.getInput().getDefiningOp<graph::NegOp>()) {
      rewriter.replaceOp(op, inner.getInput());
      return success();
    }
    auto difference = op.getInput().getDefiningOp<graph::SubtractOp>();
    // Not for a - a: its negation is -0, the swapped difference +0; nothing downstream of a gradient tells them apart.
    if (!difference || !difference->hasOneUse())
      return rewriter.notifyMatchFailure(op, "input is neither a negation nor a difference");
    rewriter.replaceOpWithNewOp<graph::SubtractOp>(op, difference.getRhs(), difference.getLhs());
    return success();
  }
};

struct AddNegated : OpRewritePattern<graph::AddOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(graph::AddOp op, PatternRewriter &rewriter) const override {
    if (auto right = op.getRhs().getDefiningOp<graph::NegOp>()) {
      rewriter.replaceOpWithNewOp<graph::SubtractOp>(op, op.getLhs(), right.getInput());
      return success();
    }
    auto left = op.getLhs().getDefiningOp<graph::NegOp>();
    if (!left)
      return rewriter.notifyMatchFailure(op, "no operand is negated");
    rewriter.replaceOpWithNewOp<graph::SubtractOp>(op, op.getRhs(), left.getInput());
    return success();
  }
};

struct SubtractNegated : OpRewritePattern<graph::SubtractOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(graph::SubtractOp op, PatternRewriter &rewriter) const override {
    auto right = op.getRhs().getDefiningOp<graph::NegOp>();
    if (!right)
      return rewriter.notifyMatchFailure(op, "right operand is not negated");
    rewriter.replaceOpWithNewOp<graph::AddOp>(op, op.getLhs(), right.getInput());
    return success();
  }
};

struct MultiplyNegated : OpRewritePattern<graph::MultiplyOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(graph::MultiplyOp op, PatternRewriter &rewriter) const override {
    auto left = op.getLhs().getDefiningOp<graph::NegOp>(), right = op.getRhs().getDefiningOp<graph::NegOp>();
    if (left && right) {
      rewriter.replaceOpWithNewOp<graph::MultiplyOp>(op, left.getInput(), right.getInput());
      return success();
    }
    if (!left && !right)
      return rewriter.notifyMatchFailure(op, "no operand is negated");
    // Outwards, where the sign meets an addition.
    Value lhs = left ? left.getInput() : op.getLhs(), rhs = right ? right.getInput() : op.getRhs();
    Value product = graph::MultiplyOp::create(rewriter, op.getLoc(), lhs, rhs);
    rewriter.replaceOpWithNewOp<graph::NegOp>(op, product);
    return success();
  }
};

// Masks.

/// How the elements at which two masks hold are related.
enum class MaskRelation { Unknown, Same, Disjoint };

/// Bits of less, equal, greater.
unsigned outcomesOf(ComparisonDirection direction) {
  switch (direction) {
  case ComparisonDirection::Eq:
    return 0b010;
  case ComparisonDirection::Ne:
    return 0b101;
  case ComparisonDirection::Lt:
    return 0b100;
  case ComparisonDirection::Le:
    return 0b110;
  case ComparisonDirection::Gt:
    return 0b001;
  case ComparisonDirection::Ge:
    return 0b011;
  }
  return 0b111;
}

/// True when \p a and \p b are one value, or equal constants.
bool sameOrEqual(Value a, Value b) {
  if (a == b)
    return true;
  TypedAttr left = graph::splatElement(a), right = graph::splatElement(b);
  return left && left == right;
}

MaskRelation relationOf(Value p, Value q) {
  if (p == q)
    return MaskRelation::Same;
  auto first = p.getDefiningOp<graph::CompareOp>(), second = q.getDefiningOp<graph::CompareOp>();
  // `!=` holds for NaN too, so it is disjoint from nothing that could.
  if (!first || !second || !sameOrEqual(first.getLhs(), second.getLhs()) ||
      !sameOrEqual(first.getRhs(), second.getRhs()) || first.getDirection() == ComparisonDirection::Ne ||
      second.getDirection() == ComparisonDirection::Ne)
    return MaskRelation::Unknown;
  bool overlap = outcomesOf(first.getDirection()) & outcomesOf(second.getDirection());
  return overlap ? MaskRelation::Unknown : MaskRelation::Disjoint;
}

/// select(p, 0, a) * b => select(p, 0, a * b), and with the branches exchanged. The branch that was not taken has no
/// influence, also where b is infinite there.
struct MaskAfterProduct : OpRewritePattern<graph::MultiplyOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(graph::MultiplyOp op, PatternRewriter &rewriter) const override {
    for (unsigned side : {0, 1}) {
      auto select = op->getOperand(side).getDefiningOp<graph::SelectOp>();
      if (!select || !select->hasOneUse())
        continue;
      bool trueIsZero = graph::isSplatOf(select.getOnTrue(), 0), falseIsZero = graph::isSplatOf(select.getOnFalse(), 0);
      if (trueIsZero == falseIsZero)
        continue;
      Value kept = trueIsZero ? select.getOnFalse() : select.getOnTrue();
      Value product = graph::MultiplyOp::create(rewriter, op.getLoc(), kept, op->getOperand(1 - side));
      rewriter.replaceOpWithNewOp<graph::SelectOp>(op, select.getPred(), trueIsZero ? select.getOnTrue() : product,
                                                   trueIsZero ? product : select.getOnFalse());
      return success();
    }
    return rewriter.notifyMatchFailure(op, "no operand is masked");
  }
};

/// select(p, select(q, a, b), c) => select(p, b, c) where p and q exclude each other, select(p, a, c) where p is q.
/// select(not p, a, b) => select(p, b, a).
struct NestedMask : OpRewritePattern<graph::SelectOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(graph::SelectOp op, PatternRewriter &rewriter) const override {
    if (auto inverted = op.getPred().getDefiningOp<graph::NotOp>()) {
      rewriter.replaceOpWithNewOp<graph::SelectOp>(op, inverted.getInput(), op.getOnFalse(), op.getOnTrue());
      return success();
    }
    if (auto inner = op.getOnTrue().getDefiningOp<graph::SelectOp>()) {
      MaskRelation relation = relationOf(op.getPred(), inner.getPred());
      if (relation != MaskRelation::Unknown) {
        Value taken = relation == MaskRelation::Same ? inner.getOnTrue() : inner.getOnFalse();
        rewriter.replaceOpWithNewOp<graph::SelectOp>(op, op.getPred(), taken, op.getOnFalse());
        return success();
      }
    }
    auto inner = op.getOnFalse().getDefiningOp<graph::SelectOp>();
    if (!inner || relationOf(op.getPred(), inner.getPred()) != MaskRelation::Same)
      return rewriter.notifyMatchFailure(op, "branches are no related masks");
    rewriter.replaceOpWithNewOp<graph::SelectOp>(op, op.getPred(), op.getOnTrue(), inner.getOnFalse());
    return success();
  }
};

/// The two branches of one choice: select(p, a, 0) + select(p, 0, b) => select(p, a, b), and
/// select(p, a, 0) + select(q, b, 0) => select(p, a, select(q, b, 0)) where p and q exclude each other.
struct JoinMasks : OpRewritePattern<graph::AddOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(graph::AddOp op, PatternRewriter &rewriter) const override {
    auto left = op.getLhs().getDefiningOp<graph::SelectOp>(), right = op.getRhs().getDefiningOp<graph::SelectOp>();
    if (!left || !right)
      return rewriter.notifyMatchFailure(op, "operands are not masked");
    if (!graph::isSplatOf(left.getOnFalse(), 0))
      std::swap(left, right);
    if (!graph::isSplatOf(left.getOnFalse(), 0))
      return rewriter.notifyMatchFailure(op, "no operand is zero where its mask is false");
    MaskRelation relation = relationOf(left.getPred(), right.getPred());
    Value other;
    if (relation == MaskRelation::Same && graph::isSplatOf(right.getOnTrue(), 0))
      other = right.getOnFalse();
    else if (relation == MaskRelation::Disjoint && graph::isSplatOf(right.getOnFalse(), 0))
      other = right.getResult();
    else
      return rewriter.notifyMatchFailure(op, "masks may hold at once");
    rewriter.replaceOpWithNewOp<graph::SelectOp>(op, left.getPred(), left.getOnTrue(), other);
    return success();
  }
};

} // namespace

void dlc::populateElementwisePatterns(RewritePatternSet &patterns) {
  patterns.add<ComputeBeforeBroadcast, ComputeBeforeReshape, DoubleNegation, AddNegated, SubtractNegated,
               MultiplyNegated, MaskAfterProduct, NestedMask, JoinMasks>(patterns.getContext());
}
