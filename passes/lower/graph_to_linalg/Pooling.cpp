// Windows: reductions with a loop for each dimension of the window, the input read at o * stride + k in place; and the
// ops of their gradients, which compute the window from the place.
#include "ir/graph/GraphOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "passes/lower/KernelLowering.h"

using namespace mlir;
using namespace dlc::graph;
namespace dlc::lower {
namespace {

RankedTensorType typeOf(Value value) { return cast<RankedTensorType>(value.getType()); }

// Loops [o…, k…], the latter for dimensions with more than one element to a window only.
struct Windows {
  Windows(KernelLowering &kernel, Operation *op, ArrayRef<int64_t> window, ArrayRef<int64_t> strides) {
    MLIRContext *context = op->getContext();
    int64_t rank = window.size();
    for (int64_t dim = 0; dim < rank; ++dim)
      if (window[dim] > 1)
        lengths.push_back(window[dim]);
    int64_t loops = rank + lengths.size(), next = rank;
    SmallVector<AffineExpr> inputIndex, windowIndex;
    for (int64_t dim = 0; dim < rank; ++dim) {
      AffineExpr index = getAffineConstantExpr(0, context);
      // A plain index promises the length of the whole dimension: one window alone may leave some of it out.
      if (sizeOfDim(typeOf(op->getResult(0)), dim) != SymbolicSize(1) ||
          sizeOfDim(typeOf(op->getOperand(0)), dim) != SymbolicSize(window[dim]))
        index = getAffineDimExpr(dim, context) * strides[dim];
      if (window[dim] > 1)
        index = index + getAffineDimExpr(next++, context);
      inputIndex.push_back(index);
    }
    for (int64_t loop = rank; loop < loops; ++loop)
      windowIndex.push_back(getAffineDimExpr(loop, context));
    inputMap = AffineMap::get(loops, 0, inputIndex, context);
    windowMap = AffineMap::get(loops, 0, windowIndex, context);
    SmallVector<AffineExpr> outIndex;
    for (int64_t dim = 0; dim < rank; ++dim)
      outIndex.push_back(getAffineDimExpr(dim, context));
    outMap = AffineMap::get(loops, 0, outIndex, context);
    iterators.append(rank, utils::IteratorType::parallel);
    iterators.append(lengths.size(), utils::IteratorType::reduction);
    if (kernel.lowered(op->getOperand(0)).isPart)
      kernel.materialize(op->getOperand(0));
  }

  SmallVector<int64_t> lengths;
  AffineMap inputMap, windowMap, outMap;
  SmallVector<utils::IteratorType> iterators;
};

// Windows of one element have nothing to sum up or to choose from.
template <typename WindowOp>
LogicalResult reduceWindows(KernelLowering &kernel, Operation *operation, TypedAttr neutral, BodyBuilder body) {
  auto op = cast<WindowOp>(operation);
  Windows windows(kernel, op, op.getWindow(), op.getStrides());
  Value result = op.getResult();
  if (windows.lengths.empty()) {
    kernel.defineElementwise(result, Read{op.getInput(), windows.inputMap},
                             [](OpBuilder &, Location, ValueRange e) { return SmallVector<Value>{e[0]}; });
    return success();
  }
  Value init = kernel.filled(op.getLoc(), typeOf(result), neutral);
  Value reduced = kernel
                      .overWindows(op.getLoc(), {op.getInput(), windows.inputMap}, windows.lengths, windows.windowMap,
                                   init, windows.outMap, windows.iterators, body)
                      .front();
  kernel.define(result, {reduced, kernel.identity(result), {}});
  return success();
}

LogicalResult windowSum(KernelLowering &kernel, Operation *op) {
  auto zero = cast<TypedAttr>(kernel.builder.getZeroAttr(typeOf(op->getResult(0)).getElementType()));
  return reduceWindows<WindowSumOp>(
      kernel, op, zero, [](OpBuilder &b, Location loc, ValueRange e) -> SmallVector<Value> {
        if (isa<FloatType>(e[0].getType()))
          return {arith::AddFOp::create(b, loc, e[1], e[0],
                                        arith::FastMathFlags::contract | arith::FastMathFlags::reassoc)};
        return {arith::AddIOp::create(b, loc, e[1], e[0])};
      });
}

LogicalResult windowMax(KernelLowering &kernel, Operation *op) {
  TypedAttr lowest = lowestOf(kernel.builder, typeOf(op->getResult(0)).getElementType());
  return reduceWindows<WindowMaxOp>(kernel, op, lowest,
                                    [](OpBuilder &b, Location loc, ValueRange e) -> SmallVector<Value> {
                                      if (isa<FloatType>(e[0].getType()))
                                        return {arith::MaximumFOp::create(b, loc, e[1], e[0])};
                                      return {arith::MaxSIOp::create(b, loc, e[1], e[0])};
                                    });
}

// The number of the present element within its window, as a byte.
Value elementNumber(OpBuilder &b, Location loc, ArrayRef<int64_t> lengths, int64_t firstLoop) {
  Value number = arith::ConstantIndexOp::create(b, loc, 0);
  for (auto [dim, length] : llvm::enumerate(lengths)) {
    number = arith::MulIOp::create(b, loc, number, arith::ConstantIndexOp::create(b, loc, length));
    number = arith::AddIOp::create(b, loc, number, linalg::IndexOp::create(b, loc, firstLoop + dim));
  }
  return arith::IndexCastOp::create(b, loc, b.getI8Type(), number);
}

LogicalResult windowArgMax(KernelLowering &kernel, Operation *operation) {
  auto op = cast<WindowArgMaxOp>(operation);
  Windows windows(kernel, op, op.getWindow(), op.getStrides());
  Value result = op.getResult();
  Type element = typeOf(op.getInput()).getElementType();
  OpBuilder &b = kernel.builder;
  if (windows.lengths.empty()) {
    kernel.define(result, {{}, {}, arith::ConstantOp::create(b, op.getLoc(), b.getI8IntegerAttr(0))});
    return success();
  }
  Value best = kernel.filled(op.getLoc(), withElementType(typeOf(result), element), lowestOf(b, element));
  Value at = kernel.filled(op.getLoc(), typeOf(result), b.getI8IntegerAttr(0));
  auto body = [&](OpBuilder &b, Location loc, ValueRange e) -> SmallVector<Value> {
    Value x = e[0], best = e[1], at = e[2], take = isBetter(b, loc, x, best, /*greatest=*/true);
    Value number = elementNumber(b, loc, windows.lengths, typeOf(result).getRank());
    return {arith::SelectOp::create(b, loc, take, x, best), arith::SelectOp::create(b, loc, take, number, at)};
  };
  SmallVector<Value> reduced =
      kernel.overWindows(op.getLoc(), {op.getInput(), windows.inputMap}, windows.lengths, windows.windowMap, {best, at},
                         {windows.outMap, windows.outMap}, windows.iterators, body);
  kernel.define(result, {reduced[1], kernel.identity(result), {}});
  return success();
}

// Steps through all numbers below limits, the last one fastest; false after the last.
bool advance(MutableArrayRef<int64_t> numbers, ArrayRef<int64_t> limits) {
  for (size_t dim = numbers.size(); dim-- > 0;) {
    if (++numbers[dim] < limits[dim])
      return true;
    numbers[dim] = 0;
  }
  return false;
}

Value constantIndex(OpBuilder &b, Location loc, int64_t number) {
  return arith::ConstantIndexOp::create(b, loc, number);
}

// Element i lies in the windows floor(i / stride) - t for t below ceil(window / stride): the sum of the updates of
// those that name it.
LogicalResult windowScatter(KernelLowering &kernel, Operation *operation) {
  auto op = cast<WindowScatterOp>(operation);
  RankedTensorType type = typeOf(op.getResult()), windows = typeOf(op.getUpdates());
  Value updates = kernel.materialize(op.getUpdates()), indices = kernel.materialize(op.getIndices());
  int64_t rank = type.getRank();
  SmallVector<Value> count(rank);
  SmallVector<int64_t> taps(rank, 1);
  for (int64_t dim = 0; dim < rank; ++dim) {
    taps[dim] = llvm::divideCeilSigned(op.getWindow()[dim], op.getStrides()[dim]);
    count[dim] = kernel.sizeValue(sizeOfDim(windows, dim));
  }
  kernel.defineElementwise(op.getResult(), {}, [&](OpBuilder &b, Location loc, ValueRange) -> SmallVector<Value> {
    Value zero = constantIndex(b, loc, 0), sum;
    Value none = arith::ConstantOp::create(b, loc, b.getZeroAttr(type.getElementType()));
    SmallVector<int64_t> tap(rank, 0);
    do {
      SmallVector<Value> place;
      Value number = zero, inside;
      for (int64_t dim = 0; dim < rank; ++dim) {
        Value index = linalg::IndexOp::create(b, loc, dim);
        int64_t window = op.getWindow()[dim], stride = op.getStrides()[dim];
        if (window == 1 && stride == 1) {
          place.push_back(index);
          continue;
        }
        Value last = arith::DivUIOp::create(b, loc, index, constantIndex(b, loc, stride));
        Value at = arith::SubIOp::create(b, loc, last, constantIndex(b, loc, tap[dim]));
        Value within =
            arith::SubIOp::create(b, loc, index, arith::MulIOp::create(b, loc, at, constantIndex(b, loc, stride)));
        // Without a sign, a window before the first is behind the last.
        using P = arith::CmpIPredicate;
        Value exists = arith::CmpIOp::create(b, loc, P::ult, at, count[dim]);
        Value reaches = arith::CmpIOp::create(b, loc, P::ult, within, constantIndex(b, loc, window));
        exists = arith::AndIOp::create(b, loc, exists, reaches);
        inside = inside ? arith::AndIOp::create(b, loc, inside, exists).getResult() : exists;
        number = arith::MulIOp::create(b, loc, number, constantIndex(b, loc, window));
        number = arith::AddIOp::create(b, loc, number, within);
        place.push_back(at);
      }
      for (Value &index : place)
        if (inside)
          index = arith::SelectOp::create(b, loc, inside, index, zero);
      Value named = tensor::ExtractOp::create(b, loc, indices, place);
      Value update = tensor::ExtractOp::create(b, loc, updates, place);
      Value byte = arith::IndexCastOp::create(b, loc, b.getI8Type(), number);
      Value here = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::eq, named, byte);
      if (inside)
        here = arith::AndIOp::create(b, loc, here, inside);
      Value term = arith::SelectOp::create(b, loc, here, update, none);
      sum = sum ? arith::AddFOp::create(b, loc, sum, term, arith::FastMathFlags::contract).getResult() : term;
    } while (advance(tap, taps));
    return {sum};
  });
  return success();
}

LogicalResult windowGather(KernelLowering &kernel, Operation *operation) {
  auto op = cast<WindowGatherOp>(operation);
  RankedTensorType type = typeOf(op.getResult());
  Value input = kernel.materialize(op.getInput());
  int64_t rank = type.getRank();
  SmallVector<Value> last(rank);
  for (int64_t dim = 0; dim < rank; ++dim)
    last[dim] = kernel.sizeValue(sizeOfDim(typeOf(op.getInput()), dim) - SymbolicSize(1));
  kernel.defineElementwise(op.getResult(), Read{op.getIndices(), kernel.identity(op.getResult())},
                           [&](OpBuilder &b, Location loc, ValueRange e) -> SmallVector<Value> {
                             Value rest = arith::IndexCastUIOp::create(b, loc, b.getIndexType(), e[0]);
                             SmallVector<Value> place(rank);
                             for (int64_t dim = rank; dim-- > 0;) {
                               place[dim] = linalg::IndexOp::create(b, loc, dim);
                               int64_t window = op.getWindow()[dim], stride = op.getStrides()[dim];
                               if (stride > 1)
                                 place[dim] = arith::MulIOp::create(b, loc, place[dim], constantIndex(b, loc, stride));
                               if (window == 1)
                                 continue;
                               Value size = constantIndex(b, loc, window);
                               Value within = arith::RemUIOp::create(b, loc, rest, size);
                               rest = arith::DivUIOp::create(b, loc, rest, size);
                               place[dim] = arith::AddIOp::create(b, loc, place[dim], within);
                               // A byte that is no place of the window must not lead outside.
                               place[dim] = arith::MinUIOp::create(b, loc, place[dim], last[dim]);
                             }
                             return {tensor::ExtractOp::create(b, loc, input, place)};
                           });
  return success();
}

} // namespace

void addPoolingLowerings(LoweringTable &table) {
  table[WindowSumOp::getOperationName()] = windowSum;
  table[WindowMaxOp::getOperationName()] = windowMax;
  table[WindowArgMaxOp::getOperationName()] = windowArgMax;
  table[WindowScatterOp::getOperationName()] = windowScatter;
  table[WindowGatherOp::getOperationName()] = windowGather;
}

} // namespace dlc::lower
