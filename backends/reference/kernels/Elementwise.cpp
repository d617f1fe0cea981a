// Elementwise ops: through double for floats (one rounding for + - * / and square root of f32), through int64 for ints.
#include "backends/reference/Interpreter.h"
#include "ir/graph/GraphOps.h"
#include "llvm/Support/MathExtras.h"
#include <cmath>

using namespace mlir;
using namespace dlc::graph;
namespace dlc::reference {
namespace {

double signOf(double x) { return x > 0 ? 1.0 : x < 0 ? -1.0 : x; }
double reluOf(double x) { return 0 > x ? 0.0 : x; }
double rsqrtOf(double x) { return 1.0 / std::sqrt(x); }
// Both forms are exact where they are used: no overflow, no cancellation.
double logisticOf(double x) { return x >= 0 ? 1.0 / (1.0 + std::exp(-x)) : std::exp(x) / (1.0 + std::exp(x)); }
double negOf(double x) { return -x; }
double remainderOf(double a, double b) { return std::fmod(a, b); }
double addOf(double a, double b) { return a + b; }
double subtractOf(double a, double b) { return a - b; }
double multiplyOf(double a, double b) { return a * b; }
double divideOf(double a, double b) { return a / b; }
double maximumOf(double a, double b) { return std::isnan(a) || std::isnan(b) ? NAN : a > b ? a : b; }
double minimumOf(double a, double b) { return std::isnan(a) || std::isnan(b) ? NAN : a < b ? a : b; }

// Integers wrap, so they are computed without sign; a division by 0 gives 0 (graph.divide).
int64_t iNeg(int64_t a) { return -uint64_t(a); }
int64_t iAbs(int64_t a) { return a < 0 ? iNeg(a) : a; }
int64_t iSign(int64_t a) { return (a > 0) - (a < 0); }
int64_t iAdd(int64_t a, int64_t b) { return uint64_t(a) + uint64_t(b); }
int64_t iSubtract(int64_t a, int64_t b) { return uint64_t(a) - uint64_t(b); }
int64_t iMultiply(int64_t a, int64_t b) { return uint64_t(a) * uint64_t(b); }
int64_t iDivide(int64_t a, int64_t b) { return b == 0 ? 0 : b == -1 ? iNeg(a) : a / b; }
int64_t iRemainder(int64_t a, int64_t b) { return b == 0 || b == -1 ? 0 : a % b; }
int64_t iMaximum(int64_t a, int64_t b) { return std::max(a, b); }
int64_t iMinimum(int64_t a, int64_t b) { return std::min(a, b); }
int64_t iAnd(int64_t a, int64_t b) { return a & b; }
int64_t iOr(int64_t a, int64_t b) { return a | b; }
int64_t iXor(int64_t a, int64_t b) { return a ^ b; }

using FloatUnary = double (*)(double);
using IntUnary = int64_t (*)(int64_t);
using FloatBinary = double (*)(double, double);
using IntBinary = int64_t (*)(int64_t, int64_t);

template <FloatUnary onFloat, IntUnary onInt = nullptr> LogicalResult unary(const Evaluation &e) {
  const Tensor &x = e.operands[0];
  for (int64_t i = 0; i < x.count(); ++i) {
    if (x.isFloat())
      e.results[0].setFloat(i, onFloat(x.getFloat(i)));
    else if constexpr (onInt != nullptr)
      e.results[0].setInt(i, onInt(x.getInt(i)));
  }
  return success();
}

template <FloatBinary onFloat, IntBinary onInt = nullptr> LogicalResult binary(const Evaluation &e) {
  const Tensor &a = e.operands[0], &b = e.operands[1];
  for (int64_t i = 0; i < a.count(); ++i) {
    if (a.isFloat())
      e.results[0].setFloat(i, onFloat(a.getFloat(i), b.getFloat(i)));
    else if constexpr (onInt != nullptr)
      e.results[0].setInt(i, onInt(a.getInt(i), b.getInt(i)));
  }
  return success();
}

template <IntBinary onInt> LogicalResult bitwise(const Evaluation &e) {
  for (int64_t i = 0; i < e.results[0].count(); ++i)
    e.results[0].setInt(i, onInt(e.operands[0].getInt(i), e.operands[1].getInt(i)));
  return success();
}

LogicalResult logicalNot(const Evaluation &e) {
  for (int64_t i = 0; i < e.operands[0].count(); ++i)
    e.results[0].setInt(i, !e.operands[0].getInt(i));
  return success();
}

LogicalResult isFinite(const Evaluation &e) {
  for (int64_t i = 0; i < e.operands[0].count(); ++i)
    e.results[0].setInt(i, std::isfinite(e.operands[0].getFloat(i)));
  return success();
}

template <typename T> bool holds(ComparisonDirection direction, T a, T b) {
  switch (direction) {
  case ComparisonDirection::Eq:
    return a == b;
  case ComparisonDirection::Ne:
    return a != b;
  case ComparisonDirection::Lt:
    return a < b;
  case ComparisonDirection::Le:
    return a <= b;
  case ComparisonDirection::Gt:
    return a > b;
  case ComparisonDirection::Ge:
    return a >= b;
  }
  llvm_unreachable("covered");
}

LogicalResult compare(const Evaluation &e) {
  ComparisonDirection direction = cast<CompareOp>(e.op).getDirection();
  const Tensor &a = e.operands[0], &b = e.operands[1];
  for (int64_t i = 0; i < a.count(); ++i)
    e.results[0].setInt(i, a.isFloat() ? holds(direction, a.getFloat(i), b.getFloat(i))
                                       : holds(direction, a.getInt(i), b.getInt(i)));
  return success();
}

LogicalResult select(const Evaluation &e) {
  for (int64_t i = 0; i < e.results[0].count(); ++i)
    e.results[0].copy(i, e.operands[0].getInt(i) ? e.operands[1] : e.operands[2], i);
  return success();
}

// A NaN input stays NaN.
LogicalResult clamp(const Evaluation &e) {
  const Tensor &low = e.operands[0], &x = e.operands[1], &high = e.operands[2];
  for (int64_t i = 0; i < x.count(); ++i) {
    if (x.isFloat())
      e.results[0].setFloat(i, minimumOf(maximumOf(x.getFloat(i), low.getFloat(i)), high.getFloat(i)));
    else
      e.results[0].setInt(i, std::min(std::max(x.getInt(i), low.getInt(i)), high.getInt(i)));
  }
  return success();
}

// Toward zero, saturating; NaN gives 0.
int64_t truncated(double x, unsigned bits) {
  double limit = std::ldexp(1.0, bits - 1);
  if (std::isnan(x))
    return 0;
  if (x >= limit)
    return llvm::maxIntN(bits);
  return x < -limit ? llvm::minIntN(bits) : static_cast<int64_t>(x);
}

// An i64 may need two roundings on the way through double: f32 takes it directly.
void setConverted(Tensor &result, int64_t i, const Tensor &x) {
  if (x.isFloat())
    result.setFloat(i, x.getFloat(i));
  else if (result.element.isF32())
    result.setFloat(i, static_cast<float>(x.getInt(i)));
  else
    result.setFloat(i, static_cast<double>(x.getInt(i)));
}

// Anything to bool is "not zero".
LogicalResult convert(const Evaluation &e) {
  const Tensor &x = e.operands[0];
  Tensor &result = e.results[0];
  for (int64_t i = 0; i < x.count(); ++i) {
    if (result.element.isInteger(1))
      result.setInt(i, x.isFloat() ? x.getFloat(i) != 0 : x.getInt(i) != 0);
    else if (result.isFloat())
      setConverted(result, i, x);
    else
      result.setInt(i, x.isFloat() ? truncated(x.getFloat(i), result.element.getIntOrFloatBitWidth()) : x.getInt(i));
  }
  return success();
}

} // namespace

void addElementwiseKernels(KernelTable &table) {
  auto add = [&](StringRef name, Kernel kernel) { table[name] = kernel; };
  add(NegOp::getOperationName(), unary<negOf, iNeg>);
  add(AbsOp::getOperationName(), unary<std::fabs, iAbs>);
  add(SignOp::getOperationName(), unary<signOf, iSign>);
  add(ReluOp::getOperationName(), unary<reluOf>);
  add(ExpOp::getOperationName(), unary<std::exp>);
  add(Expm1Op::getOperationName(), unary<std::expm1>);
  add(LogOp::getOperationName(), unary<std::log>);
  add(Log1pOp::getOperationName(), unary<std::log1p>);
  add(SqrtOp::getOperationName(), unary<std::sqrt>);
  add(RsqrtOp::getOperationName(), unary<rsqrtOf>);
  add(TanhOp::getOperationName(), unary<std::tanh>);
  add(LogisticOp::getOperationName(), unary<logisticOf>);
  add(SinOp::getOperationName(), unary<std::sin>);
  add(CosOp::getOperationName(), unary<std::cos>);
  add(ErfOp::getOperationName(), unary<std::erf>);
  add(FloorOp::getOperationName(), unary<std::floor>);
  add(CeilOp::getOperationName(), unary<std::ceil>);
  add(RoundEvenOp::getOperationName(), unary<std::nearbyint>);
  add(NotOp::getOperationName(), logicalNot);
  add(IsFiniteOp::getOperationName(), isFinite);
  add(AddOp::getOperationName(), binary<addOf, iAdd>);
  add(SubtractOp::getOperationName(), binary<subtractOf, iSubtract>);
  add(MultiplyOp::getOperationName(), binary<multiplyOf, iMultiply>);
  add(DivideOp::getOperationName(), binary<divideOf, iDivide>);
  add(RemainderOp::getOperationName(), binary<remainderOf, iRemainder>);
  add(PowerOp::getOperationName(), binary<std::pow>);
  add(MaximumOp::getOperationName(), binary<maximumOf, iMaximum>);
  add(MinimumOp::getOperationName(), binary<minimumOf, iMinimum>);
  add(AndOp::getOperationName(), bitwise<iAnd>);
  add(OrOp::getOperationName(), bitwise<iOr>);
  add(XorOp::getOperationName(), bitwise<iXor>);
  add(CompareOp::getOperationName(), compare);
  add(SelectOp::getOperationName(), select);
  add(ClampOp::getOperationName(), clamp);
  add(ConvertOp::getOperationName(), convert);
}

} // namespace dlc::reference
