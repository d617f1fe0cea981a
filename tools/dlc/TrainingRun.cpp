#include "tools/dlc/TrainingRun.h"
#include "tools/dlc/Console.h"
#include "tools/dlc/ProgramFiles.h"
#include "tools/fit/AtomicFile.h"
#include "tools/fit/ColumnOrder.h"
#include "tools/fit/Folds.h"
#include "tools/fit/Interrupt.h"
#include "tools/fit/LearningRateTest.h"
#include "tools/fit/NumberText.h"
#include "tools/fit/Problem.h"
#include "tools/fit/ProgressBar.h"
#include "tools/fit/TensorBoardLog.h"
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

void TrainingRun::checkArguments() const {
  auto refuse = [](const std::string &option, const std::string &text, const std::string &remedy) {
    throw Problem(ExitCode::Usage, option, text, remedy);
  };
  if (arguments.findRate && (arguments.folds || arguments.resume || arguments.refit || !arguments.logdir.empty()))
    refuse("--find-lr", "trains nothing that --folds, --refit, --resume or --logdir could be of", "use one at a time");
  if (arguments.resume && (arguments.folds.value_or(0) || arguments.refit || arguments.fromScratch))
    refuse("--resume", "goes on with one training: it cannot be used with --folds, --refit or --from-scratch",
           "leave one of them out");
  if (arguments.folds == 1)
    refuse("--folds 1", "a cross-validation needs at least 2 folds", "give 5 or 10");
  if (!arguments.projections.empty()) {
    if (arguments.report.empty())
      refuse("--project", "draws in the report, and none is written", "add --report report.html");
    if (arguments.findRate)
      refuse("--project", "draws what a trained program knows, and --find-lr trains none", "use one at a time");
  }
  CheckpointInterval::parse(arguments.checkpointEvery.empty() ? "never" : arguments.checkpointEvery);
  RateRange::parse(arguments.findRate.value_or(""));
}

void TrainingRun::checkOutputs() {
  for (const std::string &path : {arguments.output, arguments.history, arguments.report})
    if (!path.empty() && (path != arguments.output || !arguments.findRate))
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
  checkProjections(*program, arguments.projections);
}

void TrainingRun::readRecipe() {
  nlohmann::json json = program->metadata("recipe");
  if (!isSource())
    for (const std::string &setting : arguments.settings.sets) {
      auto [name, value] = splitSetting(setting);
      if (!overrideRecipe(json, name, value) && !Variables(*program).has(name))
        throw Problem(
            ExitCode::Usage, "--set " + setting, "'" + name + "' cannot change in a compiled program",
            "epochs, batch_size, seed, shuffle, validation_split, validation_shuffle and optimizer.… can; for "
            "others train the "
            ".dl file");
    }
  recipe = parseRecipe(json, portsOf(*program));
  Recipe kept = recipeOf(*program);
  if (kept.validationSplit != recipe.validationSplit || kept.validationShuffle != recipe.validationShuffle)
    reportWarning(arguments.settings.input + " keeps its own recipe: these validation rows are of this run alone",
                  "give --set again to go on; `dlc evaluate --on validation` measures those of its recipe. To have "
                  "them remembered, train the .dl file");
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
    if (std::find(recipe.fixed.begin(), recipe.fixed.end(), name) != recipe.fixed.end())
      throw Problem(ExitCode::Usage, "--set " + setting, "'" + name + "' decided what was compiled and is fixed now",
                    "train the .dl file with it");
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
  readOptions.skipBad = arguments.skipBad;
  readOptions.classNames = classes;
  readOptions.words = loaded.train ? loaded.train->words() : "";
  readOptions.validationSplit =
      name == "data" && splitsTrainingData() && !recipe.validationShuffle ? recipe.validationSplit : 0;
  DataSpec resolved = resolveData(base, name, options, *program, trainingDataFunction(*program),
                                  dataFolders(*program, arguments.settings.input));
  Dataset data = Dataset::read(*program, trainingDataFunction(*program), resolved, readOptions);
  reportSkipped(data);
  return data;
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
  if (splitsTrainingData() && recipe.validationShuffle && !foldCount()) {
    Variables variables(*program);
    bool continues = !arguments.fromScratch && !isUntrained(variables);
    shuffleForSplit(*loaded.train, recipe, continues ? variables.integer("seed") : recipe.seed);
  }
}

bool TrainingRun::splitsTrainingData() const {
  return recipe.validationSplit > 0 && recipe.validation.empty() && arguments.validation.empty();
}

// As the recipe's tables, relative to the model; as it is where there is no such file, for the message.
std::string TrainingRun::besideModel(const std::string &file) const {
  std::error_code code;
  for (const std::string &folder : dataFolders(*program, arguments.settings.input))
    if (std::string found = (std::filesystem::path(folder) / file).string(); std::filesystem::exists(found, code))
      return found;
  return file;
}

std::optional<InitialWeights> TrainingRun::initialWeights() const {
  if (recipe.initFrom.empty())
    return std::nullopt;
  InitialWeights initial;
  initial.file = WeightsFile::open(besideModel(recipe.initFrom));
  if (!recipe.initNames.empty())
    initial.options.table = NameTable::read(besideModel(recipe.initNames));
  initial.options.skipMismatch = recipe.initSkipsMismatch;
  return initial;
}

// Names of classes and the words of a text belong into the program, so that predict can use them: its recipe gets them
// by compiling again.
void TrainingRun::keepClassNames() {
  const std::vector<std::string> &names = loaded.train->classNames();
  const std::string &words = loaded.train->words();
  std::vector<std::string> sets;
  if (!names.empty() && recipe.classNames.empty()) {
    recipe.classNames = names;
    sets.push_back(std::string("data.") + kLearnedClasses + "=" + nlohmann::json(names).dump());
  }
  if (!words.empty() && !recipe.data.options.contains(kLearnedWords))
    sets.push_back(std::string("data.") + kLearnedWords + "=" + nlohmann::json(words).dump());
  if (sets.empty() || !isSource() || recipe.data.empty())
    return;
  std::vector<std::string> &all = arguments.settings.sets;
  all.insert(all.end(), sets.begin(), sets.end());
  compile();
}

void TrainingRun::reportFindings(const TrainingData &data) {
  CheckOptions options;
  options.loss = recipe.loss;
  options.classes = predictionColumns(*program);
  options.normalizesItself = program->has("fit");
  options.learns = true;
  options.lastSize = lastPredictionSize(*program);
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
  checkArguments();
  checkOutputs();
  openProgram();
  readData();
  keepClassNames();
  if (arguments.findRate)
    return findRate();
  int64_t folds = foldCount();
  if (arguments.refit && !folds)
    throw Problem(ExitCode::Usage, "--refit", "trains on all rows after a cross-validation, and there is none",
                  "add --folds 5, or leave it out");
  if (folds && !arguments.refit && !arguments.projections.empty())
    throw Problem(ExitCode::Usage, "--project", "draws what one trained program knows, and the folds leave none",
                  "add --refit, or --folds 0");
  if (folds)
    if (int code = crossValidate(folds); code || !arguments.refit)
      return code;
  return train();
}

int TrainingRun::train() {
  Variables variables(*program);
  std::optional<Checkpoint> resumed;
  if (arguments.resume && hasEnded())
    return 0;
  if (arguments.resume)
    resumed = readCheckpoint();
  if (resumed)
    variables.restore(resumed->variables);
  if (!isRefit)
    checkContinuation(variables);
  if (!arguments.fromScratch && !isRefit)
    checkColumnOrder(trainedColumns(variables), *loaded.train);
  TrainingData data = splitData(*loaded.train, loaded.validation ? &*loaded.validation : nullptr,
                                loaded.validation ? 0 : recipe.validationSplit);
  if (resumed)
    checkCheckpoint(*resumed, *program, recipe, data.trainRows.count(), checkpointFile(arguments.output));
  if (!isRefit)
    reportFindings(data);
  WorkerPool pool(arguments.threads);
  std::unique_ptr<TrainingObserver> observer = makeObserver(arguments);
  std::optional<TensorBoardLog> log;
  if (!arguments.logdir.empty())
    log.emplace(arguments.logdir, variables, *observer);
  bool continues = !arguments.fromScratch && !isUntrained(variables) && !isRefit;
  std::optional<InitialWeights> initial = continues ? std::nullopt : initialWeights();
  SessionOptions options = {recipe,           arguments.fromScratch || isRefit,
                            hyperSettings(),  initial ? &*initial : nullptr,
                            arguments.output, [this] { return compileUnfused(); }};
  if (!arguments.checkpointEvery.empty())
    options.checkpointEvery = CheckpointInterval::parse(arguments.checkpointEvery);
  if (!isRefit)
    options.checkpoint = [&](const TrainingSession &session) { tryCheckpoint(session, variables); };
  TrainingSession session(*program, variables, data, options, pool.host(),
                          log ? static_cast<TrainingObserver &>(*log) : *observer);
  goOn(session, variables, resumed, continues);
  SessionOutcome outcome;
  bool isInterrupted = false;
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
    isInterrupted = outcome.end == SessionOutcome::End::Interrupted;
    if (isInterrupted && isRefit) // a program does not know that its rules were left out
      return interrupted(variables);
    save(variables);
    saveHistory(session);
    if (isInterrupted)
      writeCheckpoint(session, variables);
    else
      removeCheckpoint();
  }
  if (isInterrupted)
    return interrupted(variables);
  finish(session, outcome, data, variables, pool.host());
  return 0;
}

} // namespace dlc
