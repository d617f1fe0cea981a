#include "tools/fit/PlateauRule.h"
#include <algorithm>

namespace dlc::fit {

PlateauRule::PlateauRule(const ReduceOnPlateau &rule, bool hasValidation)
    : rule(rule), watched("on_plateau", rule.monitor, hasValidation) {}

double PlateauRule::observe(const Epoch &epoch, double rate) {
  double value = watched.valueIn(epoch);
  if (seen.cooling) {
    --seen.cooling;
    seen.waited = 0;
  }
  if (!seen.hasBest || watched.isBetter(value, seen.best, rule.minDelta)) {
    seen.hasBest = true;
    seen.best = value;
    seen.waited = 0;
    return 1;
  }
  // A rate that was reduced to the least one is that but for rounding.
  if (seen.cooling || ++seen.waited < rule.patience || !(rate > rule.minRate * (1 + 1e-6)))
    return 1;
  seen.cooling = rule.cooldown;
  seen.waited = 0;
  return std::max(rule.factor, rule.minRate / rate);
}

} // namespace dlc::fit
