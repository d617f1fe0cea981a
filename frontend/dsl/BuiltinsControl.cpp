// Builtins for products, random numbers, gradients and losses.
#include "frontend/dsl/Builtins.h"
#include "ir/graph/GraphOps.h"

using namespace mlir;

namespace dlc::dsl {

static Value matmul(BuiltinCall &call) { return call.interpreter.matmul(call[0], call[1], call.range, "a", "b"); }

static std::optional<SmallVector<int64_t>> axisList(BuiltinCall &call, size_t index, int64_t rank) {
  SmallVector<int64_t> axes;
  if (call[index].isNone())
    return axes;
  std::vector<Value> items = call[index].isSequence() ? call[index].items() : std::vector<Value>{call[index]};
  for (const Value &item : items) {
    std::optional<int64_t> axis = call.interpreter.toAxis(item, rank, call.place(index));
    if (!axis)
      return std::nullopt;
    axes.push_back(*axis);
  }
  return axes;
}

/// Whether the axes of a product pair up: as many, each once, of one size.
static bool checkPairs(BuiltinCall &call, const Sizes &left, const Sizes &right, ArrayRef<int64_t> leftAxes,
                       ArrayRef<int64_t> rightAxes) {
  auto isDistinct = [](ArrayRef<int64_t> axes) {
    SmallVector<int64_t> sorted(axes);
    llvm::sort(sorted);
    return std::adjacent_find(sorted.begin(), sorted.end()) == sorted.end();
  };
  if (leftAxes.size() != rightAxes.size() || !isDistinct(leftAxes) || !isDistinct(rightAxes)) {
    call.interpreter.fail(call.range, "dot_general needs as many axes of a as of b, each once");
    return false;
  }
  for (auto [leftAxis, rightAxis] : llvm::zip(leftAxes, rightAxes)) {
    if (left[leftAxis] == right[rightAxis])
      continue;
    call.interpreter.fail(call.range, "dot_general pairs axis " + Twine(leftAxis) + " of " + call[0].describe() +
                                          " with axis " + Twine(rightAxis) + " of " + call[1].describe() +
                                          ", but their sizes differ");
    return false;
  }
  return true;
}

static Value dotGeneral(BuiltinCall &call) {
  Interpreter &interpreter = call.interpreter;
  mlir::Value left = tensorArgument(call, 0);
  mlir::Value right = left ? tensorArgument(call, 1, elementTypeOf(left)) : mlir::Value();
  if (!right)
    return Value();
  if (elementTypeOf(left) != elementTypeOf(right) || elementTypeOf(left).isInteger(1))
    return interpreter.fail(call.range, "dot_general needs numbers of one dtype, found " + call[0].describe() +
                                            " and " + call[1].describe());
  Sizes leftSizes = sizesOf(left), rightSizes = sizesOf(right);
  auto leftContracting = axisList(call, 2, leftSizes.size()), rightContracting = axisList(call, 3, rightSizes.size());
  auto leftBatching = axisList(call, 4, leftSizes.size()), rightBatching = axisList(call, 5, rightSizes.size());
  if (!leftContracting || !rightContracting || !leftBatching || !rightBatching)
    return Value();
  SmallVector<int64_t> leftAxes(*leftBatching), rightAxes(*rightBatching);
  leftAxes.append(*leftContracting);
  rightAxes.append(*rightContracting);
  if (leftBatching->size() != rightBatching->size() || !checkPairs(call, leftSizes, rightSizes, leftAxes, rightAxes))
    return leftBatching->size() == rightBatching->size()
               ? Value()
               : interpreter.fail(call.range, "dot_general needs as many batching axes of a as of b");
  Place place = interpreter.place(call.range);
  mlir::Value result = graph::DotGeneralOp::create(place.builder, place.location, left, right, *leftBatching,
                                                   *rightBatching, *leftContracting, *rightContracting);
  return interpreter.checkElementCount(sizesOf(result), call.range) ? Value::tensor(result) : Value();
}

/// The seed of a draw: within scans, another one for every step.
static mlir::Value seedOf(Interpreter &interpreter, Place place) {
  static constexpr int64_t kGoldenRatio = 0x9E3779B97F4A7C15; // odd, so steps keep different seeds (Weyl's sequence)
  mlir::Value seed = interpreter.readVariable("seed");
  Type type = place.builder.getI64Type();
  for (mlir::Value step : interpreter.scanSteps) {
    mlir::Value number = graph::AddOp::create(place.builder, place.location, interpreter.scope->use(step),
                                              scalarConstant(place, Value::integer(1), type));
    mlir::Value distance = graph::MultiplyOp::create(place.builder, place.location, number,
                                                     scalarConstant(place, Value::integer(kGoldenRatio), type));
    seed = graph::AddOp::create(place.builder, place.location, seed, distance);
  }
  return seed;
}

static Value randomUniform(BuiltinCall &call) {
  Interpreter &interpreter = call.interpreter;
  if (!interpreter.canBuild(call.range))
    return Value();
  std::optional<Sizes> sizes = interpreter.toShape(call[0], call.place(0), "the shape");
  std::optional<Type> type = dtypeArgument(call, 3);
  if (!sizes || !type || !interpreter.checkElementCount(*sizes, call.place(0)))
    return Value();
  if (!type->isF32() && !type->isF64())
    return interpreter.fail(call.range, "random numbers are f32 or f64, not " + dtypeText(*type));
  Place place = interpreter.place(call.range);
  bool isInit = interpreter.run->domain == graph::RandomDomain::Init;
  mlir::Value step =
      isInit ? scalarConstant(place, Value::integer(0), place.builder.getI64Type()) : interpreter.readVariable("step");
  RankedTensorType resultType = graph::makeTensorType(interpreter.context, *sizes, *type);
  mlir::Value uniform =
      graph::RandomUniformOp::create(place.builder, place.location, resultType, seedOf(interpreter, place), step,
                                     interpreter.nextRandomId(), interpreter.run->domain);
  Value result = Value::tensor(uniform);
  if (equalValues(call[1], Value::integer(0)) == true && equalValues(call[2], Value::integer(1)) == true)
    return result;
  Value span = interpreter.binary(ast::BinaryOp::Subtract, call[2], call[1], call.range);
  if (!span.isError())
    result = interpreter.binary(ast::BinaryOp::Multiply, result, span, call.range);
  return span.isError() || result.isError() ? Value()
                                            : interpreter.binary(ast::BinaryOp::Add, result, call[1], call.range);
}

static Value stopGradient(BuiltinCall &call) {
  if (!call[0].isRuntime())
    return call[0];
  mlir::Value tensor = tensorArgument(call, 0);
  if (!tensor)
    return Value();
  Place place = call.interpreter.place(call.range);
  return Value::tensor(graph::StopGradientOp::create(place.builder, place.location, tensor), call[0].isWeak());
}

/// The call of what grad(f) gives: f and wrt are bound, by names that nobody can write, since the rest are f's arguments
/// and may have any name.
template <bool withValue> static Value callGradient(BuiltinCall &call) {
  std::vector<ArgumentValue> arguments(call.arguments.begin() + 2, call.arguments.end());
  return call.interpreter.gradientCall(call[0], call[1], std::move(arguments), call.range, withValue);
}

template <bool withValue> static Value gradient(BuiltinCall &call) {
  static const Builtin kGradient{
      withValue ? "value_and_grad(f)" : "grad(f)", {{"(f)", {}}, {"(wrt)", {}}}, true, callGradient<withValue>};
  if (!call[0].isCallable())
    return call.interpreter.fail(call.place(0), call.name() + " needs a function, found " + call[0].describe());
  return Value::partial({Value::builtin(&kGradient), {{call[0], call.place(0), ""}, {call[1], call.place(1), ""}}});
}

static Value callCheckpoint(BuiltinCall &call) {
  std::vector<ArgumentValue> arguments(call.arguments.begin() + 1, call.arguments.end());
  return call.interpreter.checkpointCall(call[0], std::move(arguments), call.range);
}

static Value checkpoint(BuiltinCall &call) {
  static const Builtin kCheckpoint{"checkpoint(f)", {{"(f)", {}}}, true, callCheckpoint};
  if (!call[0].isCallable())
    return call.interpreter.fail(call.place(0), "checkpoint needs a function or a layer, found " + call[0].describe());
  return Value::partial({Value::builtin(&kCheckpoint), {{call[0], call.place(0), ""}}});
}

static Value conditional(BuiltinCall &call) {
  for (size_t index : {1, 2})
    if (!call[index].isCallable())
      return call.interpreter.fail(call.place(index), "cond needs a condition and two functions without arguments, as "
                                                      "cond(x > 0, fn() => a, fn() => b); found " +
                                                          call[index].describe());
  if (call[0].is(ValueKind::Bool))
    return call.interpreter.call(call[call[0].asBool() ? 1 : 2], ArrayRef<Value>(), call.range);
  return call.interpreter.condition(call[0], call[1], call[2], call.range);
}

static Value callCustomVjp(BuiltinCall &call) {
  std::vector<ArgumentValue> arguments(call.arguments.begin() + 2, call.arguments.end());
  return call.interpreter.customVjpCall(call[0], call[1], std::move(arguments), call.range);
}

static Value customVjp(BuiltinCall &call) {
  static const Builtin kCustomVjp{"custom_vjp(f, backward)", {{"(f)", {}}, {"(backward)", {}}}, true, callCustomVjp};
  for (size_t index : {0, 1})
    if (!call[index].isCallable())
      return call.interpreter.fail(call.place(index),
                                   "custom_vjp needs two functions, found " + call[index].describe());
  return Value::partial({Value::builtin(&kCustomVjp), {{call[0], call.place(0), ""}, {call[1], call.place(1), ""}}});
}

/// Adds a penalty to the loss: activity regularization.
static Value addLoss(BuiltinCall &call) {
  Interpreter &interpreter = call.interpreter;
  if (!interpreter.scanSteps.empty())
    return interpreter.fail(call.range, "add_loss cannot be used within a scan; emit the value in every step, and "
                                        "write add_loss(sum(run.out)) after it, or carry the sum");
  mlir::Value loss = tensorArgument(call, 0, interpreter.floatType());
  if (!loss)
    return Value();
  if (!sizesOf(loss).empty() || !isa<FloatType>(elementTypeOf(loss)))
    return interpreter.fail(call.place(0),
                            "add_loss needs one float, found " + call[0].describe() + "; write mean(...) or sum(...)");
  interpreter.run->addedLosses.push_back({Value::tensor(loss), call.range, ""});
  return Value::none();
}

void addControlBuiltins(BuiltinTable &table) {
  table.add("matmul(a, b)", matmul);
  table.add("dot_general(a, b, a_contracting, b_contracting, a_batching = none, b_batching = none)", dotGeneral);
  table.add("random_uniform(shape, low = 0.0, high = 1.0, dtype = none)", randomUniform);
  table.add("stop_gradient(x)", stopGradient);
  table.add("grad(f, wrt = 0)", gradient<false>);
  table.add("value_and_grad(f, wrt = 0)", gradient<true>);
  table.add("checkpoint(f)", checkpoint);
  table.add("cond(test, then, otherwise)", conditional);
  table.add("custom_vjp(f, backward)", customVjp);
  table.add("add_loss(x)", addLoss);
}

} // namespace dlc::dsl
