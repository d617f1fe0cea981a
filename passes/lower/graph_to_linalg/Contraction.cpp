// dot_general: one generic with loops [batch…, rows…, columns…, inner…].
#include "ir/graph/GraphOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "passes/lower/KernelLowering.h"

using namespace mlir;
using namespace dlc::graph;
namespace dlc::lower {
namespace {

// Which loop each dimension of an operand runs along.
struct Loops {
  SmallVector<unsigned> lhs, rhs;
  unsigned parallel, total;
};

Loops loopsOf(DotGeneralOp op) {
  int64_t lhsRank = op.getLhs().getType().getRank(), rhsRank = op.getRhs().getType().getRank();
  constexpr unsigned kUnset = ~0u;
  Loops loops{SmallVector<unsigned>(lhsRank, kUnset), SmallVector<unsigned>(rhsRank, kUnset), 0, 0};
  unsigned next = 0;
  for (auto [l, r] : llvm::zip_equal(op.getLhsBatching(), op.getRhsBatching()))
    loops.lhs[l] = loops.rhs[r] = next++;
  auto isContracting = [](ArrayRef<int64_t> dims, int64_t dim) { return llvm::is_contained(dims, dim); };
  for (int64_t dim = 0; dim < lhsRank; ++dim)
    if (loops.lhs[dim] == kUnset && !isContracting(op.getLhsContracting(), dim))
      loops.lhs[dim] = next++;
  for (int64_t dim = 0; dim < rhsRank; ++dim)
    if (loops.rhs[dim] == kUnset && !isContracting(op.getRhsContracting(), dim))
      loops.rhs[dim] = next++;
  loops.parallel = next;
  for (auto [l, r] : llvm::zip_equal(op.getLhsContracting(), op.getRhsContracting()))
    loops.lhs[l] = loops.rhs[r] = next++;
  loops.total = next;
  return loops;
}

AffineMap mapOf(ArrayRef<unsigned> dims, unsigned loops, MLIRContext *ctx) {
  SmallVector<AffineExpr> exprs;
  for (unsigned dim : dims)
    exprs.push_back(getAffineDimExpr(dim, ctx));
  return AffineMap::get(loops, 0, exprs, ctx);
}

Value multiply(OpBuilder &b, Location loc, Value l, Value r) {
  if (isa<FloatType>(l.getType()))
    return arith::MulFOp::create(b, loc, l, r, arith::FastMathFlags::contract);
  return arith::MulIOp::create(b, loc, l, r);
}

Value accumulate(OpBuilder &b, Location loc, Value accumulator, Value term) {
  if (isa<FloatType>(term.getType()))
    return arith::AddFOp::create(b, loc, accumulator, term,
                                 arith::FastMathFlags::contract | arith::FastMathFlags::reassoc);
  return arith::AddIOp::create(b, loc, accumulator, term);
}

LogicalResult dotGeneral(KernelLowering &kernel, Operation *operation) {
  auto op = cast<DotGeneralOp>(operation);
  MLIRContext *ctx = op.getContext();
  Loops loops = loopsOf(op);
  AffineMap lhsMap = mapOf(loops.lhs, loops.total, ctx), rhsMap = mapOf(loops.rhs, loops.total, ctx);
  if (loops.total == loops.parallel) {
    kernel.defineElementwise(
        op.getResult(), {{op.getLhs(), lhsMap}, {op.getRhs(), rhsMap}},
        [](OpBuilder &b, Location loc, ValueRange e) { return SmallVector<Value>{multiply(b, loc, e[0], e[1])}; });
    return success();
  }
  kernel.makeSizesReadable(op.getLhs(), lhsMap, loops.parallel);
  kernel.makeSizesReadable(op.getRhs(), rhsMap, loops.parallel);
  kernel.defineSumOfProducts(op, {op.getLhs(), lhsMap}, {op.getRhs(), rhsMap}, loops.parallel);
  return success();
}

} // namespace

void KernelLowering::defineSumOfProducts(Operation *op, Read lhs, Read rhs, unsigned parallelLoops) {
  auto type = cast<RankedTensorType>(op->getResult(0).getType());
  unsigned loops = lhs.map.getNumDims();
  Value init = filled(op->getLoc(), type, builder.getZeroAttr(type.getElementType()));
  AffineMap outMap = mapOf(llvm::to_vector(llvm::seq(0u, parallelLoops)), loops, op->getContext());
  SmallVector<utils::IteratorType> iterators(loops, utils::IteratorType::parallel);
  std::fill(iterators.begin() + parallelLoops, iterators.end(), utils::IteratorType::reduction);
  Value sums = generic(op->getLoc(), {lhs, rhs}, init, outMap, iterators, [](OpBuilder &b, Location loc, ValueRange e) {
                 return SmallVector<Value>{accumulate(b, loc, e[2], multiply(b, loc, e[0], e[1]))};
               }).front();
  define(op->getResult(0), {sums, identity(op->getResult(0)), {}});
}

void addContractionLowerings(LoweringTable &table) { table[DotGeneralOp::getOperationName()] = dotGeneral; }

} // namespace dlc::lower
