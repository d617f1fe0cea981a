// dlc train --folds: a run whose result is numbers, not a program.
#include "tools/dlc/Console.h"
#include "tools/dlc/TrainingRun.h"
#include "tools/fit/AlignedTable.h"
#include "tools/fit/AtomicFile.h"
#include "tools/fit/Interrupt.h"
#include "tools/fit/NumberText.h"
#include "tools/fit/Problem.h"
#include "tools/fit/ProgressBar.h"
#include "tools/fit/WorkerPool.h"
#include <cmath>
#include <nlohmann/json.hpp>

namespace dlc {

using namespace fit;
using Json = nlohmann::ordered_json;

namespace {

Json numberJson(double value) { return std::isfinite(value) ? Json(value) : Json(); }

std::string meanText(const FoldSummary &summary) {
  std::string text = numberText(summary.mean, 4);
  return std::isnan(summary.deviation) ? text : text + " ± " + numberText(summary.deviation, 2);
}

int64_t epochsKept(const FoldResult &fold) {
  return fold.outcome.bestEpoch ? fold.outcome.bestEpoch : fold.outcome.epochsDone;
}

void printFoldJson(const FoldResult &fold, int64_t folds) {
  Json line = {{"event", "fold"}, {"fold", fold.number}, {"folds", folds}, {"rows", fold.heldRows}};
  if (!fold.failure.empty()) {
    line["error"] = fold.failure;
  } else {
    line["epochs"] = fold.outcome.epochsDone;
    line["best_epoch"] = fold.outcome.bestEpoch ? Json(fold.outcome.bestEpoch) : Json();
    line["seconds"] = fold.outcome.seconds;
    for (const auto &[name, value] : fold.kept.train)
      line[name] = numberJson(value);
    for (const auto &[name, value] : fold.kept.validation)
      line["val_" + name] = numberJson(value);
  }
  printJson(line);
  std::fflush(stdout);
}

Json summariesJson(const std::vector<FoldSummary> &summaries, double FoldSummary::*part) {
  Json object = Json::object();
  for (const FoldSummary &summary : summaries)
    object[summary.name] = numberJson(summary.*part);
  return object;
}

} // namespace

// What a recipe says about folds holds for its source: its program was made to be trained.
int64_t TrainingRun::foldCount() const {
  if (arguments.folds)
    return *arguments.folds;
  return isSource() && !arguments.resume ? recipe.folds : 0;
}

void TrainingRun::printFolds(const CrossValidation &result) const {
  std::vector<FoldSummary> summaries = result.summaries();
  AlignedTable table("rrrr" + std::string(summaries.size(), 'r'));
  std::vector<std::string> head = {"fold", "trained on", "held out", "epochs"}, mean = {"mean", "", "", ""};
  for (const FoldSummary &summary : summaries) {
    head.push_back(summary.name);
    mean.push_back(meanText(summary));
  }
  table.row(head);
  for (const FoldResult &fold : result.folds) {
    std::vector<std::string> cells = {std::to_string(fold.number), std::to_string(fold.trainRows),
                                      std::to_string(fold.heldRows), std::to_string(epochsKept(fold))};
    for (const FoldSummary &summary : summaries) {
      std::optional<double> value = fold.kept.measure(summary.name);
      cells.push_back(fold.failure.empty() && value ? numberText(*value) : "–");
    }
    table.row(cells);
  }
  table.row(mean);
  std::printf("%s", table.text().c_str());
}

int TrainingRun::crossValidate(int64_t folds) {
  TrainingData all = splitData(*loaded.train, nullptr, 0);
  reportFindings(all);
  if (loaded.validation || recipe.validationSplit > 0) {
    findings.push_back({Finding::Level::Info,
                        "each fold is the validation data of its training; those of the recipe are not used", ""});
    if (!arguments.quiet && !arguments.json)
      reportFinding(findings.back());
  }
  std::optional<InitialWeights> initial = initialWeights();
  WorkerPool pool(arguments.threads);
  bool isTold = !arguments.json && !arguments.quiet;
  ProgressBar bar(nullptr, isTold && isTerminal(STDERR_FILENO) ? stderr : nullptr);
  double seconds = 0;
  InterruptGuard guard;
  CrossValidation result =
      fit::crossValidate({*program, *loaded.train, recipe, folds, hyperSettings(), initial ? &*initial : nullptr,
                          [this] { return compileUnfused(); }},
                         pool.host(), bar, [&](const FoldResult &fold) {
                           seconds += fold.outcome.seconds;
                           if (arguments.json)
                             printFoldJson(fold, folds);
                           if (!fold.failure.empty())
                             reportProblem(Problem(ExitCode::BadInput, "fold " + std::to_string(fold.number),
                                                   fold.failure, "the other folds go on without it"));
                         });
  guard.saving();
  return finishFolds(std::move(result), folds, seconds);
}

// Text or JSON of all folds.
void TrainingRun::printFoldsEnd(const CrossValidation &result, int64_t folds, double seconds, bool isRefitted) const {
  Assessment held;
  if (result.predictions.rows && loaded.train->target())
    held = assess(recipe, result.predictions, *loaded.train->target(), {0, loaded.train->rows()});
  if (!arguments.json) {
    if (result.finished())
      printFolds(result);
    std::string text = assessmentText(held);
    if (!text.empty() && !arguments.quiet)
      std::printf("\nall rows, each answered by the program that had not seen it\n%s", text.c_str());
    return;
  }
  std::vector<FoldSummary> summaries = result.summaries();
  Json line = {{"event", "end"},
               {"folds", folds},
               {"finished", result.finished()},
               {"seconds", seconds},
               {"mean", summariesJson(summaries, &FoldSummary::mean)},
               {"deviation", summariesJson(summaries, &FoldSummary::deviation)}};
  if (held.kind != AnswerKind::Other)
    line["held_out"] = assessmentJson(held);
  line["program"] = isRefitted ? Json(arguments.output) : Json();
  printJson(line);
}

int TrainingRun::finishFolds(CrossValidation result, int64_t folds, double seconds) {
  bool isWhole = result.finished() == folds;
  printFoldsEnd(result, folds, seconds, arguments.refit && isWhole);
  if (!arguments.history.empty() && !arguments.refit)
    writeAtomically(arguments.history, result.historyTable());
  if (result.interrupted) {
    std::fprintf(stderr, "interrupted in fold %lld of %lld; the numbers are of the folds before it\n",
                 static_cast<long long>(result.folds.size() + 1), static_cast<long long>(folds));
    return static_cast<int>(ExitCode::Interrupted);
  }
  std::string outcome = plural(folds, "fold") + " of " + loaded.train->description() + " in " + durationText(seconds);
  if (!isWhole)
    outcome += "; " + plural(folds - result.finished(), "fold") + " of them failed, the numbers are of the others";
  bool isTold = !arguments.json && !arguments.quiet;
  if (isTold)
    std::printf("\n%s\n", outcome.c_str());
  if (isTold && !arguments.refit)
    std::printf("no program was written: those of the folds were only measured; --refit trains one on all rows\n");
  if (!arguments.report.empty() && !arguments.refit)
    reportFolds(result, outcome);
  if (!isWhole) {
    if (arguments.refit)
      reportWarning("no program was trained on all rows, because not all folds could be");
    return static_cast<int>(ExitCode::BadInput);
  }
  validated = std::move(result);
  if (arguments.refit)
    prepareRefit();
  return 0;
}

// All rows, no validation: rules that watch it have to go. As many epochs as the folds found best stand for them.
void TrainingRun::prepareRefit() {
  isRefit = true;
  if (recipe.earlyStopping) {
    double sum = 0;
    for (const FoldResult &fold : validated.folds)
      sum += static_cast<double>(epochsKept(fold));
    recipe.epochs = static_cast<int64_t>(std::llround(sum / static_cast<double>(validated.folds.size())));
    recipe.earlyStopping.reset();
  }
  if (recipe.onPlateau && recipe.onPlateau->monitor.compare(0, 4, "val_") == 0)
    recipe.onPlateau->monitor.erase(0, 4);
  recipe.validationSplit = 0;
  loaded.validation.reset();
  if (!arguments.quiet && !arguments.json)
    std::printf("\ntraining on all %s for %s\n", plural(loaded.train->rows(), "row").c_str(),
                plural(recipe.epochs, "epoch").c_str());
}

void TrainingRun::reportFolds(const CrossValidation &result, const std::string &outcome) const {
  ReportInput report;
  report.outcome = outcome;
  report.crossValidation = result;
  report.data.push_back({"training", loaded.train->description(), loaded.train->rows(), {}, {}});
  if (loaded.train->target()) {
    RowRange rows = {0, loaded.train->rows()};
    report.data[0].classCounts = countClasses(recipe, *loaded.train->target(), rows);
    report.assessedRole = "held-out";
    if (result.predictions.rows)
      report.assessment = assess(recipe, result.predictions, *loaded.train->target(), rows);
  }
  report.program = summarize(*program, recipe.batchSize);
  report.recipe = recipe;
  report.findings = findings;
  writeAtomically(arguments.report, htmlReport(report));
  if (!arguments.json && !arguments.quiet)
    std::printf("\nreport: %s\n", arguments.report.c_str());
}

} // namespace dlc
