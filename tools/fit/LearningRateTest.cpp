#include "tools/fit/LearningRateTest.h"
#include "tools/fit/Interrupt.h"
#include "tools/fit/NumberText.h"
#include "tools/fit/Problem.h"
#include "tools/fit/Shuffle.h"
#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace dlc::fit {
namespace {

constexpr double kKeep = 0.9, kDiverged = 4;
// The first steps smooth over so few batches that their slope is noise.
constexpr size_t kFirst = 5;

double rateOf(const std::string &text, const std::string &whole) {
  char *end = nullptr;
  double rate = std::strtod(text.c_str(), &end);
  if (text.empty() || *end || !std::isfinite(rate) || rate <= 0)
    throw Problem(ExitCode::Usage, "--find-lr " + quotable(whole), "expected a range of rates greater than 0",
                  "write --find-lr 1e-6..1, or the model before --find-lr");
  return rate;
}

// An endless row of batches: epoch after epoch in its own order.
class Batches {
public:
  Batches(const TrainingData &data, const Recipe &recipe, int64_t seed)
      : rows(data.rowsAt(data.trainRows)), recipe(recipe), seed(seed) {}

  /// The rows of the next one live until the one after it.
  std::pair<const int64_t *, int64_t> next() {
    auto count = static_cast<int64_t>(rows.size());
    if (order.empty() || begin >= count) {
      order = recipe.shuffle ? shuffledRows(count, seed, epoch++) : rowsInOrder(count);
      for (int64_t &position : order)
        position = rows[static_cast<size_t>(position)];
      begin = 0;
    }
    int64_t from = begin;
    begin += std::min(recipe.batchSize, count - from);
    return {order.data() + from, begin - from};
  }

private:
  std::vector<int64_t> rows, order;
  const Recipe &recipe;
  int64_t seed, epoch = 0, begin = 0;
};

} // namespace

RateRange RateRange::parse(const std::string &text) {
  if (text.empty())
    return {};
  size_t dots = text.find("..");
  RateRange range;
  range.low = rateOf(text.substr(0, dots), text);
  range.high = rateOf(dots == std::string::npos ? "" : text.substr(dots + 2), text);
  if (range.low >= range.high)
    throw Problem(ExitCode::Usage, "--find-lr " + quotable(text), "the range ends before it begins",
                  "write the smaller rate first: --find-lr 1e-6..1");
  return range;
}

RateTest testLearningRates(const Program &program, Variables &variables, const TrainingData &data,
                           const SessionOptions &options, const RateRange &range, int steps, const dlc_host *host) {
  constexpr char kRate[] = "optimizer.learning_rate";
  BatchRunner step(program, "train_step");
  std::optional<size_t> loss = step.call().findOutput("loss");
  if (!variables.has(kRate) || !loss)
    throw Problem(ExitCode::BadInput, program.path(),
                  "the learning rate of " + options.recipe.optimizer + " is no number that the test could change",
                  step.call().findOutput("learning_rate")
                      ? "it is a schedule: try with --set optimizer.learning_rate=0.001"
                      : "the optimizer needs an argument learning_rate");
  TrainingObserver nobody;
  SessionOptions quiet = options;
  quiet.recipe.earlyStopping.reset();
  quiet.recipe.onPlateau.reset();
  TrainingSession(program, variables, data, quiet, host, nobody).start();
  variables.setNumber("lr_scale", 1);
  Batches batches(data, options.recipe, variables.integer("seed"));
  RateTest test;
  double average = 0, weight = 0, best = INFINITY;
  for (int i = 0; i < steps && !test.diverged && !InterruptGuard::requested(); ++i) {
    double rate = range.low * std::pow(range.high / range.low, static_cast<double>(i) / (steps - 1));
    variables.setNumber(kRate, rate);
    auto [rows, count] = batches.next();
    dlc_error error = {};
    if (step.run(*data.train, rows, count, variables, host, error)) {
      test.diverged = true;
      break;
    }
    double value = step.call().outputNumber(*loss);
    average = kKeep * average + (1 - kKeep) * value;
    weight = kKeep * weight + (1 - kKeep);
    test.steps.push_back({rate, value, average / weight});
    best = std::min(best, average / weight);
    // Losses may be negative: what counts is how far it is above the best, by the size of the first.
    double size = std::max(std::abs(best), 0.1 * std::abs(test.steps.front().loss));
    test.diverged = average / weight - best > (kDiverged - 1) * size;
  }
  suggestRate(test);
  return test;
}

void suggestRate(RateTest &test) {
  const std::vector<RateStep> &steps = test.steps;
  if (steps.size() < kFirst + 3)
    return;
  auto lowest = std::min_element(steps.begin() + kFirst, steps.end(),
                                 [](const RateStep &a, const RateStep &b) { return a.smoothed < b.smoothed; });
  test.lowest = lowest->rate;
  double steepest = 0;
  for (auto step = steps.begin() + kFirst; step < lowest; ++step) {
    double slope = ((step + 1)->smoothed - (step - 1)->smoothed) / std::log((step + 1)->rate / (step - 1)->rate);
    if (slope < steepest) {
      steepest = slope;
      test.suggestion = step->rate;
    }
  }
  if (test.suggestion) // two digits are all that such a test can know
    test.suggestion = std::strtod(numberText(*test.suggestion, 2).c_str(), nullptr);
}

std::string RateTest::table() const {
  std::string text = "step\tlearning_rate\tloss\tsmoothed_loss\n";
  for (size_t i = 0; i < steps.size(); ++i)
    text += std::to_string(i + 1) + "\t" + exactText(steps[i].rate) + "\t" + exactText(steps[i].loss) + "\t" +
            exactText(steps[i].smoothed) + "\n";
  return text;
}

Chart RateTest::chart() const {
  Chart chart;
  chart.title = suggestion ? "loss by learning rate; it falls fastest at " + numberText(*suggestion, 2)
                           : std::string("loss by learning rate");
  chart.xLabel = "learning rate";
  chart.powersOfTen = true;
  ChartSeries smoothed{"smoothed", {}}, mark{"suggestion", {}};
  double low = INFINITY, high = -INFINITY;
  for (const RateStep &step : steps) {
    smoothed.points.push_back({std::log10(step.rate), step.smoothed});
    low = std::min(low, step.smoothed);
    high = std::max(high, step.smoothed);
  }
  // Where it diverges it would flatten all before.
  if (steps.size() > 1 && low < high)
    chart.yRange = {low - 0.05 * (high - low),
                    std::min(high, steps.front().smoothed + 1.5 * (steps.front().smoothed - low) + 1e-12)};
  if (chart.yRange && chart.yRange->second <= chart.yRange->first)
    chart.yRange.reset();
  chart.series.push_back(std::move(smoothed));
  if (suggestion && chart.yRange) {
    auto [bottom, top] = *chart.yRange;
    mark.points = {{std::log10(*suggestion), bottom}, {std::log10(*suggestion), top}};
    chart.series.push_back(std::move(mark));
  }
  if (chart.yRange)
    for (CurvePoint &point : chart.series[0].points)
      if (point.y > chart.yRange->second)
        point.y = NAN;
  return chart;
}

} // namespace dlc::fit
