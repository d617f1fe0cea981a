// The one cleaning pass: runs after differentiation, whose rules are written for clarity and leave zeros, sums over
// broadcasts and transposes behind.
#include "mlir/IR/Dominance.h"
#include "mlir/Transforms/CSE.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"
#include "passes/graph/Passes.h"
#include "passes/graph/SimplifyPatterns.h"

namespace dlc {
#define GEN_PASS_DEF_SIMPLIFYGRAPHPASS
#include "passes/graph/Passes.h.inc"
} // namespace dlc

using namespace mlir;
using namespace dlc;

Value dlc::createSplat(OpBuilder &builder, Location location, RankedTensorType type, double number) {
  Type element = type.getElementType();
  Attribute value = isa<FloatType>(element) ? Attribute(builder.getFloatAttr(element, number))
                                            : Attribute(builder.getIntegerAttr(element, int64_t(number)));
  if (type.hasStaticShape())
    return graph::ConstantOp::create(builder, location, DenseElementsAttr::get(type, value));
  auto scalar = DenseElementsAttr::get(RankedTensorType::get({}, element), value);
  Value constant = graph::ConstantOp::create(builder, location, scalar);
  return graph::BroadcastOp::create(builder, location, type, constant, ArrayRef<int64_t>());
}

std::optional<SmallVector<std::pair<int64_t, int64_t>>> dlc::matchUnitReshape(RankedTensorType from,
                                                                              RankedTensorType to) {
  SmallVector<std::pair<int64_t, int64_t>> pairs;
  int64_t target = 0;
  auto skipOnes = [&] {
    while (target < to.getRank() && to.getDimSize(target) == 1)
      ++target;
  };
  for (int64_t dim = 0; dim < from.getRank(); ++dim) {
    if (from.getDimSize(dim) == 1)
      continue;
    skipOnes();
    if (target == to.getRank() || graph::sizeOfDim(from, dim) != graph::sizeOfDim(to, target))
      return std::nullopt;
    pairs.emplace_back(dim, target++);
  }
  skipOnes();
  return target == to.getRank() ? std::optional(pairs) : std::nullopt;
}

namespace {
struct SimplifyGraphPass : dlc::impl::SimplifyGraphPassBase<SimplifyGraphPass> {
  LogicalResult initialize(MLIRContext *context) override {
    RewritePatternSet set(context);
    // Dialects and ops bring their own; getRegisteredOperationsByDialect is broken in 22.1, so all are looked at.
    context->getLoadedDialect<graph::GraphDialect>()->getCanonicalizationPatterns(set);
    for (RegisteredOperationName name : context->getRegisteredOperations())
      if (name.getDialectNamespace() == graph::GraphDialect::getDialectNamespace())
        name.getCanonicalizationPatterns(set, context);
    populateElementwisePatterns(set);
    populateReductionPatterns(set);
    populateContractionPatterns(set);
    populateShapePatterns(set);
    patterns = std::move(set);
    return success();
  }

  void runOnOperation() override {
    IRRewriter rewriter(&getContext());
    DominanceInfo dominance(getOperation());
    GreedyRewriteConfig config;
    config.enableFolding();
    // Merged subexpressions allow new rewrites, and those make equal ops; two or three rounds settle it.
    bool changed = true;
    for (int round = 0; changed && round < kMaxRounds; ++round) {
      bool rewrote = false, merged = false;
      // Not converged after ten sweeps is a pity, not an error: every state on the way is right.
      (void)applyPatternsGreedily(getOperation(), patterns, config, &rewrote);
      eliminateCommonSubExpressions(rewriter, dominance, getOperation(), &merged);
      changed = merged;
    }
  }

  static constexpr int kMaxRounds = 8;
  FrozenRewritePatternSet patterns;
};
} // namespace
