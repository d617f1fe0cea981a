// Operators that become ops of the graph.
#include "frontend/dsl/Interpreter.h"
#include "ir/graph/GraphOps.h"

using namespace mlir;
using dlc::graph::SymbolicSize;
using dlc::dsl::ast::BinaryOp;

namespace dlc::dsl {

static graph::ComparisonDirection directionOf(BinaryOp op) {
  switch (op) {
  case BinaryOp::Equal:
    return graph::ComparisonDirection::Eq;
  case BinaryOp::NotEqual:
    return graph::ComparisonDirection::Ne;
  case BinaryOp::Less:
    return graph::ComparisonDirection::Lt;
  case BinaryOp::LessEqual:
    return graph::ComparisonDirection::Le;
  case BinaryOp::Greater:
    return graph::ComparisonDirection::Gt;
  default:
    return graph::ComparisonDirection::Ge;
  }
}

/// The remainder has the sign of the divisor, as in Python; graph.remainder has the dividend's.
static mlir::Value floorRemainder(Place place, mlir::Value lhs, mlir::Value rhs) {
  OpBuilder &builder = place.builder;
  Location location = place.location;
  mlir::Value rest = graph::RemainderOp::create(builder, location, lhs, rhs);
  mlir::Value zero = filled(place, Value::integer(0), elementTypeOf(rest), sizesOf(rest));
  auto isNegative = [&](mlir::Value value) -> mlir::Value {
    return graph::CompareOp::create(builder, location, graph::ComparisonDirection::Lt, value, zero);
  };
  mlir::Value differs = graph::XorOp::create(builder, location, isNegative(rest), isNegative(rhs));
  mlir::Value isInexact =
      graph::CompareOp::create(builder, location, graph::ComparisonDirection::Ne, rest, zero);
  mlir::Value wrap = graph::AndOp::create(builder, location, differs, isInexact);
  mlir::Value wrapped = graph::AddOp::create(builder, location, rest, rhs);
  return graph::SelectOp::create(builder, location, wrap, wrapped, rest);
}

Value Interpreter::binaryTensors(BinaryOp op, const Value &lhs, const Value &rhs, SourceRange range) {
  if (op == BinaryOp::Power)
    return powerOf(lhs, rhs, range);
  bool weak = false;
  bool toFloat = op == BinaryOp::Divide;
  SmallVector<mlir::Value> operands =
      promote({{lhs, range, ""}, {rhs, range, ""}}, range, spelling(op), weak, toFloat);
  if (operands.empty())
    return Value();
  mlir::Value left = operands[0], right = operands[1];
  Place here = place(range);
  OpBuilder &builder = here.builder;
  Location location = here.location;
  bool isBool = elementTypeOf(left).isInteger(1);
  if (op == BinaryOp::And || op == BinaryOp::Or) {
    if (!isBool)
      return fail(range, "'" + spelling(op) + "' needs bools, found " + lhs.describe() + " and " + rhs.describe());
    if (op == BinaryOp::And)
      return Value::tensor(graph::AndOp::create(builder, location, left, right));
    return Value::tensor(graph::OrOp::create(builder, location, left, right));
  }
  if (op >= BinaryOp::Equal && op <= BinaryOp::GreaterEqual)
    return Value::tensor(graph::CompareOp::create(builder, location, directionOf(op), left, right));
  if (isBool)
    return fail(range, "'" + spelling(op) + "' needs numbers, found " + lhs.describe() + " and " + rhs.describe() +
                           "; write cast(x, " + dtypeText(floatType()) + ")");
  switch (op) {
  case BinaryOp::Add:
    return Value::tensor(graph::AddOp::create(builder, location, left, right), weak);
  case BinaryOp::Subtract:
    return Value::tensor(graph::SubtractOp::create(builder, location, left, right), weak);
  case BinaryOp::Multiply:
    return Value::tensor(graph::MultiplyOp::create(builder, location, left, right), weak);
  case BinaryOp::Divide:
    return Value::tensor(graph::DivideOp::create(builder, location, left, right), weak);
  default:
    return Value::tensor(floorRemainder(here, left, right), weak);
  }
}

/// Small whole powers are products: exact, and far cheaper than pow.
static mlir::Value wholePower(Place place, mlir::Value base, int64_t exponent) {
  auto times = [&](mlir::Value lhs, mlir::Value rhs) -> mlir::Value {
    return graph::MultiplyOp::create(place.builder, place.location, lhs, rhs);
  };
  mlir::Value square = exponent >= 2 ? times(base, base) : base;
  if (exponent == 3)
    return times(square, base);
  return exponent == 4 ? times(square, square) : square;
}

Value Interpreter::powerOf(const Value &base, const Value &exponent, SourceRange range) {
  constexpr int64_t kLargestProduct = 4;
  double known = exponent.isNumber() ? exponent.asDouble() : 0;
  bool isWhole = known == static_cast<int64_t>(known) && known >= 1 && known <= kLargestProduct;
  bool isRoot = exponent.isNumber() && known == 0.5;
  bool weak = false;
  if (isWhole || isRoot) {
    bool isInt = exponent.is(ValueKind::Int);
    SmallVector<mlir::Value> operand = promote({{base, range, ""}}, range, "**", weak, /*toFloat=*/!isInt);
    if (operand.empty())
      return Value();
    if (elementTypeOf(operand[0]).isInteger(1))
      return fail(range, "'**' needs numbers, found " + base.describe());
    Place here = place(range);
    if (isRoot)
      return Value::tensor(graph::SqrtOp::create(here.builder, here.location, operand[0]), weak);
    return Value::tensor(wholePower(here, operand[0], static_cast<int64_t>(known)), weak);
  }
  SmallVector<mlir::Value> operands =
      promote({{base, range, ""}, {exponent, range, ""}}, range, "**", weak, /*toFloat=*/true);
  if (operands.empty())
    return Value();
  Place here = place(range);
  return Value::tensor(graph::PowerOp::create(here.builder, here.location, operands[0], operands[1]), weak);
}

Value Interpreter::negate(const Value &value, SourceRange range) {
  if (value.is(ValueKind::Int)) {
    if (value.asInt() == INT64_MIN)
      return fail(range, "the negative of " + value.describe() + " leaves 64 bits");
    return Value::integer(-value.asInt());
  }
  if (value.is(ValueKind::Float))
    return Value::real(-value.asDouble());
  if (value.is(ValueKind::Size))
    return binarySizes(BinaryOp::Subtract, Value::integer(0), value, range);
  if (value.is(ValueKind::Hyper))
    return binaryHypers(BinaryOp::Subtract, Value::real(0), value, range);
  bool weak = false;
  SmallVector<mlir::Value> operand = promote({{value, range, ""}}, range, "-", weak);
  if (operand.empty())
    return Value();
  if (elementTypeOf(operand[0]).isInteger(1))
    return fail(range, "'-' needs numbers, found " + value.describe() + "; write not for bools");
  Place here = place(range);
  return Value::tensor(graph::NegOp::create(here.builder, here.location, operand[0]), weak);
}

Value Interpreter::notOf(const Value &value, SourceRange range) {
  mlir::Value operand = toTensor(value, range);
  if (!operand)
    return Value();
  if (!elementTypeOf(operand).isInteger(1))
    return fail(range, "'not' needs bools, found " + value.describe());
  Place here = place(range);
  return Value::tensor(graph::NotOp::create(here.builder, here.location, operand));
}

/// Operands of rank 1 count as a row on the left and as a column on the right, as in NumPy.
static mlir::Value product(Place place, mlir::Value lhs, mlir::Value rhs) {
  int64_t lhsRank = sizesOf(lhs).size(), rhsRank = sizesOf(rhs).size();
  SmallVector<int64_t> batching;
  for (int64_t axis = 0; axis + 2 < rhsRank; ++axis)
    batching.push_back(axis);
  int64_t lhsContracting = lhsRank - 1, rhsContracting = std::max<int64_t>(rhsRank - 2, 0);
  return graph::DotGeneralOp::create(place.builder, place.location, lhs, rhs, batching, batching,
                                     ArrayRef<int64_t>{lhsContracting}, ArrayRef<int64_t>{rhsContracting});
}

/// Stacks of matrices: the axes before the last two broadcast. Nullopt when they do not.
static std::optional<mlir::Value> batchedProduct(Place place, mlir::Value lhs, mlir::Value rhs) {
  Sizes left = sizesOf(lhs), right = sizesOf(rhs);
  bool isRow = left.size() == 1;
  if (isRow)
    left.insert(left.begin(), SymbolicSize(1));
  ArrayRef<SymbolicSize> leftStack = ArrayRef(left).drop_back(2), rightStack = ArrayRef(right).drop_back(2);
  std::optional<Sizes> stack = broadcastSizes(leftStack, rightStack);
  if (!stack)
    return std::nullopt;
  auto withMatrix = [&](const Sizes &sizes) {
    Sizes result = *stack;
    result.append(sizes.end() - 2, sizes.end());
    return result;
  };
  mlir::Value result = product(place, broadcastTo(place, reshapeTo(place, lhs, left), withMatrix(left)),
                               broadcastTo(place, rhs, withMatrix(right)));
  if (!isRow)
    return result;
  Sizes sizes = sizesOf(result);
  sizes.erase(sizes.end() - 2);
  return reshapeTo(place, result, sizes);
}

static std::string operandText(StringRef text, StringRef otherwise) {
  constexpr size_t kLongest = 24;
  return text.size() <= kLongest && !text.contains('\n') ? text.str() : otherwise.str();
}

Value Interpreter::matmul(const Value &lhs, const Value &rhs, SourceRange range, StringRef lhsText,
                          StringRef rhsText) {
  if (!canBuild(range))
    return Value();
  Type preferred = lhs.is(ValueKind::Tensor)   ? lhs.tensorType().getElementType()
                   : rhs.is(ValueKind::Tensor) ? rhs.tensorType().getElementType()
                                               : floatType();
  mlir::Value left = toTensor(lhs, range, preferred);
  mlir::Value right = left ? toTensor(rhs, range, preferred) : mlir::Value();
  if (!right)
    return Value();
  std::string types = typeText(left.getType()) + " @ " + typeText(right.getType());
  Sizes leftSizes = sizesOf(left), rightSizes = sizesOf(right);
  if (leftSizes.empty() || rightSizes.empty())
    return fail(range, "'@' needs tensors of rank 1 or more, found " + types + "; write * for a number");
  if (elementTypeOf(left) != elementTypeOf(right))
    return fail(range, "'@' needs one dtype, but has " + types + "; write cast(x, " + dtypeText(preferred) + ")");
  if (elementTypeOf(left).isInteger(1))
    return fail(range, "'@' needs numbers, found " + types + "; write cast(x, " + dtypeText(floatType()) + ")");
  SymbolicSize rows = rightSizes[rightSizes.size() < 2 ? 0 : rightSizes.size() - 2];
  if (leftSizes.back() != rows)
    return fail(range, "the last size of " + operandText(lhsText, "the left side") + " is " + leftSizes.back().str() +
                           ", but " + operandText(rhsText, "the right side") + " has " + rows.str() + " rows",
                range, types);
  if (rightSizes.size() <= 2) {
    mlir::Value result = product(place(range), left, right);
    return checkElementCount(sizesOf(result), range) ? Value::tensor(result) : Value();
  }
  std::optional<mlir::Value> result = batchedProduct(place(range), left, right);
  if (!result)
    return fail(range, "'@' cannot broadcast the stacks of matrices " + types);
  return Value::tensor(*result);
}

} // namespace dlc::dsl
