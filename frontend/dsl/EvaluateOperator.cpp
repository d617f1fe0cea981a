// Operators: on numbers, sizes and lists at compile time, else as ops.
#include "frontend/dsl/Interpreter.h"
#include "ir/graph/GraphOps.h"
#include <cmath>

using namespace mlir;
using dlc::graph::SymbolicSize;
using dlc::dsl::ast::BinaryOp;

namespace dlc::dsl {

static bool isComparison(BinaryOp op) { return op >= BinaryOp::Equal && op <= BinaryOp::GreaterEqual; }

template <typename Number> static bool compares(BinaryOp op, Number lhs, Number rhs) {
  switch (op) {
  case BinaryOp::Equal:
    return lhs == rhs;
  case BinaryOp::NotEqual:
    return lhs != rhs;
  case BinaryOp::Less:
    return lhs < rhs;
  case BinaryOp::LessEqual:
    return lhs <= rhs;
  case BinaryOp::Greater:
    return lhs > rhs;
  default:
    return lhs >= rhs;
  }
}

Value Interpreter::binary(BinaryOp op, const Value &lhs, const Value &rhs, SourceRange range) {
  if (!chargeFor(lhs, range) || !chargeFor(rhs, range))
    return Value();
  bool isLogical = op == BinaryOp::And || op == BinaryOp::Or;
  if (lhs.is(ValueKind::Tensor) || rhs.is(ValueKind::Tensor)) {
    const Value &other = lhs.is(ValueKind::Tensor) ? rhs : lhs;
    // A tensor is not none, nor a function: `mask == none` is a compile-time question.
    if ((op == BinaryOp::Equal || op == BinaryOp::NotEqual) &&
        (other.isNone() || other.isCallable() || other.is(ValueKind::String)))
      return Value::boolean(op == BinaryOp::NotEqual);
    return binaryTensors(op, lhs, rhs, range);
  }
  auto isScalar = [](const Value &value) { return value.isNumber() || value.is(ValueKind::Hyper); };
  if (!isLogical && isScalar(lhs) && isScalar(rhs))
    return lhs.isNumber() && rhs.isNumber() ? binaryNumbers(op, lhs, rhs, range) : binaryHypers(op, lhs, rhs, range);
  if (op == BinaryOp::Equal || op == BinaryOp::NotEqual)
    return compareEqual(op, lhs, rhs, range);
  if (lhs.isSizeLike() && rhs.isSizeLike())
    return binarySizes(op, lhs, rhs, range);
  if (lhs.isSequence() || rhs.isSequence() || lhs.is(ValueKind::String))
    return binarySequences(op, lhs, rhs, range);
  auto isNumeric = [](const Value &value) {
    return value.isNumber() || value.is(ValueKind::Size) || value.is(ValueKind::Hyper);
  };
  if (isNumeric(lhs) && isNumeric(rhs))
    return binaryTensors(op, lhs, rhs, range);
  return fail(range, "'" + spelling(op) + "' cannot combine " + lhs.describe() + " and " + rhs.describe());
}

Value Interpreter::compareEqual(BinaryOp op, const Value &lhs, const Value &rhs, SourceRange range) {
  std::optional<bool> equal = equalValues(lhs, rhs);
  if (!equal)
    return fail(range, "whether " + lhs.describe() + " and " + rhs.describe() + " are equal is only known at run time");
  return Value::boolean(*equal == (op == BinaryOp::Equal));
}

static std::optional<int64_t> integerPower(int64_t base, int64_t exponent) {
  int64_t result = 1;
  for (; exponent > 0; exponent >>= 1) {
    if ((exponent & 1) && __builtin_mul_overflow(result, base, &result))
      return std::nullopt;
    if (exponent > 1 && __builtin_mul_overflow(base, base, &base))
      return std::nullopt;
  }
  return result;
}

static int64_t floorModulo(int64_t lhs, int64_t rhs) {
  if (rhs == -1)
    return 0; // the smallest integer modulo -1 overflows the machine's division
  int64_t rest = lhs % rhs;
  return rest != 0 && (rest < 0) != (rhs < 0) ? rest + rhs : rest;
}

/// Nullopt: not an int (an inexact quotient, a negative exponent) or an overflow.
static std::optional<int64_t> integerArithmetic(BinaryOp op, int64_t lhs, int64_t rhs, bool &overflows) {
  int64_t result = 0;
  switch (op) {
  case BinaryOp::Add:
    overflows = __builtin_add_overflow(lhs, rhs, &result);
    return result;
  case BinaryOp::Subtract:
    overflows = __builtin_sub_overflow(lhs, rhs, &result);
    return result;
  case BinaryOp::Multiply:
    overflows = __builtin_mul_overflow(lhs, rhs, &result);
    return result;
  case BinaryOp::Divide:
    overflows = rhs == -1 && lhs == INT64_MIN;
    if (overflows || lhs % rhs != 0)
      return std::nullopt;
    return lhs / rhs;
  case BinaryOp::Remainder:
    return floorModulo(lhs, rhs);
  default: {
    if (rhs < 0)
      return std::nullopt;
    std::optional<int64_t> power = integerPower(lhs, rhs);
    overflows = !power;
    return power;
  }
  }
}

static double floatArithmetic(BinaryOp op, double lhs, double rhs) {
  switch (op) {
  case BinaryOp::Add:
    return lhs + rhs;
  case BinaryOp::Subtract:
    return lhs - rhs;
  case BinaryOp::Multiply:
    return lhs * rhs;
  case BinaryOp::Divide:
    return lhs / rhs;
  case BinaryOp::Remainder:
    return lhs - rhs * std::floor(lhs / rhs);
  default:
    return std::pow(lhs, rhs);
  }
}

Value Interpreter::binaryNumbers(BinaryOp op, const Value &lhs, const Value &rhs, SourceRange range) {
  bool areInts = lhs.is(ValueKind::Int) && rhs.is(ValueKind::Int);
  if (isComparison(op))
    return Value::boolean(areInts ? compares(op, lhs.asInt(), rhs.asInt())
                                  : compares(op, lhs.asDouble(), rhs.asDouble()));
  if ((op == BinaryOp::Divide || op == BinaryOp::Remainder) && rhs.asDouble() == 0)
    return fail(range, "division by zero");
  if (areInts) {
    bool overflows = false;
    std::optional<int64_t> result = integerArithmetic(op, lhs.asInt(), rhs.asInt(), overflows);
    if (overflows)
      return fail(range, "'" + spelling(op) + "' of " + lhs.describe() + " and " + rhs.describe() +
                             " leaves 64 bits; write a float for larger numbers");
    if (result)
      return Value::integer(*result);
  }
  return Value::real(floatArithmetic(op, lhs.asDouble(), rhs.asDouble()));
}

/// Whether `lhs op rhs`; nullopt when that depends on the symbols.
static std::optional<bool> compareSizes(BinaryOp op, const SymbolicSize &lhs, const SymbolicSize &rhs) {
  switch (op) {
  case BinaryOp::Less:
    return isAtLeast(rhs, lhs + SymbolicSize(1));
  case BinaryOp::LessEqual:
    return isAtLeast(rhs, lhs);
  case BinaryOp::Greater:
    return isAtLeast(lhs, rhs + SymbolicSize(1));
  default:
    return isAtLeast(lhs, rhs);
  }
}

Value Interpreter::binarySizes(BinaryOp op, const Value &lhs, const Value &rhs, SourceRange range) {
  SymbolicSize left = lhs.asSize(), right = rhs.asSize();
  if (isComparison(op)) {
    std::optional<bool> known = compareSizes(op, left, right);
    if (known)
      return Value::boolean(*known);
    return fail(range, "whether " + left.str() + " " + spelling(op) + " " + right.str() +
                           " is only known at run time, as these are symbolic sizes");
  }
  SymbolicSize result;
  switch (op) {
  case BinaryOp::Add:
    result = left + right;
    break;
  case BinaryOp::Subtract:
    result = left - right;
    break;
  case BinaryOp::Multiply:
    result = left * right;
    break;
  case BinaryOp::Divide: {
    std::optional<SymbolicSize> quotient = left.dividedBy(right);
    if (!quotient)
      return fail(range, "the size " + left.str() + " cannot be divided by " + right.str() + " without a remainder; "
                         "for a number at run time write cast(" + left.str() + ", f32) / ...");
    result = *quotient;
    break;
  }
  default:
    return fail(range, "'" + spelling(op) + "' is not defined for symbolic sizes, here " + left.str() + " and " +
                           right.str());
  }
  if (result.hasOverflowed())
    return fail(range, "the size leaves 64 bits");
  return Value::size(result);
}

Value Interpreter::binarySequences(BinaryOp op, const Value &lhs, const Value &rhs, SourceRange range) {
  if (op == BinaryOp::Add && lhs.is(ValueKind::String) && rhs.is(ValueKind::String)) {
    if (lhs.asString().size() + rhs.asString().size() > kMaxStringLength)
      return fail(range, "a string has at most " + Twine(kMaxStringLength) + " bytes");
    return Value::string(lhs.asString() + rhs.asString());
  }
  std::vector<Value> items;
  if (op == BinaryOp::Add && lhs.isSequence() && lhs.kind() == rhs.kind()) {
    items = lhs.items();
    items.insert(items.end(), rhs.items().begin(), rhs.items().end());
  } else if (op == BinaryOp::Multiply && lhs.is(ValueKind::List) && rhs.is(ValueKind::Int)) {
    int64_t count = std::max<int64_t>(rhs.asInt(), 0);
    if (!lhs.items().empty() && count > kMaxListLength / static_cast<int64_t>(lhs.items().size()))
      return fail(range, "a list has at most " + Twine(kMaxListLength) + " entries");
    for (int64_t i = 0; i < count; ++i)
      items.insert(items.end(), lhs.items().begin(), lhs.items().end());
  } else {
    return fail(range, "'" + spelling(op) + "' cannot combine " + lhs.describe() + " and " + rhs.describe());
  }
  if (static_cast<int64_t>(items.size()) > kMaxListLength)
    return fail(range, "a list has at most " + Twine(kMaxListLength) + " entries");
  return lhs.is(ValueKind::Tuple) ? Value::tuple(std::move(items)) : Value::list(std::move(items));
}

/// Computes both forms: the op on the scalars the program holds, and what their defaults give.
Value Interpreter::binaryHypers(BinaryOp op, const Value &lhs, const Value &rhs, SourceRange range) {
  HyperScalar result;
  auto knownOf = [&](const Value &value) {
    if (!value.is(ValueKind::Hyper))
      return value;
    const HyperScalar &hyper = value.asHyper();
    llvm::append_range(result.variables, hyper.variables);
    return hyper.known;
  };
  Value left = knownOf(lhs), right = knownOf(rhs);
  if (!left.isNumber() || !right.isNumber())
    return fail(range, "'" + spelling(op) + "' needs numbers, found " + lhs.describe() + " and " + rhs.describe());
  Value tensor = binaryTensors(op, lhs, rhs, range);
  if (tensor.isError())
    return tensor;
  // A default that cannot be computed (0 / 0) matters only if somebody asks for it.
  bool isUndefined = (op == BinaryOp::Divide || op == BinaryOp::Remainder) && right.asDouble() == 0;
  result.known = isUndefined ? Value::real(floatArithmetic(op, left.asDouble(), right.asDouble()))
                             : binaryNumbers(op, Value::real(left.asDouble()), Value::real(right.asDouble()), range);
  result.tensor = tensor.asTensor();
  return Value::hyper(std::move(result));
}

} // namespace dlc::dsl
