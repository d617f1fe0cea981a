// The number that a rule of the recipe watches.
#ifndef DLC_TOOLS_FIT_MONITOR_H
#define DLC_TOOLS_FIT_MONITOR_H

#include "tools/fit/History.h"

namespace dlc::fit {

/// Losses and errors should fall; accuracy, AUC, F1 and the like should rise.
bool isLargerBetter(const std::string &measure);

class Monitor {
public:
  /// \p rule: for messages, "early_stopping". \p wanted: "" is val_loss, or loss without validation data. Throws a
  /// Problem: a validation number and no validation data.
  Monitor(std::string rule, const std::string &wanted, bool hasValidation);

  const std::string &name() const { return measure; }
  bool largerIsBetter() const { return larger; }
  /// Throws a Problem that lists what is measured if the number is not among it.
  double valueIn(const Epoch &epoch) const;
  /// Better by more than \p margin; a NaN is beaten by every number and beats nothing.
  bool isBetter(double value, double than, double margin = 0) const;

private:
  std::string rule, measure;
  bool larger;
};

} // namespace dlc::fit

#endif
