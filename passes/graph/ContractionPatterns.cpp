#include "passes/graph/SimplifyPatterns.h"

using namespace mlir;
using namespace dlc;
using graph::DotGeneralOp;

namespace {

RankedTensorType typeOf(Value value) { return cast<RankedTensorType>(value.getType()); }

SmallVector<int64_t> through(ArrayRef<int64_t> permutation, ArrayRef<int64_t> dims) {
  return llvm::map_to_vector(dims, [&](int64_t dim) { return permutation[dim]; });
}

/// dot_general(transpose(a), b) => dot_general(a, b) over a's own dimensions, if the free ones stay in order; for
/// either operand.
struct ReadTransposed : OpRewritePattern<DotGeneralOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(DotGeneralOp op, PatternRewriter &rewriter) const override {
    auto left = transposeOf(op.getLhs(), op.getLhsFree()), right = transposeOf(op.getRhs(), op.getRhsFree());
    if (!left && !right)
      return rewriter.notifyMatchFailure(op, "no operand is a transpose that keeps its free dimensions in order");
    SmallVector<int64_t> lhsBatching(op.getLhsBatching()), rhsBatching(op.getRhsBatching());
    SmallVector<int64_t> lhsContracting(op.getLhsContracting()), rhsContracting(op.getRhsContracting());
    Value lhs = op.getLhs(), rhs = op.getRhs();
    if (left) {
      lhs = left.getInput();
      lhsBatching = through(left.getPermutation(), lhsBatching);
      lhsContracting = through(left.getPermutation(), lhsContracting);
    }
    if (right) {
      rhs = right.getInput();
      rhsBatching = through(right.getPermutation(), rhsBatching);
      rhsContracting = through(right.getPermutation(), rhsContracting);
    }
    rewriter.replaceOpWithNewOp<DotGeneralOp>(op, lhs, rhs, lhsBatching, rhsBatching, lhsContracting, rhsContracting);
    return success();
  }

  static graph::TransposeOp transposeOf(Value operand, ArrayRef<int64_t> freeDims) {
    auto transpose = operand.getDefiningOp<graph::TransposeOp>();
    bool inOrder = transpose && llvm::is_sorted(through(transpose.getPermutation(), freeDims));
    return inOrder ? transpose : graph::TransposeOp();
  }
};

/// transpose(dot_general(a, b)) => dot_general(b, a), if it exchanges the free dimensions of a with those of b.
struct SwapOperands : OpRewritePattern<graph::TransposeOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(graph::TransposeOp op, PatternRewriter &rewriter) const override {
    auto dot = op.getInput().getDefiningOp<DotGeneralOp>();
    if (!dot || !dot->hasOneUse())
      return rewriter.notifyMatchFailure(op, "input is no dot_general, or it has other users");
    int64_t batches = dot.getLhsBatching().size(), lhsFree = dot.getLhsFree().size(), rhsFree = dot.getRhsFree().size();
    SmallVector<int64_t> swapped = llvm::to_vector(llvm::seq<int64_t>(0, batches));
    llvm::append_range(swapped, llvm::seq(batches + lhsFree, batches + lhsFree + rhsFree));
    llvm::append_range(swapped, llvm::seq(batches, batches + lhsFree));
    if (op.getPermutation() != ArrayRef<int64_t>(swapped))
      return rewriter.notifyMatchFailure(op, "the transpose does not exchange the operands' free dimensions");
    rewriter.replaceOpWithNewOp<DotGeneralOp>(op, dot.getRhs(), dot.getLhs(), dot.getRhsBatching(),
                                              dot.getLhsBatching(), dot.getRhsContracting(), dot.getLhsContracting());
    return success();
  }
};

/// dot_general over dimensions of size 1, or over none, is an outer product:
/// => broadcast(reshape(a)) * broadcast(reshape(b)), which fuses with everything.
struct OuterProduct : OpRewritePattern<DotGeneralOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(DotGeneralOp op, PatternRewriter &rewriter) const override {
    if (llvm::any_of(op.getLhsContracting(), [&](int64_t dim) { return typeOf(op.getLhs()).getDimSize(dim) != 1; }))
      return rewriter.notifyMatchFailure(op, "something is summed");
    if (!llvm::is_sorted(op.getLhsBatching()) || !llvm::is_sorted(op.getRhsBatching()))
      return rewriter.notifyMatchFailure(op, "batching dimensions change their order");
    int64_t batches = op.getLhsBatching().size(), lhsFree = op.getLhsFree().size();
    SmallVector<int64_t> lhsDims = placesOf(op.getLhs(), op.getLhsBatching(), op.getLhsContracting(), batches);
    SmallVector<int64_t> rhsDims =
        placesOf(op.getRhs(), op.getRhsBatching(), op.getRhsContracting(), batches + lhsFree);
    if (!llvm::is_sorted(lhsDims) || !llvm::is_sorted(rhsDims))
      return rewriter.notifyMatchFailure(op, "batching dimensions do not come first");
    Value lhs = place(rewriter, op, op.getLhs(), op.getLhsContracting(), lhsDims);
    Value rhs = place(rewriter, op, op.getRhs(), op.getRhsContracting(), rhsDims);
    rewriter.replaceOpWithNewOp<graph::MultiplyOp>(op, lhs, rhs);
    return success();
  }

  /// Where the operand's dimensions but the contracting ones are in the result; its free ones from \p firstFree on.
  static SmallVector<int64_t> placesOf(Value operand, ArrayRef<int64_t> batching, ArrayRef<int64_t> contracting,
                                       int64_t firstFree) {
    SmallVector<int64_t> dims;
    int64_t batch = 0;
    for (int64_t dim = 0; dim < typeOf(operand).getRank(); ++dim)
      if (!llvm::is_contained(contracting, dim))
        dims.push_back(llvm::is_contained(batching, dim) ? batch++ : firstFree++);
    return dims;
  }

  static Value place(PatternRewriter &rewriter, DotGeneralOp op, Value operand, ArrayRef<int64_t> contracting,
                     ArrayRef<int64_t> dims) {
    SmallVector<graph::SymbolicSize> sizes;
    for (int64_t dim = 0; dim < typeOf(operand).getRank(); ++dim)
      if (!llvm::is_contained(contracting, dim))
        sizes.push_back(graph::sizeOfDim(typeOf(operand), dim));
    RankedTensorType result = typeOf(op.getResult());
    auto type = graph::makeTensorType(op.getContext(), sizes, result.getElementType());
    if (type != operand.getType())
      operand = graph::ReshapeOp::create(rewriter, op.getLoc(), type, operand);
    if (type == result)
      return operand;
    return graph::BroadcastOp::create(rewriter, op.getLoc(), result, operand, dims);
  }
};

} // namespace

void dlc::populateContractionPatterns(RewritePatternSet &patterns) {
  patterns.add<ReadTransposed, SwapOperands, OuterProduct>(patterns.getContext());
}
