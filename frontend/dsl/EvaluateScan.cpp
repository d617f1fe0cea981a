// `scan`: a recurrence along one axis. The graph has no loop op, so each step is elaborated
// by itself and the length must be known at compile time.
#include "frontend/dsl/Interpreter.h"
#include "ir/graph/GraphOps.h"

using namespace mlir;

namespace dlc::dsl {

/// One scan in progress.
struct ScanState {
  Environment *carries;
  std::vector<std::string> names;
  SmallVector<mlir::Value> emitted;
};

/// What is scanned and how.
struct Interpreter::ScanInput {
  mlir::Value sequence;
  int64_t axis, length;
  bool reverse;
};

static Value elementAt(Place place, mlir::Value sequence, int64_t axis, int64_t index) {
  Sizes sizes = sizesOf(sequence);
  SmallVector<int64_t> starts(sizes.size(), 0), limits(sizes.size(), -1), strides(sizes.size(), 1);
  starts[axis] = index;
  limits[axis] = index + 1;
  mlir::Value slice = graph::SliceOp::create(place.builder, place.location, sequence, starts, limits, strides);
  sizes.erase(sizes.begin() + axis);
  return Value::tensor(reshapeTo(place, slice, sizes));
}

static Value stacked(Place place, ArrayRef<mlir::Value> items, int64_t axis) {
  Sizes sizes = sizesOf(items.front());
  axis = std::min<int64_t>(axis, sizes.size());
  sizes.insert(sizes.begin() + axis, graph::SymbolicSize(1));
  SmallVector<mlir::Value> parts;
  for (mlir::Value item : items)
    parts.push_back(reshapeTo(place, item, sizes));
  if (parts.size() == 1)
    return Value::tensor(parts.front());
  return Value::tensor(graph::ConcatenateOp::create(place.builder, place.location, parts, axis));
}

Value Interpreter::evaluateNext(const ast::NextStmt &next, Environment &env) {
  Value value = evaluate(*next.value, env);
  if (scans.empty())
    return fail(next.range, "'next' belongs in the body of a scan");
  ScanState &scan = *scans.back();
  Binding *carry = scan.carries->findHere(next.carry.name);
  if (!carry) {
    std::vector<StringRef> names(scan.names.begin(), scan.names.end());
    return fail(next.carry.range,
                "the scan carries no '" + next.carry.name + "'" + didYouMean(next.carry.name, names));
  }
  if (value.isError())
    return value;
  mlir::Value tensor = fitted(value, carry->value.tensorType(), next.value->range,
                              "the next value of '" + next.carry.name + "'");
  if (!tensor)
    return Value();
  carry->value = Value::tensor(tensor);
  return Value::none();
}

Value Interpreter::evaluateEmit(const ast::EmitStmt &emit, Environment &env) {
  Value value = evaluate(*emit.value, env);
  if (scans.empty())
    return fail(emit.range, "'emit' belongs in the body of a scan");
  mlir::Value tensor = value.isError() ? mlir::Value() : toTensor(value, emit.value->range);
  if (!tensor)
    return Value();
  SmallVector<mlir::Value> &emitted = scans.back()->emitted;
  if (!emitted.empty() && emitted.front().getType() != tensor.getType())
    return fail(emit.value->range, "a scan must emit one type, but this step emits " + typeText(tensor.getType()) +
                                       " and the first " + typeText(emitted.front().getType()));
  emitted.push_back(tensor);
  return Value::none();
}

std::optional<Interpreter::ScanInput> Interpreter::scanInput(const ast::ScanExpr &expr, Environment &env) {
  Value sequence = evaluate(*expr.sequence, env);
  Value axisValue = expr.axis ? evaluate(*expr.axis, env) : Value::integer(0);
  Value reverseValue = expr.reverse ? evaluate(*expr.reverse, env) : Value::boolean(false);
  if (sequence.isError() || axisValue.isError() || reverseValue.isError())
    return std::nullopt;
  if (!sequence.is(ValueKind::Tensor)) {
    fail(expr.sequence->range, "scan runs over a tensor, found " + sequence.describe());
    return std::nullopt;
  }
  RankedTensorType type = sequence.tensorType();
  std::optional<int64_t> axis = toAxis(axisValue, type.getRank(), expr.axis ? expr.axis->range : expr.range);
  std::optional<bool> reverse = toBool(reverseValue, expr.reverse ? expr.reverse->range : expr.range, "reverse");
  mlir::Value tensor = toTensor(sequence, expr.sequence->range);
  if (!axis || !reverse || !tensor)
    return std::nullopt;
  if (type.isDynamicDim(*axis)) {
    fail(expr.sequence->range, "scan needs a length known at compile time, but axis " + Twine(*axis) + " of " +
                                   typeText(type) + " is '" + graph::sizeOfDim(type, *axis).str() +
                                   "'; write a number there in the model's signature");
    return std::nullopt;
  }
  return ScanInput{tensor, *axis, type.getDimSize(*axis), *reverse};
}

bool Interpreter::scanSteps(const ast::ScanExpr &expr, const ScanInput &input, ScanState &state) {
  for (int64_t count = 0; count < input.length; ++count) {
    int64_t index = input.reverse ? input.length - 1 - count : count;
    Environment *body = arena.create(state.carries);
    Value element = elementAt(place(expr.range), input.sequence, input.axis, index);
    if (!bindPattern(expr.element, element, *body) || evaluateBlock(*expr.body, *body).isError())
      return false;
    if (!state.emitted.empty() && static_cast<int64_t>(state.emitted.size()) != count + 1) {
      fail(expr.range, "the body of a scan must emit once in every step");
      return false;
    }
  }
  return true;
}

Value Interpreter::evaluateScan(const ast::ScanExpr &expr, Environment &env) {
  std::optional<ScanInput> input = scanInput(expr, env);
  if (!input)
    return Value();
  ScanState state{arena.create(&env), {}, {}};
  for (const ast::Argument &carry : expr.carries) {
    Value first = evaluate(*carry.value, env);
    mlir::Value value = first.isError() ? mlir::Value()
                                        : toTensor(first, carry.value->range, elementTypeOf(input->sequence));
    if (!value)
      return Value();
    state.names.push_back(carry.name->name);
    state.carries->bind(carry.name->name, Value::tensor(value));
  }
  scans.push_back(&state);
  bool succeeded = scanSteps(expr, *input, state);
  scans.pop_back();
  if (!succeeded)
    return Value();
  std::vector<Value> values;
  for (const std::string &name : state.names)
    values.push_back(state.carries->findHere(name)->value);
  if (!state.emitted.empty()) {
    // Element i of the output belongs to element i of the input, whichever end the scan began at.
    if (input->reverse)
      std::reverse(state.emitted.begin(), state.emitted.end());
    values.push_back(stacked(place(expr.range), state.emitted, input->axis));
    state.names.push_back("out");
  }
  return Value::tuple(std::move(values), std::move(state.names));
}

} // namespace dlc::dsl
