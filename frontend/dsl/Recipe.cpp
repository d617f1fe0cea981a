#include "frontend/dsl/Recipe.h"
#include "frontend/dsl/ClassWeights.h"
#include "frontend/dsl/KerasNames.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/GlobPattern.h"

using namespace mlir;

namespace dlc::dsl {

static constexpr StringRef kFieldNames[] = {"loss",
                                            "optimizer",
                                            "metrics",
                                            "epochs",
                                            "batch_size",
                                            "seed",
                                            "validation_split",
                                            "validation_shuffle",
                                            "shuffle",
                                            "data",
                                            "test",
                                            "validation",
                                            "augment",
                                            "freeze",
                                            "init_from",
                                            "early_stopping",
                                            "on_plateau",
                                            "folds",
                                            "ema",
                                            "class_weight"};

ArrayRef<StringRef> recipeFieldNames() { return kFieldNames; }

/// What makes the rule of a field; "" for fields that describe data.
static StringRef ruleOf(StringRef field) {
  return field == "early_stopping" ? "patience" : field == "on_plateau" ? "reduce_on_plateau" : "";
}

namespace {
/// Evaluates one train block.
class RecipeReader {
public:
  RecipeReader(Interpreter &interpreter, const ast::TrainDecl &train, ArrayRef<RecipeSetting> settings,
               Environment &globals)
      : interpreter(interpreter), train(train), settings(settings), env(interpreter.arena.create(&globals)) {}

  std::optional<Recipe> read();

private:
  struct Field {
    std::string name;
    const ast::Expr *value;
    SourceRange nameRange;
  };

  bool collectFields();
  bool readField(const Field &field);
  bool readMetrics(const ast::Expr &expr);
  bool addMetric(const ast::Expr &expr, const Value &value);
  bool checkMonitor(const Field &field, const Value &rule);
  bool readPlain(const Field &field, const Value &value);
  bool checkNumber(const Field &field, const Value &value);
  bool readFreeze(const Field &field, const Value &value);
  bool readAugment(const Field &field, const Value &value);
  bool readAverages(const Field &field, const Value &value);
  bool readClassWeight(const Field &field);
  bool readOptimizer(const Field &field, const Value &value);
  Value withRecordSettings(StringRef field, const Value &value);
  bool fail(SourceRange range, const Twine &message) {
    interpreter.fail(range, message);
    return false;
  }

  Interpreter &interpreter;
  const ast::TrainDecl &train;
  ArrayRef<RecipeSetting> settings;
  Environment *env;
  std::vector<Field> fields;
  Recipe recipe;
};
} // namespace

/// What to write instead of a field that does not exist.
static std::string remedyFor(StringRef field) {
  if (field == "callbacks")
    return "; write early_stopping = patience(3) or on_plateau = reduce_on_plateau()";
  if (field == "learning_rate" || field == "lr")
    return "; write optimizer = adam(learning_rate = 0.001)";
  return didYouMeanOrKeras(field, kFieldNames);
}

bool RecipeReader::collectFields() {
  bool succeeded = true;
  for (const ast::TrainField &field : train.fields) {
    if (!llvm::is_contained(kFieldNames, field.name.name))
      succeeded =
          fail(field.name.range, "a train block has no field '" + field.name.name + "'" + remedyFor(field.name.name));
    else if (llvm::any_of(fields, [&](const Field &other) { return other.name == field.name.name; }))
      succeeded = fail(field.name.range, "the field '" + field.name.name + "' is given twice");
    else
      fields.push_back({field.name.name, field.value.get(), field.name.range});
  }
  for (const RecipeSetting &setting : settings) {
    if (!llvm::is_contained(kFieldNames, setting.key))
      continue;
    interpreter.usedSettings.insert(setting.key);
    auto given = llvm::find_if(fields, [&](const Field &field) { return field.name == setting.key; });
    if (given != fields.end())
      given->value = setting.value;
    else
      fields.push_back({setting.key, setting.value, setting.value->range});
  }
  return succeeded;
}

std::optional<Recipe> RecipeReader::read() {
  recipe.loss.value = recipe.optimizer.value = recipe.augment.value = recipe.classWeight.value = Value::none();
  bool succeeded = collectFields();
  // Metrics first: `monitor = val_accuracy` names one of them.
  env->bind("val_loss", Value::string("val_loss"));
  env->bind("train_loss", Value::string("loss"));
  for (const Field &field : fields)
    if (field.name == "metrics")
      succeeded &= readMetrics(*field.value);
  for (const Field &field : fields)
    if (field.name != "metrics")
      succeeded &= readField(field);
  auto requireField = [&](const ArgumentValue &given, StringRef name, StringRef example) {
    bool isGiven = llvm::any_of(fields, [&](const Field &field) { return field.name == name; });
    if (!isGiven)
      succeeded = fail(train.name.range, "the train block of " + train.name.name + " needs " +
                                             (name == "loss" ? "a " : "an ") + name + "; write " + example);
  };
  requireField(recipe.loss, "loss", "loss = binary_crossentropy");
  requireField(recipe.optimizer, "optimizer", "optimizer = adam");
  if (succeeded && !recipe.classWeight.value.isNone())
    succeeded = checkTakesClassWeights(interpreter, recipe.loss.value, recipe.classWeight.range);
  return succeeded ? std::optional<Recipe>(std::move(recipe)) : std::nullopt;
}

bool RecipeReader::readField(const Field &field) {
  if (field.name == "class_weight")
    return readClassWeight(field);
  Environment *scope = env;
  if (!ruleOf(field.name).empty()) {
    // `monitor = loss`; elsewhere `loss` may be a function of the user.
    scope = interpreter.arena.create(env);
    scope->bind("loss", Value::string("loss"));
  }
  Value value = interpreter.evaluate(*field.value, *scope);
  if (value.isError())
    return false;
  SourceRange range = field.value->range;
  if (field.name == "ema")
    return readAverages(field, value);
  if (field.name == "augment")
    return readAugment(field, value);
  if (field.name == "loss") {
    if (!value.isCallable() || value.is(ValueKind::Class) || value.is(ValueKind::Instance))
      return fail(range, "loss must be a function, found " + value.describe() +
                             (value.is(ValueKind::String) ? "; write its name without quotes" : ""));
    recipe.loss = {value, range, ""};
    std::string name = callableName(value);
    recipe.fields.push_back({field.name, Value::string(name.empty() ? field.name : name)});
    return true;
  }
  if (field.name == "optimizer")
    return readOptimizer(field, value);
  if (field.name == "freeze")
    return readFreeze(field, value);
  return readPlain(field, withRecordSettings(field.name, value));
}

/// A function, or a layer such as random_flip("horizontal") for a model of one input.
bool RecipeReader::readAugment(const Field &field, const Value &given) {
  SourceRange range = field.value->range;
  if (given.isNone()) {
    recipe.augment.value = given;
    return true;
  }
  Value value = interpreter.instantiated(given, range);
  if (value.isError())
    return false;
  bool isInstance = value.is(ValueKind::Instance);
  if (!value.isCallable() || (isInstance && !isa<ast::LayerDecl>(value.asInstance()->declaration->decl)))
    return fail(range, "augment must be a function or a layer, found " + value.describe() +
                           (value.is(ValueKind::String) ? "; write its name without quotes" : ""));
  recipe.augment = {value, range, ""};
  std::string name = callableName(value);
  recipe.fields.push_back({field.name, Value::string(name.empty() ? field.name : name)});
  return true;
}

bool RecipeReader::readAverages(const Field &field, const Value &value) {
  recipe.ema.reset();
  if (value.isNone())
    return true;
  SourceRange range = field.value->range;
  // As f32, which the program computes in: 1 - 1e-12 is 1 there, and the averages would never move.
  auto share = value.isNumber() ? static_cast<float>(value.asDouble()) : 0.0f;
  if (!(share > 0 && share < 1))
    return fail(range, "ema must be a number between 0 and 1, such as 0.99, the share that the averages keep in each "
                       "step, found " +
                           value.describe());
  recipe.ema = value.asDouble();
  recipe.emaRange = range;
  recipe.fields.push_back({field.name, value});
  return true;
}

bool RecipeReader::readClassWeight(const Field &field) {
  // `balanced` is a word of this field alone.
  Environment *scope = interpreter.arena.create(env);
  scope->bind(kBalanced, Value::string(kBalanced.str()));
  Value value = interpreter.evaluate(*field.value, *scope);
  if (value.isError())
    return false;
  recipe.classWeight = {value, field.value->range, ""};
  if (value.isNone())
    return true;
  if (!checkClassWeights(interpreter, value, field.value->range))
    return false;
  recipe.fields.push_back({field.name, value});
  return true;
}

bool RecipeReader::readOptimizer(const Field &field, const Value &given) {
  Value value = interpreter.instantiated(given, field.value->range);
  if (value.isError())
    return false;
  auto *decl =
      value.is(ValueKind::Instance) ? dyn_cast<ast::OptimizerDecl>(value.asInstance()->declaration->decl) : nullptr;
  if (!decl)
    return fail(field.value->range,
                "optimizer must be an optimizer such as adam(learning_rate = 1e-3), found " + value.describe());
  Instance &instance = *value.asInstance();
  for (const RecipeSetting &setting : settings) {
    StringRef name = StringRef(setting.key);
    if (!name.consume_front("optimizer."))
      continue;
    interpreter.usedSettings.insert(setting.key);
    auto parameter = llvm::find_if(decl->hypers, [&](const ast::Parameter &hyper) { return hyper.name.name == name; });
    if (parameter == decl->hypers.end()) {
      std::vector<StringRef> names;
      for (const ast::Parameter &hyper : decl->hypers)
        names.push_back(hyper.name.name);
      return fail(setting.value->range,
                  "optimizer " + decl->name.name + " has no argument '" + name + "'" + didYouMean(name, names));
    }
    Value replacement = interpreter.evaluate(*setting.value, *env);
    if (replacement.isError() ||
        !interpreter.bindParameter(*parameter, {replacement, setting.value->range, ""}, *instance.hypers))
      return false;
  }
  recipe.optimizer = {value, field.value->range, ""};
  recipe.fields.push_back({"optimizer", Value::string(decl->name.name)});
  return true;
}

bool RecipeReader::readFreeze(const Field &field, const Value &value) {
  std::vector<Value> items = value.isSequence() ? value.items() : std::vector<Value>{value};
  for (const Value &item : items) {
    if (!item.is(ValueKind::String))
      return fail(field.value->range,
                  "freeze needs a list of paths such as [\"dense_1/*\"], found " + value.describe());
    llvm::Expected<llvm::GlobPattern> glob = llvm::GlobPattern::create(item.asString());
    if (!glob)
      return fail(field.value->range,
                  "'" + item.asString() + "' is no pattern of paths: " + llvm::toString(glob.takeError()));
    recipe.freeze.push_back(item.asString());
  }
  recipe.freezeRange = field.value->range;
  recipe.fields.push_back({"freeze", Value::list(std::move(items))});
  return true;
}

/// A metric is named as it is written: `top_k(5)` is "top_k".
static std::string metricName(const ast::Expr &expr, const Value &value) {
  const ast::Expr *named = &expr;
  if (auto *call = dyn_cast<ast::CallExpr>(named))
    named = call->callee.get();
  if (auto *name = dyn_cast<ast::NameExpr>(named))
    return name->name;
  std::string name = callableName(value);
  return name.empty() ? "metric" : name;
}

bool RecipeReader::addMetric(const ast::Expr &expr, const Value &given) {
  Value value = interpreter.instantiated(given, expr.range);
  if (value.isError())
    return false;
  bool isMetric = value.is(ValueKind::Instance) && isa<ast::MetricDecl>(value.asInstance()->declaration->decl);
  bool isFunction = value.is(ValueKind::Function) || value.is(ValueKind::Partial) || value.is(ValueKind::Builtin);
  if (!isMetric && !isFunction)
    return fail(expr.range,
                "a metric must be a function of (prediction, target) or a metric, found " + value.describe());
  std::string base = metricName(expr, value), name = base;
  auto isTaken = [&] {
    return name == "loss" || llvm::any_of(recipe.metrics, [&](const MetricEntry &other) { return other.name == name; });
  };
  for (unsigned number = 2; isTaken(); ++number)
    name = base + "_" + std::to_string(number);
  env->bind("val_" + name, Value::string("val_" + name));
  recipe.metrics.push_back({name, value, expr.range});
  return true;
}

bool RecipeReader::readMetrics(const ast::Expr &expr) {
  Value value = interpreter.evaluate(expr, *env);
  if (value.isError())
    return false;
  bool succeeded = true;
  auto *list = dyn_cast<ast::ListExpr>(&expr);
  if (!value.isSequence())
    succeeded = addMetric(expr, value);
  else
    for (auto [index, item] : llvm::enumerate(value.items()))
      succeeded &= addMetric(list && index < list->items.size() ? *list->items[index] : expr, item);
  std::vector<Value> names;
  for (const MetricEntry &metric : recipe.metrics)
    names.push_back(Value::string(metric.name));
  recipe.fields.push_back({"metrics", Value::list(std::move(names))});
  return succeeded;
}

/// `--set data.x="other.tsv"` replaces one field of `data = table(...)`.
Value RecipeReader::withRecordSettings(StringRef field, const Value &value) {
  if (!value.is(ValueKind::Record))
    return value;
  Record record = value.asRecord();
  for (const RecipeSetting &setting : settings) {
    StringRef name = StringRef(setting.key);
    if (!name.consume_front(field) || !name.consume_front("."))
      continue;
    interpreter.usedSettings.insert(setting.key);
    Value replacement = interpreter.evaluate(*setting.value, *env);
    auto it = llvm::find_if(record.fields, [&](const auto &entry) { return entry.first == name; });
    if (it != record.fields.end())
      it->second = replacement;
    else
      record.fields.push_back({name.str(), replacement});
  }
  return Value::record(std::move(record));
}

bool RecipeReader::checkNumber(const Field &field, const Value &value) {
  SourceRange range = field.value->range;
  if (field.name == "validation_split") {
    if (value.isNumber() && value.asDouble() >= 0 && value.asDouble() < 1)
      return true;
    return fail(range, "validation_split must be a number in [0, 1), found " + value.describe());
  }
  int64_t least = field.name == "seed" ? INT64_MIN : field.name == "epochs" ? 0 : field.name == "folds" ? 2 : 1;
  if (!value.is(ValueKind::Int))
    return fail(range, field.name + " must be an int, found " + value.describe());
  constexpr int64_t kMost = int64_t(1) << 40; // of epochs and rows
  if (value.asInt() < least)
    return fail(range, field.name + " must be at least " + Twine(least) + ", found " + Twine(value.asInt()));
  if (value.asInt() > kMost && field.name != "seed")
    return fail(range, field.name + " must be at most " + Twine(kMost) + ", found " + Twine(value.asInt()));
  return true;
}

/// What is watched must be a figure of the training: the tool would miss it only after an epoch.
bool RecipeReader::checkMonitor(const Field &field, const Value &rule) {
  auto it = llvm::find_if(rule.asRecord().fields, [](const auto &entry) { return entry.first == "monitor"; });
  if (it == rule.asRecord().fields.end() || it->second.isNone())
    return true;
  std::string watched = it->second.is(ValueKind::String) ? it->second.asString() : callableName(it->second);
  std::vector<std::string> figures = {"loss", "val_loss"};
  for (const MetricEntry &metric : recipe.metrics) {
    figures.push_back(metric.name);
    figures.push_back("val_" + metric.name);
  }
  if (llvm::is_contained(figures, watched))
    return true;
  std::vector<StringRef> names(figures.begin(), figures.end());
  return fail(field.value->range, "monitor must be one of " + llvm::join(figures, ", ") + ", found " +
                                      it->second.describe() + didYouMeanOrKeras(watched, names));
}

bool RecipeReader::readPlain(const Field &field, const Value &value) {
  StringRef name = field.name;
  SourceRange range = field.value->range;
  bool isAbsent = value.isNone();
  if (isAbsent)
    return true;
  if (name == "epochs" || name == "batch_size" || name == "seed" || name == "validation_split" || name == "folds") {
    if (!checkNumber(field, value))
      return false;
  } else if (name == "shuffle" || name == "validation_shuffle") {
    if (!value.is(ValueKind::Bool))
      return fail(range, name + " must be true or false, found " + value.describe());
  } else if (name == "init_from") {
    bool isWeights = value.is(ValueKind::Record) && value.asRecord().name == "weights";
    if (!value.is(ValueKind::String) && !isWeights)
      return fail(range, name + " must be the name of a file or weights(file, map = ...), found " + value.describe());
  } else if (StringRef kind = ruleOf(name);
             !value.is(ValueKind::Record) || (!kind.empty() && value.asRecord().name != kind)) {
    StringRef example = name == "early_stopping" ? "patience(3)"
                        : name == "on_plateau"   ? "reduce_on_plateau(factor = 0.5, patience = 5)"
                                                 : "table(\"x.tsv\", y = \"y.tsv\")";
    if (value.isCallable() && !kind.empty() && callableName(value) == kind)
      return fail(range, kind == "patience"
                             ? "patience needs the number of epochs, as in patience(3, monitor = val_loss)"
                             : "reduce_on_plateau is called: write " + example);
    return fail(range, name + " must be a description such as " + example + ", found " + value.describe());
  } else if (!kind.empty() && !checkMonitor(field, value)) {
    return false;
  }
  recipe.fields.push_back({field.name, value});
  return true;
}

std::optional<Recipe> evaluateRecipe(Interpreter &interpreter, const ast::TrainDecl &train,
                                     ArrayRef<RecipeSetting> settings, Environment &globals) {
  return RecipeReader(interpreter, train, settings, globals).read();
}

static Attribute plainAttribute(Builder &builder, const Value &value) {
  switch (value.kind()) {
  case ValueKind::Bool:
    return builder.getBoolAttr(value.asBool());
  case ValueKind::Int:
    return builder.getI64IntegerAttr(value.asInt());
  case ValueKind::Float:
    return builder.getF64FloatAttr(value.asDouble());
  case ValueKind::List:
  case ValueKind::Tuple: {
    SmallVector<Attribute> items;
    for (const Value &item : value.items())
      items.push_back(plainAttribute(builder, item));
    return builder.getArrayAttr(items);
  }
  case ValueKind::Record: {
    const Record &record = value.asRecord();
    NamedAttrList fields;
    for (const auto &[name, item] : record.fields)
      fields.set(name, plainAttribute(builder, item));
    // What reads the data, or which rule watches the training, is the record's own name.
    bool isRule = record.name == "patience" || record.name == "reduce_on_plateau";
    fields.set(isRule ? "rule" : "reader", builder.getStringAttr(record.name));
    return fields.getDictionary(builder.getContext());
  }
  default:
    return builder.getStringAttr(value.text());
  }
}

DictionaryAttr recipeAttribute(MLIRContext *context, const Recipe &recipe) {
  Builder builder(context);
  // The defaults that every session needs; Keras's.
  SmallVector<std::pair<StringRef, Attribute>> defaults = {{"epochs", builder.getI64IntegerAttr(1)},
                                                           {"batch_size", builder.getI64IntegerAttr(32)},
                                                           {"seed", builder.getI64IntegerAttr(0)},
                                                           {"shuffle", builder.getBoolAttr(true)}};
  NamedAttrList attributes;
  for (const auto &[name, value] : recipe.fields)
    attributes.set(name, plainAttribute(builder, value));
  for (const auto &[name, value] : defaults)
    if (!attributes.get(name))
      attributes.set(name, value);
  return attributes.getDictionary(context);
}

} // namespace dlc::dsl
