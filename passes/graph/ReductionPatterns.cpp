#include "passes/graph/SimplifyPatterns.h"

using namespace mlir;
using namespace dlc;

namespace {

RankedTensorType typeOf(Value value) { return cast<RankedTensorType>(value.getType()); }

/// \p count as a value of \p type: a constant, or a size converted and repeated.
Value createCount(PatternRewriter &rewriter, Location location, const graph::SymbolicSize &count,
                  RankedTensorType type) {
  if (count.isConstant())
    return createSplat(rewriter, location, type, double(count.constant()));
  Value size = graph::SizeOp::create(rewriter, location, rewriter.getStringAttr(count.str()));
  auto scalar = RankedTensorType::get({}, type.getElementType());
  Value number = graph::ConvertOp::create(rewriter, location, scalar, size);
  if (type.getRank() == 0)
    return number;
  return graph::BroadcastOp::create(rewriter, location, type, number, ArrayRef<int64_t>());
}

/// reduce_sum(broadcast(a)) => broadcast(reduce_sum(a)) * how often each element of a is summed.
struct SumOfBroadcast : OpRewritePattern<graph::ReduceSumOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(graph::ReduceSumOp op, PatternRewriter &rewriter) const override {
    auto broadcast = op.getInput().getDefiningOp<graph::BroadcastOp>();
    if (!broadcast)
      return rewriter.notifyMatchFailure(op, "input is no broadcast");
    RankedTensorType wide = typeOf(op.getInput());
    SmallVector<int64_t> inner, places; // reduced dimensions of a; where its others go in the result
    graph::SymbolicSize count = 1;
    int64_t kept = 0;
    for (int64_t dim = 0; dim < wide.getRank(); ++dim) {
      bool reduced = llvm::is_contained(op.getDims(), dim);
      auto source = llvm::find(broadcast.getDims(), dim);
      bool repeated = source == broadcast.getDims().end();
      if (reduced && repeated)
        count = count * graph::sizeOfDim(wide, dim);
      if (reduced && !repeated)
        inner.push_back(source - broadcast.getDims().begin());
      if (!reduced && !repeated)
        places.push_back(kept);
      kept += !reduced;
    }
    if (inner.size() == op.getDims().size())
      return rewriter.notifyMatchFailure(op, "no repeated dimension is summed");
    Value sum = broadcast.getInput();
    if (!inner.empty())
      sum = graph::ReduceSumOp::create(rewriter, op.getLoc(), sum, inner);
    sum = graph::MultiplyOp::create(rewriter, op.getLoc(), sum, createCount(rewriter, op.getLoc(), count, typeOf(sum)));
    rewriter.replaceOpWithNewOp<graph::BroadcastOp>(op, typeOf(op.getResult()), sum, places);
    return success();
  }
};

/// reduce_sum(reduce_sum(a)) => reduce_sum(a); reduce_and and reduce_or likewise.
template <typename Op> struct ReductionOfReduction : OpRewritePattern<Op> {
  using OpRewritePattern<Op>::OpRewritePattern;
  LogicalResult matchAndRewrite(Op op, PatternRewriter &rewriter) const override {
    auto inner = op.getInput().template getDefiningOp<Op>();
    if (!inner || !inner->hasOneUse())
      return rewriter.notifyMatchFailure(op, "input is no reduction of the same kind");
    SmallVector<int64_t> dims(inner.getDims());
    int64_t kept = 0;
    for (int64_t dim = 0; dim < typeOf(inner.getInput()).getRank(); ++dim) {
      if (llvm::is_contained(inner.getDims(), dim))
        continue;
      if (llvm::is_contained(op.getDims(), kept++))
        dims.push_back(dim);
    }
    llvm::sort(dims);
    rewriter.replaceOpWithNewOp<Op>(op, inner.getInput(), dims);
    return success();
  }
};

/// Only dimensions of more than one element are reduced; a reshape behind drops the others. For the reductions with one
/// dimension see UnitDimension.
template <typename Op> struct UnitDimensions : OpRewritePattern<Op> {
  using OpRewritePattern<Op>::OpRewritePattern;
  LogicalResult matchAndRewrite(Op op, PatternRewriter &rewriter) const override {
    SmallVector<int64_t> dims(op.getDims());
    llvm::erase_if(dims, [&](int64_t dim) { return typeOf(op.getInput()).getDimSize(dim) == 1; });
    if (dims.size() == op.getDims().size())
      return rewriter.notifyMatchFailure(op, "no reduced dimension has size 1");
    Value reduced = op.getInput();
    if (!dims.empty())
      reduced = Op::create(rewriter, op.getLoc(), reduced, dims);
    rewriter.replaceOpWithNewOp<graph::ReshapeOp>(op, op.getType(), reduced);
    return success();
  }
};

template <typename Op> struct UnitDimension : OpRewritePattern<Op> {
  using OpRewritePattern<Op>::OpRewritePattern;
  LogicalResult matchAndRewrite(Op op, PatternRewriter &rewriter) const override {
    if (typeOf(op.getInput()).getDimSize(op.getDim()) != 1)
      return rewriter.notifyMatchFailure(op, "the reduced dimension is not of size 1");
    rewriter.replaceOpWithNewOp<graph::ReshapeOp>(op, op.getType(), op.getInput());
    return success();
  }
};

/// reduce_sum(reshape(a)) => reduce_sum(a) where the reshape only moves dimensions of size 1, and for sums over
/// everything.
struct SumOfReshape : OpRewritePattern<graph::ReduceSumOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(graph::ReduceSumOp op, PatternRewriter &rewriter) const override {
    auto reshape = op.getInput().getDefiningOp<graph::ReshapeOp>();
    if (!reshape)
      return rewriter.notifyMatchFailure(op, "input is no reshape");
    RankedTensorType from = typeOf(reshape.getInput()), to = typeOf(reshape.getResult());
    SmallVector<int64_t> dims;
    if (typeOf(op.getResult()).getRank() == 0) {
      for (int64_t dim = 0; dim < from.getRank(); ++dim)
        if (from.getDimSize(dim) != 1)
          dims.push_back(dim);
    } else {
      auto pairs = matchUnitReshape(from, to);
      if (!pairs)
        return rewriter.notifyMatchFailure(op, "the reshape changes more than dimensions of size 1");
      for (auto [before, after] : *pairs)
        if (llvm::is_contained(op.getDims(), after))
          dims.push_back(before);
    }
    Value sum = reshape.getInput();
    if (!dims.empty())
      sum = graph::ReduceSumOp::create(rewriter, op.getLoc(), sum, dims);
    if (sum.getType() == op.getType())
      rewriter.replaceOp(op, sum);
    else
      rewriter.replaceOpWithNewOp<graph::ReshapeOp>(op, op.getType(), sum);
    return success();
  }
};

/// reduce_sum(transpose(a)) => reduce_sum(a), if the kept dimensions stay in order.
struct SumOfTranspose : OpRewritePattern<graph::ReduceSumOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(graph::ReduceSumOp op, PatternRewriter &rewriter) const override {
    auto transpose = op.getInput().getDefiningOp<graph::TransposeOp>();
    if (!transpose)
      return rewriter.notifyMatchFailure(op, "input is no transpose");
    SmallVector<int64_t> dims, kept;
    for (auto [dim, source] : llvm::enumerate(transpose.getPermutation()))
      (llvm::is_contained(op.getDims(), int64_t(dim)) ? dims : kept).push_back(source);
    if (!llvm::is_sorted(kept))
      return rewriter.notifyMatchFailure(op, "kept dimensions change their order");
    llvm::sort(dims);
    rewriter.replaceOpWithNewOp<graph::ReduceSumOp>(op, transpose.getInput(), dims);
    return success();
  }
};

/// reduce_sum(-a) => -reduce_sum(a): the sign is taken once.
struct SumOfNegation : OpRewritePattern<graph::ReduceSumOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(graph::ReduceSumOp op, PatternRewriter &rewriter) const override {
    auto negation = op.getInput().getDefiningOp<graph::NegOp>();
    if (!negation || !negation->hasOneUse())
      return rewriter.notifyMatchFailure(op, "input is no negation, or it has other users");
    Value sum = graph::ReduceSumOp::create(rewriter, op.getLoc(), negation.getInput(), op.getDims());
    rewriter.replaceOpWithNewOp<graph::NegOp>(op, sum);
    return success();
  }
};

} // namespace

void dlc::populateReductionPatterns(RewritePatternSet &patterns) {
  using namespace graph;
  patterns.add<SumOfBroadcast, SumOfReshape, SumOfTranspose, SumOfNegation, ReductionOfReduction<ReduceSumOp>,
               ReductionOfReduction<ReduceAndOp>, ReductionOfReduction<ReduceOrOp>, UnitDimensions<ReduceSumOp>,
               UnitDimensions<ReduceAndOp>, UnitDimensions<ReduceOrOp>, UnitDimension<ReduceMaxOp>,
               UnitDimension<ReduceMinOp>>(patterns.getContext());
}
