// The end of dlc train: what was reached, on the test data too, and the report.
#include "tools/dlc/Console.h"
#include "tools/dlc/TrainingRun.h"
#include "tools/fit/AtomicFile.h"
#include "tools/fit/NumberText.h"
#include "tools/fit/ProgressBar.h"
#include <cmath>
#include <nlohmann/json.hpp>

namespace dlc {

using namespace fit;

namespace {

std::string outcomeText(const SessionOutcome &outcome, const Recipe &recipe) {
  std::string text = plural(outcome.epochsDone, "epoch") + " in " + durationText(outcome.seconds);
  if (outcome.end == SessionOutcome::End::StoppedEarly)
    text = "stopped early; the best of " + std::to_string(recipe.epochs) + " possible epochs was number " +
           std::to_string(outcome.bestEpoch) + ", which was kept";
  else if (outcome.bestEpoch && outcome.bestEpoch != outcome.epochsDone)
    text += "; the best was number " + std::to_string(outcome.bestEpoch) + ", which was kept";
  return text;
}

std::vector<std::pair<std::string, int64_t>> classCounts(const Recipe &recipe, const Dataset &data, RowRange rows) {
  if (!data.target())
    return {};
  return countClasses(recipe, *data.target(), rows);
}

nlohmann::ordered_json measuresJson(nlohmann::ordered_json object, const Measures &measures) {
  for (const auto &[name, value] : measures)
    object[name] = std::isfinite(value) ? nlohmann::ordered_json(value) : nlohmann::ordered_json();
  return object;
}

// Without early stopping no epoch is called the best.
nlohmann::ordered_json bestEpochJson(const SessionOutcome &outcome) {
  return outcome.bestEpoch ? nlohmann::ordered_json(outcome.bestEpoch) : nlohmann::ordered_json();
}

} // namespace

// Measures of the test data, and an assessment of the best data there are for one.
void TrainingRun::testProgram(ReportInput &report, const TrainingData &data, Variables &variables,
                              const dlc_host *host) {
  const Dataset *assessed = data.train;
  RowRange rows = data.trainRows;
  report.assessedRole = "training";
  if (data.validation) {
    assessed = data.validation;
    rows = data.validationRows;
    report.assessedRole = "validation";
  }
  if (loaded.test) {
    assessed = &*loaded.test;
    rows = {0, loaded.test->rows()};
    report.assessedRole = "test";
    EvaluationResult result = Evaluator(*program).evaluate(*assessed, rows, variables, host);
    report.data.push_back(
        {"test", assessed->description(), rows.count(), classCounts(recipe, *assessed, rows), result.measures});
  }
  std::vector<Predictions> outputs = predict(*program, *assessed, rows, variables, host);
  if (assessed->target() && !outputs.empty())
    report.assessment = assess(recipe, outputs[0], *assessed->target(), rows);
  if (!arguments.report.empty())
    showAnswers(report, recipe, outputs, *assessed, rows, variables, arguments.projections);
}

void TrainingRun::finish(const TrainingSession &session, const SessionOutcome &outcome, const TrainingData &data,
                         Variables &variables, const dlc_host *host) {
  ReportInput report;
  Epoch kept = keptEpoch(session.history(), outcome);
  report.outcome = outcomeText(outcome, recipe);
  report.crossValidation = validated;
  report.history = session.history();
  report.data.push_back({"training", data.train->description(), data.trainRows.count(),
                         classCounts(recipe, *data.train, data.trainRows), kept.train});
  if (data.validation)
    report.data.push_back({"validation", data.validation->description(), data.validationRows.count(),
                           classCounts(recipe, *data.validation, data.validationRows), kept.validation});
  if (loaded.test || !arguments.report.empty())
    testProgram(report, data, variables, host);
  if (arguments.json) {
    nlohmann::ordered_json line = {{"event", "end"},
                                   {"epochs", outcome.epochsDone},
                                   {"seconds", outcome.seconds},
                                   {"best_epoch", bestEpochJson(outcome)},
                                   {"program", arguments.output}};
    line["train"] = measuresJson(nlohmann::ordered_json::object(), kept.train);
    if (data.validation)
      line["validation"] = measuresJson(nlohmann::ordered_json::object(), kept.validation);
    if (loaded.test)
      line["test"] = measuresJson(assessmentJson(report.assessment), report.data.back().measures);
    printJson(line);
  } else if (!arguments.quiet) {
    std::printf("%s; wrote %s\n", report.outcome.c_str(), arguments.output.c_str());
    if (loaded.test) {
      std::printf("\ntest, %s: %s\n", loaded.test->description().c_str(),
                  measuresText(report.data.back().measures).c_str());
      std::string text = assessmentText(report.assessment);
      if (!text.empty())
        std::printf("\n%s", text.c_str());
    }
  }
  if (arguments.report.empty())
    return;
  report.program = summarize(Program::load(arguments.output), recipe.batchSize);
  report.recipe = recipe;
  report.findings = findings;
  writeAtomically(arguments.report, htmlReport(report));
  if (!arguments.json && !arguments.quiet)
    std::printf("\nreport: %s\n", arguments.report.c_str());
}

} // namespace dlc
