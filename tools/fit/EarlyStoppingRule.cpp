#include "tools/fit/EarlyStoppingRule.h"

namespace dlc::fit {

EarlyStoppingRule::EarlyStoppingRule(const EarlyStopping &rule, bool hasValidation)
    : watched("early_stopping", rule.monitor, hasValidation), patience(rule.patience) {}

void EarlyStoppingRule::resume(int64_t epochs, int64_t bestEpoch, double bestValue) {
  best = bestEpoch;
  bestSeen = bestValue;
  waited = epochs - bestEpoch;
}

EarlyStoppingRule::Verdict EarlyStoppingRule::observe(const Epoch &epoch) {
  double value = watched.valueIn(epoch);
  if (!best || watched.isBetter(value, bestSeen)) {
    best = epoch.number;
    bestSeen = value;
    waited = 0;
    return Verdict::Best;
  }
  return ++waited >= patience ? Verdict::Stop : Verdict::GoOn;
}

} // namespace dlc::fit
