#include "ir/graph/GraphOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "passes/lower/KernelLowering.h"

using namespace mlir;
using namespace dlc::graph;
namespace dlc::lower {
namespace {

LogicalResult slice(KernelLowering &kernel, Operation *op) {
  auto slice = cast<SliceOp>(op);
  SmallVector<AffineExpr> exprs;
  for (auto [dim, start, stride] : llvm::enumerate(slice.getStarts(), slice.getStrides()))
    exprs.push_back(kernel.builder.getAffineDimExpr(dim) * stride + start);
  Lowered source = kernel.lowered(slice.getInput());
  if (!source.isScalar())
    source.view = simplifyAffineMap(source.view.compose(AffineMap::get(exprs.size(), 0, exprs, op->getContext())));
  auto from = cast<RankedTensorType>(slice.getInput().getType()),
       to = cast<RankedTensorType>(op->getResult(0).getType());
  for (int64_t dim = 0; dim < to.getRank(); ++dim)
    source.isPart |= sizeOfDim(from, dim) != sizeOfDim(to, dim);
  kernel.define(op->getResult(0), source);
  return success();
}

// A row number, held to the table.
Value clampedRow(OpBuilder &b, Location loc, Value id, Value zero, Value last) {
  Value row = arith::IndexCastOp::create(b, loc, b.getIndexType(), id);
  return arith::MinSIOp::create(b, loc, arith::MaxSIOp::create(b, loc, row, zero), last);
}

// result[i…, j…] = input[indices[i…], j…]
LogicalResult take(KernelLowering &kernel, Operation *op) {
  auto take = cast<TakeOp>(op);
  auto inputType = cast<RankedTensorType>(take.getInput().getType());
  auto type = cast<RankedTensorType>(op->getResult(0).getType());
  int64_t indexRank = cast<RankedTensorType>(take.getIndices().getType()).getRank();
  Value table = kernel.materialize(take.getInput());
  Value zero = kernel.sizeValue(0), last = kernel.sizeValue(sizeOfDim(inputType, 0) - SymbolicSize(1));
  SmallVector<AffineExpr> indexDims;
  for (int64_t dim = 0; dim < indexRank; ++dim)
    indexDims.push_back(kernel.builder.getAffineDimExpr(dim));
  AffineMap indexMap = AffineMap::get(type.getRank(), 0, indexDims, op->getContext());
  kernel.defineElementwise(op->getResult(0), Read{take.getIndices(), indexMap},
                           [&](OpBuilder &b, Location loc, ValueRange e) -> SmallVector<Value> {
                             SmallVector<Value> indices{clampedRow(b, loc, e[0], zero, last)};
                             for (int64_t dim = indexRank; dim < type.getRank(); ++dim)
                               indices.push_back(linalg::IndexOp::create(b, loc, dim));
                             Value element = tensor::ExtractOp::create(b, loc, table, indices);
                             if (inputType.getElementType().isInteger(1))
                               element = arith::TruncIOp::create(b, loc, b.getI1Type(), element);
                             return {element};
                           });
  return success();
}

// One index alone: result[row, j…] = updates[j…] where the index is the row, else 0.
LogicalResult placeRow(KernelLowering &kernel, ScatterAddOp scatter) {
  auto type = cast<RankedTensorType>(scatter.getResult().getType());
  OpBuilder &b = kernel.builder;
  MLIRContext *ctx = scatter.getContext();
  SmallVector<AffineExpr> updateDims;
  for (int64_t dim = 1; dim < type.getRank(); ++dim)
    updateDims.push_back(b.getAffineDimExpr(dim));
  Read index{scatter.getIndices(), AffineMap::get(type.getRank(), 0, {}, ctx)};
  Read update{scatter.getUpdates(), AffineMap::get(type.getRank(), 0, updateDims, ctx)};
  Value zero = kernel.sizeValue(0), last = kernel.sizeValue(sizeOfDim(type, 0) - SymbolicSize(1));
  kernel.defineElementwise(
      scatter.getResult(), {index, update}, [&](OpBuilder &b, Location loc, ValueRange e) -> SmallVector<Value> {
        Value row = linalg::IndexOp::create(b, loc, 0);
        Value here = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::eq, row, clampedRow(b, loc, e[0], zero, last));
        Value none = arith::ConstantOp::create(b, loc, b.getZeroAttr(e[1].getType()));
        return {arith::SelectOp::create(b, loc, here, e[1], none)};
      });
  return success();
}

// Loops [row, i…, j…]: result[row, j…] += updates[i…, j…] where indices[i…] is the row. `kernel.scatter` lets the
// generator go over i… alone.
LogicalResult scatterAdd(KernelLowering &kernel, Operation *op) {
  auto scatter = cast<ScatterAddOp>(op);
  auto type = cast<RankedTensorType>(op->getResult(0).getType());
  int64_t indexRank = cast<RankedTensorType>(scatter.getIndices().getType()).getRank();
  if (indexRank == 0)
    return placeRow(kernel, scatter);
  int64_t loops = type.getRank() + indexRank;
  kernel.materialize(scatter.getIndices());
  kernel.materialize(scatter.getUpdates());
  OpBuilder &b = kernel.builder;
  MLIRContext *ctx = op->getContext();
  SmallVector<AffineExpr> indexDims, updateDims, outDims{b.getAffineDimExpr(0)};
  for (int64_t dim = 1; dim < loops; ++dim) {
    updateDims.push_back(b.getAffineDimExpr(dim));
    (dim <= indexRank ? indexDims : outDims).push_back(b.getAffineDimExpr(dim));
  }
  SmallVector<utils::IteratorType> iterators(loops, utils::IteratorType::parallel);
  std::fill_n(iterators.begin() + 1, indexRank, utils::IteratorType::reduction);
  Value zero = kernel.sizeValue(0), last = kernel.sizeValue(sizeOfDim(type, 0) - SymbolicSize(1));
  Value none = arith::ConstantOp::create(b, op->getLoc(), b.getZeroAttr(type.getElementType()));
  Value init = kernel.filled(op->getLoc(), type, b.getZeroAttr(type.getElementType()));
  auto body = [&](OpBuilder &b, Location loc, ValueRange e) -> SmallVector<Value> {
    Value row = linalg::IndexOp::create(b, loc, 0);
    Value here = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::eq, row, clampedRow(b, loc, e[0], zero, last));
    Value term = arith::SelectOp::create(b, loc, here, e[1], none);
    if (isa<FloatType>(term.getType()))
      return {
          arith::AddFOp::create(b, loc, e[2], term, arith::FastMathFlags::contract | arith::FastMathFlags::reassoc)};
    return {arith::AddIOp::create(b, loc, e[2], term)};
  };
  Value sums = kernel
                   .generic(op->getLoc(),
                            {{scatter.getIndices(), AffineMap::get(loops, 0, indexDims, ctx)},
                             {scatter.getUpdates(), AffineMap::get(loops, 0, updateDims, ctx)}},
                            init, AffineMap::get(loops, 0, outDims, ctx), iterators, body, "kernel.scatter")
                   .front();
  kernel.define(op->getResult(0), {sums, kernel.identity(op->getResult(0)), {}});
  return success();
}

} // namespace

void addIndexingLowerings(LoweringTable &table) {
  table[SliceOp::getOperationName()] = slice;
  table[TakeOp::getOperationName()] = take;
  table[ScatterAddOp::getOperationName()] = scatterAdd;
}

} // namespace dlc::lower
