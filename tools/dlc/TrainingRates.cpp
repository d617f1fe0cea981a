// dlc train --find-lr: which learning rate is good.
#include "tools/dlc/Console.h"
#include "tools/dlc/TrainingRun.h"
#include "tools/fit/AtomicFile.h"
#include "tools/fit/Interrupt.h"
#include "tools/fit/LearningRateTest.h"
#include "tools/fit/NumberText.h"
#include "tools/fit/WorkerPool.h"
#include <cmath>
#include <nlohmann/json.hpp>

namespace dlc {

using namespace fit;
using Json = nlohmann::ordered_json;

namespace {

constexpr int kSteps = 100;

Json numberJson(double value) { return std::isfinite(value) ? Json(value) : Json(); }

void printRates(const RateTest &test, const std::string &outcome, const std::string &advice, bool isJson) {
  if (isJson) {
    Json steps = Json::array();
    for (const RateStep &step : test.steps)
      steps.push_back({step.rate, numberJson(step.loss), numberJson(step.smoothed)});
    printJson(Json({{"event", "learning_rates"},
                    {"suggestion", test.suggestion ? Json(*test.suggestion) : Json()},
                    {"lowest", test.steps.empty() ? Json() : numberJson(test.lowest)},
                    {"diverged", test.diverged},
                    {"steps", steps}}));
  } else {
    std::printf("%s\n%s\n", outcome.c_str(), advice.c_str());
    if (test.suggestion)
      std::printf("  train with it: --set optimizer.learning_rate=%s\n", numberText(*test.suggestion).c_str());
  }
}

} // namespace

int TrainingRun::findRate() {
  RateRange range = RateRange::parse(*arguments.findRate);
  Variables variables(*program); // dropped in the end
  TrainingData data = splitData(*loaded.train, loaded.validation ? &*loaded.validation : nullptr,
                                loaded.validation ? 0 : recipe.validationSplit);
  reportFindings(data);
  bool continues = !arguments.fromScratch && !isUntrained(variables);
  std::optional<InitialWeights> initial = continues ? std::nullopt : initialWeights();
  WorkerPool pool(arguments.threads);
  InterruptGuard guard;
  RateTest test =
      testLearningRates(*program, variables, data,
                        {recipe, arguments.fromScratch, hyperSettings(), initial ? &*initial : nullptr, "", nullptr},
                        range, kSteps, pool.host());
  guard.saving();
  if (!arguments.history.empty())
    writeAtomically(arguments.history, test.table());
  std::string outcome = "rates from " + numberText(range.low) + " to " + numberText(range.high) + " in " +
                        plural(static_cast<int64_t>(test.steps.size()), "step") +
                        (test.diverged ? ", until the loss diverged" : "");
  std::string advice = test.suggestion ? "the loss falls fastest at " + numberText(*test.suggestion) +
                                             " and is lowest at " + numberText(test.lowest, 2)
                                       : "the loss does not fall anywhere: try another range, a larger batch or "
                                         "standardize() on the inputs";
  printRates(test, outcome, advice, arguments.json);
  if (InterruptGuard::requested())
    return static_cast<int>(ExitCode::Interrupted);
  if (arguments.report.empty())
    return 0;
  ReportInput report;
  report.outcome = outcome + "; " + advice;
  report.rates = test.chart();
  report.data.push_back({"training", data.train->description(), data.trainRows.count(), {}, {}});
  report.program = summarize(*program, recipe.batchSize);
  report.recipe = recipe;
  report.findings = findings;
  writeAtomically(arguments.report, htmlReport(report));
  return 0;
}

} // namespace dlc
