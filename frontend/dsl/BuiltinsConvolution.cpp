// Builtins that slide windows over [batch, sizes…, channels]: convolutions and pooling.
#include "frontend/dsl/Builtins.h"
#include "ir/graph/GraphOps.h"
#include "ir/graph/gradients/Convolution.h"

using namespace mlir;
using dlc::graph::SymbolicSize;

namespace dlc::dsl {

namespace {
/// How windows slide along the dimensions between the first and the last.
struct Sliding {
  SmallVector<int64_t> window, strides, dilation;
  SmallVector<int64_t> before, behind; ///< padding
};
} // namespace

/// One int for all \p count dimensions, or a list of one for each; all at least 1. Empty after an error.
static SmallVector<int64_t> readNumbers(BuiltinCall &call, size_t index, int64_t count, StringRef what) {
  Interpreter &interpreter = call.interpreter;
  const Value &value = call[index];
  if (value.isSequence() && static_cast<int64_t>(value.items().size()) != count) {
    interpreter.fail(call.place(index), what + " must be one number or a list of " + Twine(count) + ", one for each " +
                                            "axis between the first and the last, found " + value.text());
    return {};
  }
  SmallVector<int64_t> numbers;
  for (int64_t dim = 0; dim < count; ++dim) {
    std::optional<int64_t> number =
        interpreter.toInt(value.isSequence() ? value.items()[dim] : value, call.place(index), what);
    if (!number)
      return {};
    if (*number < 1 || *number > kMaxElements) {
      interpreter.fail(call.place(index), what + " must be at least 1" +
                                              (*number < 1 ? "" : " and at most 2^40") + ", found " + Twine(*number));
      return {};
    }
    numbers.push_back(*number);
  }
  return numbers;
}

/// [before, behind] for each dimension as it is written; false after an error.
static bool readPaddingList(BuiltinCall &call, size_t index, Sliding &sliding) {
  Interpreter &interpreter = call.interpreter;
  const Value &padding = call[index];
  if (padding.items().size() != sliding.window.size()) {
    interpreter.fail(call.place(index), "padding must be \"valid\", \"same\", \"causal\" or a list with one entry for "
                                        "each of the " +
                                            Twine(sliding.window.size()) + " dimensions, found " + padding.text());
    return false;
  }
  for (const Value &entry : padding.items()) {
    bool isPair = entry.isSequence() && entry.items().size() == 2;
    for (size_t side : {0, 1}) {
      std::optional<int64_t> width =
          interpreter.toInt(isPair ? entry.items()[side] : entry, call.place(index), "a width of padding");
      if (!width)
        return false;
      if (*width < 0 || *width > kMaxElements) {
        interpreter.fail(call.place(index),
                         (*width < 0 ? "padding must not be negative, found " : "padding is too large: ") +
                             Twine(*width) + (*width < 0 ? "" : "; an axis has at most 2^40 elements"));
        return false;
      }
      (side == 0 ? sliding.before : sliding.behind).push_back(*width);
    }
  }
  return true;
}

/// TensorFlow's "same": as many windows as strides fit, the odd element of padding behind.
static int64_t samePadding(const SymbolicSize &size, int64_t reach, int64_t stride) {
  if (!size.isConstant())
    return reach - 1;
  int64_t windows = llvm::divideCeilSigned(size.constant(), stride);
  return std::max<int64_t>((windows - 1) * stride + reach - size.constant(), 0);
}

/// Reads argument \p index and checks that windows fit into \p sizes; false after an error.
static bool readPadding(BuiltinCall &call, size_t index, ArrayRef<SymbolicSize> sizes, Sliding &sliding) {
  Interpreter &interpreter = call.interpreter;
  const Value &padding = call[index];
  std::string name = padding.isNone() ? "valid" : padding.is(ValueKind::String) ? padding.asString() : "";
  if (name.empty() && padding.isSequence()) {
    if (!readPaddingList(call, index, sliding))
      return false;
  } else if (name != "valid" && name != "same" && name != "causal") {
    interpreter.fail(call.place(index), "padding must be \"valid\", \"same\", \"causal\" or a list, found " + padding.text());
    return false;
  }
  for (auto [dim, size] : llvm::enumerate(sizes)) {
    int64_t reach = (sliding.window[dim] - 1) * sliding.dilation[dim] + 1, stride = sliding.strides[dim];
    if (!size.isConstant() && stride > 1) {
      interpreter.fail(call.range, "a stride of " + Twine(stride) + " needs a size known at compile time, but axis " +
                                       Twine(dim + 1) + " is '" + size.str() + "'; write a number in the signature");
      return false;
    }
    if (!name.empty()) {
      int64_t total = name == "valid" ? 0 : name == "same" ? samePadding(size, reach, stride) : reach - 1;
      sliding.before.push_back(name == "causal" ? total : total / 2);
      sliding.behind.push_back(total - sliding.before.back());
    }
    SymbolicSize padded = size + SymbolicSize(sliding.before[dim] + sliding.behind[dim]);
    if (padded.isConstant() && padded.constant() < reach) {
      interpreter.fail(call.range, "a window that reaches over " + Twine(reach) + " elements is larger than axis " +
                                       Twine(dim + 1) + ", which has " + padded.str() +
                                       "; use a smaller window or padding = \"same\"");
      return false;
    }
  }
  return true;
}

static mlir::Value padded(Place place, mlir::Value tensor, const Sliding &sliding, mlir::Value value) {
  SmallVector<int64_t> low{0}, high{0}, interior(sizesOf(tensor).size(), 0);
  llvm::append_range(low, sliding.before);
  llvm::append_range(high, sliding.behind);
  low.append(interior.size() - low.size(), 0);
  high.append(interior.size() - high.size(), 0);
  if (low == interior && high == interior)
    return tensor;
  return graph::PadOp::create(place.builder, place.location, tensor, value, low, high, interior);
}

static mlir::Value transposed(Place place, mlir::Value tensor, ArrayRef<int64_t> permutation) {
  return graph::TransposeOp::create(place.builder, place.location, tensor, permutation);
}

/// The input and the filter of a convolution; null after an error.
static std::pair<mlir::Value, mlir::Value> operandsOf(BuiltinCall &call) {
  Interpreter &interpreter = call.interpreter;
  mlir::Value input = tensorArgument(call, 0);
  mlir::Value filter = input ? tensorArgument(call, 1, elementTypeOf(input)) : mlir::Value();
  if (!filter)
    return {};
  int64_t rank = sizesOf(input).size();
  if (rank < 3 || rank > 5) {
    interpreter.fail(call.place(0), call.name() + " needs [batch, one to three sizes, channels], found " +
                                        call[0].describe());
    return {};
  }
  if (int64_t(sizesOf(filter).size()) != rank || elementTypeOf(filter) != elementTypeOf(input) ||
      !isa<FloatType>(elementTypeOf(input))) {
    interpreter.fail(call.range, call.name() + " needs an input and a filter of one rank and one float type, found " +
                                     typeText(input.getType()) + " and " + typeText(filter.getType()));
    return {};
  }
  for (int64_t dim = 0; dim < rank - 2; ++dim)
    if (!sizesOf(filter)[dim].isConstant()) {
      interpreter.fail(call.place(1), "the window of a filter must be known at compile time, found " +
                                          typeText(filter.getType()));
      return {};
    }
  for (const SymbolicSize &size : sizesOf(filter))
    if (size == SymbolicSize(0)) {
      interpreter.fail(call.place(1), "a filter needs elements, found " + typeText(filter.getType()));
      return {};
    }
  return {input, filter};
}

/// Strides, padding and dilation of a convolution, from argument 2 on; false after an error.
static bool readSliding(BuiltinCall &call, mlir::Value filter, Sliding &sliding) {
  Sizes sizes = sizesOf(filter);
  int64_t spatial = sizes.size() - 2;
  for (int64_t dim = 0; dim < spatial; ++dim)
    sliding.window.push_back(sizes[dim].constant());
  sliding.strides = readNumbers(call, 2, spatial, "the stride");
  sliding.dilation = sliding.strides.empty() ? SmallVector<int64_t>() : readNumbers(call, 4, spatial, "the dilation");
  if (sliding.dilation.empty())
    return false;
  for (auto [stride, dilation] : llvm::zip(sliding.strides, sliding.dilation))
    if (stride > 1 && dilation > 1) {
      call.interpreter.fail(call.range, "strides and dilation cannot both be above 1");
      return false;
    }
  return true;
}

/// [batch, sizes…, channels] * [window…, channels / groups, features] -> [batch, windows…, features]
static Value convolution(BuiltinCall &call) {
  Interpreter &interpreter = call.interpreter;
  auto [input, filter] = operandsOf(call);
  Sliding sliding;
  std::optional<int64_t> groups =
      filter ? interpreter.toInt(call[5], call.place(5), "the number of groups") : std::nullopt;
  if (!groups)
    return Value();
  if (*groups < 1)
    return interpreter.fail(call.place(5), "the number of groups must be at least 1, found " + Twine(*groups));
  if (!readSliding(call, filter, sliding))
    return Value();
  Sizes sizes = sizesOf(input), window = sizesOf(filter);
  int64_t rank = sizes.size(), spatial = rank - 2;
  auto count = [&](const SymbolicSize &size) { return size.isConstant() ? size.constant() : -1; };
  int64_t features = count(window[rank - 1]);
  if (count(sizes[rank - 1]) < 0 || features < 0 || features % *groups != 0 ||
      sizes[rank - 1] != window[rank - 2] * SymbolicSize(*groups))
    return interpreter.fail(call.range, "the input has " + sizes[rank - 1].str() + " channels, but the filter is for " +
                                            window[rank - 2].str() + " in each of " + Twine(*groups) +
                                            " group(s) of its " + window[rank - 1].str() + " features: " +
                                            typeText(input.getType()) + " and " + typeText(filter.getType()));
  if (!readPadding(call, 3, ArrayRef(sizes).slice(1, spatial), sliding))
    return Value();
  Place place = interpreter.place(call.range);
  mlir::Value zero = filled(place, Value::integer(0), elementTypeOf(input), {});
  input = padded(place, input, sliding, zero);
  sizes = sizesOf(input);
  if (*groups > 1) {
    Sizes split(sizes.begin(), sizes.end() - 1), parts(window.begin(), window.end() - 1);
    split.append({SymbolicSize(*groups), window[rank - 2]});
    parts.append({SymbolicSize(*groups), SymbolicSize(features / *groups)});
    SmallVector<int64_t> order = llvm::to_vector(llvm::seq<int64_t>(0, spatial));
    order.append({spatial + 1, spatial, spatial + 2});
    input = reshapeTo(place, input, split);
    filter = transposed(place, reshapeTo(place, filter, parts), order);
  }
  mlir::Value result = graph::ConvolutionOp::create(place.builder, place.location, input, filter, sliding.strides,
                                                    sliding.dilation, *groups > 1);
  Sizes shape = sizesOf(result);
  if (*groups > 1) {
    shape.pop_back();
    shape.back() = SymbolicSize(features);
  }
  if (!interpreter.checkElementCount(shape, call.range))
    return Value();
  return Value::tensor(reshapeTo(place, result, shape));
}

/// [batch, sizes…, channels] * [window…, features, channels] -> [batch, larger sizes…, features]
static Value convolutionTranspose(BuiltinCall &call) {
  Interpreter &interpreter = call.interpreter;
  auto [input, filter] = operandsOf(call);
  Sliding sliding;
  if (!filter || !readSliding(call, filter, sliding))
    return Value();
  Sizes sizes = sizesOf(input), window = sizesOf(filter);
  int64_t rank = sizes.size(), spatial = rank - 2;
  if (sizes[rank - 1] != window[rank - 1])
    return interpreter.fail(call.range, "the input has " + sizes[rank - 1].str() + " channels, but the filter is for " +
                                            window[rank - 1].str() + ": " + typeText(input.getType()) + " and " +
                                            typeText(filter.getType()));
  std::string padding = call[3].isNone() ? "valid" : call[3].is(ValueKind::String) ? call[3].asString() : "";
  if (padding != "valid" && padding != "same")
    return interpreter.fail(call.place(3), "padding must be \"valid\" or \"same\", found " + call[3].text());
  Sizes whole{sizes[0]};
  SmallVector<int64_t> starts(rank, 0), limits(rank, -1), ones(rank, 1);
  for (int64_t dim = 0; dim < spatial; ++dim) {
    int64_t reach = (sliding.window[dim] - 1) * sliding.dilation[dim] + 1, stride = sliding.strides[dim];
    if (!sizes[dim + 1].isConstant() && stride > 1)
      return interpreter.fail(call.range, "a stride of " + Twine(stride) + " needs a size known at compile time, but " +
                                              "axis " + Twine(dim + 1) + " is '" + sizes[dim + 1].str() + "'");
    int64_t over = std::max<int64_t>(reach - stride, 0);
    whole.push_back(sizes[dim + 1] * SymbolicSize(stride) + SymbolicSize(over));
    if (padding == "same") {
      starts[dim + 1] = over / 2;
      limits[dim + 1] = -1 - (over - over / 2);
    }
  }
  whole.push_back(window[rank - 2]);
  if (!interpreter.checkElementCount(whole, call.range))
    return Value();
  Place place = interpreter.place(call.range);
  RankedTensorType type = graph::makeTensorType(interpreter.context, whole, elementTypeOf(input));
  mlir::Value result = graph::buildTransposedConvolution(
      place.builder, place.location, {type, filter, sliding.strides, sliding.dilation, false}, input);
  if (padding == "same")
    result = graph::SliceOp::create(place.builder, place.location, result, starts, limits, ones);
  return Value::tensor(result);
}

/// Windows over the axes between the first and the last; \p outside: what padding counts as.
template <typename Op> static Value overWindows(BuiltinCall &call, mlir::Value input, mlir::Value outside) {
  Interpreter &interpreter = call.interpreter;
  Sizes sizes = sizesOf(input);
  int64_t spatial = int64_t(sizes.size()) - 2;
  if (spatial < 1)
    return interpreter.fail(call.place(0), call.name() + " needs [batch, sizes, channels], found " + call[0].describe());
  Sliding sliding;
  sliding.window = readNumbers(call, 1, spatial, "the window");
  if (sliding.window.empty())
    return Value();
  sliding.strides = call[2].isNone() ? sliding.window : readNumbers(call, 2, spatial, "the stride");
  sliding.dilation.assign(spatial, 1);
  if (sliding.strides.empty() || !readPadding(call, 3, ArrayRef(sizes).slice(1, spatial), sliding))
    return Value();
  if (std::is_same_v<Op, graph::WindowMaxOp> && graph::windowElements(sliding.window) > 256)
    return interpreter.fail(call.place(1), "a window may have 256 elements at most, found " + call[1].text());
  Place place = interpreter.place(call.range);
  SmallVector<int64_t> window{1}, strides{1};
  llvm::append_range(window, sliding.window);
  llvm::append_range(strides, sliding.strides);
  window.push_back(1);
  strides.push_back(1);
  input = padded(place, input, sliding, outside);
  return Value::tensor(Op::create(place.builder, place.location, input, window, strides));
}

static Value windowSum(BuiltinCall &call) {
  mlir::Value input = tensorArgument(call, 0);
  if (!input)
    return Value();
  Place place = call.interpreter.place(call.range);
  return overWindows<graph::WindowSumOp>(call, input, filled(place, Value::integer(0), elementTypeOf(input), {}));
}

static Value windowMax(BuiltinCall &call) {
  mlir::Value input = tensorArgument(call, 0);
  if (!input)
    return Value();
  if (!isa<FloatType>(elementTypeOf(input)))
    return call.interpreter.fail(call.place(0), "window_max needs floats, found " + call[0].describe());
  Place place = call.interpreter.place(call.range);
  mlir::Value lowest = filled(place, Value::real(-INFINITY), elementTypeOf(input), {});
  return overWindows<graph::WindowMaxOp>(call, input, lowest);
}

void addConvolutionBuiltins(BuiltinTable &table) {
  table.add("convolution(x, filter, strides = 1, padding = none, dilation = 1, groups = 1)", convolution);
  table.add("convolution_transpose(x, filter, strides = 1, padding = none, dilation = 1)", convolutionTranspose);
  table.add("window_sum(x, window, strides = none, padding = none)", windowSum);
  table.add("window_max(x, window, strides = none, padding = none)", windowMax);
}

} // namespace dlc::dsl
