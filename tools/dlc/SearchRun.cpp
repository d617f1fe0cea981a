#include "tools/dlc/SearchRun.h"
#include "tools/dlc/Console.h"
#include "tools/dlc/ProgramFiles.h"
#include "tools/fit/AtomicFile.h"
#include "tools/fit/CellValue.h"
#include "tools/fit/ColumnOrder.h"
#include "tools/fit/DataChecks.h"
#include "tools/fit/Folds.h"
#include "tools/fit/Interrupt.h"
#include "tools/fit/NearestName.h"
#include "tools/fit/NotFiniteReport.h"
#include "tools/fit/NumberText.h"
#include "tools/fit/WorkerPool.h"
#include <algorithm>
#include <chrono>
#include <cmath>
#include <nlohmann/json.hpp>

namespace dlc {

using namespace fit;

namespace {

double now() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

std::optional<double> numberIn(const std::string &text) {
  double value = 0;
  return parseCell(text, DLC_F64, &value) == CellFault::None ? std::optional<double>(value) : std::nullopt;
}

} // namespace

SearchRun::SearchRun(const SearchArguments &given) : arguments(given) {
  arguments.settings.requireTrain = true;
  auto set = [&](const char *name, const std::optional<int64_t> &value) {
    if (value)
      arguments.settings.sets.push_back(std::string(name) + "=" + std::to_string(*value));
  };
  set("epochs", arguments.epochs);
  set("seed", arguments.seed);
}

// What the session reads from the recipe; the program is the same for all of its values.
bool SearchRun::isSessionSetting(const std::string &name) {
  nlohmann::json ignored;
  return overrideRecipe(ignored, name, "1");
}

bool SearchRun::isHyper(const std::string &name) const {
  const Variant &base = *variants.at({});
  const std::vector<std::string> &fixed = base.recipe.fixed;
  if (std::find(fixed.begin(), fixed.end(), name) != fixed.end())
    return false;
  Variables variables(base.program);
  return name.compare(0, 10, "optimizer.") == 0 && variables.has(name) && variables.describe(name).kind == DLC_HYPER;
}

std::vector<std::string> SearchRun::compileSets(const Trial &trial) const {
  std::vector<std::string> sets;
  // Another optimizer has other arguments: then they are its compiler's business.
  bool isFixed = std::none_of(trial.begin(), trial.end(), [](const auto &entry) { return entry.first == "optimizer"; });
  for (const auto &[name, value] : trial)
    if (!isSessionSetting(name) && !(isFixed && isHyper(name)))
      sets.push_back(name + "=" + value);
  return sets;
}

std::unique_ptr<SearchRun::Variant> SearchRun::compileVariant(const std::vector<std::string> &sets) const {
  CompileSettings settings = arguments.settings;
  settings.sets.insert(settings.sets.end(), sets.begin(), sets.end());
  Program program = Program::fromBytes(compileProgram(settings), settings.input);
  program.functionIndex("train_step");
  Recipe recipe = dlc::recipeOf(program);
  auto variant = std::make_unique<Variant>(Variant{std::move(program), std::move(recipe), {}, {}});
  auto read = [&](const DataSpec &spec, const char *name, const std::vector<std::string> &options,
                  const std::vector<std::string> &classes) -> std::optional<Dataset> {
    if (spec.empty() && options.empty())
      return std::nullopt;
    Dataset::Options readOptions;
    readOptions.allowNan = arguments.allowNan;
    readOptions.skipBad = arguments.skipBad;
    readOptions.words = variant->train ? variant->train->words() : "";
    readOptions.classNames = classes;
    Dataset data =
        Dataset::read(variant->program, "train_step",
                      resolveData(spec.empty() ? variant->recipe.data : spec, name, options, variant->program,
                                  "train_step", dataFolders(variant->program, settings.input)),
                      readOptions);
    if (sets.empty()) // once
      reportSkipped(data);
    return data;
  };
  variant->train = read(variant->recipe.data, "data", arguments.data, variant->recipe.classNames);
  if (!variant->train)
    throw Problem(ExitCode::BadInput, settings.input, "nothing says what to train on",
                  "give it with --data x=FILE --data y=FILE, or in the recipe: data = table(…)");
  if (variant->recipe.classNames.empty())
    variant->recipe.classNames = variant->train->classNames();
  variant->validation =
      read(variant->recipe.validation, "validation", arguments.validation, variant->recipe.classNames);
  if (variant->validation)
    checkColumnOrder(columnOrder(*variant->train), *variant->validation);
  return variant;
}

SearchRun::Variant &SearchRun::variantOf(const Trial &trial) {
  std::vector<std::string> sets = compileSets(trial);
  auto found = variants.find(sets);
  if (found == variants.end()) {
    // Two are enough: trials of one program follow one another. The first is needed to the end.
    for (auto it = variants.begin(); it != variants.end();)
      it = it->first.empty() ? std::next(it) : variants.erase(it);
    found = variants.emplace(sets, compileVariant(sets)).first;
  }
  return *found->second;
}

Recipe SearchRun::recipeOf(const Variant &variant, const Trial &trial) const {
  nlohmann::json json = variant.recipe.json;
  for (const auto &[name, value] : trial)
    overrideRecipe(json, name, value);
  Recipe recipe = parseRecipe(json, portsOf(variant.program));
  recipe.classNames = variant.recipe.classNames;
  if (arguments.folds)
    recipe.folds = *arguments.folds;
  return recipe;
}

// Before anything is trained, so that the last value of a list is not found wrong after an hour.
void SearchRun::checkValue(const std::string &name, const std::string &value) {
  std::string option = "--try " + name + "=" + value;
  auto isOther = [&](const SearchAxis &axis) { return axis.name == "optimizer"; };
  bool isFixed = std::none_of(axes.begin(), axes.end(), isOther);
  if (isSessionSetting(name)) {
    try {
      recipeOf(*variants.at({}), {{name, value}});
    } catch (const Problem &problem) {
      throw Problem(ExitCode::Usage, option, problem.what());
    }
    return;
  }
  if (isFixed && isHyper(name)) {
    std::optional<double> number = numberIn(value);
    if (!number || !std::isfinite(*number))
      throw Problem(
          ExitCode::Usage, option, "expected a finite number, found '" + quotable(value) + "'",
          "a schedule or another optimizer can be tried as a whole: --try 'optimizer=adam(learning_rate = …)'");
    return;
  }
  CompileSettings settings = arguments.settings;
  settings.emit = "check";
  settings.quietDiagnostics = true;
  settings.sets.push_back(name + "=" + value);
  CompileJob job(settings);
  job.run();
  for (const Diagnostic &diagnostic : job.diagnostics())
    if (diagnostic.severity == DLC_COMPILER_ERROR)
      throw Problem(ExitCode::Usage, option, diagnostic.message);
}

void SearchRun::checkTries() {
  for (const std::string &text : arguments.tries) {
    axes.push_back(parseSearchAxis(text));
    for (size_t i = 0; i + 1 < axes.size(); ++i)
      if (axes[i].name == axes.back().name)
        throw Problem(ExitCode::Usage, "--try " + quotable(text, 60), "'" + axes.back().name + "' is tried already",
                      "give all values in one list");
  }
  // Wrong spaces are refused before the first compilation.
  if (!arguments.random)
    trials = gridTrials(axes);
  variants.emplace(std::vector<std::string>(), compileVariant({}));
  for (const SearchAxis &axis : axes)
    for (const std::string &value : axis.values)
      checkValue(axis.name, value);
  if (arguments.random)
    trials = randomTrials(axes, *arguments.random, variants.at({})->recipe.seed);
  // Trials of one program one after the other.
  std::vector<std::pair<std::vector<std::string>, size_t>> order;
  for (size_t i = 0; i < trials.size(); ++i)
    order.emplace_back(compileSets(trials[i]), i);
  std::sort(order.begin(), order.end());
  std::vector<Trial> grouped;
  for (const auto &entry : order)
    grouped.push_back(trials[entry.second]);
  trials = std::move(grouped);
}

void SearchRun::chooseMonitor(const Variant &variant) {
  Recipe recipe = recipeOf(variant, trials.front());
  bool validates = recipe.folds || variant.validation || recipe.validationSplit > 0;
  monitor = arguments.monitor;
  if (monitor.empty() && recipe.earlyStopping)
    monitor = recipe.earlyStopping->monitor;
  if (monitor.empty() && !validates)
    throw Problem(ExitCode::BadInput, arguments.settings.input,
                  "nothing to compare the trials by: no rows are kept for validation",
                  "add --folds 5 or --set validation_split=0.2; or compare by the training loss, --monitor loss");
  if (monitor.empty())
    monitor = "val_loss";
  std::vector<std::string> names = {"loss"};
  names.insert(names.end(), recipe.metrics.begin(), recipe.metrics.end());
  for (size_t i = 0, count = names.size(); validates && i < count; ++i)
    names.push_back("val_" + names[i]);
  bool triesMetrics =
      std::any_of(axes.begin(), axes.end(), [](const SearchAxis &axis) { return axis.name == "metrics"; });
  if (!triesMetrics && std::find(names.begin(), names.end(), monitor) == names.end())
    throw Problem(ExitCode::Usage, "--monitor " + monitor, "'" + monitor + "' is not measured",
                  suggestName(monitor, names, "measured are "));
}

bool SearchRun::trainFolds(Result &result, Variant &variant, const Recipe &recipe, int64_t folds,
                           const std::vector<std::pair<std::string, double>> &hypers) {
  TrainingObserver nobody;
  CrossValidation validation = crossValidate(
      {variant.program, *variant.train, recipe, folds, hypers}, host, nobody, [&](const FoldResult &fold) {
        result.seconds += fold.outcome.seconds;
        result.epochs += fold.outcome.bestEpoch ? fold.outcome.bestEpoch : fold.outcome.epochsDone;
        if (!fold.failure.empty())
          result.failure = "fold " + std::to_string(fold.number) + ": " + fold.failure;
      });
  if (validation.interrupted)
    return false;
  result.epochs = result.epochs / std::max<int64_t>(1, static_cast<int64_t>(validation.folds.size()));
  std::vector<FoldSummary> summaries = validation.summaries();
  for (const FoldSummary &summary : summaries)
    result.measures.emplace_back(summary.name, summary.mean);
  const FoldSummary *summary = findSummary(summaries, monitor);
  result.value = summary ? summary->mean : NAN;
  result.deviation = summary ? summary->deviation : NAN;
  return true;
}

bool SearchRun::trainOnce(Result &result, Variant &variant, const Recipe &recipe,
                          const std::vector<std::pair<std::string, double>> &hypers) {
  Variables variables(variant.program);
  if (!variant.validation && recipe.validationSplit > 0 && recipe.validationShuffle)
    shuffleForSplit(*variant.train, recipe, recipe.seed);
  else
    variant.train->restoreOrder();
  TrainingData data = splitData(*variant.train, variant.validation ? &*variant.validation : nullptr,
                                variant.validation ? 0 : recipe.validationSplit);
  TrainingObserver nobody;
  TrainingSession session(variant.program, variables, data, {recipe, true, hypers, nullptr, "", nullptr}, host, nobody);
  try {
    SessionOutcome outcome = session.run();
    if (outcome.end == SessionOutcome::End::Interrupted)
      return false;
    Epoch kept = keptEpoch(session.history(), outcome);
    result.epochs = outcome.bestEpoch ? outcome.bestEpoch : outcome.epochsDone;
    result.seconds = outcome.seconds;
    result.measures = kept.train;
    for (const auto &[name, value] : kept.validation)
      result.measures.emplace_back("val_" + name, value);
    result.value = kept.measure(monitor).value_or(NAN);
  } catch (const NotFiniteProblem &problem) {
    result.failure = (problem.place().empty() ? "" : problem.place() + ": ") + problem.what();
  }
  return true;
}

bool SearchRun::train(Result &result) {
  result.value = result.deviation = NAN;
  try {
    variantOf(result.trial);
  } catch (const CompileFailure &) { // each value alone was right; the compiler has said what is wrong together
    result.failure = "does not compile";
    return true;
  }
  Variant &variant = variantOf(result.trial);
  Recipe recipe = recipeOf(variant, result.trial);
  std::vector<std::pair<std::string, double>> hypers;
  std::vector<std::string> compiled = compileSets(result.trial);
  for (const auto &[name, value] : result.trial)
    if (!isSessionSetting(name) && std::find(compiled.begin(), compiled.end(), name + "=" + value) == compiled.end())
      hypers.emplace_back(name, *numberIn(value));
  bool done = recipe.folds ? trainFolds(result, variant, recipe, recipe.folds, hypers)
                           : trainOnce(result, variant, recipe, hypers);
  if (done && result.failure.empty() && !std::isfinite(result.value))
    result.failure = monitor + " is not finite";
  return done;
}

int SearchRun::run() {
  if (endsWith(arguments.settings.input, ".dlm"))
    throw Problem(ExitCode::BadInput, arguments.settings.input, "search needs a model's source (.dl), found a program",
                  "give the file that it was compiled from");
  if (arguments.folds == 1)
    throw Problem(ExitCode::Usage, "--folds 1", "a cross-validation needs at least 2 folds", "give 5 or 10");
  if (!arguments.output.empty()) {
    checkWritable(arguments.output);
    checkDistinct({arguments.output}, {arguments.settings.input});
  }
  checkTries();
  const Variant &base = *variants.at({});
  for (const std::optional<Dataset> *data : {&base.train, &base.validation})
    for (size_t i = 0; *data && i < (*data)->ports().size(); ++i)
      checkDistinct({arguments.output}, {(*data)->ports()[i].values.file});
  if (!base.recipe.initFrom.empty())
    throw Problem(ExitCode::BadInput, arguments.settings.input,
                  "init_from = \"" + base.recipe.initFrom + "\": trials begin with parameters from the seed",
                  "leave it out with --set init_from=none");
  CheckOptions checks;
  checks.loss = base.recipe.loss;
  checks.normalizesItself = base.program.has("fit");
  checks.classes = predictionColumns(base.program);
  for (const Finding &finding : checkData(*base.train, checks))
    if (finding.level == Finding::Level::Warning)
      reportFinding(finding);
  chooseMonitor(base);
  WorkerPool pool(arguments.threads);
  host = pool.host();
  InterruptGuard guard;
  double started = now();
  bool isInterrupted = false;
  for (size_t i = 0; i < trials.size() && !isInterrupted; ++i) {
    Result result;
    result.trial = trials[i];
    isInterrupted = !train(result);
    if (isInterrupted)
      break;
    results.push_back(std::move(result));
    print(results.back(), i + 1);
    if (!arguments.output.empty())
      writeAtomically(arguments.output, table());
    isInterrupted = InterruptGuard::requested() && i + 1 < trials.size();
  }
  guard.saving();
  printEnd(now() - started);
  if (isInterrupted) {
    std::fprintf(stderr, "interrupted after %zu of %zu trials\n", results.size(), trials.size());
    return static_cast<int>(ExitCode::Interrupted);
  }
  bool anyWorked = std::any_of(results.begin(), results.end(), [](const Result &r) { return r.failure.empty(); });
  return static_cast<int>(anyWorked ? ExitCode::Success : ExitCode::BadInput);
}

} // namespace dlc
