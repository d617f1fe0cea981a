// Data sources and rules of a training recipe: dictionaries for tools/fit, which checks
// what they say about files.
#include "frontend/dsl/Builtins.h"
#include "llvm/ADT/StringExtras.h"
#include <cmath>

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

/// `where = "split=train"`, `rows = [0, 2000]`: which rows of the table are examples.
static bool checkRowChoice(BuiltinCall &call, StringRef name, const ArgumentValue &argument) {
  const Value &value = argument.value;
  auto isText = [](const Value &item) { return item.is(ValueKind::String); };
  auto isCount = [](const Value &item) { return item.is(ValueKind::Int) && item.asInt() >= 0; };
  bool isRange = value.isSequence() && value.items().size() == 2 && llvm::all_of(value.items(), isCount) &&
                 value.items()[0].asInt() < value.items()[1].asInt();
  bool isCondition = isText(value) || (value.isSequence() && llvm::all_of(value.items(), isText));
  if (value.isNone() || (name == "rows" ? isRange : isCondition))
    return true;
  call.interpreter.fail(argument.range.isValid() ? argument.range : call.range,
                        "'" + name + "' must be " +
                            (name == "rows" ? "[begin, end] with begin < end" : "\"column=value\" or a list of such") +
                            ", found " + value.describe());
  return false;
}

/// A file, a list of columns or columns(file, …), for an input or a target of the model.
static bool checkTableField(BuiltinCall &call, StringRef name, const ArgumentValue &argument) {
  const std::vector<std::string> &ports = call.interpreter.ports;
  SourceRange range = argument.range.isValid() ? argument.range : call.range;
  std::vector<StringRef> names(ports.begin(), ports.end());
  const Value &value = argument.value;
  if (name == "where" || name == "rows")
    return checkRowChoice(call, name, argument);
  if (!names.empty() && !llvm::is_contained(names, name) && name != "file" && name != "classes") {
    call.interpreter.fail(range, "the model has no input or target '" + name + "'" + didYouMean(name, names) +
                                     "; it has " + llvm::join(ports, ", "));
    return false;
  }
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
    bool isPort = ports.empty() || llvm::is_contained(ports, argument.name);
    return !argument.name.empty() && isPort &&
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

/// `npz("all.npz", x = "x_train", y = "y_train")`: arrays of one file; without a name that of the input or target.
static Value makeNpz(BuiltinCall &call) {
  Record record{call.name(), {}};
  const std::vector<std::string> &ports = call.interpreter.ports;
  for (auto [index, argument] : llvm::enumerate(call.arguments)) {
    std::string name = argument.name.empty() && index == 0 ? "file" : argument.name;
    if (name.empty())
      return call.interpreter.fail(call.place(index), "npz takes one file, and names of arrays as " +
                                                          (ports.empty() ? "x" : ports.front()) + " = \"NAME\"");
    bool isPort = name != "file" && name != "rows" && name != "classes";
    if (isPort && !argument.value.is(ValueKind::String))
      return call.interpreter.fail(call.place(index),
                                   "'" + name + "' must be the name of an array, found " + argument.value.describe());
    if (!checkTableField(call, name, argument) || addField(call, record, name, argument).isError())
      return Value();
  }
  auto isGiven = [&](StringRef name) {
    return llvm::any_of(record.fields, [&](const auto &field) { return field.first == name; });
  };
  if (!isGiven("file"))
    return call.interpreter.fail(call.range, "npz needs a file, as in npz(\"all.npz\", x = \"x_train\")");
  for (const std::string &port : ports)
    if (!isGiven(port))
      record.fields.push_back({port, Value::string(port)});
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

/// Keras's callback: factor 0.1, patience 10, min_delta 1e-4.
static Value makeReduceOnPlateau(BuiltinCall &call) {
  for (auto [index, argument] : llvm::enumerate(call.arguments)) {
    StringRef name = index < call.builtin.parameters.size() ? StringRef(call.builtin.parameters[index].name) : "";
    bool isCount = name == "patience" || name == "cooldown", isFactor = name == "factor";
    bool isRight = isCount ? argument.value.is(ValueKind::Int) && argument.value.asInt() >= 0
                           : argument.value.isNumber() && std::isfinite(argument.value.asDouble()) &&
                                 argument.value.asDouble() >= 0;
    isRight &= !isFactor || (isRight && argument.value.asDouble() > 0 && argument.value.asDouble() < 1);
    if (name == "monitor" || name.empty() || isRight)
      continue;
    SourceRange range = argument.range.isValid() ? argument.range : call.range;
    return call.interpreter.fail(range, call.name() + " needs a " + name + " that is " +
                                            (isCount    ? "a whole number of epochs, at least 0"
                                             : isFactor ? "between 0 and 1"
                                                        : "a number of at least 0") +
                                            ", found " + argument.value.describe());
  }
  return makeRecord(call);
}

/// `weights("mobilenet.safetensors", map = "names.tsv")`: values to begin with.
static Value makeWeights(BuiltinCall &call) {
  for (auto [index, argument] : llvm::enumerate(call.arguments)) {
    bool isFile = index < 2, isRight = isFile ? argument.value.is(ValueKind::String) : argument.value.is(ValueKind::Bool);
    if (isRight || (index == 1 && argument.value.isNone()))
      continue;
    SourceRange range = argument.range.isValid() ? argument.range : call.range;
    return call.interpreter.fail(range, "'" + call.builtin.parameters[index].name + "' must be " +
                                            (isFile ? "the name of a file" : "true or false") + ", found " +
                                            argument.value.describe());
  }
  return makeRecord(call);
}

void addRecipeBuiltins(BuiltinTable &table) {
  table.add("table(...)", makeTable);
  table.add("columns(file, columns = none)", makeRecord);
  table.add("npz(...)", makeNpz);
  table.add("weights(file, map = none, skip_mismatch = false)", makeWeights);
  table.add("patience(epochs, monitor = none)", makePatience);
  table.add("reduce_on_plateau(factor = 0.1, patience = 10, monitor = none, min_delta = 0.0001, cooldown = 0, min_lr = 0)",
            makeReduceOnPlateau);
}

} // namespace dlc::dsl
