#include "tools/fit/EarlyStoppingRule.h"
#include "tools/fit/NearestName.h"
#include "tools/fit/Problem.h"

namespace dlc::fit {

bool isLargerBetter(const std::string &measure) {
  for (const char *part :
       {"acc", "auc", "f1", "precision", "recall", "sensitivity", "specificity", "mcc", "r2", "top_k"})
    if (measure.find(part) != std::string::npos)
      return true;
  return false;
}

EarlyStoppingRule::EarlyStoppingRule(const EarlyStopping &rule, bool hasValidation)
    : name(!rule.monitor.empty() ? rule.monitor
           : hasValidation       ? "val_loss"
                                 : "loss"),
      patience(rule.patience), largerIsBetter(isLargerBetter(name)) {
  if (!hasValidation && name.compare(0, 4, "val_") == 0)
    throw Problem(ExitCode::BadInput, "recipe",
                  "early_stopping watches '" + name + "', which is not measured without validation data",
                  "set validation_split = 0.2 or validation = table(…)");
}

void EarlyStoppingRule::resume(int64_t epochs, int64_t bestEpoch, double bestValue) {
  best = bestEpoch;
  bestSeen = bestValue;
  waited = epochs - bestEpoch;
}

EarlyStoppingRule::Verdict EarlyStoppingRule::observe(const Epoch &epoch) {
  std::optional<double> value = epoch.measure(name);
  if (!value) {
    std::vector<std::string> names;
    for (const auto &measure : epoch.train)
      names.push_back(measure.first);
    for (const auto &measure : epoch.validation)
      names.push_back("val_" + measure.first);
    throw Problem(ExitCode::BadInput, "recipe", "early_stopping watches '" + name + "', which is not measured",
                  suggestName(name, names, "measured are "));
  }
  bool first = !best || (bestSeen != bestSeen && *value == *value); // a NaN is beaten by every number
  if (first || (largerIsBetter ? *value > bestSeen : *value < bestSeen)) {
    best = epoch.number;
    bestSeen = *value;
    waited = 0;
    return Verdict::Best;
  }
  return ++waited >= patience ? Verdict::Stop : Verdict::GoOn;
}

} // namespace dlc::fit
