// Metrics: a plain function is averaged over the examples of an epoch, a `metric` keeps
// state; both live in variables that the steps update.
#include "frontend/dsl/CallDepth.h"
#include "frontend/dsl/ProgramElaborator.h"
#include "ir/graph/GraphOps.h"

using namespace mlir;

namespace dlc::dsl {

static bool keepsState(const MetricEntry &metric) { return metric.value.is(ValueKind::Instance); }

/// A running sum of a plain metric or of the loss: one float that begins at 0.
unsigned ProgramElaborator::metricVariable(StringRef name, SourceRange range) {
  std::string path = ("metrics/" + name).str();
  if (std::optional<unsigned> id = interpreter.variables.find(path))
    return *id;
  Variable variable(path, interpreter.scalarFloat(), VariableKind::Metric);
  variable.location = interpreter.fileLocation(range);
  variable.initializer = [this, range] {
    return scalarConstant(interpreter.place(range), Value::integer(0), interpreter.programFloatType());
  };
  return interpreter.variables.add(std::move(variable));
}

/// name += value * weight
bool ProgramElaborator::accumulate(StringRef name, mlir::Value value, mlir::Value weight, SourceRange range) {
  unsigned id = metricVariable(name, range);
  Place place = interpreter.place(range);
  value = convertTo(place, value, interpreter.programFloatType());
  if (weight)
    value = graph::MultiplyOp::create(place.builder, place.location, value, weight);
  mlir::Value total = interpreter.scope->read(id);
  interpreter.scope->write(id, graph::AddOp::create(place.builder, place.location, total, value));
  return true;
}

bool ProgramElaborator::updateMetrics(mlir::Value loss, const Value &output, ArrayRef<Value> targets) {
  Place place = interpreter.place(lossRange());
  mlir::Value count = convertTo(place, sizeTensor(place, graph::SymbolicSize::symbol("batch")),
                                interpreter.programFloatType());
  metricOutput = output;
  metricTarget = packed(targets);
  bool succeeded = accumulate("examples", count, {}, lossRange()) && accumulate("loss", loss, count, lossRange());
  for (const MetricEntry &metric : recipe->metrics)
    succeeded = updateMetric(metric, output, metricTarget, count) && succeeded;
  return succeeded;
}

bool ProgramElaborator::updateMetric(const MetricEntry &metric, const Value &output, const Value &target,
                                     mlir::Value count) {
  interpreter.run->context =
      lossAndMetricContext(output, target.isSequence() ? ArrayRef(target.items()) : ArrayRef(target));
  interpreter.run->contextPlace = metric.range;
  bool succeeded = false;
  if (keepsState(metric)) {
    succeeded = !evaluateMetric(metric, output, target, /*isResult=*/false).isError();
  } else {
    Value value = interpreter.call(metric.value, {output, target}, metric.range);
    mlir::Value mean =
        value.isError() ? mlir::Value() : perExampleMean(value, metric.range, "the metric " + metric.name);
    succeeded = mean && accumulate(metric.name, mean, count, metric.range);
  }
  interpreter.run->context.clear();
  return succeeded;
}

/// Declares the metric's state, then runs its `update` block or gives its `result`.
Value ProgramElaborator::evaluateMetric(const MetricEntry &metric, const Value &output, const Value &target,
                                        bool isResult) {
  const Instance &instance = *metric.value.asInstance();
  const ast::TemplateDecl &decl = *instance.declaration->decl;
  Instance owned;
  owned.path = "metrics/" + metric.name;
  StateOwner owner{VariableKind::Metric, owned.path + "/", "", &owned};
  CallDepth inCall(interpreter, {decl.name.name, "metric " + decl.name.name, metric.range, &owned, &owner},
                   metric.range);
  if (!inCall)
    return Value();
  Environment *env = interpreter.arena.create(instance.hypers);
  if (!interpreter.bindArguments(decl.inputs, {{output, metric.range, ""}, {target, metric.range, ""}}, *env,
                                 metric.range, "metric " + decl.name.name))
    return Value();
  Value result = Value::none();
  bool hasUpdate = false, hasResult = false;
  for (const ast::StmtPtr &statement : decl.body->statements) {
    auto *update = dyn_cast<ast::UpdateStmt>(statement.get());
    auto *outcome = dyn_cast<ast::ResultStmt>(statement.get());
    hasUpdate |= update != nullptr;
    hasResult |= outcome != nullptr;
    Value value = Value::none();
    if (!update && !outcome)
      value = interpreter.evaluateStatement(*statement, *env);
    else if (update && !isResult)
      value = interpreter.evaluateBlock(*update->body, *interpreter.arena.create(env));
    else if (outcome && isResult)
      value = result = interpreter.evaluate(*outcome->value, *env);
    if (value.isError())
      return value;
  }
  if (hasUpdate && hasResult)
    return result;
  return interpreter.fail(decl.name.range, "metric " + decl.name.name + " needs an 'update { ... }' block and a " +
                                               "'result' line");
}

bool ProgramElaborator::elaborateMetricsReset() {
  Run run = makeRun("its metrics", train->name.range);
  run.domain = graph::RandomDomain::Init;
  return build("metrics_reset", run, train->name.range, [&] {
    bool succeeded = true;
    for (unsigned id = 0; id < interpreter.variables.size(); ++id)
      if (interpreter.variables[id].kind == VariableKind::Metric)
        succeeded = initialize(id, /*recordsAll=*/true) && succeeded;
    if (succeeded)
      interpreter.scope->finish({});
    return succeeded;
  });
}

bool ProgramElaborator::elaborateMetricsResult() {
  Run run = makeRun("its metrics", train->name.range);
  return build("metrics_result", run, train->name.range, [&] {
    Place place = interpreter.place(train->name.range);
    mlir::Value examples = interpreter.scope->read(metricVariable("examples", train->name.range));
    mlir::Value one = scalarConstant(place, Value::integer(1), interpreter.programFloatType());
    // Before the first batch the sums are 0, and so are their means.
    mlir::Value divisor = graph::MaximumOp::create(place.builder, place.location, examples, one);
    auto meanOf = [&](StringRef name) -> mlir::Value {
      mlir::Value total = interpreter.scope->read(metricVariable(name, train->name.range));
      return graph::DivideOp::create(place.builder, place.location, total, divisor);
    };
    std::vector<std::pair<std::string, mlir::Value>> outputs = {{"loss", meanOf("loss")}};
    for (const MetricEntry &metric : recipe->metrics) {
      if (!keepsState(metric)) {
        outputs.push_back({metric.name, meanOf(metric.name)});
        continue;
      }
      Value value = evaluateMetric(metric, metricOutput, metricTarget, /*isResult=*/true);
      mlir::Value tensor = value.isError() ? mlir::Value() : interpreter.toTensor(value, metric.range);
      if (!tensor)
        return false;
      outputs.push_back({metric.name, tensor});
    }
    interpreter.scope->finish(outputs);
    return true;
  });
}

} // namespace dlc::dsl
