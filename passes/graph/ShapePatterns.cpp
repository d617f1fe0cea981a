#include "passes/graph/SimplifyPatterns.h"

using namespace mlir;
using namespace dlc;

namespace {

RankedTensorType typeOf(Value value) { return cast<RankedTensorType>(value.getType()); }

/// A transpose that leaves the dimensions other than those of size 1 in order => reshape, which is free.
struct TransposeOfUnits : OpRewritePattern<graph::TransposeOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(graph::TransposeOp op, PatternRewriter &rewriter) const override {
    SmallVector<int64_t> moved;
    for (int64_t dim : op.getPermutation())
      if (typeOf(op.getInput()).getDimSize(dim) != 1)
        moved.push_back(dim);
    if (!llvm::is_sorted(moved))
      return rewriter.notifyMatchFailure(op, "dimensions change their order");
    rewriter.replaceOpWithNewOp<graph::ReshapeOp>(op, op.getType(), op.getInput());
    return success();
  }
};

/// reshape(broadcast(a)) => broadcast(reshape(a)) where the reshape only moves dimensions of size 1.
struct BroadcastToReshaped : OpRewritePattern<graph::ReshapeOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(graph::ReshapeOp op, PatternRewriter &rewriter) const override {
    auto broadcast = op.getInput().getDefiningOp<graph::BroadcastOp>();
    if (!broadcast)
      return rewriter.notifyMatchFailure(op, "input is no broadcast");
    auto pairs = matchUnitReshape(typeOf(op.getInput()), op.getType());
    if (!pairs)
      return rewriter.notifyMatchFailure(op, "more than dimensions of size 1 change");
    SmallVector<graph::SymbolicSize> sizes;
    SmallVector<int64_t> dims;
    for (auto [before, after] : *pairs)
      if (llvm::is_contained(broadcast.getDims(), before)) {
        sizes.push_back(graph::sizeOfDim(op.getType(), after));
        dims.push_back(after);
      }
    auto type = graph::makeTensorType(op.getContext(), sizes, op.getType().getElementType());
    Value input = broadcast.getInput();
    if (type != input.getType())
      input = graph::ReshapeOp::create(rewriter, op.getLoc(), type, input);
    rewriter.replaceOpWithNewOp<graph::BroadcastOp>(op, op.getType(), input, dims);
    return success();
  }
};

/// broadcast(reshape(a)) => broadcast(a) where the reshape only adds dimensions of size 1.
struct BroadcastWithoutReshape : OpRewritePattern<graph::BroadcastOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(graph::BroadcastOp op, PatternRewriter &rewriter) const override {
    auto reshape = op.getInput().getDefiningOp<graph::ReshapeOp>();
    if (!reshape)
      return rewriter.notifyMatchFailure(op, "input is no reshape");
    RankedTensorType from = typeOf(reshape.getInput());
    auto pairs = matchUnitReshape(from, typeOf(op.getInput()));
    if (!pairs || int64_t(pairs->size()) != from.getRank())
      return rewriter.notifyMatchFailure(op, "the reshape does more than add dimensions of size 1");
    SmallVector<int64_t> dims;
    for (auto [before, after] : *pairs)
      dims.push_back(op.getDims()[after]);
    rewriter.replaceOpWithNewOp<graph::BroadcastOp>(op, op.getType(), reshape.getInput(), dims);
    return success();
  }
};

/// transpose(broadcast(a)) => broadcast(transpose(a)): fewer elements move, and mostly none has to.
struct BroadcastToTransposed : OpRewritePattern<graph::TransposeOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(graph::TransposeOp op, PatternRewriter &rewriter) const override {
    auto broadcast = op.getInput().getDefiningOp<graph::BroadcastOp>();
    if (!broadcast)
      return rewriter.notifyMatchFailure(op, "input is no broadcast");
    SmallVector<int64_t> dims, permutation;
    for (auto [after, before] : llvm::enumerate(op.getPermutation())) {
      auto source = llvm::find(broadcast.getDims(), before);
      if (source == broadcast.getDims().end())
        continue;
      dims.push_back(after);
      permutation.push_back(source - broadcast.getDims().begin());
    }
    Value input = broadcast.getInput();
    if (!llvm::is_sorted(permutation))
      input = graph::TransposeOp::create(rewriter, op.getLoc(), input, permutation);
    rewriter.replaceOpWithNewOp<graph::BroadcastOp>(op, op.getType(), input, dims);
    return success();
  }
};

} // namespace

void dlc::populateShapePatterns(RewritePatternSet &patterns) {
  patterns.add<TransposeOfUnits, BroadcastToReshaped, BroadcastWithoutReshape, BroadcastToTransposed>(
      patterns.getContext());
}
