// Data sources and rules of a training recipe: dictionaries for tools/fit, which checks
// what they say about files.
#include "frontend/dsl/Builtins.h"

using namespace mlir;

namespace dlc::dsl {

static bool isPlain(const Value &value) {
  if (value.isSequence())
    return llvm::all_of(value.items(), isPlain);
  return value.isNumber() || value.is(ValueKind::Bool) || value.is(ValueKind::String) || value.isNone() ||
         value.is(ValueKind::Record) || value.is(ValueKind::DType);
}

/// Parameters by their names, further arguments by theirs; what is none is left out.
static Value makeRecord(BuiltinCall &call) {
  Record result{call.builtin.name, {}};
  for (auto [index, argument] : llvm::enumerate(call.arguments)) {
    bool isDeclared = index < call.builtin.parameters.size();
    std::string name = isDeclared ? call.builtin.parameters[index].name : argument.name;
    if (name.empty())
      return call.interpreter.fail(call.place(index), call.name() + " takes this argument by name only");
    // `monitor = accuracy` names a metric by its function.
    Value value = argument.value.isCallable() ? Value::string(callableName(argument.value)) : argument.value;
    if (!isPlain(value))
      return call.interpreter.fail(call.place(index), "'" + name + "' must be a number, a string, a bool or a list " +
                                                          "of them, found " + value.describe());
    if (!value.isNone())
      result.fields.push_back({name, value});
  }
  return Value::record(std::move(result));
}

void addRecipeBuiltins(BuiltinTable &table) {
  table.add("table(x, y = none, ...)", makeRecord);
  table.add("columns(file, x = none, y = none, ...)", makeRecord);
  table.add("idx(x, y = none, ...)", makeRecord);
  table.add("images(folder, ...)", makeRecord);
  table.add("sequences(x, y = none, ...)", makeRecord);
  table.add("fasta(positive, negative = none, ...)", makeRecord);
  table.add("binary(x, y = none, ...)", makeRecord);
  table.add("patience(epochs, monitor = none, ...)", makeRecord);
}

} // namespace dlc::dsl
