// `grad(f)` and `value_and_grad(f)`: f becomes a private function and the call a request
// that passes/autodiff answers.
#include "frontend/dsl/NestedCall.h"
#include "ir/graph/GraphOps.h"

using namespace mlir;

namespace dlc::dsl {

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

Value Interpreter::gradientCall(const Value &function, const Value &wrtValue, std::vector<ArgumentValue> arguments,
                                SourceRange range, bool withValue) {
  if (!canBuild(range))
    return Value();
  std::optional<SmallVector<int64_t>> wrt = positions(*this, wrtValue, arguments.size(), range);
  if (!wrt || !prepareArguments(*this, arguments, *wrt))
    return Value();
  NestedCall request(*this, "gradient", range);
  Value result = request.call(function, arguments);
  if (result.isError())
    return result;
  if (!lossOf(result))
    return fail(range, "a gradient needs a function whose result is one float, found " + result.describe() +
                           "; write mean(...) or sum(...)");
  request.finish(result);
  SmallVector<int64_t> indices;
  unsigned leafIndex = 0;
  for (auto [position, argument] : llvm::enumerate(arguments)) {
    SmallVector<Value> leaves;
    collectTensors(argument.value, leaves);
    for (size_t i = 0; i < leaves.size(); ++i, ++leafIndex)
      if (llvm::is_contained(*wrt, position))
        indices.push_back(leafIndex);
  }
  ValueRange all = emitValueAndGrad(request.function, request.operands(), indices, range);
  // Results: those of f, the variables it wrote, then the gradients.
  auto next = all.begin();
  Value value = request.takeResults(result, next);
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

ValueRange Interpreter::emitValueAndGrad(FunctionScope &function, ArrayRef<mlir::Value> operands, ArrayRef<int64_t> wrt,
                                         SourceRange range) {
  func::FuncOp callee = function.function();
  SmallVector<Type> types(callee.getResultTypes());
  for (int64_t index : wrt)
    types.push_back(callee.getArgumentTypes()[index]);
  Place here = place(range);
  return graph::ValueAndGradOp::create(here.builder, here.location, types, callee.getSymName(), operands, wrt)
      .getResults();
}

} // namespace dlc::dsl
