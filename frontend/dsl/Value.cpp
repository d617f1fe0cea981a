#include "frontend/dsl/Value.h"
#include "frontend/dsl/Callable.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;

namespace dlc::dsl {

Value Value::boolean(bool value) {
  Value result(ValueKind::Bool);
  result.data = value;
  return result;
}

Value Value::integer(int64_t value) {
  Value result(ValueKind::Int);
  result.data = value;
  return result;
}

Value Value::real(double value) {
  Value result(ValueKind::Float);
  result.data = value;
  return result;
}

Value Value::string(std::string text) {
  Value result(ValueKind::String);
  constexpr size_t kBytesPerValue = 32;
  result.weight = 1 + text.size() / kBytesPerValue;
  result.data = std::make_shared<const std::string>(std::move(text));
  return result;
}

Value Value::dtype(Type type) {
  Value result(ValueKind::DType);
  result.data = type;
  return result;
}

Value Value::size(const graph::SymbolicSize &size) {
  if (size.isConstant())
    return integer(size.constant());
  Value result(ValueKind::Size);
  result.data = std::make_shared<const graph::SymbolicSize>(size);
  return result;
}

void Value::contain(const Value &item) {
  depth = std::max(depth, item.depth + 1);
  weight = llvm::SaturatingAdd(weight, item.weight);
}

Value Value::list(std::vector<Value> items) {
  Value result(ValueKind::List);
  for (const Value &item : items)
    result.contain(item);
  result.data = std::make_shared<const Sequence>(Sequence{std::move(items), {}});
  return result;
}

Value Value::tuple(std::vector<Value> items, std::vector<std::string> names) {
  Value result(ValueKind::Tuple);
  for (const Value &item : items)
    result.contain(item);
  result.data = std::make_shared<const Sequence>(Sequence{std::move(items), std::move(names)});
  return result;
}

Value Value::record(Record record) {
  Value result(ValueKind::Record);
  for (const auto &field : record.fields)
    result.contain(field.second);
  result.data = std::make_shared<const Record>(std::move(record));
  return result;
}

Value Value::tensor(mlir::Value value, bool weak) {
  Value result(ValueKind::Tensor);
  result.weak = weak;
  result.data = value;
  return result;
}

Value Value::hyper(HyperScalar hyper) {
  Value result(ValueKind::Hyper);
  result.weak = true;
  result.data = std::make_shared<const HyperScalar>(std::move(hyper));
  return result;
}

Value Value::function(Callable callable) {
  Value result(ValueKind::Function);
  result.data = std::make_shared<const Callable>(std::move(callable));
  return result;
}

Value Value::builtin(const Builtin *builtin) {
  Value result(ValueKind::Builtin);
  result.data = builtin;
  return result;
}

Value Value::partial(PartialCall call) {
  Value result(ValueKind::Partial);
  result.contain(call.callee);
  for (const ArgumentValue &argument : call.arguments)
    result.contain(argument.value);
  result.data = std::make_shared<const PartialCall>(std::move(call));
  return result;
}

Value Value::classOf(const Declaration *declaration) {
  Value result(ValueKind::Class);
  result.data = declaration;
  return result;
}

Value Value::instance(std::shared_ptr<Instance> instance) {
  Value result(ValueKind::Instance);
  result.data = std::move(instance);
  return result;
}

bool Value::isCallable() const {
  return is(ValueKind::Function) || is(ValueKind::Builtin) || is(ValueKind::Partial) ||
         is(ValueKind::Class) || is(ValueKind::Instance);
}

double Value::asDouble() const {
  return is(ValueKind::Int) ? static_cast<double>(asInt()) : std::get<double>(data);
}

graph::SymbolicSize Value::asSize() const {
  if (is(ValueKind::Int))
    return graph::SymbolicSize(asInt());
  return *std::get<std::shared_ptr<const graph::SymbolicSize>>(data);
}

RankedTensorType Value::tensorType() const {
  mlir::Value value = is(ValueKind::Hyper) ? asHyper().tensor : asTensor();
  return cast<RankedTensorType>(value.getType());
}

static std::string numberText(double value) {
  SmallString<32> text;
  APFloat(value).toString(text, /*FormatPrecision=*/0, /*FormatMaxPadding=*/6);
  return std::string(text);
}

static std::string joinTexts(const std::vector<Value> &items) {
  constexpr size_t kShown = 8;
  std::string text;
  for (auto [index, item] : llvm::enumerate(items)) {
    if (index == kShown)
      return text + ", ...";
    text += (index ? ", " : "") + item.text();
  }
  return text;
}

std::string Value::text() const {
  switch (tag) {
  case ValueKind::Error:
    return "an error";
  case ValueKind::None:
    return "none";
  case ValueKind::Bool:
    return asBool() ? "true" : "false";
  case ValueKind::Int:
    return std::to_string(asInt());
  case ValueKind::Float:
    return numberText(asDouble());
  case ValueKind::String:
    return asString();
  case ValueKind::DType:
    return dtypeText(asDType());
  case ValueKind::Size:
    return asSize().str();
  case ValueKind::List:
    return "[" + joinTexts(items()) + "]";
  case ValueKind::Tuple:
    return "(" + joinTexts(items()) + ")";
  case ValueKind::Record:
    return asRecord().name + "(...)";
  case ValueKind::Tensor:
  case ValueKind::Hyper:
    return typeText(tensorType());
  default:
    return describeCallable(*this);
  }
}

std::string Value::describe() const {
  switch (tag) {
  case ValueKind::Int:
    return "the int " + text();
  case ValueKind::Float:
    return "the float " + text();
  case ValueKind::String:
    return "the string \"" + text() + "\"";
  case ValueKind::DType:
    return "the dtype " + text();
  case ValueKind::Size:
    return "the size " + text();
  case ValueKind::List:
    return "the list " + text();
  case ValueKind::Tuple:
    return "the tuple " + text();
  default:
    return text();
  }
}

static std::optional<bool> equalSequences(const Sequence &lhs, const Sequence &rhs) {
  if (lhs.items.size() != rhs.items.size())
    return false;
  std::optional<bool> result = true;
  for (auto [left, right] : llvm::zip(lhs.items, rhs.items)) {
    std::optional<bool> equal = equalValues(left, right);
    if (equal == false)
      return false;
    if (!equal)
      result = std::nullopt;
  }
  return result;
}

std::optional<bool> equalValues(const Value &lhs, const Value &rhs) {
  if (lhs.isNumber() && rhs.isNumber()) {
    if (lhs.is(ValueKind::Int) && rhs.is(ValueKind::Int))
      return lhs.asInt() == rhs.asInt();
    return lhs.asDouble() == rhs.asDouble();
  }
  if (lhs.isSizeLike() && rhs.isSizeLike()) {
    graph::SymbolicSize difference = lhs.asSize() - rhs.asSize();
    if (!difference.isConstant())
      return std::nullopt;
    return difference.constant() == 0;
  }
  if (lhs.kind() != rhs.kind())
    return false;
  switch (lhs.kind()) {
  case ValueKind::None:
    return true;
  case ValueKind::Bool:
    return lhs.asBool() == rhs.asBool();
  case ValueKind::String:
    return lhs.asString() == rhs.asString();
  case ValueKind::DType:
    return lhs.asDType() == rhs.asDType();
  case ValueKind::List:
  case ValueKind::Tuple:
    return equalSequences(lhs.asSequence(), rhs.asSequence());
  case ValueKind::Builtin:
    return lhs.asBuiltin() == rhs.asBuiltin();
  case ValueKind::Class:
    return lhs.asClass() == rhs.asClass();
  case ValueKind::Instance:
    return lhs.asInstance() == rhs.asInstance();
  case ValueKind::Function:
    return sameFunction(lhs.asCallable(), rhs.asCallable());
  default:
    return false;
  }
}

std::string dtypeText(Type elementType) {
  if (elementType.isInteger(1))
    return "bool";
  std::string text;
  llvm::raw_string_ostream(text) << elementType;
  // The language writes u8 and i32; MLIR writes ui8 and i32.
  if (StringRef(text).starts_with("ui"))
    return text.substr(0, 1) + text.substr(2);
  return text;
}

std::string typeText(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  if (!tensor)
    return dtypeText(type);
  std::string text = dtypeText(tensor.getElementType());
  if (tensor.getRank() == 0)
    return text;
  text += "[";
  for (auto [index, size] : llvm::enumerate(graph::sizesOf(tensor)))
    text += (index ? ", " : "") + size.str();
  return text + "]";
}

} // namespace dlc::dsl
