// @train_step, @eval_step, @gradients: the loss and its derivative.
#include "frontend/dsl/ProgramElaborator.h"
#include "ir/graph/GraphOps.h"

using namespace mlir;

namespace dlc::dsl {

/// "f32[batch, 1]", or a list of types.
static std::string typesText(ArrayRef<Value> values) {
  std::string text;
  for (const Value &value : values)
    text += (text.empty() ? "" : ", ") + value.text();
  return text;
}

/// \p output with its tensors replaced by those from \p next on.
static Value withTensors(const Value &output, ValueRange::iterator &next) {
  if (!output.isSequence())
    return Value::tensor(*next++);
  std::vector<Value> items;
  for (size_t i = 0; i < output.items().size(); ++i)
    items.push_back(Value::tensor(*next++));
  return Value::tuple(std::move(items), output.asSequence().names);
}

mlir::Value ProgramElaborator::perExampleMean(const Value &value, SourceRange range, const Twine &what) {
  mlir::Value tensor = interpreter.toTensor(value, range, interpreter.floatType());
  if (!tensor)
    return {};
  Sizes sizes = sizesOf(tensor);
  bool isPerExample = sizes.size() == 1 && sizes[0] == graph::SymbolicSize::symbol("batch");
  if (!isa<FloatType>(elementTypeOf(tensor)) || (!sizes.empty() && !isPerExample)) {
    interpreter.fail(range, what + " is " + typeText(tensor.getType()) +
                                ", but it must be one float, or a float for each example (f32[batch])");
    return {};
  }
  if (sizes.empty())
    return tensor;
  Place place = interpreter.place(range);
  mlir::Value total = graph::ReduceSumOp::create(place.builder, place.location, tensor, ArrayRef<int64_t>{0});
  mlir::Value count = convertTo(place, sizeTensor(place, sizes[0]), elementTypeOf(tensor));
  return graph::DivideOp::create(place.builder, place.location, total, count);
}

std::string ProgramElaborator::lossAndMetricContext(const Value &output, ArrayRef<Value> targets) const {
  std::string text = "the prediction is " + typesText({output});
  return targets.empty() ? text + "; there is no target, which train " + train->name.name + "(y: ...) would name"
                         : text + " and the target " + typesText(targets);
}

/// The target that a loss of the library wants for \p output: "i32[batch]".
static std::string targetTypeFor(StringRef loss, const Value &output) {
  if (loss == "ctc")
    return "i32[batch, labels]";
  if (!output.isRuntime())
    return "f32[batch, 1]";
  if (!loss.starts_with("sparse_"))
    return output.text();
  Sizes sizes = graph::sizesOf(output.tensorType());
  std::string text;
  for (const graph::SymbolicSize &size : ArrayRef(sizes).drop_back(sizes.empty() ? 0 : 1))
    text += (text.empty() ? "" : ", ") + size.str();
  return "i32[" + text + "]";
}

/// False, after an error, where a loss of the library has no target to compare with.
bool ProgramElaborator::checkTarget(const Value &output, ArrayRef<Value> targets) {
  const Value *loss = &recipe->loss.value;
  while (loss->is(ValueKind::Partial))
    loss = &loss->asPartial().callee;
  if (!targets.empty() || !loss->is(ValueKind::Function))
    return true;
  // Functions of the user may go without.
  const Callable &callable = loss->asCallable();
  bool takesTarget = llvm::any_of(*callable.parameters, [](const ast::Parameter &p) { return p.name.name == "y"; });
  if (!takesTarget || !interpreter.sources.isStandardLibrary(callable.body->range.file))
    return true;
  interpreter.fail(train->name.range, "train " + train->name.name + " names no target, but the loss " + callable.name +
                                          " needs one; write train " + train->name.name +
                                          "(y: " + targetTypeFor(callable.name, output) + ")");
  return false;
}

/// Calls the loss on (outputs, y), or on (outputs, y, inputs) when it needs three.
mlir::Value ProgramElaborator::lossOf(ArrayRef<Value> inputs, const Value &output, ArrayRef<Value> targets,
                                      bool isWeighed) {
  if (!checkTarget(output, targets))
    return {};
  const ArgumentValue &loss = recipe->loss;
  std::vector<ArgumentValue> arguments = {{output, loss.range, ""}, {packed(targets), loss.range, ""}};
  if (interpreter.requiredArguments(loss.value).value_or(2) == 3)
    arguments.push_back({packed(inputs), loss.range, ""});
  if (isWeighed && !recipe->classWeight.value.isNone()) {
    arguments.push_back({recipe->classWeight.value, recipe->classWeight.range, "class_weight"});
    interpreter.run->classWeightPlace = recipe->classWeight.range;
  }
  // Errors within the loss say what it was given.
  interpreter.run->context = lossAndMetricContext(output, targets);
  interpreter.run->contextPlace = loss.range;
  Value value = interpreter.call(loss.value, std::move(arguments), loss.range);
  interpreter.run->classWeightPlace = SourceRange();
  mlir::Value scalar =
      value.isError() ? mlir::Value() : perExampleMean(value, loss.range, "loss over the wrong sizes: the loss");
  interpreter.run->context.clear();
  return scalar ? penalized(scalar) : mlir::Value();
}

/// \p loss with the regularizers of the parameters and what layers added.
mlir::Value ProgramElaborator::penalized(mlir::Value loss) {
  std::vector<ArgumentValue> terms;
  for (unsigned id : interpreter.run->variables) {
    Value regularizer = interpreter.variables[id].regularizer;
    if (interpreter.variables[id].kind != VariableKind::Param || !regularizer.isCallable())
      continue;
    Value term = interpreter.call(regularizer, {Value::tensor(interpreter.scope->read(id))}, lossRange());
    if (term.isError())
      return {};
    terms.push_back({term, lossRange(), interpreter.variables[id].name});
  }
  llvm::append_range(terms, interpreter.run->addedLosses);
  for (const ArgumentValue &term : terms) {
    std::string what = term.name.empty() ? "an added loss" : "the regularizer of '" + term.name + "'";
    mlir::Value value = interpreter.fitted(term.value, cast<RankedTensorType>(loss.getType()), term.range, what);
    if (!value)
      return {};
    Place place = interpreter.place(term.range);
    loss = graph::AddOp::create(place.builder, place.location, loss, value);
  }
  return loss;
}

/// Replaces the inputs (and targets) by what `augment` gives; types must stay.
bool ProgramElaborator::augment(std::vector<Value> &inputs, std::vector<Value> &targets) {
  const ArgumentValue &function = recipe->augment;
  if (function.value.isNone())
    return true;
  bool takesTargets =
      interpreter.requiredArguments(function.value).value_or(inputs.size()) == inputs.size() + targets.size();
  std::vector<Value> arguments = inputs;
  if (takesTargets)
    llvm::append_range(arguments, targets);
  interpreter.run->domain = graph::RandomDomain::Data;
  // A layer draws by its path, which is none of the model's.
  Instance augmentation;
  augmentation.path = "augment";
  bool isLayer = function.value.is(ValueKind::Instance);
  if (isLayer && inputs.size() > 1) {
    interpreter.fail(function.range, "a layer augments one input, but the model has " + Twine(inputs.size()) +
                                         "; write a function of all that gives as many, as fn(x, z) => "
                                         "(x |> random_flip(), z)");
    return false;
  }
  if (isLayer)
    interpreter.frames.push_back({"", "", SourceRange(), &augmentation, nullptr});
  Value result = interpreter.call(function.value, arguments, function.range);
  if (isLayer)
    interpreter.frames.pop_back();
  interpreter.run->domain = graph::RandomDomain::Train;
  if (result.isError())
    return false;
  std::vector<Value> results = arguments.size() == 1 ? std::vector<Value>{result} : std::vector<Value>();
  if (arguments.size() > 1 && result.isSequence())
    results = result.items();
  if (results.size() != arguments.size()) {
    interpreter.fail(function.range, "augment must give " + Twine(arguments.size()) + " tensors, as it takes, found " +
                                         result.describe());
    return false;
  }
  for (auto [index, value] : llvm::enumerate(results)) {
    mlir::Value tensor =
        interpreter.fitted(value, arguments[index].tensorType(), function.range, "the result of augment");
    if (!tensor)
      return false;
    (index < inputs.size() ? inputs[index] : targets[index - inputs.size()]) = Value::tensor(tensor);
  }
  return true;
}

/// The function that is differentiated, and the request. Results: the loss, the outputs, the state it wrote.
std::optional<ProgramElaborator::Backward> ProgramElaborator::backward(ArrayRef<Value> inputs,
                                                                       ArrayRef<Value> targets) {
  FunctionScope *outer = interpreter.scope;
  std::string name = module.lookupSymbol("loss_fn") ? "gradients_loss_fn" : "loss_fn";
  FunctionScope inner(module, name, interpreter.variables, outer, interpreter.fileLocation(lossRange()));
  interpreter.scope = &inner;
  Value output = callModel(inputs);
  mlir::Value loss = output.isError() ? mlir::Value() : lossOf(inputs, output, targets, /*isWeighed=*/true);
  SmallVector<mlir::Value> results = {loss};
  if (loss)
    for (const auto &[outputName, value] : namedOutputs(output))
      results.push_back(value);
  if (loss)
    inner.finishNested(results);
  interpreter.scope = outer;
  if (!loss)
    return std::nullopt;

  Backward backward;
  llvm::DenseMap<mlir::Value, unsigned> paramOf;
  for (unsigned id : interpreter.run->variables)
    if (interpreter.variables[id].trainable) {
      backward.params.push_back(id);
      paramOf[outer->read(id)] = id;
    }
  SmallVector<mlir::Value> operands;
  SmallVector<int64_t> wrt;
  SmallVector<unsigned> order;
  for (const auto &[index, value] : inner.captures()) {
    operands.push_back(value);
    if (auto it = paramOf.find(value); it != paramOf.end()) {
      wrt.push_back(index);
      order.push_back(it->second);
    }
  }
  ValueRange all = interpreter.emitValueAndGrad(inner, operands, wrt, lossRange());
  backward.loss = all.front();
  auto next = all.begin() + 1;
  backward.output = withTensors(output, next);
  for (const auto &write : inner.written())
    outer->write(write.first, *next++);
  llvm::DenseMap<unsigned, mlir::Value> gradientOf;
  for (unsigned id : order)
    gradientOf[id] = *next++;
  // A parameter the loss does not depend on still decays: its gradient is 0.
  for (unsigned id : backward.params) {
    mlir::Value gradient = gradientOf.lookup(id);
    RankedTensorType type = interpreter.variables[id].type;
    backward.gradients.push_back(gradient ? gradient
                                          : filled(interpreter.place(lossRange()), Value::integer(0),
                                                   type.getElementType(), graph::sizesOf(type)));
  }
  return backward;
}

/// Rule 15: nothing is written unless the loss and all gradients are finite.
void ProgramElaborator::guardFinite(const Backward &backward) {
  Place place = interpreter.place(lossRange());
  OpBuilder &builder = place.builder;
  mlir::Value all = graph::IsFiniteOp::create(builder, place.location, backward.loss);
  for (mlir::Value gradient : backward.gradients) {
    mlir::Value finite = graph::IsFiniteOp::create(builder, place.location, gradient);
    SmallVector<int64_t> dims = llvm::to_vector(llvm::seq<int64_t>(0, sizesOf(finite).size()));
    if (!dims.empty())
      finite = graph::ReduceAndOp::create(builder, place.location, finite, dims);
    all = graph::AndOp::create(builder, place.location, all, finite);
  }
  graph::GuardOp::create(builder, place.location, all, builder.getStringAttr("the loss or a gradient is not finite"));
}

bool ProgramElaborator::elaborateTrainStep() {
  trainingRun = makeRun("training", model->decl->name.range);
  trainingRun->training = trainingRun->mayWriteState = true;
  return build("train_step", *trainingRun, train->name.range, [&] {
    trainRawWeights();
    std::optional<std::vector<Value>> inputs = addInputs(model->decl->inputs, "graph.input");
    std::optional<std::vector<Value>> targets = addInputs(train->targets, "graph.target");
    if (!inputs || !targets || !augment(*inputs, *targets))
      return false;
    std::optional<Backward> step = backward(*inputs, *targets);
    if (!step)
      return false;
    Environment *hypers = hyperScope();
    if (!hypers || !prepareGradients(*step, *hypers))
      return false;
    guardFinite(*step);
    if (!updateParams(*step, *hypers))
      return false;
    if (recipe->ema)
      updateAverages();
    if (!updateMetrics(step->loss, step->output, *targets))
      return false;
    Place place = interpreter.place(train->name.range);
    unsigned counter = *interpreter.variables.find("step");
    mlir::Value one = scalarConstant(place, Value::integer(1), place.builder.getI64Type());
    mlir::Value current = interpreter.scope->read(counter);
    interpreter.scope->write(counter, graph::AddOp::create(place.builder, place.location, current, one));
    std::vector<std::pair<std::string, mlir::Value>> outputs = {{"loss", step->loss}};
    addScheduledRate(outputs, *hypers);
    interpreter.scope->finish(outputs);
    return true;
  });
}

bool ProgramElaborator::elaborateEvalStep() {
  Run run = makeRun("evaluation", model->decl->name.range);
  return build("eval_step", run, train->name.range, [&] {
    std::optional<std::vector<Value>> inputs = addInputs(model->decl->inputs, "graph.input");
    std::optional<std::vector<Value>> targets = addInputs(train->targets, "graph.target");
    Value output = inputs && targets ? callModel(*inputs) : Value();
    mlir::Value loss = output.isError() ? mlir::Value() : lossOf(*inputs, output, *targets, /*isWeighed=*/false);
    if (!loss || !updateMetrics(loss, output, *targets))
      return false;
    interpreter.scope->finish({{"loss", loss}});
    return true;
  });
}

/// What a gradient check compares with finite differences.
bool ProgramElaborator::elaborateGradients() {
  Run run = makeRun("its gradients", model->decl->name.range);
  run.training = run.mayWriteState = true;
  return build("gradients", run, train->name.range, [&] {
    std::optional<std::vector<Value>> inputs = addInputs(model->decl->inputs, "graph.input");
    std::optional<std::vector<Value>> targets = addInputs(train->targets, "graph.target");
    std::optional<Backward> step = inputs && targets ? backward(*inputs, *targets) : std::nullopt;
    if (!step)
      return false;
    std::vector<std::pair<std::string, mlir::Value>> outputs = {{"loss", step->loss}};
    for (auto [id, gradient] : llvm::zip(step->params, step->gradients))
      outputs.push_back({"grad:" + interpreter.variables[id].name, gradient});
    // A check must leave the program as it was.
    interpreter.scope->finishWithoutWrites(outputs);
    return true;
  });
}

} // namespace dlc::dsl
