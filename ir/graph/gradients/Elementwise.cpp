// Where the derivative is a function of the result, rules read the result: the input then need not be kept.
#include "ir/graph/gradients/GradientBuilder.h"

using namespace mlir;

namespace dlc::graph {

Value NegOp::buildCotangent(GradientBuilder &build, Value dresult, unsigned) { return build.neg(dresult); }

Value AbsOp::buildCotangent(GradientBuilder &build, Value dresult, unsigned) {
  return build.multiply(dresult, build.make<SignOp>(getInput()));
}

Value ExpOp::buildCotangent(GradientBuilder &build, Value dresult, unsigned) {
  return build.multiply(dresult, getResult());
}

Value Expm1Op::buildCotangent(GradientBuilder &build, Value dresult, unsigned) {
  return build.multiply(dresult, build.add(getResult(), build.splat(getType(), 1)));
}

Value LogOp::buildCotangent(GradientBuilder &build, Value dresult, unsigned) {
  return build.divide(dresult, getInput());
}

Value Log1pOp::buildCotangent(GradientBuilder &build, Value dresult, unsigned) {
  return build.divide(dresult, build.add(getInput(), build.splat(getType(), 1)));
}

Value SqrtOp::buildCotangent(GradientBuilder &build, Value dresult, unsigned) {
  return build.divide(build.scale(dresult, 0.5), getResult());
}

Value RsqrtOp::buildCotangent(GradientBuilder &build, Value dresult, unsigned) {
  Value cube = build.multiply(build.multiply(getResult(), getResult()), getResult());
  return build.multiply(build.scale(dresult, -0.5), cube);
}

Value TanhOp::buildCotangent(GradientBuilder &build, Value dresult, unsigned) {
  Value square = build.multiply(getResult(), getResult());
  return build.multiply(dresult, build.subtract(build.splat(getType(), 1), square));
}

Value LogisticOp::buildCotangent(GradientBuilder &build, Value dresult, unsigned) {
  Value complement = build.subtract(build.splat(getType(), 1), getResult());
  return build.multiply(dresult, build.multiply(getResult(), complement));
}

Value ReluOp::buildCotangent(GradientBuilder &build, Value dresult, unsigned) {
  Value zero = build.splat(getType(), 0);
  return build.keepWhere(build.compare(getResult(), ComparisonDirection::Gt, zero), dresult);
}

Value SinOp::buildCotangent(GradientBuilder &build, Value dresult, unsigned) {
  return build.multiply(dresult, build.make<CosOp>(getInput()));
}

Value CosOp::buildCotangent(GradientBuilder &build, Value dresult, unsigned) {
  return build.neg(build.multiply(dresult, build.make<SinOp>(getInput())));
}

Value ErfOp::buildCotangent(GradientBuilder &build, Value dresult, unsigned) {
  Value bell = build.make<ExpOp>(build.neg(build.multiply(getInput(), getInput())));
  return build.multiply(dresult, build.scale(bell, 1.1283791670955126)); // 2 / sqrt(pi)
}

Value AddOp::buildCotangent(GradientBuilder &, Value dresult, unsigned) { return dresult; }

Value SubtractOp::buildCotangent(GradientBuilder &build, Value dresult, unsigned operand) {
  return operand == 0 ? dresult : build.neg(dresult);
}

Value MultiplyOp::buildCotangent(GradientBuilder &build, Value dresult, unsigned operand) {
  return build.multiply(dresult, operand == 0 ? getRhs() : getLhs());
}

Value DivideOp::buildCotangent(GradientBuilder &build, Value dresult, unsigned operand) {
  Value quotient = build.divide(dresult, getRhs());
  return operand == 0 ? quotient : build.neg(build.multiply(quotient, getResult()));
}

Value RemainderOp::buildCotangent(GradientBuilder &build, Value dresult, unsigned operand) {
  if (operand == 0)
    return dresult;
  // result = lhs - n * rhs with a whole n; the quotient is whole but for its rounding.
  Value whole = build.make<RoundEvenOp>(build.divide(build.subtract(getLhs(), getResult()), getRhs()));
  return build.neg(build.multiply(dresult, whole));
}

Value PowerOp::buildCotangent(GradientBuilder &build, Value dresult, unsigned operand) {
  Value zero = build.splat(getType(), 0);
  if (operand == 0) {
    // x^0 is 1 everywhere, but 0 * 0^-1 would be NaN.
    Value lower = build.make<PowerOp>(getLhs(), build.subtract(getRhs(), build.splat(getType(), 1)));
    Value isConstant = build.compare(getRhs(), ComparisonDirection::Eq, zero);
    return build.multiply(dresult, build.zeroWhere(isConstant, build.multiply(getRhs(), lower)));
  }
  Value atZero = build.compare(getLhs(), ComparisonDirection::Eq, zero);
  Value logarithm = build.zeroWhere(atZero, build.make<LogOp>(getLhs()));
  return build.multiply(dresult, build.multiply(getResult(), logarithm));
}

/// The first operand gets the gradient where \p firstWins holds, ties included.
static Value buildChoice(GradientBuilder &build, Value dresult, unsigned operand, Value firstWins) {
  return operand == 0 ? build.keepWhere(firstWins, dresult) : build.zeroWhere(firstWins, dresult);
}

Value MaximumOp::buildCotangent(GradientBuilder &build, Value dresult, unsigned operand) {
  return buildChoice(build, dresult, operand, build.compare(getLhs(), ComparisonDirection::Ge, getRhs()));
}

Value MinimumOp::buildCotangent(GradientBuilder &build, Value dresult, unsigned operand) {
  return buildChoice(build, dresult, operand, build.compare(getLhs(), ComparisonDirection::Le, getRhs()));
}

Value SelectOp::buildCotangent(GradientBuilder &build, Value dresult, unsigned operand) {
  return buildChoice(build, dresult, operand - 1, getPred());
}

Value ClampOp::buildCotangent(GradientBuilder &build, Value dresult, unsigned operand) {
  // result = minimum(maximum(input, min), max), ties to the input, then to min.
  if (operand == 2) {
    Value raised = build.make<MaximumOp>(getInput(), getMin());
    return build.keepWhere(build.compare(raised, ComparisonDirection::Gt, getMax()), dresult);
  }
  Value candidate = operand == 0 ? getMin() : getInput();
  ComparisonDirection wins = operand == 0 ? ComparisonDirection::Lt : ComparisonDirection::Ge;
  Value isRaised = build.compare(getInput(), wins, getMin());
  Value isBelowMax = build.compare(candidate, ComparisonDirection::Le, getMax());
  return build.keepWhere(build.make<AndOp>(isRaised, isBelowMax), dresult);
}

Value ConvertOp::buildCotangent(GradientBuilder &build, Value dresult, unsigned) {
  if (!isFloatTensor(getType()))
    return Value();
  return build.make<ConvertOp>(getInput().getType(), dresult);
}

} // namespace dlc::graph
