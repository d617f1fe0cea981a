// Values as tensors: dtypes of literals, one dtype and one shape for the operands of an op.
#include "frontend/dsl/Interpreter.h"
#include "ir/graph/GraphOps.h"

using namespace mlir;
using dlc::graph::SymbolicSize;

namespace dlc::dsl {

namespace {
/// How far a weak value is from bool; the higher decides.
enum Category { kBool, kInteger, kFloat };
} // namespace

static Category categoryOf(Type elementType) {
  if (isa<FloatType>(elementType))
    return kFloat;
  return elementType.isInteger(1) ? kBool : kInteger;
}

/// Nullopt: not a tensor, not a number.
static std::optional<Category> categoryOf(const Value &value) {
  switch (value.kind()) {
  case ValueKind::Bool:
    return kBool;
  case ValueKind::Int:
  case ValueKind::Size:
    return kInteger;
  case ValueKind::Float:
    return kFloat;
  case ValueKind::Tensor:
  case ValueKind::Hyper:
    return categoryOf(value.tensorType().getElementType());
  case ValueKind::List: {
    Category highest = kBool;
    for (const Value &item : value.items()) {
      std::optional<Category> category = item.isRuntime() ? std::nullopt : categoryOf(item);
      if (!category)
        return std::nullopt;
      highest = std::max(highest, *category);
    }
    return highest;
  }
  default:
    return std::nullopt;
  }
}

/// Whether a literal of \p category may take the dtype \p type without losing its kind.
static bool yieldsTo(Category category, Type type) {
  Category target = categoryOf(type);
  return category == target || (category == kInteger && target == kFloat);
}

/// The numbers of a nested list in row-major order; false when it is ragged or holds other things.
static bool flatten(const Value &value, unsigned level, SmallVectorImpl<int64_t> &shape, std::vector<Value> &numbers) {
  if (!value.is(ValueKind::List)) {
    numbers.push_back(value);
    return level == shape.size() && (value.isNumber() || value.is(ValueKind::Bool));
  }
  int64_t length = value.items().size();
  // The first element at each level says how long that level is.
  bool isFirst = numbers.empty() && shape.size() == level;
  if (isFirst)
    shape.push_back(length);
  if (level >= shape.size() || shape[level] != length || numbers.size() > kMaxLiteralElements)
    return false;
  return llvm::all_of(value.items(), [&](const Value &item) { return flatten(item, level + 1, shape, numbers); });
}

static mlir::Value literalTensor(Interpreter &interpreter, const Value &list, SourceRange range, Type elementType) {
  SmallVector<int64_t> shape;
  std::vector<Value> numbers;
  if (!flatten(list, 0, shape, numbers) || numbers.empty() || shape.size() > kMaxRank ||
      numbers.size() > kMaxLiteralElements) {
    interpreter.fail(range, "a list stands for a tensor when it holds numbers, in rows of one length, at most " +
                                Twine(kMaxLiteralElements) + " of them; this one does not");
    return {};
  }
  SmallVector<Attribute> elements;
  for (const Value &number : numbers)
    elements.push_back(numberAttribute(number, elementType));
  ElementsAttr value = DenseElementsAttr::get(RankedTensorType::get(shape, elementType), elements);
  Place place = interpreter.place(range);
  return graph::ConstantOp::create(place.builder, place.location, value);
}

/// The dtype of a literal that nothing else decides.
static Type defaultType(Interpreter &interpreter, Category category) {
  Builder builder(interpreter.context);
  if (category == kFloat)
    return interpreter.floatType();
  return category == kInteger ? builder.getI32Type() : builder.getI1Type();
}

mlir::Value Interpreter::toTensor(const Value &value, SourceRange range, Type preferred) {
  if (value.isError() || !canBuild(range))
    return {};
  std::optional<Category> category = categoryOf(value);
  if (!category) {
    fail(range, "expected a tensor or a number, found " + value.describe());
    return {};
  }
  if (!spend(range))
    return {};
  Type type = preferred && yieldsTo(*category, preferred) ? preferred : Type();
  if (value.isRuntime()) {
    mlir::Value tensor = scope->use(value.is(ValueKind::Hyper) ? value.asHyper().tensor : value.asTensor());
    // A slot's first value may depend on the optimizer's arguments: @init reads them itself.
    if (!tensor && value.is(ValueKind::Hyper))
      tensor = value.asHyper().isVariable ? scope->read(value.asHyper().variables.front())
                                          : toTensor(pinned(value), range, floatType());
    if (!tensor) {
      fail(range, "this tensor belongs to another function of the program; a first value and a compile-time value "
                  "cannot depend on the inputs");
      return {};
    }
    return type && value.isWeak() ? convertTo(place(range), tensor, type) : tensor;
  }
  if (value.is(ValueKind::Size)) {
    mlir::Value size = sizeTensor(place(range), value.asSize());
    return type ? convertTo(place(range), size, type) : size;
  }
  if (!type)
    type = defaultType(*this, *category);
  if (value.is(ValueKind::List))
    return literalTensor(*this, value, range, type);
  if (value.is(ValueKind::Int) && type.isInteger(32) && !llvm::isInt<32>(value.asInt()))
    type = Builder(context).getI64Type();
  return scalarConstant(place(range), value, type);
}

static bool isStrong(const Value &value) { return value.is(ValueKind::Tensor) && !value.isWeak(); }

/// The dtype that all operands take; null after an error.
static Type commonType(Interpreter &interpreter, ArrayRef<ArgumentValue> operands, SourceRange range, StringRef what,
                       bool &weak) {
  Type strong;
  const ArgumentValue *strongOperand = nullptr;
  Category category = kBool;
  bool hasWideInteger = false;
  for (const ArgumentValue &operand : operands) {
    std::optional<Category> own = categoryOf(operand.value);
    if (!own) {
      interpreter.fail(operand.range, "'" + what + "' needs tensors or numbers, found " + operand.value.describe());
      return {};
    }
    if (!isStrong(operand.value)) {
      category = std::max(category, *own);
      hasWideInteger |= operand.value.is(ValueKind::Size) ||
                        (operand.value.isRuntime() && operand.value.tensorType().getElementType().isInteger(64));
      continue;
    }
    Type type = operand.value.tensorType().getElementType();
    if (strong && strong != type) {
      interpreter.fail(range, "'" + what + "' needs one dtype, but has " + strongOperand->value.describe() + " and " +
                                  operand.value.describe() + "; write cast(x, " +
                                  dtypeText(isa<FloatType>(type) ? type : strong) + ") for the other");
      return {};
    }
    strong = type;
    strongOperand = &operand;
  }
  weak = !strong;
  if (!strong && category == kInteger && hasWideInteger)
    return Builder(interpreter.context).getI64Type();
  if (!strong)
    return defaultType(interpreter, category);
  if (yieldsTo(category, strong) || category == kBool)
    return strong;
  if (categoryOf(strong) == kInteger) // i32 * 0.5 is a float, as in NumPy
    return interpreter.floatType();
  interpreter.fail(range, "'" + what + "' needs one dtype, but has " + strongOperand->value.describe() +
                              " and a number; write cast(x, " + dtypeText(interpreter.floatType()) + ")");
  return {};
}

/// The shape all operands broadcast to; nullopt after an error.
static std::optional<Sizes> commonShape(Interpreter &interpreter, ArrayRef<mlir::Value> tensors, SourceRange range,
                                        StringRef what) {
  auto types = [&] {
    std::string text = typeText(tensors.front().getType());
    for (mlir::Value other : tensors.drop_front())
      text += " and " + typeText(other.getType());
    return text;
  };
  Sizes shape;
  for (auto [index, tensor] : llvm::enumerate(tensors)) {
    Sizes sizes = sizesOf(tensor);
    std::optional<Sizes> common = broadcastSizes(shape, sizes);
    if (!common) {
      interpreter.fail(range, "'" + what + "' cannot broadcast " + types() +
                                  ": sizes are compared from the last axis, and must be equal or 1");
      return std::nullopt;
    }
    if (index > 0 && pairsExamples(shape, sizes)) {
      interpreter.fail(range, "'" + what + "' over the wrong sizes: " + types() +
                                  " would pair every example with every other; give both the same number of axes, "
                                  "as with y[:, none]");
      return std::nullopt;
    }
    shape = *common;
  }
  if (!interpreter.checkElementCount(shape, range))
    return std::nullopt;
  return shape;
}

SmallVector<mlir::Value> Interpreter::promote(ArrayRef<ArgumentValue> operands, SourceRange range, StringRef what,
                                              bool &weak, bool toFloat) {
  if (!canBuild(range))
    return {};
  Type type = commonType(*this, operands, range, what, weak);
  if (!type)
    return {};
  if (toFloat && !isa<FloatType>(type)) {
    if (type.isInteger(1)) {
      fail(range, "'" + what + "' needs numbers, found " + operands.front().value.describe() + "; write cast(x, " +
                      dtypeText(floatType()) + ")");
      return {};
    }
    type = floatType();
  }
  SmallVector<mlir::Value> tensors;
  for (const ArgumentValue &operand : operands) {
    mlir::Value tensor = toTensor(operand.value, operand.range, type);
    if (!tensor)
      return {};
    tensors.push_back(convertTo(place(range), tensor, type));
  }
  return broadcastTogether(tensors, range, what) ? tensors : SmallVector<mlir::Value>();
}

bool Interpreter::broadcastTogether(SmallVectorImpl<mlir::Value> &tensors, SourceRange range, StringRef what) {
  std::optional<Sizes> shape = commonShape(*this, tensors, range, what);
  if (!shape)
    return false;
  for (mlir::Value &tensor : tensors)
    tensor = broadcastTo(place(range), tensor, *shape);
  return true;
}

mlir::Value Interpreter::fitted(const Value &value, RankedTensorType type, SourceRange range, const Twine &what) {
  mlir::Value tensor = toTensor(value, range, type.getElementType());
  if (!tensor)
    return {};
  if (elementTypeOf(tensor) != type.getElementType()) {
    fail(range, what + " must be " + typeText(type) + ", but is " + typeText(tensor.getType()) + "; write cast(x, " +
                    dtypeText(type.getElementType()) + ")");
    return {};
  }
  if (tensor.getType() == type)
    return tensor;
  if (cast<RankedTensorType>(tensor.getType()).getRank() == 0)
    return broadcastTo(place(range), tensor, graph::sizesOf(type));
  fail(range, what + " must be " + typeText(type) + ", but is " + typeText(tensor.getType()));
  return {};
}

} // namespace dlc::dsl
