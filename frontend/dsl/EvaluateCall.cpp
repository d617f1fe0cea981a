// Calls: functions, builtins, partial applications, layers.
#include "frontend/dsl/CallDepth.h"
#include "frontend/dsl/KerasNames.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;

namespace dlc::dsl {

Value Interpreter::call(const Value &callee, ArrayRef<Value> values, SourceRange range) {
  std::vector<ArgumentValue> arguments;
  for (const Value &value : values)
    arguments.push_back({value, range, ""});
  return call(callee, std::move(arguments), range);
}

static std::vector<ArgumentValue> positionalFirst(const std::vector<ArgumentValue> &arguments) {
  std::vector<ArgumentValue> ordered;
  for (bool isNamed : {false, true})
    for (const ArgumentValue &argument : arguments)
      if (argument.name.empty() != isNamed)
        ordered.push_back(argument);
  return ordered;
}

static bool isInput(const ast::TemplateDecl &decl, StringRef name) {
  return llvm::any_of(decl.inputs, [&](const ast::Parameter &input) { return input.name.name == name; });
}

/// `lstm(25)(mask = m)`: the tensors that are named wait for the others.
static bool waitsForInputs(const ast::TemplateDecl &decl, ArrayRef<ArgumentValue> arguments) {
  bool areInputs = llvm::all_of(arguments, [&](const ArgumentValue &given) { return isInput(decl, given.name); });
  bool isWhole = llvm::all_of(decl.inputs, [&](const ast::Parameter &input) {
    return input.defaultValue ||
           llvm::any_of(arguments, [&](const ArgumentValue &given) { return given.name == input.name.name; });
  });
  return !arguments.empty() && areInputs && !isWhole;
}

/// `activation = "relu"`, as Keras has it.
static std::string nameWithoutQuotes(const Value &callee) {
  bool isName = callee.is(ValueKind::String) && !callee.asString().empty() &&
                llvm::all_of(callee.asString(), [](char c) { return llvm::isAlnum(c) || c == '_'; });
  return isName ? "; write its name without quotes: " + callee.asString() : "";
}

/// `bidirectional(lstm(8))`: a layer where a function of `reverse` is wanted, which makes one for each direction.
static bool isAskedForDirection(const ast::TemplateDecl &decl, ArrayRef<ArgumentValue> arguments) {
  return arguments.size() == 1 && arguments.front().value.is(ValueKind::Bool) &&
         llvm::any_of(decl.hypers, [](const ast::Parameter &hyper) { return hyper.name.name == "reverse"; });
}

Value Interpreter::call(const Value &callee, std::vector<ArgumentValue> arguments, SourceRange range) {
  if (callee.isError() || !spend(range))
    return Value();
  for (const ArgumentValue &argument : arguments)
    if (argument.value.isError())
      return Value();
  switch (callee.kind()) {
  case ValueKind::Function:
    return callFunction(callee, std::move(arguments), range);
  case ValueKind::Builtin:
    return callBuiltin(callee, std::move(arguments), range);
  case ValueKind::Partial: {
    // A name given again replaces the bound one.
    std::vector<ArgumentValue> all;
    for (const ArgumentValue &bound : callee.asPartial().arguments)
      if (bound.name.empty() ||
          llvm::none_of(arguments, [&](const ArgumentValue &given) { return given.name == bound.name; }))
        all.push_back(bound);
    all.insert(all.end(), arguments.begin(), arguments.end());
    return call(callee.asPartial().callee, positionalFirst(std::move(all)), range);
  }
  case ValueKind::Class:
    return callClass(callee.asClass(), std::move(arguments), range);
  case ValueKind::Instance: {
    const std::shared_ptr<Instance> &instance = callee.asInstance();
    bool isLayer = isa<ast::LayerDecl, ast::ModelDecl>(instance->declaration->decl);
    if (isLayer && waitsForInputs(*instance->declaration->decl, arguments))
      return Value::partial({callee, std::move(arguments)});
    if (isLayer && isAskedForDirection(*instance->declaration->decl, arguments)) {
      const std::string &name = instance->declaration->decl->name.name;
      return fail(range, "a function of the direction is needed, found " + callee.describe() +
                             "; write fn(reverse) => " + name + "(..., reverse = reverse)");
    }
    if (isLayer)
      return applyLayer(instance, std::move(arguments), range);
    return fail(range, callee.describe() + " is applied by the train block and cannot be called");
  }
  default:
    return fail(range, callee.describe() + " cannot be called" + nameWithoutQuotes(callee));
  }
}

namespace {
/// A parameter as the binding of arguments sees it.
struct Slot {
  llvm::StringRef name;
  bool isRequired;
};

/// Which argument each parameter takes; -1 for the default.
struct ArgumentMap {
  SmallVector<int> argumentOf;
  SmallVector<unsigned> rest;     // positional arguments beyond the parameters
  SmallVector<StringRef> missing; // required parameters without an argument
};
} // namespace

static std::optional<ArgumentMap> mapArguments(Interpreter &interpreter, ArrayRef<Slot> slots,
                                               ArrayRef<ArgumentValue> arguments, StringRef callee, bool takesMore,
                                               SourceRange range) {
  ArgumentMap map;
  map.argumentOf.assign(slots.size(), -1);
  unsigned positional = 0;
  for (unsigned index = 0; index < arguments.size(); ++index) {
    const ArgumentValue &argument = arguments[index];
    if (argument.name.empty()) {
      if (positional < slots.size())
        map.argumentOf[positional++] = index;
      else if (takesMore)
        map.rest.push_back(index);
      else {
        interpreter.fail(range, callee + " takes at most " + Twine(slots.size()) + " arguments");
        return std::nullopt;
      }
      continue;
    }
    auto slot = llvm::find_if(slots, [&](const Slot &slot) { return slot.name == argument.name; });
    if (slot == slots.end() && takesMore) {
      map.rest.push_back(index);
      continue;
    }
    if (slot == slots.end()) {
      std::vector<StringRef> names;
      for (const Slot &candidate : slots)
        names.push_back(candidate.name);
      std::string hint = didYouMeanOrKeras(argument.name, names);
      if (hint.empty() && !names.empty())
        hint = "; it has " + llvm::join(names, ", ");
      interpreter.fail(argument.range, callee + " has no parameter '" + argument.name + "'" + hint);
      return std::nullopt;
    }
    int &entry = map.argumentOf[slot - slots.begin()];
    if (entry >= 0) {
      interpreter.fail(argument.range, callee + " is given '" + argument.name + "' twice");
      return std::nullopt;
    }
    entry = index;
  }
  for (auto [index, slot] : llvm::enumerate(slots))
    if (slot.isRequired && map.argumentOf[index] < 0)
      map.missing.push_back(slot.name);
  return map;
}

/// Naming arguments only, and not all that are needed, makes a function of the others:
/// `categorical_crossentropy(from_logits = true)`.
static bool isPartial(const ArgumentMap &map, ArrayRef<ArgumentValue> arguments) {
  return !map.missing.empty() &&
         llvm::all_of(arguments, [](const ArgumentValue &argument) { return !argument.name.empty(); });
}

static Value failMissing(Interpreter &interpreter, const ArgumentMap &map, StringRef callee, SourceRange range,
                         const Twine &hint = "") {
  return interpreter.fail(range, callee + " needs the argument" + (map.missing.size() > 1 ? "s " : " ") +
                                     llvm::join(map.missing, ", ") + hint);
}

/// `top_k_accuracy(2)`: the parameters of losses and metrics come behind the prediction p and the target y.
static std::string namedChoice(const Callable &callable, ArrayRef<ArgumentValue> arguments) {
  ArrayRef<ast::Parameter> parameters = *callable.parameters;
  if (arguments.size() != 1 || !arguments.front().value.isNumber() || parameters.size() < 3 ||
      parameters[0].name.name != "p" || parameters[1].name.name != "y" || !parameters[2].defaultValue)
    return "";
  return "; write " + callable.name + "(" + parameters[2].name.name + " = " + arguments.front().value.text() + ")";
}

static SmallVector<Slot> slotsOf(ArrayRef<ast::Parameter> parameters) {
  return llvm::map_to_vector(
      parameters, [](const ast::Parameter &parameter) { return Slot{parameter.name.name, !parameter.defaultValue}; });
}

bool Interpreter::bindArguments(ArrayRef<ast::Parameter> parameters, std::vector<ArgumentValue> arguments,
                                Environment &env, SourceRange range, StringRef callee) {
  std::optional<ArgumentMap> map =
      mapArguments(*this, slotsOf(parameters), arguments, callee, /*takesMore=*/false, range);
  if (!map)
    return false;
  if (!map->missing.empty()) {
    failMissing(*this, *map, callee, range);
    return false;
  }
  bool succeeded = true;
  for (auto [index, parameter] : llvm::enumerate(parameters)) {
    ArgumentValue argument;
    if (map->argumentOf[index] >= 0)
      argument = arguments[map->argumentOf[index]];
    else
      argument = {evaluate(*parameter.defaultValue, env), parameter.defaultValue->range, ""};
    if (argument.value.isError() || !bindParameter(parameter, argument, env)) {
      env.bind(parameter.name.name, Value());
      succeeded = false;
    }
  }
  return succeeded;
}

Value Interpreter::callFunction(const Value &self, std::vector<ArgumentValue> arguments, SourceRange range) {
  const Callable &callable = self.asCallable();
  std::string what = callable.name.empty() ? "the function" : "fn " + callable.name;
  std::optional<ArgumentMap> map =
      mapArguments(*this, slotsOf(*callable.parameters), arguments, what, /*takesMore=*/false, range);
  if (!map)
    return Value();
  if (isPartial(*map, arguments))
    return Value::partial({self, std::move(arguments)});
  if (!map->missing.empty())
    return failMissing(*this, *map, what, range, namedChoice(callable, arguments));
  Instance *layer = frames.empty() ? nullptr : frames.back().layer;
  CallDepth inCall(*this, {callable.name, what, range, layer, nullptr}, range);
  if (!inCall)
    return Value();
  Environment *env = arena.create(callable.environment);
  if (!bindArguments(*callable.parameters, std::move(arguments), *env, range, what))
    return Value();
  // The body shares the parameters' scope: `let x` in it may rebind a parameter.
  const auto *block = dyn_cast<ast::BlockExpr>(callable.body);
  Value result = block ? evaluateBlock(*block, *env) : evaluate(*callable.body, *env);
  return callable.result ? checkResult(*callable.result, result, *env, resultRange(*callable.body)) : result;
}

Value Interpreter::callBuiltin(const Value &self, std::vector<ArgumentValue> arguments, SourceRange range) {
  const Builtin &builtin = *self.asBuiltin();
  SmallVector<Slot> slots = llvm::map_to_vector(builtin.parameters, [](const BuiltinParameter &parameter) {
    return Slot{parameter.name, !parameter.defaultValue};
  });
  std::optional<ArgumentMap> map = mapArguments(*this, slots, arguments, builtin.name, builtin.takesMore, range);
  if (!map)
    return Value();
  if (isPartial(*map, arguments))
    return Value::partial({self, std::move(arguments)});
  if (!map->missing.empty())
    return failMissing(*this, *map, builtin.name, range);
  for (const ArgumentValue &argument : arguments)
    if (!chargeFor(argument.value, range))
      return Value();
  BuiltinCall call{*this, builtin, range, {}};
  for (auto [index, parameter] : llvm::enumerate(builtin.parameters)) {
    if (map->argumentOf[index] >= 0)
      call.arguments.push_back(arguments[map->argumentOf[index]]);
    else
      call.arguments.push_back({*parameter.defaultValue, SourceRange(), ""});
  }
  for (unsigned index : map->rest)
    call.arguments.push_back(arguments[index]);
  return builtin.run(call);
}

bool Interpreter::bindHypers(Instance &instance, std::vector<ArgumentValue> arguments, SourceRange range) {
  const ast::TemplateDecl &decl = *instance.declaration->decl;
  std::string what = (kindText(decl.kind) + " " + decl.name.name).str();
  return bindArguments(decl.hypers, std::move(arguments), *instance.hypers, range, what);
}

std::shared_ptr<Instance> Interpreter::makeInstance(const Declaration *declaration,
                                                    std::vector<ArgumentValue> arguments, SourceRange range) {
  auto instance = std::make_shared<Instance>();
  instance->declaration = declaration;
  instance->hypers = arena.create(declaration->environment);
  return bindHypers(*instance, std::move(arguments), range) ? instance : nullptr;
}

Value Interpreter::instantiated(const Value &value, SourceRange range) {
  if (!value.is(ValueKind::Class))
    return value;
  std::shared_ptr<Instance> instance = makeInstance(value.asClass(), {}, range);
  return instance ? Value::instance(std::move(instance)) : Value();
}

Value Interpreter::callClass(const Declaration *declaration, std::vector<ArgumentValue> arguments, SourceRange range) {
  const ast::TemplateDecl &decl = *declaration->decl;
  bool givesTensors = llvm::any_of(arguments, [](const ArgumentValue &argument) {
    return argument.name.empty() && argument.value.is(ValueKind::Tensor);
  });
  bool isLayer = isa<ast::LayerDecl, ast::ModelDecl>(decl);
  // `flatten(x)`, `Encoder(x)`: nothing to choose, so the tensors may come at once.
  if (isLayer && decl.hypers.empty() && !arguments.empty()) {
    std::shared_ptr<Instance> instance = makeInstance(declaration, {}, range);
    return instance ? call(Value::instance(std::move(instance)), std::move(arguments), range) : Value();
  }
  for (const ArgumentValue &argument : arguments)
    if (isLayer && isInput(decl, argument.name) &&
        llvm::none_of(decl.hypers, [&](const ast::Parameter &hyper) { return hyper.name.name == argument.name; }))
      return fail(argument.range, "'" + argument.name + "' is a tensor that layer " + decl.name.name +
                                      " is applied to, and comes behind what is chosen when compiling: write " +
                                      decl.name.name + "(...)(x, " + argument.name + " = ...) or x |> " +
                                      decl.name.name + "(...)(" + argument.name + " = ...)");
  if (isLayer && givesTensors)
    return fail(range, "layer " + decl.name.name + " takes its hyper-parameters first; write " + decl.name.name +
                           "(...)(x) or x |> " + decl.name.name + "(...)");
  std::shared_ptr<Instance> instance = makeInstance(declaration, std::move(arguments), range);
  return instance ? Value::instance(std::move(instance)) : Value();
}

std::optional<unsigned> Interpreter::requiredArguments(const Value &callee) {
  switch (callee.kind()) {
  case ValueKind::Function:
    return llvm::count_if(*callee.asCallable().parameters,
                          [](const ast::Parameter &parameter) { return !parameter.defaultValue; });
  case ValueKind::Builtin:
    if (callee.asBuiltin()->takesMore)
      return std::nullopt;
    return llvm::count_if(callee.asBuiltin()->parameters,
                          [](const BuiltinParameter &parameter) { return !parameter.defaultValue; });
  case ValueKind::Partial: {
    // Arguments bound by name to a required parameter are no longer needed.
    std::optional<unsigned> all = requiredArguments(callee.asPartial().callee);
    const Value &inner = callee.asPartial().callee;
    if (!all || !inner.is(ValueKind::Function))
      return all;
    for (const ast::Parameter &parameter : *inner.asCallable().parameters)
      if (!parameter.defaultValue && llvm::any_of(callee.asPartial().arguments, [&](const ArgumentValue &bound) {
            return bound.name == parameter.name.name;
          }))
        --*all;
    return all;
  }
  default:
    return std::nullopt;
  }
}

} // namespace dlc::dsl
