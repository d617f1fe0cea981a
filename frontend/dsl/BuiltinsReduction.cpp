// Builtins that combine elements along axes.
#include "frontend/dsl/Builtins.h"
#include "ir/graph/GraphOps.h"

using namespace mlir;
using dlc::graph::SymbolicSize;

namespace dlc::dsl {

namespace {
/// A reduction's tensor and axes.
struct Reduction {
  mlir::Value tensor;
  SmallVector<int64_t> axes;
  bool keepsAxes = false;
};
} // namespace

/// Reads (x, axis, keepdims); nullopt after an error.
static std::optional<Reduction> reductionArguments(BuiltinCall &call) {
  Reduction reduction;
  reduction.tensor = tensorArgument(call, 0);
  if (!reduction.tensor)
    return std::nullopt;
  std::optional<SmallVector<int64_t>> axes =
      call.interpreter.toAxes(call[1], sizesOf(reduction.tensor).size(), call.place(1));
  std::optional<bool> keeps = call.interpreter.toBool(call[2], call.place(2), "keepdims");
  if (!axes || !keeps)
    return std::nullopt;
  reduction.axes = *axes;
  reduction.keepsAxes = *keeps;
  return reduction;
}

/// \p reduced with axes of size 1 where \p original had those that are gone, if they are kept.
static Value finished(BuiltinCall &call, const Reduction &reduction, mlir::Value reduced) {
  bool weak = call[0].isWeak();
  if (!reduction.keepsAxes)
    return Value::tensor(reduced, weak);
  Sizes sizes = sizesOf(reduction.tensor);
  for (int64_t axis : reduction.axes)
    sizes[axis] = SymbolicSize(1);
  return Value::tensor(reshapeTo(call.interpreter.place(call.range), reduced, sizes), weak);
}

static mlir::Value summed(Place place, mlir::Value tensor, ArrayRef<int64_t> axes) {
  if (axes.empty())
    return tensor;
  return graph::ReduceSumOp::create(place.builder, place.location, tensor, axes);
}

/// A compile-time list of numbers or sizes.
static bool isNumberList(const Value &value) {
  return value.isSequence() && llvm::all_of(value.items(), [](const Value &item) {
           return item.isNumber() || item.is(ValueKind::Size);
         });
}

static Value foldList(BuiltinCall &call, ast::BinaryOp op, int64_t first) {
  Value total = Value::integer(first);
  for (const Value &item : call[0].items())
    total = total.isError() ? total : call.interpreter.binary(op, total, item, call.range);
  return total;
}

static Value sum(BuiltinCall &call) {
  if (isNumberList(call[0]) && call[1].isNone())
    return foldList(call, ast::BinaryOp::Add, 0);
  std::optional<Reduction> reduction = reductionArguments(call);
  if (!reduction)
    return Value();
  Place place = call.interpreter.place(call.range);
  // Trues are counted.
  if (elementTypeOf(reduction->tensor).isInteger(1))
    reduction->tensor = convertTo(place, reduction->tensor, place.builder.getI32Type());
  return finished(call, *reduction, summed(place, reduction->tensor, reduction->axes));
}

static Value product(BuiltinCall &call) {
  if (isNumberList(call[0]))
    return foldList(call, ast::BinaryOp::Multiply, 1);
  return call.interpreter.fail(call.place(0), "product needs a list of numbers or sizes, found " + call[0].describe());
}

static Value mean(BuiltinCall &call) {
  std::optional<Reduction> reduction = reductionArguments(call);
  if (!reduction)
    return Value();
  Interpreter &interpreter = call.interpreter;
  Place place = interpreter.place(call.range);
  if (!isa<FloatType>(elementTypeOf(reduction->tensor)))
    reduction->tensor = convertTo(place, reduction->tensor, interpreter.floatType());
  Sizes sizes = sizesOf(reduction->tensor);
  SymbolicSize count(1);
  for (int64_t axis : reduction->axes)
    count = count * sizes[axis];
  mlir::Value total = summed(place, reduction->tensor, reduction->axes);
  Type type = elementTypeOf(total);
  mlir::Value divisor = count.isConstant()
                            ? filled(place, Value::integer(count.constant()), type, sizesOf(total))
                            : broadcastTo(place, convertTo(place, sizeTensor(place, count), type), sizesOf(total));
  return finished(call, *reduction, graph::DivideOp::create(place.builder, place.location, total, divisor));
}

template <typename Op> static Value extremum(BuiltinCall &call) {
  constexpr bool isMax = std::is_same_v<Op, graph::ReduceMaxOp>;
  bool areNumbers = call[0].isSequence() && !call[0].items().empty() &&
                    llvm::all_of(call[0].items(), [](const Value &item) { return item.isNumber(); });
  if (areNumbers && call[1].isNone()) {
    auto isLess = [](const Value &lhs, const Value &rhs) { return lhs.asDouble() < rhs.asDouble(); };
    auto [least, greatest] = std::minmax_element(call[0].items().begin(), call[0].items().end(), isLess);
    return isMax ? *greatest : *least;
  }
  std::optional<Reduction> reduction = reductionArguments(call);
  if (!reduction)
    return Value();
  mlir::Value result = reduction->tensor;
  if (elementTypeOf(result).isInteger(1))
    return call.interpreter.fail(call.range, call.name() + " needs numbers, found " + call[0].describe() +
                                                 "; write any or all");
  Place place = call.interpreter.place(call.range);
  for (int64_t axis : llvm::reverse(reduction->axes))
    result = Op::create(place.builder, place.location, result, axis);
  return finished(call, *reduction, result);
}

template <typename Op> static Value indexOfExtremum(BuiltinCall &call) {
  mlir::Value tensor = tensorArgument(call, 0);
  if (!tensor)
    return Value();
  if (elementTypeOf(tensor).isInteger(1))
    return call.interpreter.fail(call.range, call.name() + " needs numbers, found " + call[0].describe());
  Place place = call.interpreter.place(call.range);
  Reduction reduction;
  if (call[1].isNone()) { // of all elements in row-major order
    tensor = reshapeTo(place, tensor, {graph::elementCount(cast<RankedTensorType>(tensor.getType()))});
    reduction.axes = {0};
  } else {
    std::optional<int64_t> axis = call.interpreter.toAxis(call[1], sizesOf(tensor).size(), call.place(1));
    if (!axis)
      return Value();
    reduction.axes = {*axis};
  }
  std::optional<bool> keeps = call.interpreter.toBool(call[2], call.place(2), "keepdims");
  if (!keeps)
    return Value();
  reduction.tensor = tensor;
  reduction.keepsAxes = *keeps;
  return finished(call, reduction, Op::create(place.builder, place.location, tensor, reduction.axes[0]));
}

template <typename Op> static Value quantifier(BuiltinCall &call) {
  constexpr bool isAll = std::is_same_v<Op, graph::ReduceAndOp>;
  if (call[0].isSequence() &&
      llvm::all_of(call[0].items(), [](const Value &item) { return item.is(ValueKind::Bool); })) {
    auto isTrue = [](const Value &item) { return item.asBool(); };
    return Value::boolean(isAll ? llvm::all_of(call[0].items(), isTrue) : llvm::any_of(call[0].items(), isTrue));
  }
  std::optional<Reduction> reduction = reductionArguments(call);
  if (!reduction)
    return Value();
  if (!elementTypeOf(reduction->tensor).isInteger(1))
    return call.interpreter.fail(call.range, call.name() + " needs bools, found " + call[0].describe() + "; compare it");
  Place place = call.interpreter.place(call.range);
  mlir::Value result = reduction->tensor;
  if (!reduction->axes.empty())
    result = Op::create(place.builder, place.location, result, reduction->axes);
  return finished(call, *reduction, result);
}

void addReductionBuiltins(BuiltinTable &table) {
  table.add("sum(x, axis = none, keepdims = false)", sum);
  table.add("product(x)", product);
  table.add("mean(x, axis = none, keepdims = false)", mean);
  table.add("max(x, axis = none, keepdims = false)", extremum<graph::ReduceMaxOp>);
  table.add("min(x, axis = none, keepdims = false)", extremum<graph::ReduceMinOp>);
  table.add("argmax(x, axis = none, keepdims = false)", indexOfExtremum<graph::ArgMaxOp>);
  table.add("argmin(x, axis = none, keepdims = false)", indexOfExtremum<graph::ArgMinOp>);
  table.add("any(x, axis = none, keepdims = false)", quantifier<graph::ReduceOrOp>);
  table.add("all(x, axis = none, keepdims = false)", quantifier<graph::ReduceAndOp>);
}

} // namespace dlc::dsl
