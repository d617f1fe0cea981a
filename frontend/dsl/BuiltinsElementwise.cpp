// Builtins that work on each element; on numbers they compute at compile time.
#include "frontend/dsl/Builtins.h"
#include "ir/graph/GraphOps.h"
#include <cmath>

using namespace mlir;

namespace dlc::dsl {

/// The operand as a float tensor; bools are refused by promote.
static mlir::Value floatOperand(BuiltinCall &call, bool &weak) {
  SmallVector<mlir::Value> operands =
      call.interpreter.promote({{call[0], call.place(0), ""}}, call.range, call.name(), weak, /*toFloat=*/true);
  return operands.empty() ? mlir::Value() : operands.front();
}

template <typename Op> static Value unaryOp(BuiltinCall &call, mlir::Value operand, bool weak) {
  if (!operand)
    return Value();
  Place place = call.interpreter.place(call.range);
  return Value::tensor(Op::create(place.builder, place.location, operand), weak);
}

template <typename Op, double (*known)(double)> static Value floatFunction(BuiltinCall &call) {
  if (call[0].isNumber())
    return Value::real(known(call[0].asDouble()));
  bool weak = false;
  mlir::Value operand = floatOperand(call, weak);
  return unaryOp<Op>(call, operand, weak);
}

/// floor, ceil and round of a compile-time number are ints, which sizes need.
template <typename Op, double (*known)(double)> static Value roundingFunction(BuiltinCall &call) {
  if (call[0].is(ValueKind::Int))
    return call[0];
  if (call[0].is(ValueKind::Float)) {
    constexpr double kLargest = 9007199254740992.0; // 2^53: every whole number below is exact
    double rounded = known(call[0].asDouble());
    return std::abs(rounded) <= kLargest ? Value::integer(static_cast<int64_t>(rounded)) : Value::real(rounded);
  }
  bool weak = false;
  mlir::Value operand = floatOperand(call, weak);
  return unaryOp<Op>(call, operand, weak);
}

template <typename Op> static Value numberFunction(BuiltinCall &call) {
  bool weak = false;
  SmallVector<mlir::Value> operands =
      call.interpreter.promote({{call[0], call.place(0), ""}}, call.range, call.name(), weak);
  if (operands.empty())
    return Value();
  if (elementTypeOf(operands[0]).isInteger(1))
    return call.interpreter.fail(call.range, call.name() + " needs numbers, found " + call[0].describe());
  return unaryOp<Op>(call, operands[0], weak);
}

static Value absolute(BuiltinCall &call) {
  if (call[0].is(ValueKind::Int) && call[0].asInt() != INT64_MIN)
    return Value::integer(std::abs(call[0].asInt()));
  if (call[0].isNumber())
    return Value::real(std::abs(call[0].asDouble()));
  return numberFunction<graph::AbsOp>(call);
}

static Value sign(BuiltinCall &call) {
  if (call[0].isNumber()) {
    double value = call[0].asDouble();
    return Value::integer(value > 0 ? 1 : value < 0 ? -1 : 0);
  }
  return numberFunction<graph::SignOp>(call);
}

static Value isFinite(BuiltinCall &call) {
  if (call[0].isNumber())
    return Value::boolean(std::isfinite(call[0].asDouble()));
  bool weak = false;
  mlir::Value operand = floatOperand(call, weak);
  return unaryOp<graph::IsFiniteOp>(call, operand, false);
}

template <typename Op> static Value extremumOfTwo(BuiltinCall &call) {
  constexpr bool isMaximum = std::is_same_v<Op, graph::MaximumOp>;
  if (call[0].isNumber() && call[1].isNumber())
    return (call[0].asDouble() < call[1].asDouble()) == isMaximum ? call[1] : call[0];
  if (call[0].isSizeLike() && call[1].isSizeLike()) {
    std::optional<bool> order = isAtLeast(call[0].asSize(), call[1].asSize());
    if (order)
      return *order == isMaximum ? call[0] : call[1];
  }
  bool weak = false;
  SmallVector<mlir::Value> operands = call.interpreter.promote(
      {{call[0], call.place(0), ""}, {call[1], call.place(1), ""}}, call.range, call.name(), weak);
  if (operands.empty())
    return Value();
  if (elementTypeOf(operands[0]).isInteger(1))
    return call.interpreter.fail(call.range, call.name() + " needs numbers, found " + call[0].describe() + " and " +
                                                 call[1].describe());
  Place place = call.interpreter.place(call.range);
  return Value::tensor(Op::create(place.builder, place.location, operands[0], operands[1]), weak);
}

/// `maximum(a, b)`, or `maximum([a, b, c])` as a layer that merges.
template <typename Op> static Value extremum(BuiltinCall &call) {
  if (!call[1].isNone())
    return extremumOfTwo<Op>(call);
  if (!call[0].isSequence() || call[0].items().empty())
    return call.interpreter.fail(call.range, call.name() + " needs two tensors or a list of them, found " +
                                                 call[0].describe());
  BuiltinCall pair = call;
  Value result = call[0].items().front();
  for (const Value &item : llvm::drop_begin(call[0].items())) {
    pair.arguments = {{result, call.place(0), ""}, {item, call.place(0), ""}};
    result = extremumOfTwo<Op>(pair);
    if (result.isError())
      return result;
  }
  return result;
}

static Value where(BuiltinCall &call) {
  Interpreter &interpreter = call.interpreter;
  mlir::Value condition = tensorArgument(call, 0);
  if (!condition)
    return Value();
  if (!elementTypeOf(condition).isInteger(1))
    return interpreter.fail(call.place(0),
                            "the condition of where must be bool, found " + call[0].describe() + "; compare it");
  bool weak = false;
  SmallVector<mlir::Value> operands = interpreter.promote(
      {{call[1], call.place(1), ""}, {call[2], call.place(2), ""}}, call.range, "where", weak);
  if (operands.empty())
    return Value();
  operands.push_back(condition);
  if (!interpreter.broadcastTogether(operands, call.range, "where"))
    return Value();
  Place place = interpreter.place(call.range);
  return Value::tensor(
      graph::SelectOp::create(place.builder, place.location, operands[2], operands[0], operands[1]), weak);
}

static Value clipNumber(double value, const Value &low, const Value &high) {
  if (!low.isNone())
    value = std::max(value, low.asDouble());
  return Value::real(high.isNone() ? value : std::min(value, high.asDouble()));
}

static Value clip(BuiltinCall &call) {
  auto isKnown = [](const Value &bound) { return bound.isNone() || bound.isNumber(); };
  if (call[0].isNumber() && isKnown(call[1]) && isKnown(call[2]))
    return clipNumber(call[0].asDouble(), call[1], call[2]);
  std::vector<ArgumentValue> present;
  for (size_t index : {1, 0, 2})
    if (!call[index].isNone())
      present.push_back({call[index], call.place(index), ""});
  bool weak = false;
  SmallVector<mlir::Value> operands = call.interpreter.promote(present, call.range, "clip", weak);
  if (operands.empty())
    return Value();
  if (elementTypeOf(operands[0]).isInteger(1))
    return call.interpreter.fail(call.range, "clip needs numbers, found " + call[0].describe());
  Place place = call.interpreter.place(call.range);
  if (operands.size() == 3)
    return Value::tensor(
        graph::ClampOp::create(place.builder, place.location, operands[0], operands[1], operands[2]), weak);
  if (operands.size() == 1)
    return Value::tensor(operands[0], weak);
  if (call[2].isNone())
    return Value::tensor(graph::MaximumOp::create(place.builder, place.location, operands[1], operands[0]), weak);
  return Value::tensor(graph::MinimumOp::create(place.builder, place.location, operands[0], operands[1]), weak);
}

static Value castTo(BuiltinCall &call) {
  std::optional<Type> type = call.interpreter.toDType(call[1], call.place(1));
  if (!type)
    return Value();
  Interpreter &interpreter = call.interpreter;
  if (call[0].isNumber() || call[0].is(ValueKind::Bool)) {
    if (!interpreter.canBuild(call.range))
      return Value();
    return Value::tensor(scalarConstant(interpreter.place(call.range), call[0], *type));
  }
  mlir::Value operand = tensorArgument(call, 0, *type);
  return operand ? Value::tensor(convertTo(interpreter.place(call.range), operand, *type)) : Value();
}

static Value power(BuiltinCall &call) {
  return call.interpreter.binary(ast::BinaryOp::Power, call[0], call[1], call.range);
}

// The compile-time forms.
static double knownExp(double x) { return std::exp(x); }
static double knownExpm1(double x) { return std::expm1(x); }
static double knownLog(double x) { return std::log(x); }
static double knownLog1p(double x) { return std::log1p(x); }
static double knownSqrt(double x) { return std::sqrt(x); }
static double knownRsqrt(double x) { return 1 / std::sqrt(x); }
static double knownTanh(double x) { return std::tanh(x); }
static double knownLogistic(double x) { return 1 / (1 + std::exp(-x)); }
static double knownRelu(double x) { return 0 > x ? 0 : x; }
static double knownSin(double x) { return std::sin(x); }
static double knownCos(double x) { return std::cos(x); }
static double knownErf(double x) { return std::erf(x); }
static double knownFloor(double x) { return std::floor(x); }
static double knownCeil(double x) { return std::ceil(x); }
static double knownRoundEven(double x) { return std::nearbyint(x); } // the default mode is ties to even

void addElementwiseBuiltins(BuiltinTable &table) {
  table.add("abs(x)", absolute);
  table.add("sign(x)", sign);
  table.add("exp(x)", floatFunction<graph::ExpOp, knownExp>);
  table.add("expm1(x)", floatFunction<graph::Expm1Op, knownExpm1>);
  table.add("log(x)", floatFunction<graph::LogOp, knownLog>);
  table.add("log1p(x)", floatFunction<graph::Log1pOp, knownLog1p>);
  table.add("sqrt(x)", floatFunction<graph::SqrtOp, knownSqrt>);
  table.add("rsqrt(x)", floatFunction<graph::RsqrtOp, knownRsqrt>);
  table.add("tanh(x)", floatFunction<graph::TanhOp, knownTanh>);
  table.add("sigmoid_op(x)", floatFunction<graph::LogisticOp, knownLogistic>);
  table.add("relu_op(x)", floatFunction<graph::ReluOp, knownRelu>);
  table.add("sin(x)", floatFunction<graph::SinOp, knownSin>);
  table.add("cos(x)", floatFunction<graph::CosOp, knownCos>);
  table.add("erf(x)", floatFunction<graph::ErfOp, knownErf>);
  table.add("floor(x)", roundingFunction<graph::FloorOp, knownFloor>);
  table.add("ceil(x)", roundingFunction<graph::CeilOp, knownCeil>);
  table.add("round(x)", roundingFunction<graph::RoundEvenOp, knownRoundEven>);
  table.add("is_finite(x)", isFinite);
  table.add("maximum(a, b = none)", extremum<graph::MaximumOp>);
  table.add("minimum(a, b = none)", extremum<graph::MinimumOp>);
  table.add("pow(x, exponent)", power);
  table.add("where(condition, a, b)", where);
  table.add("clip(x, low = none, high = none)", clip);
  table.add("cast(x, dtype)", castTo);
}

} // namespace dlc::dsl
