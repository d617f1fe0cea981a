// `grad(f)` and `value_and_grad(f)`: f becomes a private function and the call a request
// that passes/autodiff answers.
#include "frontend/dsl/Interpreter.h"
#include "ir/graph/GraphOps.h"

using namespace mlir;

namespace dlc::dsl {

/// The tensors in \p value, through lists and tuples.
static void collectTensors(const Value &value, SmallVectorImpl<Value> &leaves) {
  if (value.isRuntime())
    leaves.push_back(value);
  else if (value.isSequence())
    for (const Value &item : value.items())
      collectTensors(item, leaves);
}

/// \p value with its tensors replaced in order by those that \p next gives.
static Value withTensors(const Value &value, llvm::function_ref<Value(const Value &)> next) {
  if (value.isRuntime())
    return next(value);
  if (!value.isSequence())
    return value;
  std::vector<Value> items;
  for (const Value &item : value.items())
    items.push_back(withTensors(item, next));
  return value.is(ValueKind::Tuple) ? Value::tuple(std::move(items), value.asSequence().names)
                                    : Value::list(std::move(items));
}

/// The positions of `wrt = 0` or `wrt = [0, 2]` among \p count arguments.
static std::optional<SmallVector<int64_t>> positions(Interpreter &interpreter, const Value &wrt, size_t count,
                                                     SourceRange range) {
  SmallVector<int64_t> result;
  for (const Value &item : wrt.isSequence() ? wrt.items() : std::vector<Value>{wrt}) {
    std::optional<int64_t> position = interpreter.toInt(item, range, "wrt");
    if (!position)
      return std::nullopt;
    if (*position < 0 || *position >= static_cast<int64_t>(count)) {
      interpreter.fail(range, "wrt is " + Twine(*position) + ", but the function is called with " + Twine(count) +
                                  " arguments, counted from 0");
      return std::nullopt;
    }
    result.push_back(*position);
  }
  return result;
}

/// Numbers among the arguments to differentiate by become tensors; all of them must be floats.
static bool prepareArguments(Interpreter &interpreter, std::vector<ArgumentValue> &arguments,
                             ArrayRef<int64_t> positions) {
  for (int64_t position : positions) {
    ArgumentValue &argument = arguments[position];
    if (argument.value.isNumber())
      argument.value = Value::tensor(
          interpreter.toTensor(Value::real(argument.value.asDouble()), argument.range, interpreter.floatType()));
    SmallVector<Value> leaves;
    collectTensors(argument.value, leaves);
    bool isFloat = !leaves.empty() && llvm::all_of(leaves, [](const Value &leaf) {
      return isa<FloatType>(leaf.tensorType().getElementType());
    });
    if (isFloat)
      continue;
    interpreter.fail(argument.range, "a gradient is taken by float tensors, found " + argument.value.describe());
    return false;
  }
  return true;
}

/// The scalar to differentiate: the result, or the first of several.
static const Value *lossOf(const Value &result) {
  const Value *loss = &result;
  if (result.is(ValueKind::Tuple) && !result.items().empty())
    loss = &result.items().front();
  if (!loss->is(ValueKind::Tensor))
    return nullptr;
  RankedTensorType type = loss->tensorType();
  return type.getRank() == 0 && isa<FloatType>(type.getElementType()) ? loss : nullptr;
}

namespace {
/// A function in the making whose gradient is wanted, and the outer tensors it is called with.
struct Request {
  FunctionScope function;
  SmallVector<mlir::Value> operands;
};
} // namespace

/// Calls \p function on arguments of the new function, in the order of their tensors.
static Value callInside(Interpreter &interpreter, Request &request, const Value &function,
                        const std::vector<ArgumentValue> &arguments, SourceRange range) {
  std::vector<ArgumentValue> inner = arguments;
  for (ArgumentValue &argument : inner)
    argument.value = withTensors(argument.value, [&](const Value &leaf) {
      mlir::Value outer = interpreter.toTensor(leaf, argument.range);
      request.operands.push_back(outer);
      return Value::tensor(request.function.addArgument(cast<RankedTensorType>(outer.getType()), "", ""),
                           leaf.isWeak());
    });
  FunctionScope *outer = std::exchange(interpreter.scope, &request.function);
  Value result = interpreter.call(function, std::move(inner), range);
  const Value *loss = result.isError() ? nullptr : lossOf(result);
  if (!loss && !result.isError())
    result = interpreter.fail(range, "a gradient needs a function whose result is one float, found " +
                                         result.describe() + "; write mean(...) or sum(...)");
  if (!result.isError()) {
    SmallVector<Value> leaves;
    collectTensors(result, leaves);
    SmallVector<mlir::Value> results;
    for (const Value &leaf : leaves)
      results.push_back(interpreter.toTensor(leaf, range));
    request.function.finishNested(results);
  }
  interpreter.scope = outer;
  return result;
}

Value Interpreter::gradientCall(const Value &function, const Value &wrtValue, std::vector<ArgumentValue> arguments,
                                SourceRange range, bool withValue) {
  if (!canBuild(range))
    return Value();
  std::optional<SmallVector<int64_t>> wrt = positions(*this, wrtValue, arguments.size(), range);
  if (!wrt || !prepareArguments(*this, arguments, *wrt))
    return Value();
  Request request{FunctionScope(module, freshName(module, "gradient"), variables, scope, place(range).location), {}};
  Value result = callInside(*this, request, function, arguments, range);
  if (result.isError())
    return result;
  SmallVector<int64_t> indices;
  unsigned leafIndex = 0;
  for (auto [position, argument] : llvm::enumerate(arguments)) {
    SmallVector<Value> leaves;
    collectTensors(argument.value, leaves);
    for (size_t i = 0; i < leaves.size(); ++i, ++leafIndex)
      if (llvm::is_contained(*wrt, position))
        indices.push_back(leafIndex);
  }
  for (const auto &capture : request.function.captures())
    request.operands.push_back(capture.second);
  ValueRange all = emitValueAndGrad(request.function, request.operands, indices, range);
  // Results: those of f, the variables it wrote, then the gradients.
  auto next = all.begin();
  Value value = withTensors(result, [&](const Value &) { return Value::tensor(*next++); });
  for (const auto &write : request.function.written())
    scope->write(write.first, *next++);
  DenseMap<int64_t, Value> gradients;
  for (auto [position, argument] : llvm::enumerate(arguments))
    if (llvm::is_contained(*wrt, position))
      gradients[position] = withTensors(argument.value, [&](const Value &) { return Value::tensor(*next++); });
  std::vector<Value> chosen;
  for (int64_t position : *wrt)
    chosen.push_back(gradients[position]);
  Value gradient = wrtValue.isSequence() ? Value::tuple(std::move(chosen)) : chosen.front();
  return withValue ? Value::tuple({value, gradient}) : gradient;
}

ValueRange Interpreter::emitValueAndGrad(FunctionScope &function, ArrayRef<mlir::Value> operands,
                                         ArrayRef<int64_t> wrt, SourceRange range) {
  func::FuncOp callee = function.function();
  SmallVector<Type> types(callee.getResultTypes());
  for (int64_t index : wrt)
    types.push_back(callee.getArgumentTypes()[index]);
  Place here = place(range);
  return graph::ValueAndGradOp::create(here.builder, here.location, types, callee.getSymName(), operands, wrt)
      .getResults();
}

} // namespace dlc::dsl
