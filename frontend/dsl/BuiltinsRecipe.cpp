// Data sources and rules of a training recipe: dictionaries for tools/fit, which checks
// what they say about files.
#include "frontend/dsl/Builtins.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;

namespace dlc::dsl {

static bool isPlain(const Value &value) {
  if (value.isSequence())
    return llvm::all_of(value.items(), isPlain);
  return value.isNumber() || value.is(ValueKind::Bool) || value.is(ValueKind::String) || value.isNone() ||
         value.is(ValueKind::Record) || value.is(ValueKind::DType);
}

/// Adds \p argument as the field \p name; what is none is left out. Error after a report.
static Value addField(BuiltinCall &call, Record &record, std::string name, const ArgumentValue &argument) {
  SourceRange range = argument.range.isValid() ? argument.range : call.range;
  // `monitor = accuracy` names a metric by its function.
  Value value = argument.value.isCallable() ? Value::string(callableName(argument.value)) : argument.value;
  if (!isPlain(value))
    return call.interpreter.fail(range, "'" + name + "' must be a number, a string, a bool or a list of them, found " +
                                            value.describe());
  if (llvm::any_of(record.fields, [&](const auto &field) { return field.first == name; }))
    return call.interpreter.fail(range, call.name() + " is given '" + name + "' twice");
  if (!value.isNone())
    record.fields.push_back({std::move(name), value});
  return Value::none();
}

/// Parameters by their names, further arguments by theirs.
static Value makeRecord(BuiltinCall &call) {
  Record record{call.name(), {}};
  for (auto [index, argument] : llvm::enumerate(call.arguments)) {
    bool isDeclared = index < call.builtin.parameters.size();
    std::string name = isDeclared ? call.builtin.parameters[index].name : argument.name;
    if (name.empty())
      return call.interpreter.fail(call.place(index), call.name() + " takes this argument by name only");
    if (addField(call, record, name, argument).isError())
      return Value();
  }
  return Value::record(std::move(record));
}

/// A file, a list of columns or columns(file, …), for an input or a target of the model.
static bool checkTableField(BuiltinCall &call, StringRef name, const ArgumentValue &argument) {
  const std::vector<std::string> &ports = call.interpreter.ports;
  SourceRange range = argument.range.isValid() ? argument.range : call.range;
  std::vector<StringRef> names(ports.begin(), ports.end());
  if (!names.empty() && !llvm::is_contained(names, name) && name != "file" && name != "classes") {
    call.interpreter.fail(range, "the model has no input or target '" + name + "'" + didYouMean(name, names) +
                                     "; it has " + llvm::join(ports, ", "));
    return false;
  }
  const Value &value = argument.value;
  auto isText = [](const Value &item) { return item.is(ValueKind::String); };
  bool isColumns = value.is(ValueKind::Record) && value.asRecord().name == "columns";
  if (isText(value) || isColumns || value.isNone() || (value.isSequence() && llvm::all_of(value.items(), isText)))
    return true;
  call.interpreter.fail(range, "'" + name + "' must be the name of a file, a list of names of columns, or " +
                                   "columns(file, [...]), found " + value.describe());
  return false;
}

/// `table("X.tsv", "y.tsv")`: a file for each input and target, in the model's order. With
/// `table("all.csv", x = ["a", "b"], y = "label")` it is one file and its columns; of several inputs and targets one
/// may be left out.
static Value makeTable(BuiltinCall &call) {
  Record record{call.name(), {}};
  const std::vector<std::string> &ports = call.interpreter.ports;
  auto isPositional = [](const ArgumentValue &argument) { return argument.name.empty(); };
  auto namesColumns = [&](const ArgumentValue &argument) {
    return !argument.name.empty() &&
           (argument.value.is(ValueKind::List) || (!ports.empty() && argument.name == ports.front()));
  };
  bool hasCommonFile = llvm::count_if(call.arguments, isPositional) == 1 && llvm::any_of(call.arguments, namesColumns);
  for (auto [index, argument] : llvm::enumerate(call.arguments)) {
    std::string name = argument.name;
    if (name.empty() && index >= ports.size())
      return call.interpreter.fail(call.place(index), call.name() + " takes a file for each of " +
                                                          llvm::join(ports, ", ") + ", found one more");
    if (name.empty())
      name = hasCommonFile ? "file" : ports[index];
    if (!checkTableField(call, name, argument))
      return Value();
    if (addField(call, record, name, argument).isError())
      return Value();
  }
  // What is not named takes the other columns of the common file.
  auto isGiven = [&](StringRef name) {
    return llvm::any_of(record.fields, [&](const auto &field) { return field.first == name; });
  };
  for (const std::string &port : ports)
    if (hasCommonFile && !isGiven(port))
      record.fields.push_back({port, Value::list({})});
  return Value::record(std::move(record));
}

static Value makePatience(BuiltinCall &call) {
  const ArgumentValue &epochs = call.arguments.front();
  SourceRange range = epochs.range.isValid() ? epochs.range : call.range;
  if (!epochs.value.is(ValueKind::Int) || epochs.value.asInt() < 0)
    return call.interpreter.fail(range, "patience needs a number of epochs that is at least 0, found " +
                                            epochs.value.describe());
  return makeRecord(call);
}

void addRecipeBuiltins(BuiltinTable &table) {
  table.add("table(...)", makeTable);
  table.add("idx(...)", makeTable);
  table.add("columns(file, columns = none)", makeRecord);
  table.add("patience(epochs, monitor = none)", makePatience);
}

} // namespace dlc::dsl
