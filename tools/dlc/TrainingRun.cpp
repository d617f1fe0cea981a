#include "tools/dlc/TrainingRun.h"
#include "tools/dlc/Console.h"
#include "tools/dlc/ProgramFiles.h"
#include "tools/fit/AtomicFile.h"
#include "tools/fit/ColumnOrder.h"
#include "tools/fit/Interrupt.h"
#include "tools/fit/NumberText.h"
#include "tools/fit/Problem.h"
#include "tools/fit/ProgressBar.h"
#include "tools/fit/WorkerPool.h"
#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <unistd.h>

namespace dlc {

using namespace fit;

namespace {

std::pair<std::string, std::string> splitSetting(const std::string &setting) {
  size_t equals = setting.find('=');
  if (equals == std::string::npos || !equals)
    throw Problem(ExitCode::Usage, "--set " + setting, "expected NAME=VALUE, such as epochs=50");
  return {setting.substr(0, equals), setting.substr(equals + 1)};
}

std::unique_ptr<TrainingObserver> makeObserver(const TrainArguments &arguments) {
  if (arguments.json)
    return std::make_unique<JsonProgress>(stdout);
  if (arguments.quiet)
    return std::make_unique<TrainingObserver>();
  return std::make_unique<ProgressBar>(stdout, isTerminal(STDERR_FILENO) ? stderr : nullptr);
}

int64_t predictionColumns(const Program &program) {
  dlc_function predict = program.function("predict");
  if (!predict.output_count)
    return 0;
  int64_t count = 1;
  for (uint32_t i = 1; i < predict.outputs[0].rank; ++i)
    count *= std::max<int64_t>(predict.outputs[0].dims[i].fixed, 1);
  return count;
}

} // namespace

TrainingRun::TrainingRun(const TrainArguments &given) : arguments(given) {
  CompileSettings &settings = arguments.settings;
  settings.requireTrain = true;
  if (arguments.output.empty())
    arguments.output = isSource() ? stemOf(settings.input) + ".dlm" : settings.input;
  // In the recipe of a compiled program these are remembered; of a .dlm file they hold for this run. Where to stop is
  // not part of the recipe: a program that stopped and went on has the bytes of one that did not.
  auto set = [&](const char *name, const std::optional<int64_t> &value) {
    if (value)
      settings.sets.push_back(std::string(name) + "=" + std::to_string(*value));
  };
  set("batch_size", arguments.batchSize);
  set("seed", arguments.seed);
}

void TrainingRun::checkOutputs() {
  for (const std::string &path : {arguments.output, arguments.history, arguments.report})
    if (!path.empty())
      checkWritable(path);
  std::error_code code;
  if (std::filesystem::exists(arguments.output, code) && !std::filesystem::is_regular_file(arguments.output, code))
    throw Problem(ExitCode::Io, arguments.output, "a program can only be saved in a regular file", "give one with -o");
  bool goesOn = !isSource() && arguments.output == arguments.settings.input;
  checkDistinct({arguments.output, arguments.history, arguments.report},
                goesOn ? std::vector<std::string>() : std::vector<std::string>{arguments.settings.input});
}

void TrainingRun::keepTables() const {
  for (const std::optional<Dataset> *data : {&loaded.train, &loaded.validation, &loaded.test})
    for (size_t i = 0; *data && i < (*data)->ports().size(); ++i)
      checkDistinct({arguments.output, arguments.history, arguments.report}, {(*data)->ports()[i].values.file});
}

void TrainingRun::compile() {
  std::string bytes = compileProgram(arguments.settings);
  program.emplace(Program::fromBytes(bytes, arguments.settings.input));
}

std::optional<Program> TrainingRun::compileUnfused() const {
  if (!isSource())
    return std::nullopt;
  CompileSettings settings = arguments.settings;
  settings.quietDiagnostics = true;
  settings.disabledPasses = {"dlc-form-fusion-groups"};
  try {
    return Program::fromBytes(compileProgram(settings), settings.input);
  } catch (const CompileFailure &) {
    return std::nullopt;
  }
}

void TrainingRun::openProgram() {
  if (isSource())
    compile();
  else
    program.emplace(Program::load(arguments.settings.input));
  program->functionIndex("train_step"); // says what to do if there is none
  readRecipe();
}

void TrainingRun::readRecipe() {
  nlohmann::json json = program->metadata("recipe");
  if (!isSource())
    for (const std::string &setting : arguments.settings.sets) {
      auto [name, value] = splitSetting(setting);
      if (!overrideRecipe(json, name, value) && !Variables(*program).has(name))
        throw Problem(ExitCode::Usage, "--set " + setting, "'" + name + "' cannot change in a compiled program",
                      "epochs, batch_size, seed, shuffle, validation_split and optimizer.… can; for others train the "
                      ".dl file");
    }
  recipe = parseRecipe(json);
  if (arguments.epochs)
    recipe.epochs = *arguments.epochs;
}

// --set of the optimizer's numbers on a compiled program.
std::vector<std::pair<std::string, double>> TrainingRun::hyperSettings() const {
  std::vector<std::pair<std::string, double>> hypers;
  if (isSource())
    return hypers;
  Variables variables(*program);
  nlohmann::json done;
  for (const std::string &setting : arguments.settings.sets) {
    auto [name, text] = splitSetting(setting);
    if (!variables.has(name) || overrideRecipe(done, name, text)) // `seed` is a variable too
      continue;
    dlc_variable variable = variables.describe(name);
    if (variable.kind != DLC_HYPER && name != "lr_scale")
      throw Problem(ExitCode::Usage, "--set " + setting, "'" + name + "' is not a number of the optimizer");
    char *end = nullptr;
    double value = std::strtod(text.c_str(), &end);
    if (text.empty() || *end || !std::isfinite(value))
      throw Problem(ExitCode::Usage, "--set " + setting, "expected a finite number, found '" + quotable(text) + "'");
    hypers.emplace_back(name, value);
  }
  return hypers;
}

void TrainingRun::checkContinuation(const Variables &variables) const {
  if (arguments.fromScratch || isUntrained(variables))
    return;
  if (arguments.seed && *arguments.seed != variables.integer("seed"))
    throw Problem(ExitCode::Usage, "--seed",
                  arguments.settings.input + " was trained with seed " + std::to_string(variables.integer("seed")) +
                      "; another one cannot go on from there",
                  "leave it out, or start anew with --from-scratch");
  if (variables.integer("epoch") >= recipe.epochs)
    throw Problem(ExitCode::BadInput, arguments.settings.input,
                  "is trained already: " + plural(variables.integer("epoch"), "epoch") + " of " +
                      std::to_string(recipe.epochs),
                  "give more in total, --epochs " + std::to_string(2 * variables.integer("epoch")) +
                      ", or start anew with --from-scratch");
}

std::optional<Dataset> TrainingRun::read(const DataSpec &spec, const std::string &name,
                                         const std::vector<std::string> &options,
                                         const std::vector<std::string> &classes) {
  if (spec.empty() && options.empty())
    return std::nullopt;
  // Files of the command line take the columns that the recipe's training data have.
  DataSpec base = spec.empty() ? recipe.data : spec;
  Dataset::Options readOptions;
  readOptions.allowNan = arguments.allowNan;
  readOptions.classNames = classes;
  DataSpec resolved =
      resolveData(base, name, options, *program, "train_step", dataFolders(*program, arguments.settings.input));
  return Dataset::read(*program, "train_step", resolved, readOptions);
}

void TrainingRun::readData() {
  loaded.train = read(recipe.data, "data", arguments.data, recipe.classNames);
  if (!loaded.train)
    throw Problem(
        ExitCode::BadInput, arguments.settings.input, "nothing says what to train on",
        "give it with --data x=FILE --data y=FILE, or in the recipe: data = table(x = \"FILE\", y = \"FILE\")");
  std::vector<std::string> classes = recipe.classNames.empty() ? loaded.train->classNames() : recipe.classNames;
  loaded.validation = read(recipe.validation, "validation", arguments.validation, classes);
  loaded.test = read(recipe.test, "test", arguments.test, classes);
  for (const std::optional<Dataset> *other : {&loaded.validation, &loaded.test})
    if (*other)
      checkColumnOrder(columnOrder(*loaded.train), **other);
  keepTables();
}

// As the recipe's tables, relative to the model; as it is where there is no such file, for the message.
std::string TrainingRun::initialFile() const {
  std::error_code code;
  for (const std::string &folder : dataFolders(*program, arguments.settings.input))
    if (std::string file = (std::filesystem::path(folder) / recipe.initFrom).string();
        std::filesystem::exists(file, code))
      return file;
  return recipe.initFrom;
}

// Names of classes belong into the program, so that predict can give them: its recipe gets them by compiling again.
void TrainingRun::keepClassNames() {
  const std::vector<std::string> &names = loaded.train->classNames();
  if (names.empty() || !recipe.classNames.empty())
    return;
  recipe.classNames = names;
  if (!isSource() || recipe.data.empty())
    return;
  nlohmann::json list = names;
  arguments.settings.sets.push_back("data.classes=" + list.dump());
  compile();
}

void TrainingRun::reportFindings(const TrainingData &data) {
  CheckOptions options;
  options.loss = recipe.loss;
  options.classes = predictionColumns(*program);
  options.normalizesItself = program->has("fit");
  findings = checkData(*data.train, options);
  if (loaded.validation)
    checkData(*loaded.validation, options);
  if (loaded.test)
    checkData(*loaded.test, options);
  for (const Finding &finding : findings)
    if (finding.level == Finding::Level::Warning || (!arguments.quiet && !arguments.json))
      reportFinding(finding);
}

void TrainingRun::saveHistory(const TrainingSession &session) const {
  if (!arguments.history.empty())
    writeAtomically(arguments.history, session.history().table());
}

int TrainingRun::run() {
  checkOutputs();
  openProgram();
  readData();
  keepClassNames();
  Variables variables(*program);
  checkContinuation(variables);
  if (!arguments.fromScratch)
    checkColumnOrder(trainedColumns(variables), *loaded.train);
  TrainingData data = splitData(*loaded.train, loaded.validation ? &*loaded.validation : nullptr,
                                loaded.validation ? 0 : recipe.validationSplit);
  reportFindings(data);
  WorkerPool pool(arguments.threads);
  std::unique_ptr<TrainingObserver> observer = makeObserver(arguments);
  bool continues = !arguments.fromScratch && !isUntrained(variables);
  std::optional<Program> initial;
  if (!recipe.initFrom.empty() && !continues)
    initial.emplace(Program::load(initialFile()));
  SessionOptions options = {recipe, arguments.fromScratch, hyperSettings(), initial ? &*initial : nullptr,
                            arguments.output, [this] { return compileUnfused(); }};
  TrainingSession session(*program, variables, data, options, pool.host(), *observer);
  if (continues && !arguments.history.empty() && std::filesystem::exists(arguments.history))
    session.continueHistory(History::read(arguments.history, variables.integer("epoch")));
  if (continues && variables.integer("epoch"))
    resumeStopping(session);
  SessionOutcome outcome;
  {
    InterruptGuard guard;
    try {
      outcome = session.run();
    } catch (const Problem &) { // the session has saved the last good state
      saveHistory(session);
      throw;
    }
    guard.saving();
    observer.reset(); // erases the bar
    save(variables);
    saveHistory(session);
    saveStopping(session, outcome.end != SessionOutcome::End::Interrupted);
  }
  if (outcome.end == SessionOutcome::End::Interrupted) {
    std::fprintf(stderr, "interrupted after step %lld, in epoch %lld of %lld; saved in %s\n  go on with: %s\n",
                 static_cast<long long>(variables.integer("step")),
                 static_cast<long long>(variables.integer("epoch") + 1), static_cast<long long>(recipe.epochs),
                 arguments.output.c_str(), resumeCommand().c_str());
    return static_cast<int>(ExitCode::Interrupted);
  }
  finish(session, outcome, data, variables, pool.host());
  return 0;
}

} // namespace dlc
