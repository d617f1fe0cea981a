#include "passes/lower/KernelLowering.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
namespace dlc::lower {

RankedTensorType memoryType(RankedTensorType graphType) {
  Type element = graphType.getElementType();
  if (element.isInteger(1))
    element = IntegerType::get(graphType.getContext(), 8);
  return RankedTensorType::get(graphType.getShape(), element);
}

KernelLowering::KernelLowering(func::FuncOp target, ArrayRef<std::string> symbols)
    : builder(OpBuilder::atBlockEnd(&target.getBody().front())), target(target) {
  unsigned first = target.getNumArguments() - symbols.size();
  for (auto [index, symbol] : llvm::enumerate(symbols))
    symbolArguments[symbol] = target.getArgument(first + index);
}

Value KernelLowering::sizeValue(const graph::SymbolicSize &size) {
  Value &cached = sizes[size.str()];
  if (cached)
    return cached;
  // Sizes are computed where they are first needed; dominance holds because a kernel is one block.
  Location loc = target.getLoc();
  auto constant = [&](int64_t number) -> Value { return arith::ConstantIndexOp::create(builder, loc, number); };
  Value sum;
  for (const auto &term : size.terms()) {
    Value product;
    for (const std::string &symbol : term.symbols) {
      Value factor = symbolArguments.lookup(symbol);
      product = product ? arith::MulIOp::create(builder, loc, product, factor).getResult() : factor;
    }
    if (!product)
      product = constant(term.coefficient);
    else if (term.coefficient != 1)
      product = arith::MulIOp::create(builder, loc, product, constant(term.coefficient));
    sum = sum ? arith::AddIOp::create(builder, loc, sum, product).getResult() : product;
  }
  if (!sum)
    sum = constant(0);
  return sizes[size.str()] = sum;
}

Value KernelLowering::empty(Location loc, RankedTensorType graphType) {
  SmallVector<Value> dynamic;
  for (int64_t dim = 0; dim < graphType.getRank(); ++dim)
    if (graphType.isDynamicDim(dim))
      dynamic.push_back(sizeValue(graph::sizeOfDim(graphType, dim)));
  RankedTensorType type = memoryType(graphType);
  return tensor::EmptyOp::create(builder, loc, type.getShape(), type.getElementType(), dynamic);
}

Value KernelLowering::filled(Location loc, RankedTensorType graphType, TypedAttr value) {
  Value scalar = arith::ConstantOp::create(builder, loc, value);
  return linalg::FillOp::create(builder, loc, scalar, empty(loc, graphType)).getResult(0);
}

AffineMap KernelLowering::identity(Value graphValue) {
  return builder.getMultiDimIdentityMap(cast<RankedTensorType>(graphValue.getType()).getRank());
}

SmallVector<Value> KernelLowering::generic(Location loc, ArrayRef<Read> reads, ValueRange inits,
                                           ArrayRef<AffineMap> outMaps, ArrayRef<utils::IteratorType> iterators,
                                           BodyBuilder body, StringRef unitAttribute) {
  return generic(loc, reads, {}, inits, outMaps, iterators, body, unitAttribute);
}

SmallVector<Value> KernelLowering::overWindows(Location loc, Read read, ArrayRef<int64_t> lengths, AffineMap lengthMap,
                                               ValueRange inits, ArrayRef<AffineMap> outMaps,
                                               ArrayRef<utils::IteratorType> iterators, BodyBuilder body) {
  if (lengths.empty())
    return generic(loc, read, {}, inits, outMaps, iterators, body, "");
  Value sizes = tensor::EmptyOp::create(builder, loc, lengths, builder.getI8Type());
  return generic(loc, read, {sizes, lengthMap}, inits, outMaps, iterators, body, "");
}

// A loop that stands alone for a dimension runs along all of it, says linalg's verifier. Where it reads a part only,
// the index is written modulo the size, which changes nothing; dlc-vectorize-kernels takes it away again.
static AffineMap withinSizes(AffineMap map, RankedTensorType type, ArrayRef<AffineMap> outMaps, ValueRange inits) {
  auto isShorter = [&](AffineExpr loop, int64_t size) {
    for (auto [out, init] : llvm::zip_equal(outMaps, inits))
      for (auto [expr, length] : llvm::zip_equal(out.getResults(), cast<RankedTensorType>(init.getType()).getShape()))
        if (expr == loop && !ShapedType::isDynamic(length) && length < size)
          return true;
    return false;
  };
  SmallVector<AffineExpr> exprs(map.getResults());
  for (auto [expr, size] : llvm::zip_equal(exprs, type.getShape()))
    if (isa<AffineDimExpr>(expr) && isShorter(expr, size))
      expr = expr % size;
  return AffineMap::get(map.getNumDims(), 0, exprs, map.getContext());
}

SmallVector<Value> KernelLowering::generic(Location loc, ArrayRef<Read> reads, const LoopLengths &lengths,
                                           ValueRange inits, ArrayRef<AffineMap> outMaps,
                                           ArrayRef<utils::IteratorType> iterators, BodyBuilder body,
                                           StringRef unitAttribute) {
  SmallVector<Value> inputs;
  SmallVector<AffineMap> maps;
  for (const Read &read : reads) {
    const Lowered &source = values.at(read.value);
    if (source.isScalar())
      continue;
    inputs.push_back(source.tensor);
    maps.push_back(simplifyAffineMap(source.view.compose(read.map)));
    if (source.isPart)
      maps.back() = withinSizes(maps.back(), cast<RankedTensorType>(source.tensor.getType()), outMaps, inits);
  }
  if (lengths.tensor) {
    inputs.push_back(lengths.tensor);
    maps.push_back(lengths.map);
  }
  llvm::append_range(maps, outMaps);
  SmallVector<Type> types(inits.getTypes());
  auto op = linalg::GenericOp::create(
      builder, loc, types, inputs, inits, maps, iterators, [&](OpBuilder &b, Location at, ValueRange arguments) {
        // Bools are i1 in bodies and i8 in memory.
        auto toBody = [&](Value stored, bool isBool) -> Value {
          return isBool ? arith::TruncIOp::create(b, at, b.getI1Type(), stored).getResult() : stored;
        };
        SmallVector<Value> elements;
        unsigned next = 0;
        for (const Read &read : reads) {
          const Lowered &source = values.at(read.value);
          bool isBool = cast<RankedTensorType>(read.value.getType()).getElementType().isInteger(1);
          elements.push_back(source.isScalar() ? source.scalar : toBody(arguments[next], isBool));
          next += !source.isScalar();
        }
        for (next = inputs.size(); next < arguments.size(); ++next)
          elements.push_back(arguments[next]); // accumulators stay as they are in memory
        SmallVector<Value> yielded = body(b, at, elements);
        for (Value &value : yielded)
          if (value.getType().isInteger(1))
            value = arith::ExtUIOp::create(b, at, b.getI8Type(), value);
        linalg::YieldOp::create(b, at, yielded);
      });
  if (!unitAttribute.empty())
    op->setAttr(unitAttribute, builder.getUnitAttr());
  return SmallVector<Value>(op.getResults());
}

void KernelLowering::defineElementwise(Value result, ArrayRef<Read> reads, BodyBuilder body) {
  auto type = cast<RankedTensorType>(result.getType());
  AffineMap map = identity(result);
  SmallVector<utils::IteratorType> iterators(type.getRank(), utils::IteratorType::parallel);
  Value init = empty(result.getLoc(), type);
  Value tensor = generic(result.getLoc(), reads, init, map, iterators, body).front();
  define(result, {tensor, map, {}});
}

void KernelLowering::defineElementwise(Operation *op, BodyBuilder body) {
  SmallVector<Read> reads;
  for (Value operand : op->getOperands())
    reads.push_back({operand, identity(operand)});
  defineElementwise(op->getResult(0), reads, body);
}

Value KernelLowering::materialize(Value graphValue) {
  Lowered source = values.at(graphValue);
  auto type = cast<RankedTensorType>(graphValue.getType());
  if (source.tensor && !source.isPart && source.view.isIdentity() && source.tensor.getType() == memoryType(type))
    return source.tensor;
  Read read{graphValue, identity(graphValue)};
  defineElementwise(graphValue, read,
                    [](OpBuilder &, Location, ValueRange elements) { return SmallVector<Value>{elements[0]}; });
  return values.at(graphValue).tensor;
}

void KernelLowering::makeSizesReadable(Value operand, AffineMap map, unsigned firstLoop) {
  const Lowered &source = lowered(operand);
  if (source.isScalar() || source.isPart) {
    materialize(operand);
    return;
  }
  AffineMap full = simplifyAffineMap(source.view.compose(map));
  for (AffineExpr expr : map.getResults()) {
    unsigned dim = cast<AffineDimExpr>(expr).getPosition();
    if (dim >= firstLoop && !llvm::is_contained(full.getResults(), expr)) {
      materialize(operand);
      return;
    }
  }
}

} // namespace dlc::lower
