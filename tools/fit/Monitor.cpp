#include "tools/fit/Monitor.h"
#include "tools/fit/NearestName.h"
#include "tools/fit/Problem.h"
#include <cmath>

namespace dlc::fit {

bool isLargerBetter(const std::string &measure) {
  for (const char *part :
       {"acc", "auc", "f1", "precision", "recall", "sensitivity", "specificity", "mcc", "r2", "top_k", "fbeta",
        "iou", "score", "correlation"})
    if (measure.find(part) != std::string::npos)
      return true;
  return false;
}

Monitor::Monitor(std::string rule, const std::string &wanted, bool hasValidation)
    : rule(std::move(rule)), measure(!wanted.empty() ? wanted
                                     : hasValidation ? "val_loss"
                                                     : "loss"),
      larger(isLargerBetter(measure)) {
  if (!hasValidation && measure.compare(0, 4, "val_") == 0)
    throw Problem(ExitCode::BadInput, "recipe",
                  this->rule + " watches '" + measure + "', which is not measured without validation data",
                  "set validation_split = 0.2 or validation = table(…)");
}

double Monitor::valueIn(const Epoch &epoch) const {
  if (std::optional<double> value = epoch.measure(measure))
    return *value;
  std::vector<std::string> names;
  for (const auto &entry : epoch.train)
    names.push_back(entry.first);
  for (const auto &entry : epoch.validation)
    names.push_back("val_" + entry.first);
  throw Problem(ExitCode::BadInput, "recipe", rule + " watches '" + measure + "', which is not measured",
                suggestName(measure, names, "measured are "));
}

bool Monitor::isBetter(double value, double than, double margin) const {
  if (std::isnan(value) || std::isnan(than))
    return std::isnan(than) && !std::isnan(value);
  return larger ? value > than + margin : value < than - margin;
}

} // namespace dlc::fit
