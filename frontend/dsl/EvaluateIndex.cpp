// Subscripts, NumPy's: `x[:, -1]`, `x[..., ::2]`, `x[none]`, and of lists and tuples.
#include "frontend/dsl/Interpreter.h"
#include "ir/graph/GraphOps.h"

using namespace mlir;
using dlc::graph::SymbolicSize;

namespace dlc::dsl {

namespace {
/// What one subscript asks of one axis.
struct AxisRange {
  SourceRange range;
  bool isIndex = false;   // drops the axis
  bool isNewAxis = false; // of size 1
  std::optional<int64_t> start, stop;
  int64_t step = 1;

  bool isWhole() const { return !isIndex && !start && !stop; }
};

/// Python's slice.indices for a known size: `count` elements from `first` by `step`.
struct Progression {
  int64_t first, count;
};
} // namespace

static Progression progressionOf(const AxisRange &range, int64_t size) {
  int64_t step = range.step;
  int64_t lowest = step > 0 ? 0 : -1, highest = step > 0 ? size : size - 1;
  auto clamped = [&](std::optional<int64_t> bound, int64_t otherwise) {
    if (!bound)
      return otherwise;
    int64_t value = *bound < 0 ? *bound + size : *bound;
    return std::clamp(value, lowest, highest);
  };
  int64_t first = clamped(range.start, step > 0 ? lowest : highest);
  int64_t stop = clamped(range.stop, step > 0 ? highest : lowest);
  int64_t span = step > 0 ? stop - first : first - stop;
  int64_t stride = std::abs(step);
  return {first, span <= 0 ? 0 : (span - 1) / stride + 1};
}

static std::optional<int64_t> bound(Interpreter &interpreter, const ast::ExprPtr &expr, Environment &env,
                                    StringRef what, bool &failed) {
  if (!expr)
    return std::nullopt;
  Value value = interpreter.evaluate(*expr, env);
  if (value.isNone())
    return std::nullopt;
  std::optional<int64_t> result = interpreter.toInt(value, expr->range, "the " + what + " of a range");
  failed |= !result;
  return result;
}

static std::optional<AxisRange> sliceOf(Interpreter &interpreter, const ast::Subscript &subscript, Environment &env) {
  AxisRange result;
  result.range = subscript.range;
  bool failed = false;
  result.start = bound(interpreter, subscript.start, env, "start", failed);
  result.stop = bound(interpreter, subscript.stop, env, "end", failed);
  std::optional<int64_t> step = bound(interpreter, subscript.step, env, "step", failed);
  if (failed)
    return std::nullopt;
  result.step = step.value_or(1);
  if (result.step != 0 && result.step != INT64_MIN)
    return result;
  interpreter.fail(subscript.range, "the step of a range must not be " + Twine(result.step));
  return std::nullopt;
}

Value Interpreter::index(const Value &base, const std::vector<ast::Subscript> &subscripts, SourceRange range,
                         Environment &env) {
  if (base.isSequence())
    return indexSequence(base, subscripts, range, env);
  if (base.is(ValueKind::Tensor)) {
    mlir::Value tensor = toTensor(base, range);
    return tensor ? indexTensor(tensor, subscripts, range, env) : Value();
  }
  return fail(range, "only tensors, lists and tuples have elements, found " + base.describe());
}

Value Interpreter::indexSequence(const Value &base, const std::vector<ast::Subscript> &subscripts, SourceRange range,
                                 Environment &env) {
  const std::vector<Value> &items = base.items();
  int64_t size = items.size();
  const ast::Subscript &subscript = subscripts.front();
  bool isValue = subscript.kind == ast::SubscriptKind::Value;
  if (subscripts.size() > 1 || (!isValue && subscript.kind != ast::SubscriptKind::Slice))
    return fail(range, "a list takes one index or one range");
  if (isValue) {
    Value value = evaluate(*subscript.value, env);
    std::optional<int64_t> index =
        value.isError() ? std::nullopt : toInt(value, subscript.range, "the index of a list");
    if (!index)
      return Value();
    if (*index < -size || *index >= size)
      return fail(subscript.range,
                  "index " + Twine(*index) + " is out of range for a list of " + Twine(size) + " entries");
    return items[*index < 0 ? *index + size : *index];
  }
  std::optional<AxisRange> slice = sliceOf(*this, subscript, env);
  if (!slice)
    return Value();
  Progression progression = progressionOf(*slice, size);
  std::vector<Value> chosen;
  for (int64_t i = 0; i < progression.count; ++i)
    chosen.push_back(items[progression.first + i * slice->step]);
  return base.is(ValueKind::Tuple) ? Value::tuple(std::move(chosen)) : Value::list(std::move(chosen));
}

/// \p axis first, the others in their order.
static mlir::Value withAxisFirst(Place place, mlir::Value tensor, int64_t axis) {
  if (axis == 0)
    return tensor;
  SmallVector<int64_t> permutation = {axis};
  for (int64_t i = 0, rank = sizesOf(tensor).size(); i < rank; ++i)
    if (i != axis)
      permutation.push_back(i);
  return graph::TransposeOp::create(place.builder, place.location, tensor, permutation);
}

/// The first axis moved to \p axis.
static mlir::Value withAxisBack(Place place, mlir::Value tensor, int64_t axis) {
  if (axis == 0)
    return tensor;
  SmallVector<int64_t> permutation;
  for (int64_t i = 0, rank = sizesOf(tensor).size(); i < rank; ++i)
    permutation.push_back(i < axis ? i + 1 : i == axis ? 0 : i);
  return graph::TransposeOp::create(place.builder, place.location, tensor, permutation);
}

static SymbolicSize fromEnd(int64_t bound, const SymbolicSize &size) {
  return bound < 0 ? size + SymbolicSize(bound) : SymbolicSize(bound);
}

/// Part of an axis whose size is known at run time only: rows are taken by index. Null when
/// it cannot be proved that they exist.
static mlir::Value takeFromSymbolic(Place place, mlir::Value tensor, int64_t axis, const AxisRange &range) {
  SymbolicSize size = sizesOf(tensor)[axis];
  SymbolicSize start = fromEnd(range.start.value_or(0), size);
  SymbolicSize stop = range.isIndex ? start + SymbolicSize(1) : range.stop ? fromEnd(*range.stop, size) : size;
  if (range.step != 1 || isAtLeast(start, 0) != true || isAtLeast(stop, start) != true ||
      isAtLeast(size, stop) != true)
    return {};
  OpBuilder &builder = place.builder;
  Type indexType = builder.getI32Type();
  mlir::Value indices = convertTo(place, sizeTensor(place, start), indexType);
  if (!range.isIndex) {
    RankedTensorType type = graph::makeTensorType(builder.getContext(), {stop - start}, indexType);
    mlir::Value offsets = graph::IotaOp::create(builder, place.location, type, int64_t(0));
    indices = graph::AddOp::create(builder, place.location, offsets,
                                   broadcastTo(place, indices, {stop - start}));
  }
  mlir::Value taken =
      graph::TakeOp::create(builder, place.location, withAxisFirst(place, tensor, axis), indices);
  return range.isIndex ? taken : withAxisBack(place, taken, axis);
}

/// The entry of a subscript that is one value; nullopt after an error. A tensor that stands
/// alone goes to \p rows.
static std::optional<AxisRange> indexOf(Interpreter &interpreter, const ast::Subscript &subscript, bool isAlone,
                                        Value &rows, Environment &env) {
  AxisRange entry;
  entry.range = subscript.range;
  Value value = interpreter.evaluate(*subscript.value, env);
  entry.isNewAxis = value.isNone();
  entry.isIndex = !entry.isNewAxis;
  if (entry.isNewAxis)
    return entry;
  if (value.is(ValueKind::Tensor) && isAlone) {
    rows = value;
    return entry;
  }
  if (value.is(ValueKind::Tensor)) {
    interpreter.fail(subscript.range, "a tensor of indices stands alone, as in x[i]; use take(x, i, axis)");
    return std::nullopt;
  }
  entry.start = interpreter.toInt(value, subscript.range, "an index");
  return entry.start ? std::optional(entry) : std::nullopt;
}

/// One entry for each axis of the tensor and each new axis, `...` filled in; nullopt after an error.
static std::optional<SmallVector<AxisRange>> axisRanges(Interpreter &interpreter, int64_t rank,
                                                        const std::vector<ast::Subscript> &subscripts, Value &rows,
                                                        SourceRange range, Environment &env) {
  SmallVector<AxisRange> ranges;
  std::optional<size_t> ellipsis;
  int64_t used = 0;
  for (const ast::Subscript &subscript : subscripts) {
    if (subscript.kind == ast::SubscriptKind::Ellipsis) {
      if (ellipsis) {
        interpreter.fail(subscript.range, "'...' can be written once in a subscript");
        return std::nullopt;
      }
      ellipsis = ranges.size();
      continue;
    }
    std::optional<AxisRange> entry = AxisRange();
    if (subscript.kind == ast::SubscriptKind::Slice)
      entry = sliceOf(interpreter, subscript, env);
    else if (subscript.kind == ast::SubscriptKind::Value)
      entry = indexOf(interpreter, subscript, subscripts.size() == 1, rows, env);
    else
      entry->isNewAxis = true;
    if (!entry)
      return std::nullopt;
    used += !entry->isNewAxis;
    ranges.push_back(*entry);
  }
  if (used > rank) {
    interpreter.fail(range, Twine(used) + " indices for a tensor of rank " + Twine(rank));
    return std::nullopt;
  }
  AxisRange whole;
  whole.range = range;
  ranges.insert(ranges.begin() + ellipsis.value_or(ranges.size()), rank - used, whole);
  return ranges;
}

/// Ranges of axes of known size, as one reverse and one slice; false after an error.
static bool sliceKnownAxes(Interpreter &interpreter, mlir::Value &tensor, ArrayRef<AxisRange> ranges,
                           SourceRange range) {
  Sizes sizes = sizesOf(tensor);
  SmallVector<int64_t> starts(sizes.size(), 0), limits(sizes.size(), -1), strides(sizes.size(), 1), reversed;
  int64_t axis = 0;
  for (const AxisRange &entry : ranges) {
    if (entry.isNewAxis)
      continue;
    int64_t at = axis++;
    if (!sizes[at].isConstant()) {
      if (entry.isWhole() && entry.step == -1)
        reversed.push_back(at);
      continue;
    }
    int64_t size = sizes[at].constant();
    if (entry.isIndex) {
      if (*entry.start < -size || *entry.start >= size) {
        interpreter.fail(entry.range, "index " + Twine(*entry.start) + " is out of range for axis " + Twine(at) +
                                          " of " + typeText(tensor.getType()));
        return false;
      }
      starts[at] = *entry.start < 0 ? *entry.start + size : *entry.start;
      limits[at] = starts[at] + 1;
      continue;
    }
    Progression progression = progressionOf(entry, size);
    strides[at] = std::abs(entry.step);
    starts[at] = entry.step > 0 ? progression.first : size - 1 - progression.first;
    limits[at] = progression.count == 0 ? starts[at] : starts[at] + (progression.count - 1) * strides[at] + 1;
    if (progression.count == 0)
      starts[at] = limits[at] = 0;
    if (entry.step < 0)
      reversed.push_back(at);
  }
  Place place = interpreter.place(range);
  if (!reversed.empty())
    tensor = graph::ReverseOp::create(place.builder, place.location, tensor, reversed);
  bool isWhole = true;
  for (auto [at, size] : llvm::enumerate(sizes))
    isWhole &= starts[at] == 0 && strides[at] == 1 &&
               (limits[at] == -1 || (size.isConstant() && limits[at] == size.constant()));
  if (!isWhole)
    tensor = graph::SliceOp::create(place.builder, place.location, tensor, starts, limits, strides);
  return true;
}

Value Interpreter::indexTensor(mlir::Value tensor, const std::vector<ast::Subscript> &subscripts, SourceRange range,
                               Environment &env) {
  Value rows = Value::none();
  std::optional<SmallVector<AxisRange>> ranges =
      axisRanges(*this, sizesOf(tensor).size(), subscripts, rows, range, env);
  if (ranges && !rows.isNone())
    return takeRows(tensor, rows, 0, range);
  if (!ranges || !sliceKnownAxes(*this, tensor, *ranges, range))
    return Value();
  // Symbolic axes one at a time; an index removes its axis, so later ones move up.
  Place here = place(range);
  Sizes shape; // of the outcome
  int64_t axis = 0;
  for (const AxisRange &entry : *ranges) {
    if (entry.isNewAxis) {
      shape.push_back(SymbolicSize(1));
      continue;
    }
    SymbolicSize size = sizesOf(tensor)[axis];
    bool isSymbolic = !size.isConstant() && !(entry.isWhole() && std::abs(entry.step) == 1);
    if (isSymbolic) {
      mlir::Value part = takeFromSymbolic(here, tensor, axis, entry);
      if (!part)
        return fail(entry.range, "axis of size '" + size.str() + "' is only known at run time; of it can be taken " +
                                     "0, -1, '1:', ':-1' and '::-1'");
      tensor = part;
      if (entry.isIndex)
        continue;
    }
    if (!entry.isIndex)
      shape.push_back(sizesOf(tensor)[axis]);
    ++axis;
  }
  return Value::tensor(reshapeTo(here, tensor, shape));
}

} // namespace dlc::dsl
