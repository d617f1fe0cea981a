#include "passes/kernel/LoopBuilder.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;

namespace dlc::kernel {

LoopBuilder::LoopBuilder(func::FuncOp function, llvm::StringMap<Value> symbols)
    : loc(function.getLoc()), function(function), symbols(std::move(symbols)), builder(function.getContext()) {
  open(&function.getBody().front(), nullptr);
}

void LoopBuilder::open(Block *block, Operation *op) { scopes.push_back({block, op, {}}); }

void LoopBuilder::close(ValueRange results) {
  builder.setInsertionPointToEnd(scopes.back().block);
  scf::YieldOp::create(builder, loc, results);
  scopes.pop_back();
}

unsigned LoopBuilder::levelOf(Value value) const {
  Block *block = value.getParentBlock();
  for (unsigned level = scopes.size(); level-- > 0;)
    if (scopes[level].block == block)
      return level;
  llvm_unreachable("value of a scope that was left");
}

unsigned LoopBuilder::levelOf(ValueRange values) const {
  unsigned level = 0;
  for (Value value : values)
    level = std::max(level, levelOf(value));
  return level;
}

OpBuilder LoopBuilder::builderAt(unsigned level) {
  if (level + 1 == scopes.size())
    return OpBuilder::atBlockEnd(scopes[level].block);
  return OpBuilder(scopes[level + 1].op);
}

OpBuilder &LoopBuilder::here() {
  builder.setInsertionPointToEnd(scopes.back().block);
  return builder;
}

OpBuilder LoopBuilder::builderFor(ValueRange operands) { return builderAt(levelOf(operands)); }

OpBuilder LoopBuilder::builderForResult(ValueRange operands) {
  unsigned level = levelOf(operands);
  for (unsigned inner = level + 1; inner < scopes.size(); ++inner)
    if (isa<scf::IfOp>(scopes[inner].op))
      level = inner;
  return builderAt(level);
}

OpBuilder LoopBuilder::atEntry() { return OpBuilder::atBlockBegin(scopes.front().block); }

Value LoopBuilder::recall(const MemoKey &key) const {
  for (const Scope &scope : llvm::reverse(scopes))
    if (auto found = scope.memo.find(key); found != scope.memo.end())
      return found->second;
  return Value();
}

void LoopBuilder::remember(const MemoKey &key, Value value) { scopes[levelOf(value)].memo[key] = value; }

SmallVector<Value> LoopBuilder::pure(StringRef name, TypeRange types, ValueRange operands,
                                     ArrayRef<NamedAttribute> attributes) {
  OperationState state(loc, name, operands, types, attributes);
  MemoKey key{kPureTag, reinterpret_cast<uintptr_t>(state.name.getAsOpaquePointer())};
  for (Value operand : operands)
    key.push_back(reinterpret_cast<uintptr_t>(operand.getAsOpaquePointer()));
  for (Type type : types)
    key.push_back(reinterpret_cast<uintptr_t>(type.getAsOpaquePointer()));
  auto dictionary = state.attributes.getDictionary(builder.getContext());
  key.push_back(reinterpret_cast<uintptr_t>(dictionary.getAsOpaquePointer()));
  if (Value known = recall(key))
    return SmallVector<Value>(known.getDefiningOp()->getResults());
  OpBuilder at = builderFor(operands);
  Operation *op = at.create(state);
  remember(key, op->getResult(0));
  return SmallVector<Value>(op->getResults());
}

Value LoopBuilder::pure(StringRef name, Type type, ValueRange operands, ArrayRef<NamedAttribute> attributes) {
  return pure(name, TypeRange(type), operands, attributes).front();
}

Value LoopBuilder::constant(TypedAttr value) {
  MemoKey key{kPureTag, reinterpret_cast<uintptr_t>(value.getAsOpaquePointer())};
  if (Value known = recall(key))
    return known;
  OpBuilder at = atEntry();
  if (lastConstant)
    at.setInsertionPointAfter(lastConstant);
  Value result = arith::ConstantOp::create(at, function.getLoc(), value);
  lastConstant = result.getDefiningOp();
  remember(key, result);
  return result;
}

Value LoopBuilder::index(int64_t value) { return constant(builder.getIndexAttr(value)); }

std::optional<int64_t> LoopBuilder::constantOf(Value value) {
  APInt constant;
  if (matchPattern(value, m_ConstantInt(&constant)))
    return constant.getSExtValue();
  return std::nullopt;
}

Value LoopBuilder::add(Value lhs, Value rhs) {
  auto left = constantOf(lhs), right = constantOf(rhs);
  if (left && right)
    return index(*left + *right);
  if (right == 0 || left == 0)
    return right == 0 ? lhs : rhs;
  return pure("arith.addi", lhs.getType(), {lhs, rhs});
}

Value LoopBuilder::sub(Value lhs, Value rhs) {
  auto left = constantOf(lhs), right = constantOf(rhs);
  if (left && right)
    return index(*left - *right);
  if (right == 0)
    return lhs;
  return lhs == rhs ? index(0) : pure("arith.subi", lhs.getType(), {lhs, rhs});
}

Value LoopBuilder::mul(Value lhs, int64_t rhs) {
  if (auto left = constantOf(lhs))
    return index(*left * rhs);
  return rhs == 1 ? lhs : rhs == 0 ? index(0) : pure("arith.muli", lhs.getType(), {lhs, index(rhs)});
}

Value LoopBuilder::min(Value lhs, Value rhs) {
  auto left = constantOf(lhs), right = constantOf(rhs);
  if (left && right)
    return index(std::min(*left, *right));
  return pure("arith.minsi", lhs.getType(), {lhs, rhs});
}

Value LoopBuilder::roundDown(Value value, int64_t step) {
  if (step == 1)
    return value;
  if (auto known = constantOf(value))
    return index(*known / step * step);
  Value rest = pure("arith.remui", value.getType(), {value, index(step)});
  return sub(value, rest);
}

Value LoopBuilder::size(const graph::SymbolicSize &size) {
  Value sum = index(0);
  for (const auto &term : size.terms()) {
    Value product = index(term.coefficient);
    for (const std::string &name : term.symbols) {
      Value symbol = symbols.lookup(name);
      auto factor = constantOf(product);
      product = factor == 1 ? symbol : pure("arith.muli", symbol.getType(), {symbol, product});
    }
    sum = add(sum, product);
  }
  return sum;
}

Value LoopBuilder::broadcast(Value scalar, int64_t lanes) {
  if (lanes == 1 || isa<VectorType>(scalar.getType()))
    return scalar;
  auto type = VectorType::get(lanes, scalar.getType());
  TypedAttr value;
  if (matchPattern(scalar, m_Constant(&value)))
    return constant(DenseElementsAttr::get(type, Attribute(value)));
  return pure("vector.broadcast", type, {scalar});
}

SmallVector<Value> LoopBuilder::loop(Value low, Value high, int64_t step, ValueRange initial, Body body) {
  auto first = constantOf(low), end = constantOf(high);
  if (low == high || (first && end && *end <= *first))
    return SmallVector<Value>(initial);
  if (first && end && *end - *first <= step)
    return body(low, initial);
  auto op = scf::ForOp::create(here(), loc, low, high, index(step), initial);
  Block *block = op.getBody();
  if (!block->empty())
    block->back().erase();
  open(block, op);
  close(body(op.getInductionVar(), op.getRegionIterArgs()));
  return SmallVector<Value>(op.getResults());
}

void LoopBuilder::loop(Value low, Value high, int64_t step, function_ref<void(Value)> body) {
  loop(low, high, step, {}, [&](Value index, ValueRange) {
    body(index);
    return SmallVector<Value>();
  });
}

SmallVector<Value> LoopBuilder::when(Value condition, TypeRange types, function_ref<SmallVector<Value>()> then,
                                     function_ref<SmallVector<Value>()> otherwise) {
  auto op = scf::IfOp::create(here(), loc, types, condition, static_cast<bool>(otherwise));
  auto fill = [&](Region &region, function_ref<SmallVector<Value>()> body) {
    Block *block = &region.front();
    if (!block->empty())
      block->back().erase();
    open(block, op);
    close(body());
  };
  fill(op.getThenRegion(), then);
  if (otherwise)
    fill(op.getElseRegion(), otherwise);
  return SmallVector<Value>(op.getResults());
}

} // namespace dlc::kernel
