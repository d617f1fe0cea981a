// Which functions a program has, and the module's attributes.
#include "frontend/dsl/Elaborator.h"
#include "frontend/dsl/Builtins.h"
#include "frontend/dsl/Parser.h"
#include "frontend/dsl/ProgramElaborator.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Verifier.h"

using namespace mlir;

namespace dlc::dsl {

ProgramElaborator::ProgramElaborator(ModuleOp module, SourceManager &sources, const LoadedProgram &program,
                                     Diagnostics &diagnostics, const ElaborateOptions &options, Type floatType)
    : program(program), options(options), module(module), interpreter(module, sources, diagnostics, floatType) {
  builtins = interpreter.arena.create();
  library = interpreter.arena.create(builtins);
  globals = interpreter.arena.create(library);
  builtinTable().bindAll(*builtins);
}

bool ProgramElaborator::bindDeclaration(const ast::Decl &decl, Environment &env,
                                        llvm::StringMap<SourceRange> &places) {
  if (isa<ast::ImportDecl, ast::TrainDecl>(decl))
    return true;
  const std::string &name = decl.name.name;
  auto [place, isNew] = places.try_emplace(name, decl.name.range);
  if (!isNew) {
    interpreter.fail(decl.name.range, "'" + name + "' is declared twice", place->second, "the first declaration is here");
    return false;
  }
  if (auto *constant = dyn_cast<ast::ConstDecl>(&decl)) {
    env.bindConstant(name, constant);
  } else if (auto *function = dyn_cast<ast::FnDecl>(&decl)) {
    const ast::ResultSpec *result = function->result ? &*function->result : nullptr;
    env.bind(name, Value::function({name, &function->parameters, result, function->body.get(), &env}));
  } else {
    declarations.push_back({cast<ast::TemplateDecl>(&decl), &env});
    env.bind(name, Value::classOf(&declarations.back()));
  }
  return true;
}

bool ProgramElaborator::bindGlobals() {
  llvm::StringMap<SourceRange> libraryPlaces, userPlaces;
  bool succeeded = true;
  for (const ast::Module &file : program.modules) {
    bool isLibrary = interpreter.sources.isStandardLibrary(file.file);
    for (const ast::DeclPtr &decl : file.declarations)
      succeeded &= bindDeclaration(*decl, isLibrary ? *library : *globals, isLibrary ? libraryPlaces : userPlaces);
  }
  return succeeded;
}

bool ProgramElaborator::chooseModel() {
  std::vector<const Declaration *> models;
  llvm::StringMap<const ast::TrainDecl *> trains;
  bool succeeded = true;
  for (const Declaration &declaration : declarations)
    if (isa<ast::ModelDecl>(declaration.decl))
      models.push_back(&declaration);
  std::vector<StringRef> names;
  for (const Declaration *declaration : models)
    names.push_back(declaration->decl->name.name);
  for (const ast::Module &file : program.modules)
    for (const ast::DeclPtr &decl : file.declarations)
      if (auto *block = dyn_cast<ast::TrainDecl>(decl.get())) {
        const ast::Identifier &name = block->name;
        auto [entry, isNew] = trains.try_emplace(name.name, block);
        if (!isNew || !llvm::is_contained(names, name.name)) {
          interpreter.fail(name.range, !isNew ? "model " + name.name + " has two train blocks"
                                              : "there is no model '" + name.name + "' to train" +
                                                    didYouMean(name.name, names));
          succeeded = false;
        }
      }
  if (!succeeded)
    return false;
  SourceRange mainFile = {program.main().file, 0, 0};
  if (models.empty()) {
    interpreter.fail(mainFile, "the file declares no model; write model Name(x: f32[batch, n]) -> f32[batch, m] { ... }");
    return false;
  }
  auto isWanted = [&](const Declaration *declaration) {
    StringRef name = declaration->decl->name.name;
    return options.model.empty() ? models.size() == 1 || trains.count(name) : name == options.model;
  };
  std::vector<const Declaration *> wanted;
  llvm::copy_if(models, std::back_inserter(wanted), isWanted);
  if (wanted.size() != 1) {
    if (options.model.empty())
      interpreter.fail(mainFile, "the file declares several models: " + llvm::join(names, ", ") +
                                     "; choose one with --model");
    else
      interpreter.fail(mainFile, "there is no model '" + options.model + "'" + didYouMean(options.model, names));
    return false;
  }
  model = wanted.front();
  train = trains.lookup(model->decl->name.name);
  if (train || !options.requireTrain)
    return true;
  const std::string &name = model->decl->name.name;
  interpreter.fail(model->decl->name.range, "model " + name + " has no train block; add one, for example: train " +
                                                name + "(y: f32[batch, 1]) { loss = mse; optimizer = adam }");
  return false;
}

bool ProgramElaborator::parseSettings() {
  for (const auto &[key, text] : options.sets) {
    std::string value = text;
    // A path needs no quotes on the command line.
    if (key == "init_from" && !StringRef(text).starts_with("\"") && text != "none" &&
        !StringRef(text).starts_with("weights("))
      value = "\"" + text + "\"";
    FileId file = interpreter.sources.addFile("--set " + key, "const value = " + value + "\n");
    settingModules.push_back(parseModule(interpreter.sources, file, interpreter.diagnostics));
    if (interpreter.diagnostics.hasErrors())
      return false;
    const ast::Module &parsed = settingModules.back();
    auto *constant = parsed.declarations.size() == 1 ? dyn_cast<ast::ConstDecl>(parsed.declarations.front().get())
                                                     : nullptr;
    if (!constant) {
      interpreter.fail({file, 0, 0}, "--set " + key + " needs one value, as in --set epochs=20");
      return false;
    }
    settings.push_back({key, constant->value.get()});
    interpreter.settings.push_back({key, constant->value.get()});
  }
  return true;
}

bool ProgramElaborator::checkSettings() {
  std::vector<StringRef> names(recipeFieldNames().begin(), recipeFieldNames().end());
  names.push_back("optimizer.learning_rate");
  for (const ast::Module &file : program.modules)
    for (const ast::DeclPtr &decl : file.declarations)
      if (isa<ast::ConstDecl>(*decl) && !interpreter.sources.isStandardLibrary(file.file))
        names.push_back(decl->name.name);
  bool succeeded = true;
  for (const RecipeSetting &setting : settings)
    if (!interpreter.usedSettings.contains(setting.key)) {
      StringRef field = StringRef(setting.key).split('.').first;
      if (!train && llvm::is_contained(recipeFieldNames(), field)) {
        interpreter.fail(setting.value->range, "model " + model->decl->name.name + " has no train block, and so no " + field);
        return false;
      }
      interpreter.fail(setting.value->range,
                       "nothing in the program is called '" + setting.key + "'" + didYouMean(setting.key, names));
      succeeded = false;
    }
  return succeeded;
}

bool ProgramElaborator::checkFreeze() {
  bool succeeded = true;
  std::vector<std::string> all = std::exchange(interpreter.frozen, {});
  for (const std::string &pattern : all) {
    interpreter.frozen = {pattern};
    std::vector<StringRef> paths;
    bool matches = false;
    for (unsigned id = 0; id < interpreter.variables.size(); ++id) {
      const Variable &variable = interpreter.variables[id];
      if (variable.kind != VariableKind::Param)
        continue;
      paths.push_back(variable.name);
      matches |= interpreter.isFrozen(variable.name);
    }
    if (matches)
      continue;
    interpreter.fail(recipe->freezeRange, "'" + pattern + "' matches no parameter" + didYouMean(pattern, paths) +
                                              (paths.empty() ? "" : "; there are " + llvm::join(paths, ", ")));
    succeeded = false;
  }
  interpreter.frozen = std::move(all);
  return succeeded;
}

void ProgramElaborator::declareSessionVariable(StringRef name, Type type, const Value &initial) {
  Variable variable(name.str(), RankedTensorType::get({}, type), VariableKind::Session);
  variable.initial = DenseElementsAttr::get(variable.type, Attribute(numberAttribute(initial, type)));
  variable.location = interpreter.fileLocation(model->decl->name.range);
  interpreter.variables.add(std::move(variable));
}

void ProgramElaborator::declareSession() {
  Value seed = Value::integer(0);
  if (recipe)
    for (const auto &[name, value] : recipe->fields)
      if (name == "seed")
        seed = value;
  Type integer = Builder(module.getContext()).getI64Type();
  declareSessionVariable("seed", integer, seed);
  declareSessionVariable("step", integer, Value::integer(0));
  declareSessionVariable("epoch", integer, Value::integer(0));
  declareSessionVariable("lr_scale", interpreter.programFloatType(), Value::real(1));
  // The names of the training table's columns, hashed by the session, so that another table is not taken for it.
  declareSessionVariable("columns", integer, Value::integer(0));
  // Parameters and state that came from a file of weights are not drawn again.
  declareSessionVariable("imported", integer, Value::integer(0));
}

static DictionaryAttr describeLayer(Builder &builder, const LayerSummary &layer) {
  SmallVector<StringRef> params(layer.params.begin(), layer.params.end());
  return builder.getDictionaryAttr({
      builder.getNamedAttr("name", builder.getStringAttr(layer.name)),
      builder.getNamedAttr("layer", builder.getStringAttr(layer.layer)),
      builder.getNamedAttr("output", builder.getStringAttr(layer.output)),
      builder.getNamedAttr("params", builder.getStrArrayAttr(params)),
      builder.getNamedAttr("file", layer.location.getFilename()),
      builder.getNamedAttr("line", builder.getI64IntegerAttr(layer.location.getLine())),
      builder.getNamedAttr("column", builder.getI64IntegerAttr(layer.location.getColumn())),
  });
}

void ProgramElaborator::setAttributes() {
  Builder builder(module.getContext());
  module->setAttr("graph.name", builder.getStringAttr(model->decl->name.name));
  module->setAttr("graph.variables", interpreter.variables.attribute(module.getContext()));
  // Numbers of the optimizer that decided what was compiled: no later value of theirs has an effect.
  std::vector<Value> fixed;
  for (unsigned id = 0; id < interpreter.variables.size(); ++id)
    if (interpreter.variables[id].kind == VariableKind::Hyper && interpreter.variables[id].pinned)
      fixed.push_back(Value::string(interpreter.variables[id].name));
  if (recipe && !fixed.empty())
    recipe->fields.push_back({"fixed", Value::list(std::move(fixed))});
  module->setAttr("graph.recipe",
                  recipe ? recipeAttribute(module.getContext(), *recipe) : builder.getDictionaryAttr({}));
  SmallVector<Attribute> entries;
  for (const LayerSummary &layer : layers)
    entries.push_back(describeLayer(builder, layer));
  module->setAttr("graph.layers", builder.getArrayAttr(entries));
}

/// In the order a session calls them; functions are elaborated in another.
void ProgramElaborator::orderFunctions() {
  Operation *last = nullptr;
  for (StringRef name : {"init", "fit", "train_step", "eval_step", "predict", "metrics_reset", "metrics_result",
                         "gradients"}) {
    Operation *function = module.lookupSymbol(name);
    if (!function)
      continue;
    if (last)
      function->moveAfter(last);
    else
      function->moveBefore(&module.getBody()->front());
    last = function;
  }
}

/// Gradients that nothing asked for leave their functions behind.
void ProgramElaborator::removeUncalled() {
  for (bool changed = true; changed;) {
    changed = false;
    for (auto function : llvm::make_early_inc_range(module.getOps<func::FuncOp>()))
      if (function.isPrivate() && SymbolTable::symbolKnownUseEmpty(function, module)) {
        function.erase();
        changed = true;
      }
  }
}

bool ProgramElaborator::elaborate() {
  if (!bindGlobals() || !parseSettings() || !chooseModel())
    return false;
  if (train) {
    for (ArrayRef<ast::Parameter> parameters : {ArrayRef(model->decl->inputs), ArrayRef(train->targets)})
      for (const ast::Parameter &parameter : parameters)
        interpreter.ports.push_back(parameter.name.name);
    recipe = evaluateRecipe(interpreter, *train, settings, *globals);
    if (recipe)
      interpreter.frozen = recipe->freeze;
  }
  // A wrong recipe does not hide what is wrong with the model.
  bool succeeded = !train || recipe;
  declareSession();
  if (recipe) {
    declareHypers();
    succeeded = elaborateTrainStep();
    // Rule 7 compares whole elaborations only.
    if (!succeeded)
      trainingRun.reset();
    succeeded = succeeded && elaborateEvalStep();
  }
  succeeded = elaboratePredict() && succeeded;
  if (!succeeded || interpreter.diagnostics.hasErrors())
    return false;
  if (recipe && !(elaborateMetricsReset() && elaborateMetricsResult()))
    return false;
  if (recipe && options.gradients && !elaborateGradients())
    return false;
  if (!elaborateFit() || !elaborateInit())
    return false;
  if (!checkSettings() || !checkFreeze())
    return false;
  for (auto function : module.getOps<func::FuncOp>())
    eraseUnused(function);
  removeUncalled();
  orderFunctions();
  setAttributes();
  return true;
}

OwningOpRef<ModuleOp> elaborate(MLIRContext &context, SourceManager &sources, const LoadedProgram &program,
                                Diagnostics &diagnostics, const ElaborateOptions &options) {
  context.loadDialect<graph::GraphDialect, func::FuncDialect>();
  Type floatType = options.dtype == "f64" ? Type(Float64Type::get(&context)) : Type(Float32Type::get(&context));
  FileId file = program.main().file;
  if (options.dtype != "f32" && options.dtype != "f64") {
    diagnostics.error({file, 0, 0}, "--dtype must be f32 or f64, found " + options.dtype);
    return {};
  }
  OwningOpRef<ModuleOp> module = ModuleOp::create(FileLineColLoc::get(&context, sources.name(file), 1, 1));
  ProgramElaborator elaborator(*module, sources, program, diagnostics, options, floatType);
  if (!elaborator.elaborate() || diagnostics.hasErrors())
    return {};
  // Wrong types are reported above; what the verifier finds is a fault of the elaborator.
  if (failed(verify(*module))) {
    diagnostics.error({file, 0, 0}, "internal error: the elaborated module is not valid");
    return {};
  }
  return module;
}

} // namespace dlc::dsl
