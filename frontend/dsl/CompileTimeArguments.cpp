// Compile-time arguments: ints, shapes, axes and dtypes that a builtin or an annotation asks for.
#include "frontend/dsl/Interpreter.h"

using namespace mlir;
using dlc::graph::SymbolicSize;

namespace dlc::dsl {

Value Interpreter::pinned(const Value &value) {
  if (!value.is(ValueKind::Hyper))
    return value;
  for (unsigned variable : value.asHyper().variables)
    variables[variable].pinned = true;
  return value.asHyper().known;
}

std::optional<int64_t> Interpreter::toInt(const Value &given, SourceRange range, const Twine &what) {
  Value value = pinned(given);
  if (value.is(ValueKind::Int))
    return value.asInt();
  if (value.is(ValueKind::Size))
    fail(range, what + " must be known at compile time, but the size '" + value.asSize().str() +
                    "' is only known at run time");
  else if (!value.isError())
    fail(range, what + " must be an int, found " + value.describe());
  return std::nullopt;
}

std::optional<double> Interpreter::toFloat(const Value &given, SourceRange range, const Twine &what) {
  Value value = pinned(given);
  if (value.isNumber())
    return value.asDouble();
  if (!value.isError())
    fail(range, what + " must be a number known at compile time, found " + value.describe());
  return std::nullopt;
}

std::optional<bool> Interpreter::toBool(const Value &given, SourceRange range, const Twine &what) {
  Value value = pinned(given);
  if (value.is(ValueKind::Bool))
    return value.asBool();
  if (!value.isError())
    fail(range, what + " must be true or false, found " + value.describe());
  return std::nullopt;
}

std::optional<SymbolicSize> Interpreter::toSize(const Value &given, SourceRange range, const Twine &what) {
  Value value = pinned(given);
  if (value.isSizeLike())
    return value.asSize();
  if (!value.isError())
    fail(range, what + " must be a size, found " + value.describe());
  return std::nullopt;
}

std::optional<Sizes> Interpreter::toShape(const Value &value, SourceRange range, const Twine &what) {
  if (value.isError())
    return std::nullopt;
  Sizes sizes;
  if (value.isSizeLike()) {
    sizes.push_back(value.asSize());
    return sizes;
  }
  if (!value.isSequence()) {
    fail(range, what + " must be a list of sizes, found " + value.describe());
    return std::nullopt;
  }
  for (const Value &item : value.items()) {
    std::optional<SymbolicSize> size = toSize(item, range, "an entry of " + what);
    if (!size)
      return std::nullopt;
    sizes.push_back(*size);
  }
  return sizes;
}

std::optional<Type> Interpreter::toDType(const Value &value, SourceRange range) {
  if (value.is(ValueKind::DType))
    return value.asDType();
  if (!value.isError())
    fail(range, "expected a dtype such as f32, found " + value.describe());
  return std::nullopt;
}

std::optional<int64_t> Interpreter::toAxis(const Value &value, int64_t rank, SourceRange range) {
  std::optional<int64_t> axis = toInt(value, range, "an axis");
  if (!axis)
    return std::nullopt;
  if (*axis >= -rank && *axis < rank)
    return *axis < 0 ? *axis + rank : *axis;
  if (rank == 0)
    fail(range, "a tensor of rank 0 has no axis " + Twine(*axis));
  else
    fail(range, "axis " + Twine(*axis) + " is out of range for a tensor of rank " + Twine(rank) + ": it must be in [" +
                    Twine(-rank) + ", " + Twine(rank - 1) + "]");
  return std::nullopt;
}

std::optional<SmallVector<int64_t>> Interpreter::toAxes(const Value &value, int64_t rank, SourceRange range) {
  SmallVector<int64_t> axes;
  if (value.isError())
    return std::nullopt;
  if (value.isNone()) {
    for (int64_t axis = 0; axis < rank; ++axis)
      axes.push_back(axis);
    return axes;
  }
  std::vector<Value> items = value.isSequence() ? value.items() : std::vector<Value>{value};
  for (const Value &item : items) {
    std::optional<int64_t> axis = toAxis(item, rank, range);
    if (!axis)
      return std::nullopt;
    axes.push_back(*axis);
  }
  llvm::sort(axes);
  if (std::adjacent_find(axes.begin(), axes.end()) == axes.end())
    return axes;
  fail(range, "an axis is named twice");
  return std::nullopt;
}

bool Interpreter::checkElementCount(ArrayRef<SymbolicSize> sizes, SourceRange range) {
  if (sizes.size() > kMaxRank) {
    fail(range, "a tensor has at most " + Twine(kMaxRank) + " axes, but this one would have " + Twine(sizes.size()));
    return false;
  }
  SymbolicSize count(1);
  for (const SymbolicSize &size : sizes) {
    if (size.isConstant() && size.constant() < 0) {
      fail(range, "a size cannot be negative, found " + Twine(size.constant()));
      return false;
    }
    if (!size.isConstant() || size.constant() != 0)
      count = count * size;
  }
  bool fits = !count.hasOverflowed();
  for (const SymbolicSize::Term &term : count.terms())
    fits &= term.coefficient <= kMaxElements && term.coefficient >= -kMaxElements;
  if (!fits)
    fail(range, "the tensor would be too large: at most 2^40 elements for each unit of its symbolic sizes");
  return fits;
}

} // namespace dlc::dsl
