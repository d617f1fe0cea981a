// Averages of the parameters (`ema`). A parameter is its average, so that all but the training step evaluate, predict,
// export and ship it without knowing; the weights that training goes on with are a slot of the parameter. Who writes a
// parameter from outside writes the slot, too (docs/program-format.md), so that no step asks where its weights are
// from.
#include "frontend/dsl/ProgramElaborator.h"
#include "ir/graph/GraphOps.h"

using namespace mlir;

namespace dlc::dsl {

/// Part of the program's format, as docs/program-format.md says: importers know it.
constexpr StringLiteral kRawWeights = ":ema/raw";

/// Whether no step has been finished yet, in the sizes of \p like.
static mlir::Value isFirstStep(Place place, mlir::Value step, mlir::Value like) {
  mlir::Value zero = scalarConstant(place, Value::integer(0), elementTypeOf(step));
  mlir::Value isFirst =
      graph::CompareOp::create(place.builder, place.location, graph::ComparisonDirection::Eq, step, zero);
  return broadcastTo(place, isFirst, sizesOf(like));
}

unsigned ProgramElaborator::rawVariable(unsigned param) {
  std::string path = interpreter.variables[param].name + kRawWeights.str();
  if (std::optional<unsigned> id = interpreter.variables.find(path))
    return *id;
  Variable raw(path, interpreter.variables[param].type, VariableKind::Slot);
  raw.owner = interpreter.variables[param].name;
  raw.location = interpreter.variables[param].location;
  raw.initializer = [this, param] { return interpreter.scope->read(param); };
  return interpreter.variables.add(std::move(raw));
}

void ProgramElaborator::trainRawWeights() {
  if (!recipe->ema)
    return;
  averages.clear();
  FunctionScope *scope = interpreter.scope;
  scope->setFirstRead([this, scope](unsigned id, mlir::Value average) -> mlir::Value {
    if (interpreter.variables[id].kind != VariableKind::Param || !interpreter.variables[id].trainable)
      return average;
    averages[id] = average;
    return scope->read(rawVariable(id));
  });
}

/// Keras's use_ema: average = momentum * average + (1 - momentum) * w, and w itself after the first step.
void ProgramElaborator::updateAverages() {
  Place place = interpreter.place(recipe->emaRange);
  OpBuilder &builder = place.builder;
  mlir::Value step = interpreter.readVariable("step");
  for (auto [id, average] : averages) {
    mlir::Value raw = interpreter.scope->read(id);
    Type element = elementTypeOf(raw);
    auto times = [&](double factor, mlir::Value value) -> mlir::Value {
      mlir::Value factors = filled(place, Value::real(factor), element, sizesOf(value));
      return graph::MultiplyOp::create(builder, place.location, factors, value);
    };
    mlir::Value mixed =
        graph::AddOp::create(builder, place.location, times(*recipe->ema, average), times(1 - *recipe->ema, raw));
    interpreter.scope->write(rawVariable(id), raw);
    interpreter.scope->write(
        id, graph::SelectOp::create(builder, place.location, isFirstStep(place, step, raw), raw, mixed));
  }
}

} // namespace dlc::dsl
