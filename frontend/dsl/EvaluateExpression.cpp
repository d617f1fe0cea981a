// Expressions: names, literals, fields, conditions, pipes.
#include "frontend/dsl/Interpreter.h"
#include "frontend/dsl/KerasNames.h"
#include "llvm/ADT/ScopeExit.h"

using namespace mlir;

namespace dlc::dsl {

Value Interpreter::evaluate(const ast::Expr &expr, Environment &env) {
  if (!spend(expr.range))
    return Value();
  // Calls multiply the nesting the parser allows; the stack is the compiler's own.
  if (depth >= kMaxDepth)
    return abort(expr.range, "expressions and calls are nested more than " + Twine(kMaxDepth) + " deep");
  ++depth;
  Value value = evaluateKind(expr, env);
  --depth;
  // A list in a list in a list …, as a loop can make it, would exhaust the stack when it is freed;
  // one that holds another twice, again and again, the time of whoever walks over it.
  if (value.nesting() > kMaxValueNesting)
    return abort(expr.range, "lists are nested more than " + Twine(kMaxValueNesting) + " deep");
  if (value.extent() > kMaxExtent)
    return abort(expr.range, "a list holds at most " + Twine(kMaxExtent) + " values in all");
  return chargeFor(value, expr.range) ? value : Value();
}

Value Interpreter::evaluateKind(const ast::Expr &expr, Environment &env) {
  switch (expr.kind) {
  case ast::ExprKind::Int:
    return Value::integer(cast<ast::IntExpr>(expr).value);
  case ast::ExprKind::Float:
    return Value::real(cast<ast::FloatExpr>(expr).value);
  case ast::ExprKind::String:
    return Value::string(cast<ast::StringExpr>(expr).value);
  case ast::ExprKind::Bool:
    return Value::boolean(cast<ast::BoolExpr>(expr).value);
  case ast::ExprKind::None:
    return Value::none();
  case ast::ExprKind::Name:
    return evaluateName(cast<ast::NameExpr>(expr).name, expr.range, env);
  case ast::ExprKind::Unary:
    return evaluateUnary(cast<ast::UnaryExpr>(expr), env);
  case ast::ExprKind::Binary:
    return evaluateBinary(cast<ast::BinaryExpr>(expr), env);
  case ast::ExprKind::Call:
    return evaluateCall(cast<ast::CallExpr>(expr), env);
  case ast::ExprKind::Index: {
    const auto &indexing = cast<ast::IndexExpr>(expr);
    Value base = evaluate(*indexing.base, env);
    return base.isError() ? base : index(base, indexing.subscripts, expr.range, env);
  }
  case ast::ExprKind::Field:
    return evaluateField(cast<ast::FieldExpr>(expr), env);
  case ast::ExprKind::Lambda: {
    const auto &lambda = cast<ast::LambdaExpr>(expr);
    return Value::function({"", &lambda.parameters, nullptr, lambda.body.get(), &env});
  }
  case ast::ExprKind::If:
    return evaluateIf(cast<ast::IfExpr>(expr), env, /*inOwnScope=*/true);
  case ast::ExprKind::Block:
    return evaluateBlock(cast<ast::BlockExpr>(expr), *arena.create(&env));
  case ast::ExprKind::Tuple: {
    const auto &tuple = cast<ast::TupleExpr>(expr);
    std::vector<Value> values;
    std::vector<std::string> names;
    for (const ast::Identifier &name : tuple.names)
      names.push_back(name.name);
    Value status = evaluateSequence(tuple.items, env, values);
    return status.isError() ? status : Value::tuple(std::move(values), std::move(names));
  }
  case ast::ExprKind::List: {
    std::vector<Value> values;
    Value status = evaluateSequence(cast<ast::ListExpr>(expr).items, env, values);
    return status.isError() ? status : Value::list(std::move(values));
  }
  case ast::ExprKind::Type: {
    // A dtype written where a value is expected: `cast(x, f32)`.
    const auto &type = cast<ast::TypeExpr>(expr);
    return evaluateName(type.base.name, type.base.range, env);
  }
  case ast::ExprKind::Scan:
    return evaluateScan(cast<ast::ScanExpr>(expr), env);
  }
  llvm_unreachable("unknown expression");
}

Value Interpreter::evaluateSequence(ArrayRef<ast::ExprPtr> items, Environment &env, std::vector<Value> &values) {
  bool failed = false;
  for (const ast::ExprPtr &item : items) {
    values.push_back(evaluate(*item, env));
    failed |= values.back().isError();
  }
  return failed ? Value() : Value::none();
}

Value Interpreter::evaluateConst(Binding &binding, SourceRange range) {
  const ast::ConstDecl &constant = *binding.constant;
  if (binding.isBusy)
    return fail(range, "the value of const " + constant.name.name + " depends on itself");
  const ast::Expr *value = constant.value.get();
  if (!sources.isStandardLibrary(constant.range.file))
    for (const auto &[name, replacement] : settings)
      if (name == constant.name.name) {
        value = replacement;
        usedSettings.insert(name);
      }
  binding.isBusy = true;
  // A const is one value for the whole program: it must not hold a tensor of one function.
  FunctionScope *outer = std::exchange(scope, nullptr);
  Environment *home = binding.home;
  binding.value = evaluate(*value, *home);
  scope = outer;
  binding.isBusy = false;
  binding.constant = nullptr;
  return binding.value;
}

Value Interpreter::evaluateName(StringRef name, SourceRange range, Environment &env) {
  if (Binding *binding = env.find(name)) {
    if (binding->constant)
      return evaluateConst(*binding, range);
    if (!binding->variable)
      return binding->value;
    if (!canBuild(range))
      return Value();
    return Value::tensor(scope->read(*binding->variable));
  }
  if (name == "training") {
    // A frozen layer with state (batch norm) keeps its moving averages: it runs as in inference.
    Instance *layer = frames.empty() ? nullptr : frames.back().layer;
    return Value::boolean(run->training && !(layer && layer->isFrozenState));
  }
  if (name == "step" || name == "epoch")
    return canBuild(range) ? stepValue(name) : Value();
  if (std::optional<Type> dtype = dtypeNamed(name))
    return Value::dtype(*dtype);
  return unknownName(name, range, env);
}

Value Interpreter::unknownName(StringRef name, SourceRange range, Environment &env) {
  std::vector<StringRef> candidates = {"training", "step", "epoch"};
  env.forEachName([&](StringRef candidate) { candidates.push_back(candidate); });
  // Python's words for what the environment does not hold.
  std::vector<StringRef> words = candidates;
  llvm::append_range(words, ArrayRef<StringRef>{"true", "false", "none", "f32", "f64", "i8", "i32", "i64"});
  std::optional<std::string> own = nameForKeras(name, words);
  return fail(range,
              "unknown name '" + name + "'" + (own ? "; did you mean '" + *own + "'?" : didYouMean(name, candidates)));
}

Value Interpreter::evaluateUnary(const ast::UnaryExpr &expr, Environment &env) {
  Value operand = evaluate(*expr.operand, env);
  if (operand.isError())
    return operand;
  if (expr.op == ast::UnaryOp::Negate)
    return negate(operand, expr.range);
  if (operand.is(ValueKind::Tensor))
    return notOf(operand, expr.range);
  std::optional<bool> value = toBool(operand, expr.operand->range, "the operand of 'not'");
  return value ? Value::boolean(!*value) : Value();
}

Value Interpreter::evaluateBinary(const ast::BinaryExpr &expr, Environment &env) {
  if (expr.op == ast::BinaryOp::Pipe)
    return evaluatePipe(expr, env);
  if (expr.op == ast::BinaryOp::And || expr.op == ast::BinaryOp::Or)
    return evaluateLogical(expr, env);
  Value lhs = evaluate(*expr.lhs, env);
  Value rhs = evaluate(*expr.rhs, env);
  if (lhs.isError() || rhs.isError())
    return Value();
  if (expr.op == ast::BinaryOp::MatMul)
    return matmul(lhs, rhs, expr.range, sources.text(expr.lhs->range), sources.text(expr.rhs->range));
  return binary(expr.op, lhs, rhs, expr.range);
}

/// `and`, `or`: the right side is not evaluated when the left, known at compile time, decides.
Value Interpreter::evaluateLogical(const ast::BinaryExpr &expr, Environment &env) {
  Value lhs = evaluate(*expr.lhs, env);
  if (lhs.isError())
    return lhs;
  if (!lhs.is(ValueKind::Tensor)) {
    std::optional<bool> known = toBool(lhs, expr.lhs->range, "an operand of '" + spelling(expr.op) + "'");
    if (!known)
      return Value();
    if (*known == (expr.op == ast::BinaryOp::Or))
      return Value::boolean(*known);
    Value rhs = evaluate(*expr.rhs, env);
    if (rhs.isError())
      return rhs;
    if (rhs.is(ValueKind::Tensor)) // `true and t` is t, which must be bool
      return binary(expr.op, Value::boolean(*known), rhs, expr.range);
    known = toBool(rhs, expr.rhs->range, "an operand of '" + spelling(expr.op) + "'");
    return known ? Value::boolean(*known) : Value();
  }
  Value rhs = evaluate(*expr.rhs, env);
  return rhs.isError() ? rhs : binary(expr.op, lhs, rhs, expr.range);
}

Value Interpreter::evaluatePipe(const ast::BinaryExpr &expr, Environment &env) {
  Value input = evaluate(*expr.lhs, env);
  if (aborted)
    return Value();
  // The right side is evaluated even after an error: it may have mistakes of its own.
  Value callee = evaluate(*expr.rhs, env);
  if (input.isError() || callee.isError())
    return Value();
  if (callee.is(ValueKind::Class))
    callee = instantiated(callee, expr.rhs->range);
  if (callee.isError())
    return callee;
  if (!callee.isCallable())
    return fail(expr.rhs->range, "the right side of '|>' must be a function or a layer, found " + callee.describe());
  return call(callee, {{input, expr.lhs->range, ""}}, expr.rhs->range);
}

Value Interpreter::evaluateCall(const ast::CallExpr &expr, Environment &env) {
  Value callee = evaluate(*expr.callee, env);
  std::vector<ArgumentValue> arguments;
  bool failed = callee.isError();
  for (const ast::Argument &argument : expr.arguments) {
    Value value = evaluate(*argument.value, env);
    failed |= value.isError();
    arguments.push_back({value, argument.range, argument.name ? argument.name->name : ""});
  }
  return failed ? Value() : call(callee, std::move(arguments), expr.range);
}

Value Interpreter::evaluateField(const ast::FieldExpr &expr, Environment &env) {
  Value base = evaluate(*expr.base, env);
  return base.isError() ? base : fieldOf(base, expr.field);
}

Value Interpreter::fieldOf(const Value &base, const ast::Identifier &field) {
  if (base.isRuntime()) {
    if (field.name == "rank")
      return Value::integer(base.tensorType().getRank());
    if (field.name == "dtype")
      return Value::dtype(base.tensorType().getElementType());
    if (field.name == "shape") {
      std::vector<Value> sizes;
      for (const graph::SymbolicSize &size : graph::sizesOf(base.tensorType()))
        sizes.push_back(Value::size(size));
      return Value::list(std::move(sizes));
    }
    return fail(field.range, "a tensor has no field '" + field.name + "'; it has shape, rank and dtype");
  }
  if (base.isNumber() && (field.name == "rank" || field.name == "shape"))
    return field.name == "rank" ? Value::integer(0) : Value::list({});
  if (base.is(ValueKind::Tuple)) {
    const Sequence &tuple = base.asSequence();
    for (auto [index, name] : llvm::enumerate(tuple.names))
      if (name == field.name)
        return tuple.items[index];
    std::vector<StringRef> names(tuple.names.begin(), tuple.names.end());
    return fail(field.range, "the tuple has no field '" + field.name + "'" + didYouMean(field.name, names));
  }
  if (base.is(ValueKind::Record))
    for (const auto &[name, value] : base.asRecord().fields)
      if (name == field.name)
        return value;
  return fail(field.range, base.describe() + " has no field '" + field.name + "'");
}

std::optional<bool> Interpreter::condition(const Value &value, SourceRange range) {
  if (value.isError())
    return std::nullopt;
  if (value.is(ValueKind::Tensor)) {
    fail(range, "'if' needs a condition known at compile time, but this is a tensor, " + value.describe() +
                    "; choose between values at run time with where(condition, a, b)");
    return std::nullopt;
  }
  return toBool(value, range, "the condition of 'if'");
}

Value Interpreter::evaluateIf(const ast::IfExpr &expr, Environment &env, bool inOwnScope) {
  std::optional<bool> chosen = condition(evaluate(*expr.condition, env), expr.condition->range);
  if (!chosen)
    return Value();
  const ast::Expr *branch = *chosen ? expr.thenBlock.get() : expr.elseBranch.get();
  if (!branch)
    return Value::none();
  if (auto *other = dyn_cast<ast::IfExpr>(branch))
    return evaluateIf(*other, env, inOwnScope);
  if (auto *block = dyn_cast<ast::BlockExpr>(branch))
    return evaluateBlock(*block, inOwnScope ? *arena.create(&env) : env);
  return evaluate(*branch, env);
}

} // namespace dlc::dsl
