#include "passes/kernel/ElementEmitter.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

using namespace mlir;

namespace dlc::kernel {

MemoKey ElementEmitter::keyOf(Value tensor, ArrayRef<LaneIndex> at, const Lanes &lanes) {
  bool varies = llvm::any_of(at, [](const LaneIndex &index) { return index.varies(); });
  // With another mask other lanes are read.
  MemoKey key{kElementTag, reinterpret_cast<uintptr_t>(tensor.getAsOpaquePointer()),
              varies ? static_cast<uintptr_t>(lanes.width) : 0,
              varies ? reinterpret_cast<uintptr_t>(lanes.mask.getAsOpaquePointer()) : 0};
  for (const LaneIndex &index : at) {
    key.push_back(index.absorbed ? 0 : reinterpret_cast<uintptr_t>(index.base.getAsOpaquePointer()));
    key.push_back(static_cast<uintptr_t>(index.step));
    key.push_back(reinterpret_cast<uintptr_t>(index.vector.getAsOpaquePointer()));
  }
  return key;
}

void ElementEmitter::know(Value tensor, ArrayRef<LaneIndex> at, const Lanes &lanes, Value value) {
  builder.rememberHere(keyOf(tensor, at, lanes), value);
}

void ElementEmitter::setOwn(ArrayRef<Store> stores) {
  own.clear();
  for (const Store &store : stores)
    if (dag.kindOf(store.value) == ValueKind::Elementwise)
      own.insert(store.value);
}

void ElementEmitter::keepIn(Value tensor, std::optional<unsigned> result) {
  if (result)
    kept[tensor] = *result;
  else
    kept.erase(tensor);
}

Value ElementEmitter::element(Value tensor, ArrayRef<LaneIndex> at, const Lanes &lanes) {
  Value memref = memrefOf(tensor);
  if (!memref || own.contains(tensor))
    return compute(tensor, at, lanes);
  MemoKey key = keyOf(tensor, at, lanes);
  if (Value known = builder.recall(key))
    return known;
  Value value = load(memref, dag.sizesOf(tensor), at, lanes);
  builder.remember(key, value);
  return value;
}

Value ElementEmitter::compute(Value tensor, ArrayRef<LaneIndex> at, const Lanes &lanes) {
  MemoKey key = keyOf(tensor, at, lanes);
  if (Value known = builder.recall(key))
    return known;
  if (dag.kindOf(tensor) == ValueKind::Argument || dag.kindOf(tensor) == ValueKind::Constant)
    return element(tensor, at, lanes);
  auto generic = tensor.getDefiningOp<linalg::GenericOp>();
  assert(dag.kindOf(tensor) == ValueKind::Elementwise && "reductions are computed by their nests");
  Value yielded = generic.getBody()->getTerminator()->getOperand(cast<OpResult>(tensor).getResultNumber());
  Value value = bodyValue(generic, yielded, at, lanes, {});
  builder.remember(key, value);
  return value;
}

Value ElementEmitter::bodyValue(linalg::GenericOp generic, Value wanted, ArrayRef<LaneIndex> loops, const Lanes &lanes,
                                ValueRange accumulators) {
  BodyScope scope{generic, loops, lanes, DenseMap<Value, Element>()};
  for (auto [argument, value] : llvm::zip(generic.getRegionOutputArgs(), accumulators))
    scope.known[argument] = {value, std::nullopt};
  return toValue(evaluate(scope, wanted), lanes.width);
}

Value ElementEmitter::operand(linalg::GenericOp generic, unsigned input, ArrayRef<LaneIndex> loops,
                              const Lanes &lanes) {
  OpOperand *operand = generic.getDpsInputOperand(input);
  Indices at;
  for (AffineExpr expr : generic.getMatchingIndexingMap(operand).getResults())
    at.push_back(apply(expr, loops));
  return element(operand->get(), at, lanes);
}

LaneIndex ElementEmitter::apply(AffineExpr expr, ArrayRef<LaneIndex> loops) {
  if (auto dim = dyn_cast<AffineDimExpr>(expr))
    return loops[dim.getPosition()];
  if (auto constant = dyn_cast<AffineConstantExpr>(expr))
    return {builder.index(constant.getValue())};
  auto binary = cast<AffineBinaryOpExpr>(expr);
  LaneIndex lhs = apply(binary.getLHS(), loops), rhs = apply(binary.getRHS(), loops);
  bool isSum = binary.getKind() == AffineExprKind::Add;
  assert((isSum || binary.getKind() == AffineExprKind::Mul) && "maps of the linalg form are dim * stride + offset");
  if (lhs.vector) { // an element that is extracted at computed indices
    LaneIndex result;
    Value other = builder.broadcast(rhs.base, cast<VectorType>(lhs.vector.getType()).getNumElements());
    result.vector = builder.pure(isSum ? "arith.addi" : "arith.muli", lhs.vector.getType(), {lhs.vector, other});
    return result;
  }
  if (isSum)
    return {builder.add(lhs.base, rhs.base), lhs.step + rhs.step};
  int64_t factor = *LoopBuilder::constantOf(rhs.base);
  return {builder.mul(lhs.base, factor), lhs.step * factor};
}

Value ElementEmitter::scalar(Value captured) {
  if (auto argument = dyn_cast<BlockArgument>(captured)) {
    assert(argument.getType().isIndex() && "tensors are not scalars");
    return builder.size(*dag.polynomialOf(argument));
  }
  Operation *op = captured.getDefiningOp();
  if (auto constant = dyn_cast<arith::ConstantOp>(op))
    return builder.constant(constant.getValue());
  if (auto extract = dyn_cast<tensor::ExtractOp>(op)) {
    Indices at;
    for (Value index : extract.getIndices())
      at.push_back({scalar(index)});
    return element(extract.getTensor(), at, {});
  }
  SmallVector<Value> operands;
  for (Value operand : op->getOperands())
    operands.push_back(scalar(operand));
  return builder.pure(op->getName().getStringRef(), op->getResultTypes(), operands,
                      op->getAttrs())[cast<OpResult>(captured).getResultNumber()];
}

ElementEmitter::Element ElementEmitter::evaluate(BodyScope &scope, Value wanted) {
  if (auto found = scope.known.find(wanted); found != scope.known.end())
    return found->second;
  Element result;
  auto argument = dyn_cast<BlockArgument>(wanted);
  if (wanted.getParentBlock() != scope.generic.getBody()) {
    Value value = scalar(wanted);
    result.value = value;
    if (value.getType().isIndex())
      result.index = LaneIndex{value};
  } else if (argument) {
    assert(argument.getArgNumber() < scope.generic.getNumDpsInputs() && "accumulators are given");
    result.value = operand(scope.generic, argument.getArgNumber(), scope.loops, scope.lanes);
  } else {
    return evaluateOperation(scope, wanted.getDefiningOp()), scope.known[wanted];
  }
  return scope.known[wanted] = result;
}

ElementEmitter::Element ElementEmitter::evaluateOperation(BodyScope &scope, Operation *op) {
  builder.loc = op->getLoc();
  Element result;
  if (auto index = dyn_cast<linalg::IndexOp>(op)) {
    result.index = scope.loops[index.getDim()];
  } else if (auto constant = dyn_cast<arith::ConstantOp>(op)) {
    result.value = builder.constant(constant.getValue());
    if (constant.getType().isIndex())
      result.index = LaneIndex{result.value};
  } else if (auto extract = dyn_cast<tensor::ExtractOp>(op)) {
    Indices at;
    for (Value index : extract.getIndices())
      at.push_back(indexOf(scope, index));
    result.value = element(extract.getTensor(), at, scope.lanes);
  } else if (auto index = linear(scope, op)) {
    result.index = index;
  } else {
    return clone(scope, op);
  }
  return scope.known[op->getResult(0)] = result;
}

LaneIndex ElementEmitter::indexOf(BodyScope &scope, Value index) {
  Element element = evaluate(scope, index);
  if (element.index)
    return *element.index;
  LaneIndex result(element.value);
  if (isa<VectorType>(element.value.getType()))
    std::swap(result.base, result.vector);
  return result;
}

/// Sums, differences and constant multiples of indices stay linear in the lane, which keeps reads contiguous.
std::optional<LaneIndex> ElementEmitter::linear(BodyScope &scope, Operation *op) {
  if (!isa<arith::AddIOp, arith::SubIOp, arith::MulIOp>(op) || !op->getResult(0).getType().isIndex())
    return std::nullopt;
  auto lhs = evaluate(scope, op->getOperand(0)).index, rhs = evaluate(scope, op->getOperand(1)).index;
  if (!lhs || !rhs || lhs->vector || rhs->vector)
    return std::nullopt;
  if (isa<arith::AddIOp>(op))
    return LaneIndex{builder.add(lhs->base, rhs->base), lhs->step + rhs->step};
  if (isa<arith::SubIOp>(op))
    return LaneIndex{builder.sub(lhs->base, rhs->base), lhs->step - rhs->step};
  auto left = LoopBuilder::constantOf(lhs->base), right = LoopBuilder::constantOf(rhs->base);
  if (right && rhs->step == 0)
    return LaneIndex{builder.mul(lhs->base, *right), lhs->step * *right};
  if (left && lhs->step == 0)
    return LaneIndex{builder.mul(rhs->base, *left), rhs->step * *left};
  return std::nullopt;
}

Value ElementEmitter::indexVector(const LaneIndex &index, int64_t width) {
  if (index.vector)
    return index.vector;
  if (index.step == 0)
    return index.base;
  auto type = VectorType::get(width, index.base.getType());
  SmallVector<Attribute> offsets;
  for (int64_t lane = 0; lane < width; ++lane)
    offsets.push_back(IntegerAttr::get(index.base.getType(), lane * index.step));
  Value offset = builder.constant(DenseElementsAttr::get(type, offsets));
  return builder.pure("arith.addi", type, {builder.broadcast(index.base, width), offset});
}

Value ElementEmitter::toValue(const Element &element, int64_t width) {
  return element.value ? element.value : indexVector(*element.index, width);
}

/// Whether \p op may trap, so that it must not run for lanes or iterations that the kernel does not have.
static bool isIntegerDivision(Operation *op) {
  return isa<arith::DivSIOp, arith::DivUIOp, arith::RemSIOp, arith::RemUIOp, arith::CeilDivSIOp, arith::FloorDivSIOp>(
      op);
}

ElementEmitter::Element ElementEmitter::clone(BodyScope &scope, Operation *op) {
  SmallVector<Value> operands;
  for (Value operand : op->getOperands())
    operands.push_back(toValue(evaluate(scope, operand), scope.lanes.width));
  // A bool that went through memory as i8 0 or 1.
  if (auto narrow = dyn_cast<arith::TruncIOp>(op); narrow && narrow.getType().isInteger(1))
    if (auto wide = operands[0].getDefiningOp<arith::ExtUIOp>();
        wide && getElementTypeOrSelf(wide.getIn()).isInteger(1))
      return scope.known[op->getResult(0)] = {wide.getIn(), std::nullopt};
  int64_t width =
      llvm::any_of(operands, [](Value value) { return isa<VectorType>(value.getType()); }) ? scope.lanes.width : 1;
  SmallVector<Type> types(op->getResultTypes());
  if (width > 1) {
    for (Value &operand : operands)
      operand = builder.broadcast(operand, width);
    for (Type &type : types)
      type = VectorType::get(width, type);
    if (isIntegerDivision(op) && scope.lanes.mask) {
      Value one = builder.constant(DenseElementsAttr::get(cast<VectorType>(operands[1].getType()),
                                                          Attribute(IntegerAttr::get(op->getOperand(1).getType(), 1))));
      operands[1] = builder.pure("arith.select", operands[1].getType(), {scope.lanes.mask, operands[1], one});
    }
  }
  builder.loc = op->getLoc();
  SmallVector<Value> results;
  if (isIntegerDivision(op)) // stays in its loop: a loop without iterations must not divide
    results.push_back(
        builder.here().create(op->getLoc(), op->getName().getIdentifier(), operands, types)->getResult(0));
  else
    results = builder.pure(op->getName().getStringRef(), types, operands, op->getAttrs());
  for (auto [old, value] : llvm::zip(op->getResults(), results))
    scope.known[old] = {value, std::nullopt};
  return scope.known[op->getResult(0)];
}

} // namespace dlc::kernel
