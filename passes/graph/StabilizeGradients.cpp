// Logarithms of probabilities become functions of the logits they were made from. Before differentiation: the rule of
// log divides by its argument, and a sigmoid that has rounded to 0 makes that 0 / 0.
#include "ir/graph/Splat.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"
#include "passes/graph/Passes.h"
#include "passes/graph/SimplifyPatterns.h"

namespace dlc {
#define GEN_PASS_DEF_STABILIZEGRADIENTSPASS
#include "passes/graph/Passes.h.inc"
} // namespace dlc

using namespace mlir;
using namespace dlc;
using namespace dlc::graph;

/// -softplus(x) = -(relu(x) + log1p(exp(-|x|))): neither exp overflows nor log1p loses digits.
static Value createNegativeSoftplus(PatternRewriter &rewriter, Location location, Value x) {
  Value magnitude = AbsOp::create(rewriter, location, x);
  Value decay = ExpOp::create(rewriter, location, NegOp::create(rewriter, location, magnitude).getResult());
  Value tail = Log1pOp::create(rewriter, location, decay);
  Value softplus = AddOp::create(rewriter, location, ReluOp::create(rewriter, location, x).getResult(), tail);
  return NegOp::create(rewriter, location, softplus);
}

/// The x of `1 - logistic(x)`; null if \p value is something else.
static Value complementLogit(Value value) {
  auto difference = value.getDefiningOp<SubtractOp>();
  auto sigmoid = difference ? difference.getRhs().getDefiningOp<LogisticOp>() : LogisticOp();
  return sigmoid && isSplatOf(difference.getLhs(), 1) ? sigmoid.getInput() : Value();
}

namespace {

struct LogOfSigmoid : OpRewritePattern<LogOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(LogOp op, PatternRewriter &rewriter) const override {
    if (auto sigmoid = op.getInput().getDefiningOp<LogisticOp>()) {
      Value negated = NegOp::create(rewriter, op.getLoc(), sigmoid.getInput());
      rewriter.replaceOp(op, createNegativeSoftplus(rewriter, op.getLoc(), negated));
      return success();
    }
    Value logit = complementLogit(op.getInput());
    if (!logit)
      return rewriter.notifyMatchFailure(op, "input is no sigmoid and no complement of one");
    rewriter.replaceOp(op, createNegativeSoftplus(rewriter, op.getLoc(), logit));
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

/// log(exp(t) / broadcast(reshapes(reduce_sum(exp(t))))) => t - broadcast(reshapes(log(reduce_sum(exp(t))))).
struct LogOfSoftmax : OpRewritePattern<LogOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(LogOp op, PatternRewriter &rewriter) const override {
    auto quotient = op.getInput().getDefiningOp<DivideOp>();
    auto exponential = quotient ? quotient.getLhs().getDefiningOp<ExpOp>() : ExpOp();
    if (!exponential)
      return rewriter.notifyMatchFailure(op, "input is no quotient of exponentials");
    SmallVector<Operation *> moves; // from the quotient up to the sum
    Value value = quotient.getRhs();
    while (Operation *move = value.getDefiningOp()) {
      if (!isa<BroadcastOp, ReshapeOp>(move))
        break;
      moves.push_back(move);
      value = move->getOperand(0);
    }
    auto sum = value.getDefiningOp<ReduceSumOp>();
    if (!sum || sum.getInput() != exponential.getResult())
      return rewriter.notifyMatchFailure(op, "the denominator is not the sum of the exponentials");
    Value logarithm = LogOp::create(rewriter, op.getLoc(), sum);
    for (Operation *move : llvm::reverse(moves)) {
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
    uint64_t before = countLogarithms();
    // Nothing but these rewrites: other folding is --dlc-simplify-graph's.
    GreedyRewriteConfig config;
    config.enableFolding(false).enableConstantCSE(false);
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns), config)))
      return signalPassFailure();
    rewritten += before - std::min(before, countLogarithms());
  }

  uint64_t countLogarithms() {
    uint64_t count = 0;
    getOperation().walk([&](LogOp) { ++count; });
    return count;
  }
};

} // namespace
