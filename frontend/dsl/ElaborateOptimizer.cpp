// The optimizer's arguments as variables of the program, and its step for each parameter.
#include "frontend/dsl/CallDepth.h"
#include "frontend/dsl/ProgramElaborator.h"
#include "ir/graph/GraphOps.h"

using namespace mlir;

namespace dlc::dsl {

static const ast::TemplateDecl &optimizerOf(const Recipe &recipe) {
  return *recipe.optimizer.value.asInstance()->declaration->decl;
}

/// Rule 5: numbers are run-time scalars of the program. What is declared `int` shapes the
/// program and stays at compile time.
static bool isHyper(const ast::Parameter &parameter, const Value &value) {
  return value.isNumber() && !(parameter.type && parameter.type->base.name == "int");
}

void ProgramElaborator::declareHypers() {
  const Instance &optimizer = *recipe->optimizer.value.asInstance();
  for (const ast::Parameter &parameter : optimizer.declaration->decl->hypers) {
    const Value &value = optimizer.hypers->find(parameter.name.name)->value;
    if (!isHyper(parameter, value))
      continue;
    Type type = interpreter.programFloatType();
    Variable variable("optimizer." + parameter.name.name, RankedTensorType::get({}, type), VariableKind::Hyper);
    variable.initial = DenseElementsAttr::get(variable.type, Attribute(numberAttribute(value, type)));
    variable.location = interpreter.fileLocation(recipe->optimizer.range);
    interpreter.variables.add(std::move(variable));
  }
}

/// A schedule: a function given where the default is a number.
static bool isSchedule(const ast::Parameter &parameter, const Value &value) {
  const ast::Expr *given = parameter.defaultValue.get();
  return value.isCallable() && given && isa<ast::FloatExpr, ast::IntExpr>(given);
}

/// The optimizer's arguments in the function being built; null after errors.
Environment *ProgramElaborator::hyperScope() {
  const Instance &optimizer = *recipe->optimizer.value.asInstance();
  Environment *scope = interpreter.arena.create(optimizer.hypers);
  SourceRange range = recipe->optimizer.range;
  Place place = interpreter.place(range);
  for (const ast::Parameter &parameter : optimizer.declaration->decl->hypers) {
    const std::string &name = parameter.name.name;
    Value value = optimizer.hypers->find(name)->value;
    if (isHyper(parameter, value)) {
      unsigned id = *interpreter.variables.find("optimizer." + name);
      value = Value::hyper({interpreter.scope->read(id), value, {id}, true});
    } else if (isSchedule(parameter, value)) {
      mlir::Value step = convertTo(place, interpreter.readVariable("step"), interpreter.programFloatType());
      value = interpreter.call(value, {Value::tensor(step, /*weak=*/true)}, range);
      mlir::Value rate = value.isError() ? mlir::Value()
                                         : interpreter.fitted(value, interpreter.scalarFloat(), range,
                                                              "the value of the schedule for " + name);
      if (!rate)
        return nullptr;
      value = Value::tensor(rate, /*weak=*/true);
    }
    // The session scales the rate (reduce on plateau, the learning-rate test).
    if (name == "learning_rate" && value.isRuntime()) {
      unsigned scale = *interpreter.variables.find("lr_scale");
      value = interpreter.binary(ast::BinaryOp::Multiply, value,
                                 Value::hyper({interpreter.scope->read(scale), Value::real(1), {}, false}), range);
    }
    scope->bind(name, value);
  }
  return scope;
}

/// The learning rate of a schedule is in no variable: the step gives it, for histories and reports.
void ProgramElaborator::addScheduledRate(std::vector<std::pair<std::string, mlir::Value>> &outputs,
                                         Environment &hypers) {
  const Instance &optimizer = *recipe->optimizer.value.asInstance();
  for (const ast::Parameter &parameter : optimizer.declaration->decl->hypers)
    if (parameter.name.name == "learning_rate" &&
        isSchedule(parameter, optimizer.hypers->find(parameter.name.name)->value))
      outputs.push_back(
          {"learning_rate", interpreter.toTensor(hypers.find("learning_rate")->value, recipe->optimizer.range)});
}

/// The `prepare(grads) { … }` block, if there is one: it sees all gradients and gives new ones.
bool ProgramElaborator::prepareGradients(Backward &backward, Environment &hypers) {
  const ast::TemplateDecl &decl = optimizerOf(*recipe);
  auto block = llvm::find_if(decl.body->statements,
                             [](const ast::StmtPtr &statement) { return isa<ast::PrepareStmt>(*statement); });
  if (block == decl.body->statements.end())
    return true;
  const auto &prepare = cast<ast::PrepareStmt>(**block);
  CallDepth inCall(interpreter, {decl.name.name, "optimizer " + decl.name.name, recipe->optimizer.range,
                                 interpreter.frames.back().layer, nullptr},
                   prepare.range);
  if (!inCall)
    return false;
  std::vector<Value> gradients;
  for (mlir::Value gradient : backward.gradients)
    gradients.push_back(Value::tensor(gradient));
  Environment *env = interpreter.arena.create(&hypers);
  env->bind(prepare.gradients.name, Value::list(std::move(gradients)));
  Value result = interpreter.evaluateBlock(*prepare.body, *env);
  if (result.isError())
    return false;
  if (!result.isSequence() || result.items().size() != backward.gradients.size()) {
    interpreter.fail(prepare.range, "prepare must give a list of as many gradients as it gets, found " +
                                        result.describe());
    return false;
  }
  for (auto [gradient, value] : llvm::zip(backward.gradients, result.items())) {
    gradient = interpreter.fitted(value, cast<RankedTensorType>(gradient.getType()), prepare.range,
                                  "a gradient from prepare");
    if (!gradient)
      return false;
  }
  return true;
}

bool ProgramElaborator::updateParams(const Backward &backward, Environment &hypers) {
  for (auto [param, gradient] : llvm::zip(backward.params, backward.gradients))
    if (!updateParam(param, gradient, hypers))
      return false;
  return true;
}

bool ProgramElaborator::updateParam(unsigned param, mlir::Value gradient, Environment &hypers) {
  const ast::TemplateDecl &decl = optimizerOf(*recipe);
  std::string name = interpreter.variables[param].name;
  Instance instance;
  instance.path = name + ":" + decl.name.name;
  StateOwner owner{VariableKind::Slot, instance.path + "/", name, &instance};
  SourceRange range = recipe->optimizer.range;
  CallDepth inCall(interpreter, {decl.name.name, "optimizer " + decl.name.name + " for " + name, range, &instance, &owner},
                   range);
  if (!inCall)
    return false;
  if (decl.inputs.size() != 2) {
    interpreter.fail(decl.name.range, "an optimizer takes a parameter and its gradient: optimizer " + decl.name.name +
                                          "(...)(w, g)");
    return false;
  }
  Environment *env = interpreter.arena.create(&hypers);
  env->bindVariable(decl.inputs[0].name.name, param);
  env->bind(decl.inputs[1].name.name, Value::tensor(gradient));
  for (const ast::StmtPtr &statement : decl.body->statements)
    if (!isa<ast::PrepareStmt>(*statement) && interpreter.evaluateStatement(*statement, *env).isError())
      return false;
  if (!interpreter.scope->written().count(param)) {
    interpreter.fail(decl.name.range, "optimizer " + decl.name.name + " must end with a new value for " +
                                          decl.inputs[0].name.name + ": " + decl.inputs[0].name.name + " := ...");
    return false;
  }
  Value constraint = interpreter.variables[param].constraint;
  if (!constraint.isCallable())
    return true;
  Value held = interpreter.call(constraint, {Value::tensor(interpreter.scope->read(param))}, range);
  mlir::Value tensor = held.isError() ? mlir::Value()
                                      : interpreter.fitted(held, interpreter.variables[param].type, range,
                                                           "the result of the constraint of '" + name + "'");
  if (tensor)
    interpreter.scope->write(param, tensor);
  return static_cast<bool>(tensor);
}

} // namespace dlc::dsl
