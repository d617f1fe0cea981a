// `checkpoint(f)` and `custom_vjp(f, backward)`: their functions become private ones, called by ops that autodiff
// knows.
#include "frontend/dsl/NestedCall.h"
#include "ir/graph/GraphOps.h"

using namespace mlir;

namespace dlc::dsl {

Value Interpreter::checkpointCall(const Value &function, std::vector<ArgumentValue> arguments, SourceRange range) {
  if (!canBuild(range))
    return Value();
  NestedCall nested(*this, "checkpoint", range);
  Value result = nested.call(function, arguments);
  if (result.isError())
    return result;
  nested.finish(result);
  Place here = place(range);
  func::FuncOp callee = nested.function.function();
  auto op = graph::CheckpointOp::create(here.builder, here.location, callee.getResultTypes(), callee.getSymName(),
                                        nested.operands());
  ValueRange all = op.getResults();
  auto next = all.begin();
  return nested.takeResults(result, next);
}

static bool isFloatLeaf(const Value &leaf) { return isa<FloatType>(leaf.tensorType().getElementType()); }

/// The gradients that \p returned holds for the float tensors among \p arguments, in order; false after an error.
static bool gradientsOf(Interpreter &interpreter, const Value &returned, const std::vector<ArgumentValue> &arguments,
                        SourceRange range, std::vector<Value> &gradients) {
  bool isOne = arguments.size() == 1 && !(returned.is(ValueKind::Tuple) && returned.items().size() == 1);
  if (!isOne && (!returned.isSequence() || returned.items().size() != arguments.size())) {
    interpreter.fail(range, "the backward function must give a gradient for each of the " + Twine(arguments.size()) +
                                " arguments, in parentheses (none for zero), found " + returned.describe());
    return false;
  }
  for (auto [index, argument] : llvm::enumerate(arguments)) {
    const Value &item = isOne ? returned : returned.items()[index];
    SmallVector<Value> wanted, given;
    collectTensors(argument.value, wanted);
    llvm::erase_if(wanted, [](const Value &leaf) { return !isFloatLeaf(leaf); });
    if (item.isNone())
      given.assign(wanted.size(), Value::real(0));
    else
      collectTensors(item, given);
    if (!wanted.empty() && given.size() != wanted.size()) {
      interpreter.fail(range, "the backward function must give " + Twine(wanted.size()) +
                                  " tensor(s) as the gradient of argument " + Twine(index) + ", found " +
                                  item.describe());
      return false;
    }
    for (auto [leaf, gradient] : llvm::zip(wanted, given)) {
      // No broadcasting but of literals: a sum over too much would go unnoticed.
      if (gradient.isRuntime() && graph::sizesOf(gradient.tensorType()) != graph::sizesOf(leaf.tensorType())) {
        interpreter.fail(range, "the gradient of argument " + Twine(index) + " must be " + leaf.describe() +
                                    ", as the argument, but is " + gradient.describe());
        return false;
      }
      mlir::Value tensor =
          interpreter.fitted(gradient, leaf.tensorType(), range, "the gradient of argument " + Twine(index));
      if (!tensor)
        return false;
      gradients.push_back(Value::tensor(tensor));
    }
  }
  return true;
}

Value Interpreter::customVjpCall(const Value &function, const Value &backward, std::vector<ArgumentValue> arguments,
                                 SourceRange range) {
  if (!canBuild(range))
    return Value();
  for (const ArgumentValue &argument : arguments)
    if (!argument.name.empty())
      return fail(argument.range, "a function with a gradient of its own takes its arguments by position, since the "
                                  "backward function gets them in this order");
  std::optional<unsigned> taken = requiredArguments(backward);
  if (taken && *taken != arguments.size() + 2)
    return fail(range, "the backward function gets " + Twine(arguments.size() + 2) +
                           " arguments, those of the function, its result and the cotangent of that, but takes " +
                           Twine(*taken));
  NestedCall forward(*this, "custom_vjp", range);
  Value result = forward.call(function, arguments);
  if (result.isError())
    return result;
  forward.finish(result);
  if (!forward.function.written().empty() || !forward.addedLosses.empty())
    return fail(range, "state cannot be changed, and add_loss not be used, in a function whose gradient is written by "
                       "hand; do it outside of custom_vjp");

  // The backward function is elaborated on stand-ins of the types of the results and of their cotangents.
  Place here = place(range);
  NestedCall reverse(*this, "custom_vjp_backward", range);
  func::FuncOp callee = forward.function.function();
  auto op = graph::CustomVjpOp::create(here.builder, here.location, callee.getResultTypes(), callee.getSymName(),
                                       forward.arguments(), forward.captures(), callee.getSymName(), ValueRange());
  auto fail = [&] {
    op.erase();
    return Value();
  };
  ValueRange all = op.getResults();
  auto next = all.begin();
  Value outside = forward.takeResults(result, next);
  std::vector<ArgumentValue> given = arguments;
  given.push_back({outside, range, ""});
  given.push_back(
      {withTensors(outside, [](const Value &leaf) { return isFloatLeaf(leaf) ? leaf : Value::none(); }), range, ""});
  Value returned = reverse.call(backward, given);
  if (returned.isError())
    return fail();
  std::vector<Value> gradients;
  FunctionScope *around = std::exchange(scope, &reverse.function);
  bool fits = gradientsOf(*this, returned, arguments, range, gradients);
  scope = around;
  if (!fits)
    return fail();
  reverse.finish(Value::tuple(std::move(gradients)));
  if (!reverse.function.written().empty() || !reverse.addedLosses.empty()) {
    this->fail(range, "state cannot be changed, and add_loss not be used, in a backward function");
    return fail();
  }
  op.setBackward(reverse.function.function().getSymName());
  op.getBackwardCapturesMutable().assign(reverse.captures());
  return outside;
}

namespace {
/// One side of `cond`: the body of a loop that is run once or not at all.
struct Side {
  NestedCall nested;
  Value result;
  SmallVector<Value> leaves; // tensors of its function
};
} // namespace

/// Elaborates \p function; numbers among its results become tensors that yield to the other side's dtype.
static bool elaborateSide(Interpreter &interpreter, Side &side, const Value &function, SourceRange range) {
  side.result = side.nested.call(function, {});
  if (side.result.isError())
    return false;
  if (!side.nested.function.written().empty() || !side.nested.addedLosses.empty()) {
    interpreter.fail(range, "state cannot be changed, and add_loss not be used, in a side of cond; give the value as a "
                            "result, and write it behind cond");
    return false;
  }
  FunctionScope *around = std::exchange(interpreter.scope, &side.nested.function);
  bool isTuple = side.result.is(ValueKind::Tuple), succeeded = true;
  std::vector<Value> items = isTuple ? side.result.items() : std::vector<Value>{side.result};
  for (Value &item : items) {
    mlir::Value tensor = interpreter.toTensor(item, range);
    succeeded &= bool(tensor);
    side.leaves.push_back(tensor ? Value::tensor(tensor, item.isNumber() || item.isWeak()) : Value());
  }
  interpreter.scope = around;
  return succeeded;
}

/// Ends a side: its results as \p types, behind arguments for the loop's step and carries, which it does not read.
static bool finishSide(Interpreter &interpreter, Side &side, ArrayRef<RankedTensorType> types, SourceRange range) {
  FunctionScope *around = std::exchange(interpreter.scope, &side.nested.function);
  std::vector<Value> results;
  for (auto [leaf, type] : llvm::zip_equal(side.leaves, types)) {
    mlir::Value tensor = interpreter.fitted(leaf, type, range, "a side of cond");
    results.push_back(tensor ? Value::tensor(tensor) : Value());
  }
  interpreter.scope = around;
  if (llvm::any_of(results, [](const Value &result) { return result.isError(); }))
    return false;
  side.nested.finish(Value::tuple(std::move(results)));
  func::FuncOp function = side.nested.function.function();
  function->setAttr("graph.body", UnitAttr::get(interpreter.context));
  SmallVector<Type> arguments{RankedTensorType::get({}, IntegerType::get(interpreter.context, 64))};
  llvm::append_range(arguments, types);
  for (auto [index, type] : llvm::enumerate(arguments))
    (void)function.insertArgument(index, type, {}, function.getLoc());
  return true;
}

Value Interpreter::condition(const Value &test, const Value &then, const Value &otherwise, SourceRange range) {
  if (!canBuild(range))
    return Value();
  if (!test.isRuntime() || test.tensorType().getRank() != 0 || !test.tensorType().getElementType().isInteger(1))
    return fail(range, "cond needs one bool, found " + test.describe() +
                           "; write any(...) or all(...), or where(...) to choose for each element");
  mlir::Value holds = toTensor(test, range);
  Side sides[] = {{NestedCall(*this, "cond", range), {}, {}}, {NestedCall(*this, "cond", range), {}, {}}};
  if (!elaborateSide(*this, sides[0], then, range) || !elaborateSide(*this, sides[1], otherwise, range))
    return Value();
  if (sides[0].leaves.size() != sides[1].leaves.size())
    return fail(range, "the sides of cond must give as many values, found " + sides[0].result.describe() + " and " +
                           sides[1].result.describe());
  SmallVector<RankedTensorType> types;
  for (auto [first, second] : llvm::zip(sides[0].leaves, sides[1].leaves))
    types.push_back((first.isWeak() ? second : first).tensorType());
  if (!finishSide(*this, sides[0], types, range) || !finishSide(*this, sides[1], types, range))
    return Value();

  // Two loops of no or one step; the second leaves alone what the first has computed.
  Place here = place(range);
  SmallVector<mlir::Value> values;
  for (RankedTensorType type : types) {
    mlir::Value zero = scalarConstant(here, Value::integer(0), type.getElementType());
    values.push_back(graph::BroadcastOp::create(here.builder, here.location, type, zero, ArrayRef<int64_t>()));
  }
  mlir::Value conditions[] = {holds, graph::NotOp::create(here.builder, here.location, holds)};
  for (auto [side, when] : llvm::zip(sides, conditions)) {
    auto loop = graph::ScanOp::create(here.builder, here.location, ValueRange(values).getTypes(),
                                      side.nested.function.function().getSymName(), "1", /*reverse=*/false,
                                      /*recompute=*/0, values, ValueRange(), side.nested.captures(), when);
    values.assign(loop.getResults().begin(), loop.getResults().end());
  }
  if (!sides[0].result.is(ValueKind::Tuple))
    return Value::tensor(values.front());
  std::vector<Value> items;
  for (mlir::Value value : values)
    items.push_back(Value::tensor(value));
  return Value::tuple(std::move(items), sides[0].result.asSequence().names);
}

} // namespace dlc::dsl
