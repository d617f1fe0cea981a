// Logarithms of probabilities become functions of the logits they were made from. Before differentiation: the rule of
// log divides by its argument, and a sigmoid that has rounded to 0 makes that 0 / 0.
#include "ir/graph/Splat.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"
#include "passes/graph/Passes.h"
#include "passes/graph/SimplifyPatterns.h"
#include <cmath>

namespace dlc {
#define GEN_PASS_DEF_STABILIZEGRADIENTSPASS
#include "passes/graph/Passes.h.inc"
} // namespace dlc

using namespace mlir;
using namespace dlc;
using namespace dlc::graph;

/// -softplus(x) = -(relu(x) + log1p(exp(-|x|))): neither exp overflows nor log1p loses digits. |x| as a maximum whose tie
/// at 0 goes to -x: with relu's slope of 0 there, the slope of softplus is 1/2, as it must be.
static Value createNegativeSoftplus(PatternRewriter &rewriter, Location location, Value x) {
  Value magnitude = MaximumOp::create(rewriter, location, NegOp::create(rewriter, location, x).getResult(), x);
  Value decay = ExpOp::create(rewriter, location, NegOp::create(rewriter, location, magnitude).getResult());
  Value tail = Log1pOp::create(rewriter, location, decay);
  Value softplus = AddOp::create(rewriter, location, ReluOp::create(rewriter, location, x).getResult(), tail);
  return NegOp::create(rewriter, location, softplus);
}

namespace {

/// logistic(x), or 1 - logistic(x), and the bounds of a clamp around it.
struct Probability {
  Value logit;
  bool isComplement = false;
  std::optional<std::pair<APFloat, APFloat>> bounds;
};

} // namespace

static bool isPositive(const APFloat &number) {
  return number.isFinite() && !number.isNegative() && !number.isZero();
}

/// A bound of a clamp: one positive number everywhere.
static std::optional<APFloat> boundOf(Value value) {
  auto element = dyn_cast_or_null<FloatAttr>(splatElement(value));
  if (!element || !isPositive(element.getValue()))
    return std::nullopt;
  return element.getValue();
}

/// Bounds as near to 0 and 1 as these keep a logarithm finite and do nothing else; Keras's losses have 1e-7. The logit
/// form needs them no more, and without them a saturated probability still learns.
static bool onlyGuardsLogarithm(const APFloat &low, const APFloat &high) {
  constexpr double kNear = 1e-6;
  return low.convertToDouble() <= kNear && high.convertToDouble() >= 1 - kNear;
}

static std::optional<Probability> matchProbability(Value value) {
  if (auto sigmoid = value.getDefiningOp<LogisticOp>())
    return Probability{sigmoid.getInput(), false, std::nullopt};
  if (auto clamp = value.getDefiningOp<ClampOp>()) {
    auto inner = matchProbability(clamp.getInput());
    auto low = boundOf(clamp.getMin()), high = boundOf(clamp.getMax());
    if (!inner || inner->bounds || !low || !high)
      return std::nullopt;
    if (!onlyGuardsLogarithm(*low, *high))
      inner->bounds.emplace(*low, *high);
    return inner;
  }
  auto difference = value.getDefiningOp<SubtractOp>();
  if (!difference || !isSplatOf(difference.getLhs(), 1))
    return std::nullopt;
  auto inner = matchProbability(difference.getRhs());
  if (!inner || inner->isComplement)
    return std::nullopt;
  inner->isComplement = true;
  if (inner->bounds) {
    APFloat one(inner->bounds->first.getSemantics(), 1);
    APFloat low = one - inner->bounds->second, high = one - inner->bounds->first;
    if (!isPositive(low))
      return std::nullopt;
    inner->bounds.emplace(low, high);
  }
  return inner;
}

/// A tensor of \p type whose elements are log(\p bound).
static Value createLogBound(PatternRewriter &rewriter, Location location, RankedTensorType type, const APFloat &bound) {
  auto scalar = RankedTensorType::get({}, type.getElementType());
  auto logarithm = FloatAttr::get(type.getElementType(), std::log(bound.convertToDouble()));
  Value number = ConstantOp::create(rewriter, location, DenseElementsAttr::get(scalar, logarithm));
  return BroadcastOp::create(rewriter, location, type, number, ArrayRef<int64_t>());
}

namespace {

struct LogOfSigmoid : OpRewritePattern<LogOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(LogOp op, PatternRewriter &rewriter) const override {
    auto found = matchProbability(op.getInput());
    if (!found)
      return rewriter.notifyMatchFailure(op, "input is no sigmoid and no complement of one");
    Value x = found->logit;
    if (!found->isComplement)
      x = NegOp::create(rewriter, op.getLoc(), x);
    Value result = createNegativeSoftplus(rewriter, op.getLoc(), x);
    if (found->bounds) {
      auto type = cast<RankedTensorType>(op.getType());
      Value low = createLogBound(rewriter, op.getLoc(), type, found->bounds->first);
      Value high = createLogBound(rewriter, op.getLoc(), type, found->bounds->second);
      result = ClampOp::create(rewriter, op.getLoc(), low, result, high);
    }
    rewriter.replaceOp(op, result);
    return success();
  }
};

struct Log1pOfNegatedSigmoid : OpRewritePattern<Log1pOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(Log1pOp op, PatternRewriter &rewriter) const override {
    auto negation = op.getInput().getDefiningOp<NegOp>();
    auto sigmoid = negation ? negation.getInput().getDefiningOp<LogisticOp>() : LogisticOp();
    if (!sigmoid)
      return rewriter.notifyMatchFailure(op, "input is no negated sigmoid");
    rewriter.replaceOp(op, createNegativeSoftplus(rewriter, op.getLoc(), sigmoid.getInput()));
    return success();
  }
};

/// \p value / broadcast(reshapes(reduce_sum(\p value))), as a quotient with the ops from the quotient up to the sum.
struct Normalized {
  Value value;
  ReduceSumOp sum;
  SmallVector<Operation *> moves;
};

static std::optional<Normalized> matchNormalized(Value value) {
  auto quotient = value.getDefiningOp<DivideOp>();
  if (!quotient)
    return std::nullopt;
  Normalized found{quotient.getLhs(), {}, {}};
  Value denominator = quotient.getRhs();
  while (Operation *move = denominator.getDefiningOp()) {
    if (!isa<BroadcastOp, ReshapeOp>(move))
      break;
    found.moves.push_back(move);
    denominator = move->getOperand(0);
  }
  found.sum = denominator.getDefiningOp<ReduceSumOp>();
  if (!found.sum || found.sum.getInput() != found.value)
    return std::nullopt;
  return found;
}

/// log(exp(t) / broadcast(reshapes(reduce_sum(exp(t))))) => t - broadcast(reshapes(log(reduce_sum(exp(t))))), also where
/// the quotient is divided by its own sum, which is 1, or clamped as a guard.
struct LogOfSoftmax : OpRewritePattern<LogOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(LogOp op, PatternRewriter &rewriter) const override {
    Value input = op.getInput();
    if (auto clamp = input.getDefiningOp<ClampOp>()) {
      auto low = boundOf(clamp.getMin()), high = boundOf(clamp.getMax());
      if (low && high && onlyGuardsLogarithm(*low, *high))
        input = clamp.getInput();
    }
    auto softmax = matchNormalized(input);
    if (softmax && matchNormalized(softmax->value))
      softmax = matchNormalized(softmax->value);
    auto exponential = softmax ? softmax->value.getDefiningOp<ExpOp>() : ExpOp();
    if (!exponential)
      return rewriter.notifyMatchFailure(op, "input is no exponential divided by the sum of its kind");
    Value logarithm = LogOp::create(rewriter, op.getLoc(), softmax->sum);
    for (Operation *move : llvm::reverse(softmax->moves)) {
      IRMapping mapping;
      mapping.map(move->getOperand(0), logarithm);
      logarithm = rewriter.clone(*move, mapping)->getResult(0);
    }
    rewriter.replaceOpWithNewOp<SubtractOp>(op, exponential.getInput(), logarithm);
    return success();
  }
};

struct StabilizeGradientsPass : dlc::impl::StabilizeGradientsPassBase<StabilizeGradientsPass> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<LogOfSigmoid, Log1pOfNegatedSigmoid, LogOfSoftmax>(&getContext());
    // Nothing but these rewrites: other folding is --dlc-simplify-graph's.
    GreedyRewriteConfig config;
    config.enableFolding(false).enableConstantCSE(false);
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns), config)))
      return signalPassFailure();
  }
};

} // namespace
