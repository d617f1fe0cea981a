// `scan`: a recurrence along one axis. Its body becomes a private function of the step, the carries, one element of
// each sequence and whatever it uses from outside; the op graph.scan repeats it.
#include "frontend/dsl/Interpreter.h"
#include "ir/graph/GraphOps.h"

using namespace mlir;
using dlc::graph::SymbolicSize;

namespace dlc::dsl {

/// One scan whose body is being elaborated.
struct ScanState {
  Environment *carries;
  std::vector<std::string> names;
  mlir::Value emitted;
};

/// What is scanned and how.
struct Interpreter::ScanInput {
  std::vector<mlir::Value> sequences; // the axis first
  bool isTuple, reverse;
  int64_t axis, recompute;
  SymbolicSize length;
};

/// \p tensor with axis \p from moved to \p to.
static mlir::Value withAxisMoved(Place place, mlir::Value tensor, int64_t from, int64_t to) {
  int64_t rank = sizesOf(tensor).size();
  if (from == to)
    return tensor;
  SmallVector<int64_t> permutation;
  for (int64_t axis = 0; axis < rank; ++axis)
    if (axis != from)
      permutation.push_back(axis);
  permutation.insert(permutation.begin() + to, from);
  return graph::TransposeOp::create(place.builder, place.location, tensor, permutation);
}

Value Interpreter::evaluateNext(const ast::NextStmt &next, Environment &env) {
  Value value = evaluate(*next.value, env);
  if (scans.empty())
    return fail(next.range, "'next' belongs in the body of a scan");
  ScanState &scan = *scans.back();
  Binding *carry = scan.carries->findHere(next.carry.name);
  if (!carry) {
    std::vector<StringRef> names(scan.names.begin(), scan.names.end());
    return fail(next.carry.range, "the scan carries no '" + next.carry.name + "'" + didYouMean(next.carry.name, names));
  }
  if (value.isError())
    return value;
  mlir::Value tensor =
      fitted(value, carry->value.tensorType(), next.value->range, "the next value of '" + next.carry.name + "'");
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
  if (scans.back()->emitted)
    return fail(emit.range, "a scan emits once in every step; emit one tensor that holds all");
  scans.back()->emitted = tensor;
  return Value::none();
}

/// `recompute`: false keeps what the gradient needs of every step, true the carries, k those of every k-th step.
std::optional<int64_t> Interpreter::stepsToRecompute(const Value &value, const SymbolicSize &length,
                                                     SourceRange range) {
  if (value.is(ValueKind::Bool))
    return value.asBool() ? 1 : 0;
  std::optional<int64_t> steps = toInt(value, range, "recompute");
  if (!steps)
    return std::nullopt;
  if (*steps < 1) {
    fail(range, "recompute is true, false, or a number of steps above 0, not " + Twine(*steps));
    return std::nullopt;
  }
  if (*steps > 1 && !length.isConstant()) {
    fail(range, "recompute " + Twine(*steps) + " needs a number of steps known at compile time, but it is " +
                    length.str() + "; write recompute true");
    return std::nullopt;
  }
  return *steps;
}

std::optional<Interpreter::ScanInput> Interpreter::scanInput(const ast::ScanExpr &expr, Environment &env) {
  Value over = evaluate(*expr.sequence, env);
  Value axisValue = expr.axis ? evaluate(*expr.axis, env) : Value::integer(0);
  Value reverseValue = expr.reverse ? evaluate(*expr.reverse, env) : Value::boolean(false);
  Value recompute = expr.recompute ? evaluate(*expr.recompute, env) : Value::boolean(false);
  if (over.isError() || axisValue.isError() || reverseValue.isError() || recompute.isError())
    return std::nullopt;
  ScanInput input{{}, over.is(ValueKind::Tuple), false, 0, 0, 0};
  std::optional<bool> reverse = toBool(reverseValue, expr.reverse ? expr.reverse->range : expr.range, "reverse");
  if (!reverse)
    return std::nullopt;
  input.reverse = *reverse;
  for (const Value &sequence : input.isTuple ? over.items() : std::vector<Value>{over}) {
    if (!sequence.is(ValueKind::Tensor)) {
      fail(expr.sequence->range, "scan runs over a tensor or several in parentheses, found " + sequence.describe());
      return std::nullopt;
    }
    std::optional<int64_t> axis =
        toAxis(axisValue, sequence.tensorType().getRank(), expr.axis ? expr.axis->range : expr.range);
    mlir::Value tensor = toTensor(sequence, expr.sequence->range);
    if (!axis || !tensor)
      return std::nullopt;
    SymbolicSize length = sizesOf(tensor)[*axis];
    if (!input.sequences.empty() && length != input.length) {
      fail(expr.sequence->range,
           "scan runs over sequences of one length, found " + input.length.str() + " and " + length.str());
      return std::nullopt;
    }
    input.length = length;
    input.axis = input.sequences.empty() ? *axis : input.axis;
    input.sequences.push_back(withAxisMoved(place(expr.range), tensor, *axis, 0));
  }
  std::optional<int64_t> steps =
      stepsToRecompute(recompute, input.length, expr.recompute ? expr.recompute->range : expr.range);
  if (!steps)
    return std::nullopt;
  input.recompute = *steps;
  if (input.length == SymbolicSize(0)) {
    fail(expr.sequence->range, "a scan over zero steps has no outcome");
    return std::nullopt;
  }
  return input;
}

/// Elaborates the body in \p function; its results are the carries, then what it emits. False after an error.
bool Interpreter::scanBody(const ast::ScanExpr &expr, const ScanInput &input, ArrayRef<mlir::Value> initial,
                           ScanState &state, FunctionScope &function) {
  mlir::Value step = function.addArgument(RankedTensorType::get({}, Builder(context).getI64Type()), "", "");
  for (auto [name, value] : llvm::zip_equal(state.names, initial))
    state.carries->bind(name, Value::tensor(function.addArgument(cast<RankedTensorType>(value.getType()), "", "")));
  std::vector<Value> elements;
  for (mlir::Value sequence : input.sequences) {
    Sizes sizes = sizesOf(sequence);
    sizes.erase(sizes.begin());
    RankedTensorType type = graph::makeTensorType(context, sizes, elementTypeOf(sequence));
    elements.push_back(Value::tensor(function.addArgument(type, "", "")));
  }
  Value element = input.isTuple ? Value::tuple(std::move(elements)) : elements.front();
  FunctionScope *outer = std::exchange(scope, &function);
  scans.push_back(&state);
  scanSteps.push_back(step);
  Environment *body = arena.create(state.carries);
  bool succeeded = bindPattern(expr.element, element, *body) && !evaluateBlock(*expr.body, *body).isError();
  if (succeeded && !function.written().empty()) {
    fail(expr.range, "state cannot be changed within a scan; carry it, or change it before or after");
    succeeded = false;
  }
  if (succeeded) {
    SmallVector<mlir::Value> results;
    for (const std::string &name : state.names)
      results.push_back(function.use(state.carries->findHere(name)->value.asTensor()));
    if (state.emitted)
      results.push_back(function.use(state.emitted));
    function.finishNested(results);
    function.function()->setAttr("graph.body", Builder(context).getUnitAttr());
  }
  scanSteps.pop_back();
  scans.pop_back();
  scope = outer;
  return succeeded;
}

Value Interpreter::evaluateScan(const ast::ScanExpr &expr, Environment &env) {
  if (!canBuild(expr.range))
    return Value();
  std::optional<ScanInput> input = scanInput(expr, env);
  if (!input)
    return Value();
  ScanState state{arena.create(&env), {}, {}};
  SmallVector<mlir::Value> carries;
  for (const ast::Argument &carry : expr.carries) {
    Value first = evaluate(*carry.value, env);
    mlir::Value value =
        first.isError() ? mlir::Value() : toTensor(first, carry.value->range, elementTypeOf(input->sequences.front()));
    if (!value)
      return Value();
    state.names.push_back(carry.name->name);
    carries.push_back(value);
  }
  FunctionScope function(module, freshName(module, "scan"), variables, scope, place(expr.range).location);
  if (!scanBody(expr, *input, carries, state, function))
    return Value();
  Place here = place(expr.range);
  SmallVector<mlir::Value> invariants;
  for (const auto &capture : function.captures())
    invariants.push_back(capture.second);
  SmallVector<Type> types = llvm::map_to_vector(carries, [](mlir::Value value) { return value.getType(); });
  if (state.emitted) {
    Sizes sizes = sizesOf(state.emitted);
    sizes.insert(sizes.begin(), input->length);
    if (!checkElementCount(sizes, expr.range))
      return Value();
    types.push_back(graph::makeTensorType(context, sizes, elementTypeOf(state.emitted)));
  }
  auto scan =
      graph::ScanOp::create(here.builder, here.location, types, function.function().getSymName(), input->length.str(),
                            input->reverse, input->recompute, carries, input->sequences, invariants,
                            /*when=*/mlir::Value());
  std::vector<Value> values;
  for (mlir::Value carry : scan.getResults().take_front(carries.size()))
    values.push_back(Value::tensor(carry));
  if (state.emitted) {
    // Element i of the output belongs to element i of the input, whichever end the scan began at.
    mlir::Value out = scan.getResults().back();
    int64_t axis = std::min<int64_t>(input->axis, sizesOf(out).size() - 1);
    values.push_back(Value::tensor(withAxisMoved(here, out, 0, axis)));
    state.names.push_back("out");
  }
  return Value::tuple(std::move(values), std::move(state.names));
}

} // namespace dlc::dsl
