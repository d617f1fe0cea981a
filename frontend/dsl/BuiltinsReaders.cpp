// Data sources that are not tables: `idx("images.gz", "labels.gz")` and the like become dictionaries for tools/fit,
// which opens the files. What can be wrong without them is said here, at its line.
#include "frontend/dsl/Builtins.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;

namespace dlc::dsl {

namespace {
enum class ArgumentKind {
  Text,          // a string
  Texts,         // a string, or a list of them
  Count,         // an int of at least 1
  Size,          // [height, width]
  Rows,          // [begin, end]
  Records,       // a string, or a list of ints
  Side,          // "left" or "right"
  Cut,           // the same or "none"
  Interpolation, // "nearest" or "bilinear"
  Input          // the name of an input of the model
};

struct ReaderArgument {
  StringRef name;
  ArgumentKind kind;
};

/// Further arguments without a name are files of the inputs and targets in their order, or all of the first input.
struct Reader {
  StringRef name;
  bool takesSeveralFiles;
  SmallVector<ReaderArgument> arguments;
};
} // namespace

static ArrayRef<Reader> readers() {
  using K = ArgumentKind;
  static const std::vector<Reader> all = [] {
    std::vector<Reader> made = {{"idx", false, {}},
                                {"npy", false, {}},
                                {"cifar10", true, {{"records", K::Records}}},
                                {"images",
                                 false,
                                 {{"size", K::Size},
                                  {"interpolation", K::Interpolation},
                                  {"file", K::Text},
                                  {"label", K::Text},
                                  {"where", K::Texts}}}};
    for (StringRef name : {"sequences", "letters", "text"}) {
      Reader reader{name, false, {}};
      reader.arguments = {{"length", K::Count}, {"pad", K::Side},    {"truncate", K::Cut}, {"column", K::Text},
                          {"label", K::Text},   {"where", K::Texts}, {"lengths", K::Input}};
      reader.arguments.push_back(name == "letters" ? ReaderArgument{"alphabet", K::Text}
                                                   : ReaderArgument{"vocabulary", K::Count});
      made.push_back(std::move(reader));
    }
    for (Reader &reader : made)
      reader.arguments.append({{"rows", K::Rows}, {"classes", K::Texts}});
    return made;
  }();
  return all;
}

static bool isText(const Value &value) { return value.is(ValueKind::String) && !value.asString().empty(); }

static bool isTextList(const Value &value) {
  return value.isSequence() && !value.items().empty() && llvm::all_of(value.items(), isText);
}

static bool isIntPair(const Value &value, int64_t least) {
  return value.isSequence() && value.items().size() == 2 && llvm::all_of(value.items(), [&](const Value &item) {
           return item.is(ValueKind::Int) && item.asInt() >= least && item.asInt() <= (int64_t(1) << 40);
         });
}

static bool isOneOf(const Value &value, ArrayRef<StringRef> choices) {
  return value.is(ValueKind::String) && llvm::is_contained(choices, value.asString());
}

/// What \p value should be, or "" if it is that.
static std::string expectedInstead(const Value &value, ArgumentKind kind, ArrayRef<std::string> ports) {
  switch (kind) {
  case ArgumentKind::Text:
    return isText(value) ? "" : "a string";
  case ArgumentKind::Texts:
    return isText(value) || isTextList(value) ? "" : "a string or a list of strings";
  case ArgumentKind::Count:
    return value.is(ValueKind::Int) && value.asInt() >= 1 ? "" : "an int of at least 1";
  case ArgumentKind::Size:
    return isIntPair(value, 1) ? "" : "[height, width]";
  case ArgumentKind::Rows:
    return isIntPair(value, 0) && value.items()[0].asInt() < value.items()[1].asInt() ? ""
                                                                                      : "[begin, end] with begin < end";
  case ArgumentKind::Records: {
    bool isList = value.isSequence() && !value.items().empty() && llvm::all_of(value.items(), [](const Value &item) {
                    return item.is(ValueKind::Int) && item.asInt() >= 0;
                  });
    return isText(value) || isList ? "" : "a file or a list of record numbers, which count from 0";
  }
  case ArgumentKind::Side:
    return isOneOf(value, {"left", "right"}) ? "" : "\"left\" or \"right\"";
  case ArgumentKind::Cut:
    return isOneOf(value, {"left", "right", "none"}) ? "" : "\"left\", \"right\" or \"none\"";
  case ArgumentKind::Interpolation:
    return isOneOf(value, {"nearest", "bilinear"}) ? "" : "\"nearest\" or \"bilinear\"";
  case ArgumentKind::Input:
    return isText(value) && (ports.empty() || llvm::is_contained(ports, value.asString()))
               ? ""
               : "the name of an input of the model, one of " + llvm::join(ports, ", ");
  }
  llvm_unreachable("no other kind");
}

/// Inputs and targets but the one that gets the lengths of sequences.
static std::vector<std::string> portsWithFiles(BuiltinCall &call) {
  std::vector<std::string> ports = call.interpreter.ports;
  for (const ArgumentValue &argument : call.arguments)
    if (argument.name == "lengths" && argument.value.is(ValueKind::String))
      llvm::erase(ports, argument.value.asString());
  return ports;
}

/// Where an argument goes in the record; "" after an error.
static std::string fieldOf(BuiltinCall &call, const Reader &reader, size_t index) {
  const std::vector<std::string> &ports = call.interpreter.ports;
  const ArgumentValue &argument = call.arguments[index];
  bool isOption = llvm::any_of(reader.arguments, [&](auto &option) { return option.name == argument.name; });
  if (isOption || (!argument.name.empty() && (ports.empty() || llvm::is_contained(ports, argument.name))))
    return argument.name;
  if (argument.name.empty()) {
    if (reader.takesSeveralFiles)
      return ports.empty() ? "x" : ports.front();
    std::vector<std::string> files = portsWithFiles(call);
    if (index < std::max<size_t>(files.size(), 1))
      return files.empty() ? "x" : files[index];
    call.interpreter.fail(call.place(index),
                          call.name() + " takes a file for each of " + llvm::join(files, ", ") + ", found one more");
    return "";
  }
  std::vector<StringRef> names;
  for (const ReaderArgument &option : reader.arguments)
    names.push_back(option.name);
  names.insert(names.end(), ports.begin(), ports.end());
  call.interpreter.fail(call.place(index), call.name() + " has no parameter '" + argument.name + "'" +
                                               didYouMean(argument.name, names) + "; it has " +
                                               llvm::join(names, ", "));
  return "";
}

/// Adds the files of one more argument without a name to those before it.
static bool addFile(Record &record, const std::string &name, const Value &file) {
  auto field = llvm::find_if(record.fields, [&](const auto &entry) { return entry.first == name; });
  if (field == record.fields.end())
    return false;
  std::vector<Value> files = field->second.isSequence() ? field->second.items() : std::vector<Value>{field->second};
  files.push_back(file);
  field->second = Value::list(std::move(files));
  return true;
}

static Value makeReader(BuiltinCall &call) {
  const Reader &reader = *llvm::find_if(readers(), [&](const Reader &each) { return each.name == call.name(); });
  const std::vector<std::string> &ports = call.interpreter.ports;
  for (const ReaderArgument &option : reader.arguments)
    if (llvm::is_contained(ports, option.name))
      return call.interpreter.fail(call.range, "an input or target cannot be called '" + option.name +
                                                   "' here: " + call.name() + " has a parameter of that name");
  if (llvm::is_contained(ports, "reader")) // the program keeps the record's own name under it
    return call.interpreter.fail(call.range, "an input or target cannot be called 'reader' where files are read; choose "
                                             "another name for it");
  Record record{call.name(), {}};
  for (auto [index, argument] : llvm::enumerate(call.arguments)) {
    std::string name = fieldOf(call, reader, index);
    if (name.empty())
      return Value();
    auto option = llvm::find_if(reader.arguments, [&](const ReaderArgument &each) { return each.name == name; });
    bool isOption = option != reader.arguments.end();
    if (argument.value.isNone())
      continue;
    bool isFiles = isText(argument.value) || (reader.takesSeveralFiles && isTextList(argument.value));
    std::string expected = isOption  ? expectedInstead(argument.value, option->kind, ports)
                           : isFiles ? ""
                                     : "the name of a file";
    if (!expected.empty())
      return call.interpreter.fail(call.place(index),
                                   "'" + name + "' must be " + expected + ", found " + argument.value.describe());
    if (reader.takesSeveralFiles && argument.name.empty() && addFile(record, name, argument.value))
      continue;
    if (llvm::any_of(record.fields, [&](const auto &entry) { return entry.first == name; }))
      return call.interpreter.fail(call.place(index), call.name() + " is given '" + name + "' twice");
    record.fields.push_back({name, argument.value});
  }
  if (llvm::none_of(record.fields, [&](const auto &entry) {
        return llvm::none_of(reader.arguments, [&](const ReaderArgument &each) { return each.name == entry.first; });
      }))
    return call.interpreter.fail(call.range, call.name() + " needs the name of a file or folder");
  return Value::record(std::move(record));
}

void addReaderBuiltins(BuiltinTable &table) {
  table.add("idx(...)", makeReader);
  table.add("npy(...)", makeReader);
  table.add("cifar10(...)", makeReader);
  table.add("images(...)", makeReader);
  table.add("sequences(...)", makeReader);
  table.add("letters(...)", makeReader);
  table.add("text(...)", makeReader);
}

} // namespace dlc::dsl
