// The learning-rate range test (Smith, "Cyclical learning rates for training neural networks", 2017): the rate grows
// from step to step until the loss rises.
#ifndef DLC_TOOLS_FIT_LEARNINGRATETEST_H
#define DLC_TOOLS_FIT_LEARNINGRATETEST_H

#include "tools/fit/SvgChart.h"
#include "tools/fit/TrainingSession.h"

namespace dlc::fit {

struct RateRange {
  double low = 1e-6, high = 1;
  /// "1e-6..1"; "" is that. Throws a Problem (Usage).
  static RateRange parse(const std::string &text);
};

struct RateStep {
  double rate, loss, smoothed; // of one batch; over the batches before it, as weights of 0.9^age
};

struct RateTest {
  std::vector<RateStep> steps;
  bool diverged = false;            // stopped because the loss was four times the lowest, or not finite
  std::optional<double> suggestion; // where the smoothed loss falls fastest; none if it does not fall
  double lowest = 0;                // rate with the lowest smoothed loss

  std::string table() const; // TSV
  Chart chart() const;
};

/// At most \p steps steps on batches of \p data, from where \p variables are; they are changed. Throws a Problem: the
/// optimizer's learning_rate is a schedule, or there is none.
RateTest testLearningRates(const Program &program, Variables &variables, const TrainingData &data,
                           const SessionOptions &options, const RateRange &range, int steps, const dlc_host *host);

/// Fills suggestion and lowest from the steps.
void suggestRate(RateTest &test);

} // namespace dlc::fit

#endif
