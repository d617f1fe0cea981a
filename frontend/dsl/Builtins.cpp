#include "frontend/dsl/Builtins.h"

using namespace mlir;

namespace dlc::dsl {

static Value defaultNamed(StringRef text) {
  if (text == "none")
    return Value::none();
  if (text == "true" || text == "false")
    return Value::boolean(text == "true");
  int64_t integer = 0;
  if (!text.getAsInteger(10, integer))
    return Value::integer(integer);
  double real = 0;
  [[maybe_unused]] bool failed = text.getAsDouble(real);
  assert(!failed && "a default of a builtin is none, a bool or a number");
  return Value::real(real);
}

void BuiltinTable::add(StringRef signature, Value (*run)(BuiltinCall &)) {
  auto [name, list] = signature.split('(');
  Builtin builtin{name.str(), {}, false, run};
  SmallVector<StringRef> parameters;
  list.drop_back().split(parameters, ',', -1, /*KeepEmpty=*/false);
  for (StringRef parameter : parameters) {
    auto [own, text] = parameter.split('=');
    if (own.trim() == "...")
      builtin.takesMore = true;
    else
      builtin.parameters.push_back(
          {own.trim().str(), text.empty() ? std::nullopt : std::optional(defaultNamed(text.trim()))});
  }
  builtins.push_back(std::move(builtin));
}

void BuiltinTable::bindAll(Environment &env) const {
  for (const Builtin &builtin : builtins)
    env.bind(builtin.name, Value::builtin(&builtin));
}

const BuiltinTable &builtinTable() {
  static const BuiltinTable table = [] {
    BuiltinTable made;
    addElementwiseBuiltins(made);
    addReductionBuiltins(made);
    addShapeBuiltins(made);
    addCreationBuiltins(made);
    addIndexingBuiltins(made);
    addConvolutionBuiltins(made);
    addClassWeightBuiltins(made);
    addControlBuiltins(made);
    addCompileTimeBuiltins(made);
    addRecipeBuiltins(made);
    addReaderBuiltins(made);
    return made;
  }();
  return table;
}

mlir::Value tensorArgument(BuiltinCall &call, size_t index, Type preferred) {
  return call.interpreter.toTensor(call[index], call.place(index), preferred);
}

SmallVector<mlir::Value> tensorListArgument(BuiltinCall &call, size_t index) {
  Interpreter &interpreter = call.interpreter;
  const Value &list = call[index];
  if (!list.isSequence() || list.items().empty()) {
    interpreter.fail(call.place(index), call.name() + " needs a list of tensors, found " + list.describe());
    return {};
  }
  Type preferred;
  for (const Value &item : list.items())
    if (item.is(ValueKind::Tensor) && (!preferred || !item.isWeak()))
      preferred = item.tensorType().getElementType();
  SmallVector<mlir::Value> tensors;
  for (const Value &item : list.items()) {
    mlir::Value tensor = interpreter.toTensor(item, call.place(index), preferred);
    if (!tensor)
      return {};
    tensors.push_back(tensor);
    if (elementTypeOf(tensor) != elementTypeOf(tensors.front())) {
      interpreter.fail(call.place(index), call.name() + " needs one dtype, but has " +
                                              typeText(tensors.front().getType()) + " and " +
                                              typeText(tensor.getType()) + "; write cast(x, " +
                                              dtypeText(elementTypeOf(tensors.front())) + ")");
      return {};
    }
  }
  return tensors;
}

std::optional<Type> dtypeArgument(BuiltinCall &call, size_t index) {
  if (call[index].isNone())
    return call.interpreter.floatType();
  return call.interpreter.toDType(call[index], call.place(index));
}

} // namespace dlc::dsl
