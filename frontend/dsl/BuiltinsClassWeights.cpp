#include "frontend/dsl/Builtins.h"
#include "frontend/dsl/ClassWeights.h"
#include "ir/graph/GraphOps.h"
#include <cmath>

using namespace mlir;

namespace dlc::dsl {

bool checkClassWeights(Interpreter &interpreter, const Value &weights, SourceRange range) {
  if (weights.is(ValueKind::String) && weights.asString() == kBalanced)
    return true;
  if (!weights.is(ValueKind::List) || weights.items().empty()) {
    interpreter.fail(range, "class_weight must be a list with a number for each class, such as [1.0, 3.0], or "
                            "balanced, found " +
                                weights.describe());
    return false;
  }
  bool hasWeight = false;
  for (auto [index, item] : llvm::enumerate(weights.items())) {
    bool isWeight = item.isNumber() && std::isfinite(static_cast<float>(item.asDouble())) && item.asDouble() >= 0;
    if (!isWeight) {
      interpreter.fail(range, "the weight of class " + Twine(index) + " must be a finite number of at least 0, found " +
                                  item.describe());
      return false;
    }
    hasWeight |= item.asDouble() > 0;
  }
  if (!hasWeight)
    interpreter.fail(range, "all weights of classes are 0, so nothing would be learned");
  return hasWeight;
}

static const std::vector<ast::Parameter> *parametersOf(const Value &loss) {
  if (loss.is(ValueKind::Partial))
    return parametersOf(loss.asPartial().callee);
  return loss.is(ValueKind::Function) ? loss.asCallable().parameters : nullptr;
}

bool checkTakesClassWeights(Interpreter &interpreter, const Value &loss, SourceRange range) {
  constexpr StringRef kName = "class_weight";
  std::string name = callableName(loss);
  std::string what = name.empty() ? "the loss" : "the loss " + name;
  const std::vector<ast::Parameter> *parameters = parametersOf(loss);
  if (!parameters ||
      llvm::none_of(*parameters, [&](const ast::Parameter &other) { return other.name.name == kName; })) {
    interpreter.fail(range, what + " cannot weigh classes: it has no argument class_weight; use a cross-entropy or a "
                                   "focal loss, or a loss of your own, as fn(p, y, class_weight = none) => "
                                   "sparse_categorical_crossentropy(p, y, class_weight = class_weight)");
    return false;
  }
  if (llvm::any_of(*parameters,
                   [&](const ast::Parameter &other) { return other.name.name == kName && !other.defaultValue; })) {
    interpreter.fail(range, what + " needs a class_weight in validation, too, where there is none; write "
                                   "class_weight = none among its parameters");
    return false;
  }
  for (const Value *call = &loss; call->is(ValueKind::Partial); call = &call->asPartial().callee)
    if (llvm::any_of(call->asPartial().arguments, [&](const ArgumentValue &bound) { return bound.name == kName; })) {
      interpreter.fail(range, what + " has a class_weight already, which counts for validation, too; keep one of them");
      return false;
    }
  return true;
}

/// What `fit` counts: the training rows of each class. Every call has counts of its own, since it may be about another
/// target; all functions elaborate the same loss, so that the first call of one is the first of another. A slot: @init
/// sets it back, for each fold too, and it is none of the model's weights, as State would be. Nullopt after an error.
static std::optional<unsigned> countsVariable(BuiltinCall &call, RankedTensorType type, SourceRange range) {
  Interpreter &interpreter = call.interpreter;
  std::string path = "class_weight/counts";
  std::optional<unsigned> id = interpreter.variables.find(path);
  for (unsigned number = 2; id && interpreter.run->variables.contains(*id); ++number) {
    if (!interpreter.spend(range))
      return std::nullopt;
    path = "class_weight/counts_" + std::to_string(number);
    id = interpreter.variables.find(path);
  }
  FileLineColLoc location = interpreter.fileLocation(interpreter.userRange(call.range));
  if (id) {
    const Variable &known = interpreter.variables[*id];
    if (known.kind != VariableKind::Slot || known.type != type || known.location != location) {
      interpreter.fail(range,
                       "balanced needs the same calls of class_weights in training and where classes are counted, "
                       "in fit; call it whatever 'training' is, and outside of fit blocks");
      return std::nullopt;
    }
    interpreter.run->variables.insert(*id);
    return id;
  }
  Variable variable(path, type, VariableKind::Slot);
  variable.location = location;
  variable.initializer = [&interpreter, type, range] {
    return filled(interpreter.place(range), Value::integer(0), type.getElementType(), graph::sizesOf(type));
  };
  id = interpreter.variables.add(std::move(variable));
  interpreter.run->variables.insert(*id);
  return id;
}

/// n / (classes * count) of each class, as scikit-learn's "balanced"; 1 as long as nothing was counted.
static Value balancedWeights(BuiltinCall &call, mlir::Value counts, SourceRange range) {
  Interpreter &interpreter = call.interpreter;
  auto type = cast<RankedTensorType>(counts.getType());
  std::optional<unsigned> id = countsVariable(call, type, range);
  if (!id)
    return Value();
  Place place = interpreter.place(call.range);
  OpBuilder &builder = place.builder;
  Type element = type.getElementType();
  Sizes sizes = graph::sizesOf(type);
  if (interpreter.run->fitting) {
    mlir::Value before = interpreter.scope->read(*id);
    interpreter.scope->write(*id, graph::AddOp::create(builder, place.location, before, counts));
  }
  mlir::Value counted = interpreter.scope->read(*id);
  mlir::Value total = graph::ReduceSumOp::create(builder, place.location, counted, ArrayRef<int64_t>{0});
  mlir::Value rows = broadcastTo(place, total, sizes);
  mlir::Value one = filled(place, Value::integer(1), element, sizes);
  mlir::Value classes = filled(place, Value::integer(type.getDimSize(0)), element, sizes);
  // A class without rows is met in no step.
  mlir::Value present = graph::MaximumOp::create(builder, place.location, counted, one);
  mlir::Value weights = graph::DivideOp::create(builder, place.location, rows,
                                                graph::MultiplyOp::create(builder, place.location, classes, present));
  mlir::Value zero = filled(place, Value::integer(0), element, sizes);
  mlir::Value isCounted = graph::CompareOp::create(builder, place.location, graph::ComparisonDirection::Gt, rows, zero);
  return Value::tensor(graph::SelectOp::create(builder, place.location, isCounted, weights, one));
}

/// The weight of each class; \p counts: how often each is met in the batch.
static Value classWeights(BuiltinCall &call) {
  Interpreter &interpreter = call.interpreter;
  SourceRange recipe = interpreter.run->classWeightPlace;
  SourceRange range = recipe.isValid() ? recipe : call.place(0);
  const Value &weights = call[0];
  mlir::Value counts = tensorArgument(call, 1, interpreter.floatType());
  if (!counts)
    return Value();
  auto type = cast<RankedTensorType>(counts.getType());
  if (type.getRank() != 1 || !type.hasStaticShape() || !isa<FloatType>(type.getElementType()))
    return interpreter.fail(call.place(1),
                            "class_weights needs how often each class is met, as floats, found " + call[1].describe());
  if (!checkClassWeights(interpreter, weights, range))
    return Value();
  if (weights.is(ValueKind::String)) {
    if (recipe.isValid())
      return balancedWeights(call, counts, range);
    return interpreter.fail(range, "balanced weights are counted before training: write class_weight = balanced in the "
                                   "train block");
  }
  auto given = static_cast<int64_t>(weights.items().size());
  if (given != type.getDimSize(0))
    return interpreter.fail(range, "class_weight has " + Twine(given) + (given == 1 ? " number" : " numbers") +
                                       ", but there are " + Twine(type.getDimSize(0)) + " classes; give one for each");
  mlir::Value table = interpreter.toTensor(weights, range, type.getElementType());
  return table ? Value::tensor(convertTo(interpreter.place(call.range), table, type.getElementType())) : Value();
}

void addClassWeightBuiltins(BuiltinTable &table) { table.add("class_weights(weights, counts)", classWeights); }

} // namespace dlc::dsl
