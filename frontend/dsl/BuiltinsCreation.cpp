// Builtins that make tensors from nothing.
#include "frontend/dsl/Builtins.h"
#include "ir/graph/GraphOps.h"

using namespace mlir;
using dlc::graph::SymbolicSize;

namespace dlc::dsl {

static std::optional<Sizes> shapeArgument(BuiltinCall &call, size_t index) {
  if (!call.interpreter.canBuild(call.range))
    return std::nullopt;
  std::optional<Sizes> sizes = call.interpreter.toShape(call[index], call.place(index), "the shape");
  if (!sizes || !call.interpreter.checkElementCount(*sizes, call.place(index)))
    return std::nullopt;
  return sizes;
}

static Value filledWith(BuiltinCall &call, const Value &value, SourceRange range, ArrayRef<SymbolicSize> sizes,
                        Type type) {
  Place place = call.interpreter.place(call.range);
  if (value.isNumber() || value.is(ValueKind::Bool))
    return Value::tensor(filled(place, value, type, sizes));
  mlir::Value scalar = call.interpreter.fitted(value, RankedTensorType::get({}, type), range, "the value");
  return scalar ? Value::tensor(broadcastTo(place, scalar, sizes)) : Value();
}

template <int value> static Value constantOf(BuiltinCall &call) {
  std::optional<Sizes> sizes = shapeArgument(call, 0);
  std::optional<Type> type = dtypeArgument(call, 1);
  if (!sizes || !type)
    return Value();
  return filledWith(call, Value::integer(value), call.range, *sizes, *type);
}

static Value full(BuiltinCall &call) {
  std::optional<Sizes> sizes = shapeArgument(call, 0);
  std::optional<Type> type = dtypeArgument(call, 2);
  if (!sizes || !type)
    return Value();
  return filledWith(call, call[1], call.place(1), *sizes, *type);
}

/// Only the type of the argument counts, so it may belong to another function.
static RankedTensorType typeArgument(BuiltinCall &call) {
  if (!call.interpreter.canBuild(call.range))
    return {};
  if (call[0].isRuntime())
    return call[0].tensorType();
  call.interpreter.fail(call.place(0), call.name() + " needs a tensor, found " + call[0].describe());
  return {};
}

template <int value> static Value likeOf(BuiltinCall &call) {
  RankedTensorType type = typeArgument(call);
  if (!type)
    return Value();
  return filledWith(call, Value::integer(value), call.range, graph::sizesOf(type), type.getElementType());
}

static Value fullLike(BuiltinCall &call) {
  RankedTensorType type = typeArgument(call);
  if (!type)
    return Value();
  return filledWith(call, call[1], call.place(1), graph::sizesOf(type), type.getElementType());
}

static std::optional<Type> indexType(BuiltinCall &call, size_t index) {
  if (call[index].isNone())
    return Builder(call.interpreter.context).getI32Type();
  std::optional<Type> type = call.interpreter.toDType(call[index], call.place(index));
  if (type && type->isInteger(1)) {
    call.interpreter.fail(call.place(index), call.name() + " makes numbers, not bools");
    return std::nullopt;
  }
  return type;
}

static mlir::Value indices(Place place, const SymbolicSize &count, Type type) {
  return graph::IotaOp::create(place.builder, place.location,
                               graph::makeTensorType(place.builder.getContext(), {count}, type), int64_t(0));
}

static Value iota(BuiltinCall &call) {
  Interpreter &interpreter = call.interpreter;
  if (!interpreter.canBuild(call.range))
    return Value();
  std::optional<SymbolicSize> count = interpreter.toSize(call[0], call.place(0), "the length");
  std::optional<Type> type = indexType(call, 1);
  if (!count || !type || !interpreter.checkElementCount({*count}, call.place(0)))
    return Value();
  return Value::tensor(indices(interpreter.place(call.range), *count, *type));
}

/// start, start + step, … below stop.
static Value arange(BuiltinCall &call) {
  Interpreter &interpreter = call.interpreter;
  if (!interpreter.canBuild(call.range))
    return Value();
  bool hasStart = !call[1].isNone();
  Value start = hasStart ? call[0] : Value::integer(0);
  std::optional<SymbolicSize> first = interpreter.toSize(start, call.place(0), "the start");
  std::optional<SymbolicSize> stop = interpreter.toSize(hasStart ? call[1] : call[0], call.place(hasStart), "the end");
  std::optional<int64_t> step = interpreter.toInt(call[2], call.place(2), "the step");
  std::optional<Type> type = indexType(call, 3);
  if (!first || !stop || !step || !type)
    return Value();
  if (*step == 0)
    return interpreter.fail(call.place(2), "the step must not be 0");
  SymbolicSize span = *stop - *first;
  if (span.isConstant() && *step != INT64_MIN) {
    int64_t length = *step > 0 ? span.constant() : -span.constant();
    span = SymbolicSize(length <= 0 ? 0 : (length - 1) / std::abs(*step) + 1);
  } else if (*step != 1) {
    return interpreter.fail(call.range, "a range whose length is symbolic has step 1, found " + Twine(*step));
  }
  if (!interpreter.checkElementCount({span}, call.range))
    return Value();
  Value result = Value::tensor(indices(interpreter.place(call.range), span, *type));
  if (*step != 1)
    result = interpreter.binary(ast::BinaryOp::Multiply, result, Value::integer(*step), call.range);
  if (*first == SymbolicSize(0) || result.isError())
    return result;
  if (!first->isConstant()) {
    Place place = interpreter.place(call.range);
    start = Value::tensor(convertTo(place, sizeTensor(place, *first), *type));
  }
  return interpreter.binary(ast::BinaryOp::Add, result, start, call.range);
}

void addCreationBuiltins(BuiltinTable &table) {
  table.add("zeros(shape, dtype = none)", constantOf<0>);
  table.add("ones(shape, dtype = none)", constantOf<1>);
  table.add("full(shape, value, dtype = none)", full);
  table.add("zeros_like(x)", likeOf<0>);
  table.add("ones_like(x)", likeOf<1>);
  table.add("full_like(x, value)", fullLike);
  table.add("iota(n, dtype = none)", iota);
  table.add("arange(start, stop = none, step = 1, dtype = none)", arange);
}

} // namespace dlc::dsl
