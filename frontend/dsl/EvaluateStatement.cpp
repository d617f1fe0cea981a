// Blocks and statements.
#include "frontend/dsl/Interpreter.h"

using namespace mlir;

namespace dlc::dsl {

Value Interpreter::evaluateBlock(const ast::BlockExpr &block, Environment &env) {
  Value last = Value::none();
  bool failed = false;
  for (const ast::StmtPtr &statement : block.statements) {
    last = evaluateStatement(*statement, env);
    if (aborted)
      return Value();
    if (!last.isError())
      continue;
    failed = true;
    // A failed `let` binds an error that stays silent, so that what follows can be checked
    // too. In the library, what follows is not the user's to mend.
    if (!isa<ast::LetStmt>(*statement) || sources.isStandardLibrary(statement->range.file))
      return Value();
  }
  return failed ? Value() : last;
}

Value Interpreter::evaluateStatement(const ast::Stmt &statement, Environment &env) {
  if (!spend(statement.range))
    return Value();
  switch (statement.kind) {
  case ast::StmtKind::Let:
    return evaluateLet(cast<ast::LetStmt>(statement), env);
  case ast::StmtKind::Param:
    return declareParam(cast<ast::ParamStmt>(statement), env);
  case ast::StmtKind::State:
    return declareState(cast<ast::StateStmt>(statement), env);
  case ast::StmtKind::Assign:
    return evaluateAssign(cast<ast::AssignStmt>(statement), env);
  case ast::StmtKind::Expr: {
    // `if` as a statement selects statements: what they bind stays visible.
    const ast::Expr &expr = *cast<ast::ExprStmt>(statement).expr;
    if (auto *choice = dyn_cast<ast::IfExpr>(&expr))
      return evaluateIf(*choice, env, /*inOwnScope=*/false);
    return evaluate(expr, env);
  }
  case ast::StmtKind::For:
    return evaluateFor(cast<ast::ForStmt>(statement), env);
  case ast::StmtKind::Next:
    return evaluateNext(cast<ast::NextStmt>(statement), env);
  case ast::StmtKind::Emit:
    return evaluateEmit(cast<ast::EmitStmt>(statement), env);
  case ast::StmtKind::Fit: {
    const auto &fit = cast<ast::FitStmt>(statement);
    if (!frames.back().owner || frames.back().owner->kind != VariableKind::State)
      return fail(fit.range, "'fit' belongs in the body of a layer");
    run->hasFitBlock = true;
    if (!run->fitting)
      return Value::none();
    Value result = evaluateBlock(*fit.body, *arena.create(&env));
    return result.isError() ? result : Value::none();
  }
  case ast::StmtKind::Update:
  case ast::StmtKind::Result:
    return fail(statement.range, "'update' and 'result' belong in the body of a metric, not in a nested block");
  case ast::StmtKind::Prepare:
    return fail(statement.range, "'prepare' belongs in the body of an optimizer, not in a nested block");
  }
  llvm_unreachable("unknown statement");
}

bool Interpreter::bindPattern(const ast::Pattern &pattern, const Value &value, Environment &env) {
  auto bindName = [&](const ast::Identifier &name, const Value &item) {
    if (name.name != "_")
      env.bind(name.name, item);
  };
  if (!pattern.isTuple) {
    bindName(pattern.names.front(), value);
    return true;
  }
  bool fits = value.isSequence() && value.items().size() == pattern.names.size();
  for (auto [index, name] : llvm::enumerate(pattern.names))
    bindName(name, fits ? value.items()[index] : Value());
  if (fits || value.isError())
    return fits;
  if (!value.isSequence())
    fail(pattern.range, Twine(pattern.names.size()) + " names need a tuple or a list, found " + value.describe());
  else
    fail(pattern.range, Twine(pattern.names.size()) + " names cannot take " + Twine(value.items().size()) + " values");
  return false;
}

Value Interpreter::evaluateLet(const ast::LetStmt &let, Environment &env) {
  Value value = evaluate(*let.value, env);
  // An instance takes the name of its first `let`; that names its parameters.
  if (!let.pattern.isTuple && value.is(ValueKind::Instance) && let.pattern.names.front().name != "_") {
    Instance &instance = *value.asInstance();
    if (!instance.hasPath && isa<ast::LayerDecl, ast::ModelDecl>(instance.declaration->decl) && !frames.empty() &&
        frames.back().layer)
      nameInstance(instance, let.pattern.names.front().name);
  }
  bool bound = bindPattern(let.pattern, value, env);
  return bound && !value.isError() ? Value::none() : Value();
}

Value Interpreter::evaluateFor(const ast::ForStmt &loop, Environment &env) {
  Value sequence = evaluate(*loop.sequence, env);
  if (sequence.isError())
    return sequence;
  if (sequence.isRuntime())
    return fail(loop.sequence->range, "'for' is unrolled over a list known at compile time, but this is a tensor, " +
                                          sequence.describe() + "; use scan for a loop at run time");
  if (!sequence.isSequence())
    return fail(loop.sequence->range,
                "'for' needs a list, found " + sequence.describe() + "; write range(n) for 0, 1, ..., n - 1");
  // The body is unrolled into the block around it, so a `let` in one round is seen by the next.
  for (const Value &item : sequence.items()) {
    if (!bindPattern(loop.pattern, item, env))
      return Value();
    if (evaluateBlock(*loop.body, env).isError())
      return Value();
  }
  return Value::none();
}

Value Interpreter::evaluateAssign(const ast::AssignStmt &assign, Environment &env) {
  Value value = evaluate(*assign.value, env);
  StringRef name = assign.target.name;
  Binding *binding = env.find(name);
  if (!binding)
    return unknownName(name, assign.target.range, env);
  if (!binding->variable)
    return fail(assign.target.range, "':=' changes state, but '" + name + "' is not state; write let " + name + " = ...");
  unsigned id = *binding->variable;
  const Variable &variable = variables[id];
  const StateOwner *owner = frames.back().owner;
  bool isOptimizing = owner && owner->kind == VariableKind::Slot;
  if (variable.kind == VariableKind::Param && !isOptimizing)
    return fail(assign.target.range, "'" + name + "' is a param, which only the optimizer changes; declare it as state");
  if (variable.kind == VariableKind::State && !run->mayWriteState)
    return fail(assign.target.range, "the state '" + name + "' is changed where training is false; put this under " +
                                         "'if training { ... }' or in a fit block");
  if (value.isError())
    return value;
  mlir::Value tensor = fitted(value, variable.type, assign.value->range, "the new value of '" + name + "'");
  if (!tensor)
    return Value();
  scope->write(id, tensor);
  return Value::none();
}

} // namespace dlc::dsl
