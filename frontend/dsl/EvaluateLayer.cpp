// Layers: instances, their paths, and the variables they declare.
#include "frontend/dsl/CallDepth.h"
#include "llvm/Support/GlobPattern.h"

using namespace mlir;

namespace dlc::dsl {

bool Interpreter::isFrozen(StringRef path) const {
  for (const std::string &pattern : frozen) {
    llvm::Expected<llvm::GlobPattern> glob = llvm::GlobPattern::create(pattern);
    if (!glob) {
      llvm::consumeError(glob.takeError()); // the recipe checks its patterns
      continue;
    }
    // "features" freezes all below it, as "features/*" does.
    for (StringRef prefix = path; !prefix.empty(); prefix = prefix.rsplit('/').first) {
      if (glob->match(prefix))
        return true;
      if (!prefix.contains('/'))
        break;
    }
  }
  return false;
}

static bool declaresState(const ast::BlockExpr &block) {
  for (const ast::StmtPtr &statement : block.statements) {
    if (isa<ast::StateStmt>(*statement))
      return true;
    auto *expr = dyn_cast<ast::ExprStmt>(statement.get());
    auto *choice = expr ? dyn_cast<ast::IfExpr>(expr->expr.get()) : nullptr;
    if (choice && declaresState(*choice->thenBlock))
      return true;
  }
  return false;
}

/// `--set dense_1.units=32` reaches the instance when it gets its path.
void Interpreter::applySettings(Instance &instance) {
  const ast::TemplateDecl &decl = *instance.declaration->decl;
  for (const auto &[key, expr] : settings) {
    // The model itself has no path: `units`.
    auto [path, name] = StringRef(key).contains('.') ? StringRef(key).rsplit('.') : std::pair("", StringRef(key));
    if (path != instance.path)
      continue;
    for (const ast::Parameter &parameter : decl.hypers)
      if (parameter.name.name == name) {
        usedSettings.insert(key);
        Value value = evaluate(*expr, *instance.declaration->environment);
        if (!value.isError())
          bindParameter(parameter, {value, expr->range, ""}, *instance.hypers);
      }
  }
}

void Interpreter::nameInstance(Instance &instance, StringRef name) {
  Instance *parent = frames.empty() ? nullptr : frames.back().layer;
  std::string unique = name.str();
  // Two instances of one name in one parent, as from an unrolled loop, are told apart by number.
  for (unsigned number = 2; parent && !parent->usedNames.insert(unique).second; ++number)
    unique = (name + "_" + Twine(number)).str();
  instance.path = parent && !parent->path.empty() ? parent->path + "/" + unique : unique;
  instance.hasPath = true;
  instance.namedIn = run->number;
  instance.isFrozenState = isFrozen(instance.path + "/*") && declaresState(*instance.declaration->decl->body);
  applySettings(instance);
}

static std::string outputText(const Value &value) {
  if (value.isRuntime())
    return typeText(value.tensorType());
  if (!value.isSequence())
    return value.describe();
  std::string text;
  for (const Value &item : value.items())
    text += (text.empty() ? "" : ", ") + outputText(item);
  return "(" + text + ")";
}

static std::vector<std::string> paramsOf(const Instance &instance, const Interpreter &interpreter) {
  std::vector<std::string> params;
  for (unsigned id : interpreter.run->variables) {
    const Variable &variable = interpreter.variables[id];
    auto [prefix, name] = StringRef(variable.name).rsplit('/');
    if (variable.kind == VariableKind::Param && !name.empty() && prefix == instance.path)
      params.push_back(variable.name);
  }
  return params;
}

SourceRange resultRange(const ast::Expr &body) {
  auto *block = dyn_cast<ast::BlockExpr>(&body);
  const ast::Expr *value = block ? block->value() : nullptr;
  return value ? value->range : body.range;
}

Value Interpreter::applyLayer(const std::shared_ptr<Instance> &instance, std::vector<ArgumentValue> arguments,
                              SourceRange range) {
  const ast::TemplateDecl &decl = *instance->declaration->decl;
  if (!canBuild(range))
    return Value();
  if (!instance->hasPath || instance->namedIn != run->number) {
    Instance *parent = frames.back().layer;
    nameInstance(*instance, decl.name.name + "_" + std::to_string(++parent->childCounts[decl.name.name]));
  }
  std::string what = (kindText(decl.kind) + " " + decl.name.name).str();
  std::string prefix = instance->path.empty() ? "" : instance->path + "/";
  StateOwner owner{VariableKind::State, prefix, "", instance.get()};
  // The model is not called from anywhere: its frame has no place.
  SourceRange callSite = instance->path.empty() ? SourceRange() : range;
  CallDepth inCall(*this, {decl.name.name, what, callSite, instance.get(), &owner}, range);
  if (!inCall)
    return Value();
  Environment *env = arena.create(instance->hypers);
  if (!bindArguments(decl.inputs, std::move(arguments), *env, range, what))
    return Value();
  std::optional<size_t> entry;
  bool isRecorded = !layers || instance->path.empty() || llvm::any_of(*layers, [&](const LayerSummary &layer) {
    return layer.name == instance->path;
  });
  if (!isRecorded) {
    entry = layers->size(); // before those of the layers within
    layers->push_back({instance->path, decl.name.name, "", {}, fileLocation(range)});
  }
  // Used again, the instance shares all below it: layers within get the names, and so the variables, of the first use.
  instance->variables.clear();
  instance->childCounts.clear();
  instance->usedNames.clear();
  Value result = evaluateBlock(*decl.body, *env);
  if (result.isNone())
    return fail(decl.body->range, what + " gives no value; its last line must be the result");
  if (decl.result)
    result = checkResult(*decl.result, result, *env, resultRange(*decl.body));
  if (entry && !result.isError()) {
    (*layers)[*entry].output = outputText(result);
    (*layers)[*entry].params = paramsOf(*instance, *this);
  }
  return result;
}

Value Interpreter::declareVariable(Variable variable, StringRef localName, SourceRange range, Environment &env) {
  Instance &instance = *frames.back().owner->layer;
  auto [declared, isNew] = instance.variables.try_emplace(localName, range);
  if (!isNew)
    return fail(range, "'" + localName + "' is declared twice in one call of the layer", declared->second,
                "the first declaration is here");
  std::optional<unsigned> id = variables.find(variable.name);
  if (id && variables[*id].kind != variable.kind)
    return fail(range, "'" + variable.name + "' is a " + kindText(variables[*id].kind) + " elsewhere, and cannot be a " +
                           kindText(variable.kind));
  if (id && variables[*id].type != variable.type)
    return fail(range, "'" + variable.name + "' would be " + typeText(variable.type) + " here, but is " +
                           typeText(variables[*id].type) +
                           " at its first use; an instance used again shares its variables");
  if (!id)
    id = variables.add(std::move(variable));
  if (variables[*id].kind == VariableKind::Param || variables[*id].kind == VariableKind::State)
    run->variables.insert(*id);
  env.bindVariable(localName, *id);
  return Value::none();
}

std::function<mlir::Value()> Interpreter::initializerOf(const ast::Expr *init, Environment &env,
                                                        RankedTensorType type, std::string path, SourceRange range) {
  // Kept for messages; the instances of these calls may be gone by then.
  std::vector<Frame> trace = frames;
  for (Frame &frame : trace) {
    frame.layer = nullptr;
    frame.owner = nullptr;
  }
  return [this, init, &env, type, path, range, trace]() -> mlir::Value {
    if (!init)
      return filled(place(range), Value::integer(0), type.getElementType(), graph::sizesOf(type));
    // Random numbers of a first value are keyed by the variable's path.
    Instance draws;
    draws.path = path;
    std::vector<Frame> outer = std::exchange(frames, trace);
    frames.push_back({"", "the first value of " + path, range, &draws, nullptr});
    Type outerFloat = run->floatType;
    if (isa<FloatType>(type.getElementType()))
      run->floatType = type.getElementType();
    Value value = evaluate(*init, env);
    if (value.is(ValueKind::Class) || value.is(ValueKind::Instance))
      value = fail(init->range, "a first value must be a function of a shape, a number or a tensor, found " +
                                    value.describe());
    if (value.isCallable()) {
      std::vector<Value> shape;
      for (int64_t size : type.getShape())
        shape.push_back(Value::integer(size));
      value = call(value, {Value::list(std::move(shape))}, init->range);
      if (value.isCallable())
        value = fail(init->range, "this gives a function, not a tensor of the given shape; call it first, as in uniform()");
    }
    mlir::Value tensor =
        value.isError() ? mlir::Value() : fitted(value, type, init->range, "the first value of '" + path + "'");
    run->floatType = outerFloat;
    frames = std::move(outer);
    return tensor;
  };
}

bool Interpreter::applyParamOptions(const ast::ParamStmt &param, Variable &variable, Environment &env) {
  bool succeeded = true;
  for (const ast::Argument &option : param.options) {
    StringRef name = option.name->name;
    Value value = evaluate(*option.value, env);
    if (value.isError())
      return false;
    if (name == "trainable") {
      std::optional<bool> trainable = toBool(value, option.value->range, "trainable");
      succeeded &= trainable.has_value();
      variable.trainable &= trainable.value_or(true);
    } else if (name == "regularizer" || name == "constraint") {
      if (!value.isNone() && !value.isCallable()) {
        fail(option.value->range, name + " must be a function of the parameter, or none, found " + value.describe());
        succeeded = false;
      }
      (name == "regularizer" ? variable.regularizer : variable.constraint) = value;
    } else {
      fail(option.name->range, "a param has no option '" + name + "'" +
                                   didYouMean(name, {"trainable", "regularizer", "constraint"}));
      succeeded = false;
    }
  }
  return succeeded;
}

Value Interpreter::declareParam(const ast::ParamStmt &param, Environment &env) {
  const StateOwner *owner = frames.back().owner;
  if (!owner || owner->kind != VariableKind::State)
    return fail(param.range, "'param' belongs in the body of a layer or model");
  RankedTensorType type = resolveType(*param.type, env, /*bindSymbols=*/false);
  if (!type)
    return Value();
  if (!type.hasStaticShape())
    return fail(param.type->range, "the sizes of a param must be known at compile time, but '" + param.name.name +
                                       "' is " + typeText(type));
  Variable variable(owner->prefix + param.name.name, type, VariableKind::Param);
  variable.trainable = isa<FloatType>(type.getElementType()) && !isFrozen(variable.name);
  variable.location = fileLocation(param.range);
  variable.regularizer = variable.constraint = Value::none();
  if (!applyParamOptions(param, variable, env))
    return Value();
  if (!param.init)
    return fail(param.range, "the param '" + param.name.name + "' needs a first value; write = glorot_uniform");
  variable.initializer = initializerOf(param.init.get(), env, type, variable.name, param.range);
  return declareVariable(std::move(variable), param.name.name, param.range, env);
}

RankedTensorType Interpreter::stateType(const ast::StateStmt &state, Environment &env) {
  if (state.type) {
    RankedTensorType type = resolveType(*state.type, env, /*bindSymbols=*/false);
    if (type && !type.hasStaticShape()) {
      fail(state.type->range, "the sizes of state must be known at compile time, but '" + state.name.name + "' is " +
                                  typeText(type));
      return {};
    }
    return type;
  }
  Value first = state.init ? evaluate(*state.init, env) : Value();
  if (first.isError()) {
    if (!state.init)
      fail(state.range, "the state '" + state.name.name + "' needs a type or a first value");
    return {};
  }
  if (first.isNumber())
    return RankedTensorType::get({}, floatType());
  if (first.isCallable()) {
    fail(state.range, "the state '" + state.name.name + "' needs a type, as its first value is a function of the " +
                          "shape; write state " + state.name.name + ": T[n] = zeros");
    return {};
  }
  mlir::Value tensor = toTensor(first, state.init->range);
  auto type = tensor ? cast<RankedTensorType>(tensor.getType()) : RankedTensorType();
  if (type && !type.hasStaticShape()) {
    fail(state.init->range,
         "the sizes of state must be known at compile time, but '" + state.name.name + "' is " + typeText(type));
    return {};
  }
  return type;
}

Value Interpreter::declareState(const ast::StateStmt &state, Environment &env) {
  const StateOwner *owner = frames.back().owner;
  if (!owner)
    return fail(state.range, "'state' belongs in the body of a layer, optimizer or metric");
  RankedTensorType type = stateType(state, env);
  if (!type)
    return Value();
  Variable variable(owner->prefix + state.name.name, type, owner->kind);
  variable.owner = owner->parameter;
  variable.location = fileLocation(state.range);
  variable.initializer = initializerOf(state.init.get(), env, type, variable.name, state.range);
  return declareVariable(std::move(variable), state.name.name, state.range, env);
}

} // namespace dlc::dsl
