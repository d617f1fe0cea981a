// Reductions: a generic over the input's dimensions onto a fill with the operation's neutral element.
#include "ir/graph/GraphOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "passes/lower/KernelLowering.h"

using namespace mlir;
using namespace dlc::graph;
namespace dlc::lower {
namespace {

// A reduced loop's length must be a plain dimension of the input tensor: other views are copied.
void makeSizesReadable(KernelLowering &kernel, Value input) {
  const Lowered &source = kernel.lowered(input);
  if (source.isScalar() || source.isPart) {
    kernel.materialize(input);
    return;
  }
  AffineMap view = source.view;
  for (unsigned dim = 0; dim < view.getNumDims(); ++dim)
    if (!llvm::is_contained(view.getResults(), getAffineDimExpr(dim, view.getContext()))) {
      kernel.materialize(input);
      return;
    }
}

struct Shape {
  AffineMap inputMap, outMap;
  SmallVector<utils::IteratorType> iterators;
};

Shape shapeOf(KernelLowering &kernel, Value input, ArrayRef<int64_t> dims) {
  Shape shape{kernel.identity(input), {}, {}};
  SmallVector<AffineExpr> kept;
  for (unsigned dim = 0; dim < shape.inputMap.getNumDims(); ++dim) {
    bool reduced = llvm::is_contained(dims, static_cast<int64_t>(dim));
    shape.iterators.push_back(reduced ? utils::IteratorType::reduction : utils::IteratorType::parallel);
    if (!reduced)
      kept.push_back(kernel.builder.getAffineDimExpr(dim));
  }
  shape.outMap = AffineMap::get(shape.inputMap.getNumDims(), 0, kept, kernel.builder.getContext());
  return shape;
}

LogicalResult reduce(KernelLowering &kernel, Operation *op, ArrayRef<int64_t> dims, TypedAttr neutral,
                     BodyBuilder body) {
  Value input = op->getOperand(0), result = op->getResult(0);
  makeSizesReadable(kernel, input);
  Shape shape = shapeOf(kernel, input, dims);
  Value init = kernel.filled(op->getLoc(), cast<RankedTensorType>(result.getType()), neutral);
  Value reduced =
      kernel.generic(op->getLoc(), Read{input, shape.inputMap}, init, shape.outMap, shape.iterators, body).front();
  kernel.define(result, {reduced, kernel.identity(result), {}});
  return success();
}

Type elementOf(Operation *op) { return cast<RankedTensorType>(op->getOperand(0).getType()).getElementType(); }

// The least (or greatest) value of a type: what every element replaces.
TypedAttr boundary(Builder b, Type element, bool greatest) {
  if (auto type = dyn_cast<FloatType>(element))
    return b.getFloatAttr(type, APFloat::getInf(type.getFloatSemantics(), /*Negative=*/!greatest));
  unsigned bits = element.getIntOrFloatBitWidth();
  return b.getIntegerAttr(element, greatest ? APInt::getSignedMaxValue(bits) : APInt::getSignedMinValue(bits));
}

LogicalResult reduceSum(KernelLowering &kernel, Operation *op) {
  return reduce(kernel, op, cast<ReduceSumOp>(op).getDims(), cast<TypedAttr>(kernel.builder.getZeroAttr(elementOf(op))),
                [](OpBuilder &b, Location loc, ValueRange e) -> SmallVector<Value> {
                  if (isa<FloatType>(e[0].getType()))
                    return {arith::AddFOp::create(b, loc, e[1], e[0],
                                                  arith::FastMathFlags::contract | arith::FastMathFlags::reassoc)};
                  return {arith::AddIOp::create(b, loc, e[1], e[0])};
                });
}

template <typename FloatOp, typename IntOp>
LogicalResult reduceExtreme(KernelLowering &kernel, Operation *op, int64_t dim, bool greatest) {
  return reduce(kernel, op, dim, boundary(kernel.builder, elementOf(op), !greatest),
                [](OpBuilder &b, Location loc, ValueRange e) -> SmallVector<Value> {
                  if (isa<FloatType>(e[0].getType()))
                    return {FloatOp::create(b, loc, e[1], e[0])};
                  return {IntOp::create(b, loc, e[1], e[0])};
                });
}

LogicalResult reduceMax(KernelLowering &kernel, Operation *op) {
  return reduceExtreme<arith::MaximumFOp, arith::MaxSIOp>(kernel, op, cast<ReduceMaxOp>(op).getDim(), true);
}
LogicalResult reduceMin(KernelLowering &kernel, Operation *op) {
  return reduceExtreme<arith::MinimumFOp, arith::MinSIOp>(kernel, op, cast<ReduceMinOp>(op).getDim(), false);
}

// Accumulators are bytes in memory; 0 and 1 keep and/or within 0 and 1.
template <typename Op>
LogicalResult reduceBool(KernelLowering &kernel, Operation *op, ArrayRef<int64_t> dims, int start) {
  return reduce(kernel, op, dims, kernel.builder.getI8IntegerAttr(start),
                [](OpBuilder &b, Location loc, ValueRange e) -> SmallVector<Value> {
                  Value byte = arith::ExtUIOp::create(b, loc, b.getI8Type(), e[0]);
                  return {Op::create(b, loc, e[1], byte)};
                });
}
LogicalResult reduceAnd(KernelLowering &kernel, Operation *op) {
  return reduceBool<arith::AndIOp>(kernel, op, cast<ReduceAndOp>(op).getDims(), 1);
}
LogicalResult reduceOr(KernelLowering &kernel, Operation *op) {
  return reduceBool<arith::OrIOp>(kernel, op, cast<ReduceOrOp>(op).getDims(), 0);
}

// Two accumulators, the best value and its index; the first NaN wins, then the first extreme.
LogicalResult argExtreme(KernelLowering &kernel, Operation *op, int64_t dim, bool greatest) {
  Value input = op->getOperand(0), result = op->getResult(0);
  makeSizesReadable(kernel, input);
  Shape shape = shapeOf(kernel, input, dim);
  auto indexType = cast<RankedTensorType>(result.getType());
  RankedTensorType valueType = graph::withElementType(indexType, elementOf(op));
  Location loc = op->getLoc();
  Value best = kernel.filled(loc, valueType, boundary(kernel.builder, elementOf(op), !greatest));
  Value at = kernel.filled(loc, indexType, kernel.builder.getI32IntegerAttr(0));
  auto body = [&](OpBuilder &b, Location loc, ValueRange e) -> SmallVector<Value> {
    Value x = e[0], best = e[1], at = e[2], take = isBetter(b, loc, x, best, greatest);
    Value index = arith::IndexCastOp::create(b, loc, b.getI32Type(), linalg::IndexOp::create(b, loc, dim));
    return {arith::SelectOp::create(b, loc, take, x, best), arith::SelectOp::create(b, loc, take, index, at)};
  };
  SmallVector<Value> reduced =
      kernel.generic(loc, Read{input, shape.inputMap}, {best, at}, {shape.outMap, shape.outMap}, shape.iterators, body);
  kernel.define(result, {reduced[1], kernel.identity(result), {}});
  return success();
}
LogicalResult argMax(KernelLowering &kernel, Operation *op) {
  return argExtreme(kernel, op, cast<ArgMaxOp>(op).getDim(), true);
}
LogicalResult argMin(KernelLowering &kernel, Operation *op) {
  return argExtreme(kernel, op, cast<ArgMinOp>(op).getDim(), false);
}

} // namespace

TypedAttr lowestOf(Builder builder, Type element) { return boundary(builder, element, /*greatest=*/false); }

Value isBetter(OpBuilder &b, Location loc, Value x, Value best, bool greatest) {
  if (!isa<FloatType>(x.getType())) {
    using P = arith::CmpIPredicate;
    return arith::CmpIOp::create(b, loc, greatest ? P::sgt : P::slt, x, best);
  }
  using P = arith::CmpFPredicate;
  Value more = arith::CmpFOp::create(b, loc, greatest ? P::OGT : P::OLT, x, best);
  Value isNan = arith::CmpFOp::create(b, loc, P::UNO, x, x);
  Value bestIsNumber = arith::CmpFOp::create(b, loc, P::ORD, best, best);
  return arith::OrIOp::create(b, loc, more, arith::AndIOp::create(b, loc, isNan, bestIsNumber));
}

void addReductionLowerings(LoweringTable &table) {
  table[ReduceSumOp::getOperationName()] = reduceSum;
  table[ReduceMaxOp::getOperationName()] = reduceMax;
  table[ReduceMinOp::getOperationName()] = reduceMin;
  table[ReduceAndOp::getOperationName()] = reduceAnd;
  table[ReduceOrOp::getOperationName()] = reduceOr;
  table[ArgMaxOp::getOperationName()] = argMax;
  table[ArgMinOp::getOperationName()] = argMin;
}

} // namespace dlc::lower
