// Ops that move elements: views where an affine map can say it, else a generic that extracts. Ops that make tensors.
#include "ir/graph/GraphOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "passes/lower/KernelLowering.h"

using namespace mlir;
using namespace dlc::graph;
namespace dlc::lower {
namespace {

RankedTensorType typeOf(Value value) { return cast<RankedTensorType>(value.getType()); }

// The result's element at its index is the input's element at map(index).
LogicalResult view(KernelLowering &kernel, Operation *op, AffineMap map) {
  Lowered source = kernel.lowered(op->getOperand(0));
  if (!source.isScalar())
    source.view = simplifyAffineMap(source.view.compose(map));
  kernel.define(op->getResult(0), source);
  return success();
}

LogicalResult constant(KernelLowering &kernel, Operation *op) {
  auto value = dyn_cast<DenseElementsAttr>(cast<ConstantOp>(op).getValue());
  if (!value)
    return op->emitError("only dense constants can be in a kernel");
  OpBuilder &b = kernel.builder;
  if (value.isSplat()) {
    Value scalar = arith::ConstantOp::create(b, op->getLoc(), cast<TypedAttr>(value.getSplatValue<Attribute>()));
    kernel.define(op->getResult(0), {{}, {}, scalar});
    return success();
  }
  if (value.getElementType().isInteger(1))
    value = value.mapValues(b.getI8Type(), [](const APInt &bit) { return APInt(8, bit.getZExtValue()); });
  Value tensor = arith::ConstantOp::create(b, op->getLoc(), value);
  kernel.define(op->getResult(0), {tensor, kernel.identity(op->getResult(0)), {}});
  return success();
}

LogicalResult size(KernelLowering &kernel, Operation *op) {
  FailureOr<SymbolicSize> formula = SymbolicSize::parse(cast<SizeOp>(op).getSize());
  if (failed(formula))
    return op->emitError("is not a size");
  Value index = kernel.sizeValue(*formula);
  Value scalar = arith::IndexCastOp::create(kernel.builder, op->getLoc(), kernel.builder.getI64Type(), index);
  kernel.define(op->getResult(0), {{}, {}, scalar});
  return success();
}

LogicalResult iota(KernelLowering &kernel, Operation *op) {
  int64_t dim = cast<IotaOp>(op).getDim();
  Type element = typeOf(op->getResult(0)).getElementType();
  kernel.defineElementwise(op->getResult(0), {}, [&](OpBuilder &b, Location loc, ValueRange) -> SmallVector<Value> {
    Value index = linalg::IndexOp::create(b, loc, dim);
    if (isa<FloatType>(element)) {
      Value number = arith::IndexCastOp::create(b, loc, b.getI64Type(), index);
      return {arith::SIToFPOp::create(b, loc, element, number)};
    }
    return {arith::IndexCastOp::create(b, loc, element, index)};
  });
  return success();
}

// Only unit dimensions may come and go inside a kernel.
LogicalResult reshape(KernelLowering &kernel, Operation *op) {
  RankedTensorType from = typeOf(op->getOperand(0)), to = typeOf(op->getResult(0));
  Builder &b = kernel.builder;
  SmallVector<AffineExpr> exprs;
  int64_t next = 0;
  auto isUnit = [](RankedTensorType type, int64_t dim) { return type.getDimSize(dim) == 1; };
  for (int64_t dim = 0; dim < from.getRank(); ++dim) {
    if (isUnit(from, dim)) {
      exprs.push_back(b.getAffineConstantExpr(0));
      continue;
    }
    while (next < to.getRank() && isUnit(to, next))
      ++next;
    if (next == to.getRank() || sizeOfDim(from, dim) != sizeOfDim(to, next))
      return op->emitError("a reshape inside a kernel may only add or drop dimensions of size 1");
    exprs.push_back(b.getAffineDimExpr(next++));
  }
  return view(kernel, op, AffineMap::get(to.getRank(), 0, exprs, b.getContext()));
}

LogicalResult broadcast(KernelLowering &kernel, Operation *op) {
  SmallVector<AffineExpr> exprs;
  for (int64_t dim : cast<BroadcastOp>(op).getDims())
    exprs.push_back(kernel.builder.getAffineDimExpr(dim));
  return view(kernel, op, AffineMap::get(typeOf(op->getResult(0)).getRank(), 0, exprs, op->getContext()));
}

LogicalResult transpose(KernelLowering &kernel, Operation *op) {
  ArrayRef<int64_t> permutation = cast<TransposeOp>(op).getPermutation();
  SmallVector<AffineExpr> exprs(permutation.size());
  for (auto [to, from] : llvm::enumerate(permutation))
    exprs[from] = kernel.builder.getAffineDimExpr(to);
  return view(kernel, op, AffineMap::get(permutation.size(), 0, exprs, op->getContext()));
}

// Loop indices of the body that is being built.
SmallVector<Value> bodyIndices(OpBuilder &b, Location loc, int64_t rank) {
  SmallVector<Value> indices;
  for (int64_t dim = 0; dim < rank; ++dim)
    indices.push_back(linalg::IndexOp::create(b, loc, dim));
  return indices;
}

Value extract(OpBuilder &b, Location loc, Value tensor, ValueRange indices, Type graphElement) {
  Value element = tensor::ExtractOp::create(b, loc, tensor, indices);
  return graphElement.isInteger(1) ? arith::TruncIOp::create(b, loc, b.getI1Type(), element).getResult() : element;
}

LogicalResult concatenate(KernelLowering &kernel, Operation *op) {
  int64_t dim = cast<ConcatenateOp>(op).getDim();
  RankedTensorType type = typeOf(op->getResult(0));
  struct Part {
    Value tensor, start, last; // last: the highest index
  };
  SmallVector<Part> parts;
  SymbolicSize start = 0;
  for (Value operand : op->getOperands()) {
    SymbolicSize length = sizeOfDim(typeOf(operand), dim);
    if (length == SymbolicSize(0))
      continue;
    parts.push_back({kernel.materialize(operand), kernel.sizeValue(start), kernel.sizeValue(length - SymbolicSize(1))});
    start = start + length;
  }
  Value zero = kernel.sizeValue(0);
  kernel.defineElementwise(op->getResult(0), {}, [&](OpBuilder &b, Location loc, ValueRange) -> SmallVector<Value> {
    SmallVector<Value> indices = bodyIndices(b, loc, type.getRank());
    Value position = indices[dim], value;
    for (const Part &part : parts) {
      Value local = arith::SubIOp::create(b, loc, position, part.start);
      local = arith::MaxSIOp::create(b, loc, arith::MinSIOp::create(b, loc, local, part.last), zero);
      indices[dim] = local;
      Value element = extract(b, loc, part.tensor, indices, type.getElementType());
      if (!value) {
        value = element;
        continue;
      }
      Value here = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::sge, position, part.start);
      value = arith::SelectOp::create(b, loc, here, element, value);
    }
    return {value};
  });
  return success();
}

LogicalResult reverse(KernelLowering &kernel, Operation *op) {
  auto reverse = cast<ReverseOp>(op);
  RankedTensorType type = typeOf(op->getResult(0));
  Value tensor = kernel.materialize(op->getOperand(0));
  SmallVector<Value> last(type.getRank());
  for (int64_t dim : reverse.getDims())
    last[dim] = kernel.sizeValue(sizeOfDim(type, dim) - SymbolicSize(1));
  kernel.defineElementwise(op->getResult(0), {}, [&](OpBuilder &b, Location loc, ValueRange) -> SmallVector<Value> {
    SmallVector<Value> indices = bodyIndices(b, loc, type.getRank());
    for (int64_t dim : reverse.getDims())
      indices[dim] = arith::SubIOp::create(b, loc, last[dim], indices[dim]);
    return {extract(b, loc, tensor, indices, type.getElementType())};
  });
  return success();
}

// An element is the input's where, for each dimension, (index - low) is a multiple of (interior + 1) within the input.
LogicalResult pad(KernelLowering &kernel, Operation *op) {
  auto pad = cast<PadOp>(op);
  RankedTensorType inputType = typeOf(pad.getInput()), type = typeOf(op->getResult(0));
  Value tensor = kernel.materialize(pad.getInput());
  Value zero = kernel.sizeValue(0);
  SmallVector<Value> low, step, length;
  for (int64_t dim = 0; dim < type.getRank(); ++dim) {
    low.push_back(kernel.sizeValue(pad.getLow()[dim]));
    step.push_back(kernel.sizeValue(pad.getInterior()[dim] + 1));
    length.push_back(kernel.sizeValue(sizeOfDim(inputType, dim)));
  }
  AffineMap valueMap = AffineMap::get(type.getRank(), 0, op->getContext());
  kernel.defineElementwise(
      op->getResult(0), Read{pad.getValue(), valueMap}, [&](OpBuilder &b, Location loc, ValueRange e) -> SmallVector<Value> {
        using P = arith::CmpIPredicate;
        SmallVector<Value> indices = bodyIndices(b, loc, type.getRank());
        Value inside;
        auto require = [&](Value condition) {
          inside = inside ? arith::AndIOp::create(b, loc, inside, condition).getResult() : condition;
        };
        for (int64_t dim = 0; dim < type.getRank(); ++dim) {
          bool spread = pad.getInterior()[dim] != 0;
          if (!spread && pad.getLow()[dim] == 0 && pad.getHigh()[dim] == 0)
            continue;
          Value offset = arith::SubIOp::create(b, loc, indices[dim], low[dim]);
          require(arith::CmpIOp::create(b, loc, P::sge, offset, zero));
          Value source = offset;
          if (spread) {
            require(arith::CmpIOp::create(b, loc, P::eq, arith::RemSIOp::create(b, loc, offset, step[dim]), zero));
            source = arith::DivSIOp::create(b, loc, offset, step[dim]);
          }
          require(arith::CmpIOp::create(b, loc, P::slt, source, length[dim]));
          indices[dim] = source;
        }
        if (!inside)
          return {extract(b, loc, tensor, indices, type.getElementType())};
        // Outside, an element that exists is read and thrown away.
        for (int64_t dim = 0; dim < type.getRank(); ++dim)
          indices[dim] = arith::SelectOp::create(b, loc, inside, indices[dim], zero);
        Value element = extract(b, loc, tensor, indices, type.getElementType());
        return {arith::SelectOp::create(b, loc, inside, element, e[0])};
      });
  return success();
}

} // namespace

void addShapeLowerings(LoweringTable &table) {
  table[ConstantOp::getOperationName()] = constant;
  table[SizeOp::getOperationName()] = size;
  table[IotaOp::getOperationName()] = iota;
  table[ReshapeOp::getOperationName()] = reshape;
  table[BroadcastOp::getOperationName()] = broadcast;
  table[TransposeOp::getOperationName()] = transpose;
  table[ConcatenateOp::getOperationName()] = concatenate;
  table[ReverseOp::getOperationName()] = reverse;
  table[PadOp::getOperationName()] = pad;
}

} // namespace dlc::lower
