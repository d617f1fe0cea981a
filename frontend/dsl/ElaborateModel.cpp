// The functions that run the model without training it: @predict, @fit, @init.
#include "frontend/dsl/ProgramElaborator.h"
#include "ir/graph/GraphOps.h"
#include "llvm/ADT/ScopeExit.h"

using namespace mlir;

namespace dlc::dsl {

Run ProgramElaborator::makeRun(StringRef purpose, SourceRange place) const {
  Run run;
  run.purpose = ("while elaborating model " + model->decl->name.name + " for " + purpose).str();
  run.declaration = place;
  return run;
}

bool ProgramElaborator::build(StringRef name, Run &run, SourceRange place, llvm::function_ref<bool()> body) {
  FunctionScope scope(module, name, interpreter.variables, nullptr, interpreter.fileLocation(place));
  // What is drawn or declared outside any layer belongs to the program as a whole.
  Instance program;
  FunctionScope *outerScope = std::exchange(interpreter.scope, &scope);
  run.number = ++runs;
  Run *outerRun = std::exchange(interpreter.run, &run);
  interpreter.frames.push_back({"", "", SourceRange(), &program, nullptr});
  bool succeeded = body();
  interpreter.frames.pop_back();
  interpreter.run = outerRun;
  interpreter.scope = outerScope;
  return succeeded && !interpreter.isAborted();
}

Value ProgramElaborator::packed(ArrayRef<Value> values) {
  return values.size() == 1 ? values.front() : Value::tuple(values);
}

/// Rule 3: `batch` is the example axis, the first of every input and target.
bool ProgramElaborator::checkBatchAxis(const ast::Parameter &parameter, RankedTensorType type) {
  graph::SymbolicSize batch = graph::SymbolicSize::symbol("batch");
  if (type.getRank() > 0 && graph::sizeOfDim(type, 0) == batch)
    return true;
  interpreter.fail(parameter.range, "the first size of '" + parameter.name.name + "' must be batch, the axis of " +
                                        "examples, but its type is " + typeText(type));
  return false;
}

std::optional<std::vector<Value>> ProgramElaborator::addInputs(ArrayRef<ast::Parameter> parameters,
                                                               StringRef attribute) {
  Environment *env = interpreter.arena.create(model->environment);
  std::vector<Value> values;
  bool succeeded = true;
  for (const ast::Parameter &parameter : parameters) {
    if (!parameter.type) {
      interpreter.fail(parameter.range, "'" + parameter.name.name + "' needs a type, such as f32[batch, 4]");
      succeeded = false;
      continue;
    }
    RankedTensorType type = interpreter.resolveType(*parameter.type, *env, /*bindSymbols=*/true);
    if (!type || !checkBatchAxis(parameter, type)) {
      succeeded = false;
      continue;
    }
    values.push_back(Value::tensor(interpreter.scope->addArgument(type, attribute, parameter.name.name)));
  }
  return succeeded ? std::optional(std::move(values)) : std::nullopt;
}

Value ProgramElaborator::callModel(ArrayRef<Value> inputs) {
  SourceRange place = model->decl->name.range;
  std::shared_ptr<Instance> root = interpreter.makeInstance(model, {}, place);
  if (!root)
    return Value();
  root->hasPath = true; // rule 6: a path omits the model's name
  root->namedIn = interpreter.run->number;
  interpreter.applySettings(*root);
  std::vector<ArgumentValue> arguments;
  for (const Value &input : inputs)
    arguments.push_back({input, place, ""});
  return interpreter.applyLayer(root, std::move(arguments), place);
}

std::vector<std::pair<std::string, mlir::Value>> ProgramElaborator::namedOutputs(const Value &output) {
  std::vector<std::pair<std::string, mlir::Value>> outputs;
  SourceRange place = resultRange(*model->decl->body);
  if (!output.isSequence()) {
    mlir::Value tensor = interpreter.toTensor(output, place);
    if (tensor)
      outputs.push_back({"output", tensor});
    return outputs;
  }
  const Sequence &items = output.asSequence();
  for (auto [index, item] : llvm::enumerate(items.items)) {
    mlir::Value tensor = interpreter.toTensor(item, place);
    if (!tensor)
      return {};
    outputs.push_back({items.names.empty() ? "output_" + std::to_string(index) : items.names[index], tensor});
  }
  return outputs;
}

/// Rule 7: training and inference make the same variables.
bool ProgramElaborator::checkSameVariables(const Run &training, const Run &inference) {
  auto reportMissing = [&](const Run &has, const Run &lacks, StringRef when) {
    bool succeeded = true;
    for (unsigned id : has.variables) {
      const Variable &variable = interpreter.variables[id];
      bool isModels = variable.kind == VariableKind::Param || variable.kind == VariableKind::State;
      if (!isModels || lacks.variables.contains(id)) // slots and metrics are the training's own
        continue;
      interpreter.fail(model->decl->name.range, "the " + kindText(variable.kind) + " '" + variable.name +
                                                    "' exists only where training is " + when +
                                                    "; declare it outside of 'if training'");
      succeeded = false;
    }
    return succeeded;
  };
  bool onlyInTraining = reportMissing(training, inference, "true");
  return reportMissing(inference, training, "false") && onlyInTraining;
}

bool ProgramElaborator::elaboratePredict() {
  Run run = makeRun("inference", model->decl->name.range);
  bool built = build("predict", run, model->decl->name.range, [&] {
    std::optional<std::vector<Value>> inputs = addInputs(model->decl->inputs, "graph.input");
    if (!inputs)
      return false;
    interpreter.layers = &layers;
    Value output = callModel(*inputs);
    interpreter.layers = nullptr;
    if (output.isError())
      return false;
    auto outputs = namedOutputs(output);
    if (outputs.empty())
      return false;
    interpreter.scope->finish(outputs);
    return true;
  });
  hasFitBlock = run.hasFitBlock;
  return built && (!trainingRun || checkSameVariables(*trainingRun, run));
}

/// Runs the model over training rows with its `fit` blocks; only the state they set, and the counts of classes, remain.
bool ProgramElaborator::elaborateFit() {
  bool countsClasses = recipe && recipe->classWeight.value.is(ValueKind::String);
  if (!hasFitBlock && !countsClasses)
    return true;
  Run run = makeRun("fit", model->decl->name.range);
  run.fitting = run.mayWriteState = true;
  return build("fit", run, model->decl->name.range, [&] {
    std::optional<std::vector<Value>> inputs = addInputs(model->decl->inputs, "graph.input");
    Value output = inputs ? callModel(*inputs) : Value();
    if (output.isError())
      return false;
    if (countsClasses) {
      std::optional<std::vector<Value>> targets = addInputs(train->targets, "graph.target");
      if (!targets || !lossOf(*inputs, output, *targets, /*isWeighed=*/true))
        return false;
    }
    interpreter.scope->finish({});
    return true;
  });
}

/// The constant that \p value is, if it is one: spelled out, or a number repeated.
static ElementsAttr constantOf(mlir::Value value) {
  auto type = cast<RankedTensorType>(value.getType());
  if (auto constant = value.getDefiningOp<graph::ConstantOp>())
    return constant.getValue();
  auto broadcast = value.getDefiningOp<graph::BroadcastOp>();
  auto scalar = broadcast ? broadcast.getInput().getDefiningOp<graph::ConstantOp>() : graph::ConstantOp();
  auto elements = scalar ? dyn_cast<DenseElementsAttr>(scalar.getValue()) : DenseElementsAttr();
  if (!elements || !elements.isSplat() || !type.hasStaticShape())
    return {};
  return DenseElementsAttr::get(type, elements.getSplatValue<Attribute>());
}

bool ProgramElaborator::initialize(unsigned id, bool recordsAll) {
  std::function<mlir::Value()> initializer = interpreter.variables[id].initializer;
  mlir::Value value = initializer();
  if (!value)
    return false;
  interpreter.scope->write(id, value);
  // The file holds what is the same at every start; parameters wait for @init.
  Variable &variable = interpreter.variables[id];
  ElementsAttr constant = constantOf(value);
  if (constant && (recordsAll || (variable.kind == VariableKind::State && constant.isSplat())))
    variable.initial = constant;
  return true;
}

bool ProgramElaborator::elaborateInit() {
  Run run = makeRun("initialization", model->decl->name.range);
  run.domain = graph::RandomDomain::Init;
  run.mayWriteState = true;
  return build("init", run, model->decl->name.range, [&] {
    bool succeeded = true;
    // Slots come after what they belong to: their first value may depend on it.
    for (VariableKind kind : {VariableKind::Param, VariableKind::State, VariableKind::Slot})
      for (unsigned id = 0; id < interpreter.variables.size(); ++id)
        if (interpreter.variables[id].kind == kind)
          succeeded = initialize(id, /*recordsAll=*/false) && succeeded;
    if (succeeded)
      interpreter.scope->finish({});
    return succeeded;
  });
}

} // namespace dlc::dsl
