// Builtins that rearrange elements.
#include "frontend/dsl/Builtins.h"
#include "ir/graph/GraphOps.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using dlc::graph::SymbolicSize;

namespace dlc::dsl {

static SymbolicSize countOf(ArrayRef<SymbolicSize> sizes) {
  SymbolicSize count(1);
  for (const SymbolicSize &size : sizes)
    count = count * size;
  return count;
}

static Value reshape(BuiltinCall &call) {
  Interpreter &interpreter = call.interpreter;
  mlir::Value tensor = tensorArgument(call, 0);
  std::optional<Sizes> sizes = tensor ? interpreter.toShape(call[1], call.place(1), "the shape") : std::nullopt;
  if (!sizes)
    return Value();
  SymbolicSize count = countOf(sizesOf(tensor));
  auto inferred = llvm::find(*sizes, SymbolicSize(-1));
  if (inferred != sizes->end()) {
    *inferred = SymbolicSize(1);
    std::optional<SymbolicSize> rest = count.dividedBy(countOf(*sizes));
    if (llvm::is_contained(*sizes, SymbolicSize(-1)))
      return interpreter.fail(call.place(1), "one size at most can be -1");
    if (!rest)
      return interpreter.fail(call.range, "the elements of " + call[0].describe() +
                                              " cannot be divided evenly over the sizes that are given");
    *inferred = *rest;
  }
  if (!interpreter.checkElementCount(*sizes, call.place(1)))
    return Value();
  if (countOf(*sizes) != count)
    return interpreter.fail(call.range, "reshape keeps the number of elements: " + call[0].describe() + " has " +
                                            count.str() + ", the shape " + call[1].text() + " has " +
                                            countOf(*sizes).str());
  return Value::tensor(reshapeTo(interpreter.place(call.range), tensor, *sizes), call[0].isWeak());
}

static Value transpose(BuiltinCall &call) {
  Interpreter &interpreter = call.interpreter;
  mlir::Value tensor = tensorArgument(call, 0);
  if (!tensor)
    return Value();
  int64_t rank = sizesOf(tensor).size();
  SmallVector<int64_t> permutation;
  if (call[1].isNone()) {
    for (int64_t axis = rank - 1; axis >= 0; --axis)
      permutation.push_back(axis);
  } else {
    if (!call[1].isSequence())
      return interpreter.fail(call.place(1), "the axes must be a list, found " + call[1].describe());
    for (const Value &item : call[1].items()) {
      std::optional<int64_t> axis = interpreter.toAxis(item, rank, call.place(1));
      if (!axis)
        return Value();
      permutation.push_back(*axis);
    }
    SmallVector<int64_t> sorted = permutation;
    llvm::sort(sorted);
    bool isPermutation = static_cast<int64_t>(sorted.size()) == rank;
    for (int64_t axis = 0; isPermutation && axis < rank; ++axis)
      isPermutation = sorted[axis] == axis;
    if (!isPermutation)
      return interpreter.fail(call.place(1), "the axes must name each of the " + Twine(rank) + " axes of " +
                                                 call[0].describe() + " once, found " + call[1].text());
  }
  if (rank < 2)
    return Value::tensor(tensor);
  Place place = interpreter.place(call.range);
  return Value::tensor(graph::TransposeOp::create(place.builder, place.location, tensor, permutation));
}

static Value broadcast(BuiltinCall &call) {
  Interpreter &interpreter = call.interpreter;
  mlir::Value tensor = tensorArgument(call, 0);
  std::optional<Sizes> sizes = tensor ? interpreter.toShape(call[1], call.place(1), "the shape") : std::nullopt;
  if (!sizes || !interpreter.checkElementCount(*sizes, call.place(1)))
    return Value();
  std::optional<Sizes> common = broadcastSizes(sizesOf(tensor), *sizes);
  if (!common || *common != *sizes)
    return interpreter.fail(call.range, call[0].describe() + " does not broadcast to " + call[1].text());
  return Value::tensor(broadcastTo(interpreter.place(call.range), tensor, *sizes), call[0].isWeak());
}

/// "f32[2] and f32[3, 4]"
static std::string typesText(ArrayRef<mlir::Value> tensors) {
  return llvm::join(llvm::map_range(tensors, [](mlir::Value tensor) { return typeText(tensor.getType()); }), " and ");
}

static Value concat(BuiltinCall &call) {
  Interpreter &interpreter = call.interpreter;
  SmallVector<mlir::Value> tensors = tensorListArgument(call, 0);
  if (tensors.empty())
    return Value();
  Sizes first = sizesOf(tensors.front());
  std::optional<int64_t> axis = interpreter.toAxis(call[1], first.size(), call.place(1));
  if (!axis)
    return Value();
  Sizes total = first;
  for (mlir::Value tensor : ArrayRef(tensors).drop_front()) {
    Sizes sizes = sizesOf(tensor);
    Sizes others = sizes;
    if (others.size() == first.size())
      others[*axis] = first[*axis];
    if (others != first)
      return interpreter.fail(call.range, "concat needs equal sizes on all axes but " + Twine(*axis) + ", found " +
                                              typesText({tensors.front(), tensor}));
    total[*axis] = total[*axis] + sizes[*axis];
  }
  if (!interpreter.checkElementCount(total, call.range))
    return Value();
  if (tensors.size() == 1)
    return Value::tensor(tensors.front());
  Place place = interpreter.place(call.range);
  return Value::tensor(graph::ConcatenateOp::create(place.builder, place.location, tensors, *axis));
}

static Value stack(BuiltinCall &call) {
  Interpreter &interpreter = call.interpreter;
  SmallVector<mlir::Value> tensors = tensorListArgument(call, 0);
  if (tensors.empty())
    return Value();
  Sizes sizes = sizesOf(tensors.front());
  std::optional<int64_t> axis = interpreter.toAxis(call[1], sizes.size() + 1, call.place(1));
  if (!axis)
    return Value();
  for (mlir::Value tensor : tensors)
    if (sizesOf(tensor) != sizes)
      return interpreter.fail(call.range, "stack needs tensors of one shape, found " +
                                              typesText({tensors.front(), tensor}));
  sizes.insert(sizes.begin() + *axis, SymbolicSize(1));
  Sizes total = sizes;
  total[*axis] = SymbolicSize(tensors.size());
  if (!interpreter.checkElementCount(total, call.range))
    return Value();
  Place place = interpreter.place(call.range);
  for (mlir::Value &tensor : tensors)
    tensor = reshapeTo(place, tensor, sizes);
  if (tensors.size() == 1)
    return Value::tensor(tensors.front());
  return Value::tensor(graph::ConcatenateOp::create(place.builder, place.location, tensors, *axis));
}

/// The lengths of the parts: a count of equal ones, or a list; empty after an error.
static SmallVector<int64_t> partLengths(BuiltinCall &call, int64_t size) {
  Interpreter &interpreter = call.interpreter;
  if (!call[1].isSequence()) {
    std::optional<int64_t> parts = interpreter.toInt(call[1], call.place(1), "the number of parts");
    if (!parts)
      return {};
    if (*parts >= 1 && size % *parts == 0 && *parts <= kMaxListLength)
      return SmallVector<int64_t>(*parts, size / *parts);
    interpreter.fail(call.range, "an axis of size " + Twine(size) + " cannot be split into " + Twine(*parts) +
                                     " equal parts");
    return {};
  }
  SmallVector<int64_t> lengths;
  int64_t total = 0;
  for (const Value &item : call[1].items()) {
    std::optional<int64_t> length = interpreter.toInt(item, call.place(1), "a part's size");
    if (!length)
      return {};
    lengths.push_back(*length);
    if (*length < 0 || __builtin_add_overflow(total, *length, &total))
      total = -1;
  }
  if (total == size)
    return lengths;
  interpreter.fail(call.range, "the parts " + call[1].text() + " do not add up to the axis, which has size " +
                                   Twine(size));
  return {};
}

static Value split(BuiltinCall &call) {
  Interpreter &interpreter = call.interpreter;
  mlir::Value tensor = tensorArgument(call, 0);
  if (!tensor)
    return Value();
  Sizes sizes = sizesOf(tensor);
  std::optional<int64_t> axis = interpreter.toAxis(call[2], sizes.size(), call.place(2));
  if (!axis)
    return Value();
  if (!sizes[*axis].isConstant())
    return interpreter.fail(call.range, "split needs a size known at compile time, but axis " + Twine(*axis) +
                                            " of " + call[0].describe() + " is symbolic");
  SmallVector<int64_t> starts(sizes.size(), 0), limits(sizes.size(), -1), strides(sizes.size(), 1);
  Place place = interpreter.place(call.range);
  std::vector<Value> parts;
  for (int64_t length : partLengths(call, sizes[*axis].constant())) {
    limits[*axis] = starts[*axis] + length;
    parts.push_back(Value::tensor(
        graph::SliceOp::create(place.builder, place.location, tensor, starts, limits, strides)));
    starts[*axis] = limits[*axis];
  }
  return parts.empty() ? Value() : Value::tuple(std::move(parts));
}

static Value flip(BuiltinCall &call) {
  mlir::Value tensor = tensorArgument(call, 0);
  if (!tensor)
    return Value();
  std::optional<SmallVector<int64_t>> axes =
      call.interpreter.toAxes(call[1], sizesOf(tensor).size(), call.place(1));
  if (!axes)
    return Value();
  if (axes->empty())
    return Value::tensor(tensor);
  Place place = call.interpreter.place(call.range);
  return Value::tensor(graph::ReverseOp::create(place.builder, place.location, tensor, *axes));
}

/// `[[0, 0], [1, 2]]`, or an int for both sides of an axis; false after an error.
static bool readWidths(BuiltinCall &call, int64_t rank, SmallVectorImpl<int64_t> &low, SmallVectorImpl<int64_t> &high) {
  Interpreter &interpreter = call.interpreter;
  if (!call[1].isSequence() || static_cast<int64_t>(call[1].items().size()) != rank) {
    interpreter.fail(call.place(1), "pad needs a list of [before, after] with one entry for each of the " +
                                        Twine(rank) + " axes, found " + call[1].text());
    return false;
  }
  for (const Value &entry : call[1].items()) {
    bool isPair = entry.isSequence() && entry.items().size() == 2;
    for (size_t side : {0, 1}) {
      const Value &width = isPair ? entry.items()[side] : entry;
      std::optional<int64_t> count = interpreter.toInt(width, call.place(1), "a width");
      if (!count)
        return false;
      if (*count < 0 || *count > kMaxElements) {
        interpreter.fail(call.place(1), "a width must not be negative, found " + Twine(*count) + "; cut with x[a:b]");
        return false;
      }
      (side == 0 ? low : high).push_back(*count);
    }
  }
  return true;
}

static Value pad(BuiltinCall &call) {
  Interpreter &interpreter = call.interpreter;
  mlir::Value tensor = tensorArgument(call, 0);
  SmallVector<int64_t> low, high;
  if (!tensor || !readWidths(call, sizesOf(tensor).size(), low, high))
    return Value();
  Type type = elementTypeOf(tensor);
  mlir::Value value = interpreter.fitted(call[2], RankedTensorType::get({}, type), call.place(2), "the value of pad");
  if (!value)
    return Value();
  Sizes sizes = sizesOf(tensor);
  for (auto [size, before, after] : llvm::zip(sizes, low, high))
    size = size + SymbolicSize(before) + SymbolicSize(after);
  if (!interpreter.checkElementCount(sizes, call.range))
    return Value();
  Place place = interpreter.place(call.range);
  SmallVector<int64_t> interior(low.size(), 0);
  return Value::tensor(graph::PadOp::create(place.builder, place.location, tensor, value, low, high, interior));
}

static Value expandDims(BuiltinCall &call) {
  mlir::Value tensor = tensorArgument(call, 0);
  if (!tensor)
    return Value();
  Sizes sizes = sizesOf(tensor);
  std::optional<int64_t> axis = call.interpreter.toAxis(call[1], sizes.size() + 1, call.place(1));
  if (!axis)
    return Value();
  sizes.insert(sizes.begin() + *axis, SymbolicSize(1));
  if (!call.interpreter.checkElementCount(sizes, call.range))
    return Value();
  return Value::tensor(reshapeTo(call.interpreter.place(call.range), tensor, sizes));
}

static Value squeeze(BuiltinCall &call) {
  Interpreter &interpreter = call.interpreter;
  mlir::Value tensor = tensorArgument(call, 0);
  if (!tensor)
    return Value();
  Sizes sizes = sizesOf(tensor), kept;
  std::optional<SmallVector<int64_t>> axes = interpreter.toAxes(call[1], sizes.size(), call.place(1));
  if (!axes)
    return Value();
  for (auto [axis, size] : llvm::enumerate(sizes)) {
    bool isUnit = size == SymbolicSize(1), isNamed = llvm::is_contained(*axes, axis);
    if (isNamed && !isUnit && !call[1].isNone())
      return interpreter.fail(call.place(1), "axis " + Twine(axis) + " of " + call[0].describe() + " has size " +
                                                 size.str() + ", and only sizes of 1 can be squeezed");
    if (!isUnit || !isNamed)
      kept.push_back(size);
  }
  return Value::tensor(reshapeTo(interpreter.place(call.range), tensor, kept));
}

void addShapeBuiltins(BuiltinTable &table) {
  table.add("reshape(x, shape)", reshape);
  table.add("transpose(x, axes = none)", transpose);
  table.add("broadcast_to(x, shape)", broadcast);
  table.add("concat(xs, axis = 0)", concat);
  table.add("stack(xs, axis = 0)", stack);
  table.add("split(x, parts, axis = 0)", split);
  table.add("flip(x, axis)", flip);
  table.add("pad(x, widths, value = 0)", pad);
  table.add("expand_dims(x, axis)", expandDims);
  table.add("squeeze(x, axis = none)", squeeze);
}

} // namespace dlc::dsl
