// Builtins on compile-time values.
#include "frontend/dsl/Builtins.h"

using namespace mlir;

namespace dlc::dsl {

static Value length(BuiltinCall &call) {
  if (call[0].isSequence())
    return Value::integer(call[0].items().size());
  if (call[0].is(ValueKind::String))
    return Value::integer(call[0].asString().size());
  if (call[0].is(ValueKind::Tensor) && call[0].tensorType().getRank() > 0)
    return Value::size(graph::sizeOfDim(call[0].tensorType(), 0));
  return call.interpreter.fail(call.place(0), "len needs a list or a string, found " + call[0].describe());
}

static Value range(BuiltinCall &call) {
  Interpreter &interpreter = call.interpreter;
  bool hasStart = !call[1].isNone();
  std::optional<int64_t> start =
      hasStart ? interpreter.toInt(call[0], call.place(0), "the start of range") : std::optional<int64_t>(0);
  std::optional<int64_t> stop = interpreter.toInt(call[hasStart], call.place(hasStart), "the end of range");
  std::optional<int64_t> step = interpreter.toInt(call[2], call.place(2), "the step of range");
  if (!start || !stop || !step)
    return Value();
  if (*step == 0)
    return interpreter.fail(call.place(2), "the step of range must not be 0");
  std::vector<Value> values;
  for (int64_t value = *start; *step > 0 ? value < *stop : value > *stop;) {
    if (static_cast<int64_t>(values.size()) == kMaxListLength)
      return interpreter.fail(call.range, "a list has at most " + Twine(kMaxListLength) + " entries");
    values.push_back(Value::integer(value));
    if (__builtin_add_overflow(value, *step, &value))
      break;
  }
  return Value::list(std::move(values));
}

static Value toList(BuiltinCall &call) {
  if (call[0].isSequence())
    return Value::list(call[0].items());
  return call.interpreter.fail(call.place(0), "list needs a list or a tuple, found " + call[0].describe());
}

static Value enumerate(BuiltinCall &call) {
  if (!call[0].isSequence())
    return call.interpreter.fail(call.place(0), "enumerate needs a list, found " + call[0].describe());
  std::vector<Value> pairs;
  for (const Value &item : call[0].items())
    pairs.push_back(Value::tuple({Value::integer(pairs.size()), item}));
  return Value::list(std::move(pairs));
}

static Value zip(BuiltinCall &call) {
  if (!call[0].isSequence() || !call[1].isSequence() || call[0].items().size() != call[1].items().size())
    return call.interpreter.fail(call.range, "zip needs two lists of one length, found " + call[0].describe() +
                                                 " and " + call[1].describe());
  std::vector<Value> pairs;
  for (auto [left, right] : llvm::zip(call[0].items(), call[1].items()))
    pairs.push_back(Value::tuple({left, right}));
  return Value::list(std::move(pairs));
}

static Value map(BuiltinCall &call) {
  if (!call[1].isSequence())
    return call.interpreter.fail(call.place(1), "map needs a list, found " + call[1].describe());
  std::vector<Value> results;
  for (const Value &item : call[1].items()) {
    results.push_back(call.interpreter.call(call[0], {item}, call.range));
    if (results.back().isError())
      return Value();
  }
  return Value::list(std::move(results));
}

static Value reversed(BuiltinCall &call) {
  if (!call[0].isSequence())
    return call.interpreter.fail(call.place(0), "reversed needs a list, found " + call[0].describe());
  return Value::list(std::vector<Value>(call[0].items().rbegin(), call[0].items().rend()));
}

static Value toInteger(BuiltinCall &call) {
  Value value = call.interpreter.pinned(call[0]);
  if (value.isSizeLike())
    return value;
  if (value.is(ValueKind::Bool))
    return Value::integer(value.asBool());
  constexpr double kLimit = 9.2e18; // below 2^63
  if (value.is(ValueKind::Float) && std::abs(value.asDouble()) < kLimit)
    return Value::integer(static_cast<int64_t>(value.asDouble()));
  return call.interpreter.fail(call.place(0), "int needs a number known at compile time, found " + value.describe() +
                                                  (value.is(ValueKind::Tensor) ? "; write cast(x, i32)" : ""));
}

static Value toReal(BuiltinCall &call) {
  Value value = call.interpreter.pinned(call[0]);
  if (value.isNumber())
    return Value::real(value.asDouble());
  return call.interpreter.fail(call.place(0), "float needs a number known at compile time, found " +
                                                  value.describe() +
                                                  (value.isRuntime() || value.is(ValueKind::Size) ? "; write cast(x, f32)" : ""));
}

static Value toString(BuiltinCall &call) {
  return Value::string(call.interpreter.pinned(call[0]).text());
}

static Value isTensor(BuiltinCall &call) { return Value::boolean(call[0].isRuntime()); }

static Value isNumber(BuiltinCall &call) {
  return Value::boolean(call[0].isNumber() || call[0].is(ValueKind::Hyper));
}

static Value isFunction(BuiltinCall &call) { return Value::boolean(call[0].isCallable()); }

static Value isList(BuiltinCall &call) { return Value::boolean(call[0].isSequence()); }

/// Checks of the library and of users, at the user's line.
static Value error(BuiltinCall &call) {
  if (!call[0].is(ValueKind::String))
    return call.interpreter.fail(call.place(0), "error needs a string, found " + call[0].describe());
  return call.interpreter.fail(call.range, call[0].asString());
}

void addCompileTimeBuiltins(BuiltinTable &table) {
  table.add("len(x)", length);
  table.add("range(start, stop = none, step = 1)", range);
  table.add("list(x)", toList);
  table.add("enumerate(x)", enumerate);
  table.add("zip(a, b)", zip);
  table.add("map(f, x)", map);
  table.add("reversed(x)", reversed);
  table.add("int(x)", toInteger);
  table.add("float(x)", toReal);
  table.add("str(x)", toString);
  table.add("is_tensor(x)", isTensor);
  table.add("is_number(x)", isNumber);
  table.add("is_function(x)", isFunction);
  table.add("is_list(x)", isList);
  table.add("error(message)", error);
}

} // namespace dlc::dsl
