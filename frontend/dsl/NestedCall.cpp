#include "frontend/dsl/NestedCall.h"

using namespace mlir;

namespace dlc::dsl {

void collectTensors(const Value &value, SmallVectorImpl<Value> &leaves) {
  if (value.isRuntime())
    leaves.push_back(value);
  else if (value.isSequence())
    for (const Value &item : value.items())
      collectTensors(item, leaves);
}

Value withTensors(const Value &value, llvm::function_ref<Value(const Value &)> next) {
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

NestedCall::NestedCall(Interpreter &interpreter, StringRef name, SourceRange range)
    : function(interpreter.module, freshName(interpreter.module, name), interpreter.variables, interpreter.scope,
               interpreter.place(range).location),
      interpreter(interpreter), range(range) {}

Value NestedCall::call(const Value &callee, const std::vector<ArgumentValue> &arguments) {
  std::vector<ArgumentValue> inner = arguments;
  for (ArgumentValue &argument : inner)
    argument.value = withTensors(argument.value, [&](const Value &leaf) {
      mlir::Value tensor = interpreter.toTensor(leaf, argument.range);
      outer.push_back(tensor);
      return Value::tensor(function.addArgument(cast<RankedTensorType>(tensor.getType()), "", ""), leaf.isWeak());
    });
  FunctionScope *around = std::exchange(interpreter.scope, &function);
  std::vector<ArgumentValue> before = std::exchange(interpreter.run->addedLosses, {});
  Value result = interpreter.call(callee, std::move(inner), range);
  addedLosses = std::exchange(interpreter.run->addedLosses, std::move(before));
  interpreter.scope = around;
  if (result.isCallable())
    return interpreter.fail(range, "this call needs all arguments of the function at once; it gives " +
                                       result.describe());
  return result;
}

void NestedCall::finish(const Value &result) {
  FunctionScope *around = std::exchange(interpreter.scope, &function);
  SmallVector<Value> leaves;
  collectTensors(result, leaves);
  SmallVector<mlir::Value> results;
  for (const Value &leaf : leaves)
    results.push_back(interpreter.toTensor(leaf, range));
  for (const ArgumentValue &loss : addedLosses)
    results.push_back(interpreter.toTensor(loss.value, loss.range));
  function.finishNested(results);
  interpreter.scope = around;
}

SmallVector<mlir::Value> NestedCall::captures() const {
  return llvm::map_to_vector(function.captures(), [](const auto &capture) { return capture.second; });
}

SmallVector<mlir::Value> NestedCall::operands() const {
  SmallVector<mlir::Value> all(outer);
  llvm::append_range(all, captures());
  return all;
}

Value NestedCall::takeResults(const Value &result, ValueRange::iterator &next) {
  Value outside = withTensors(result, [&](const Value &leaf) { return Value::tensor(*next++, leaf.isWeak()); });
  for (const ArgumentValue &loss : addedLosses)
    interpreter.run->addedLosses.push_back({Value::tensor(*next++), loss.range, ""});
  for (const auto &write : function.written())
    interpreter.scope->write(write.first, *next++);
  return outside;
}

} // namespace dlc::dsl
