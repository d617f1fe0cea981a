// Watches one number and says when it has stopped improving.
#ifndef DLC_TOOLS_FIT_EARLYSTOPPINGRULE_H
#define DLC_TOOLS_FIT_EARLYSTOPPINGRULE_H

#include "tools/fit/Monitor.h"
#include "tools/fit/Recipe.h"

namespace dlc::fit {

class EarlyStoppingRule {
public:
  /// \p hasValidation: chooses the number where the recipe does not.
  EarlyStoppingRule(const EarlyStopping &rule, bool hasValidation);

  enum class Verdict { Best, GoOn, Stop };
  /// Throws a Problem that lists what is measured if the number is not among it.
  Verdict observe(const Epoch &epoch);

  const std::string &monitor() const { return watched.name(); }
  int64_t bestEpoch() const { return best; }
  double bestValue() const { return bestSeen; }
  /// Goes on where another rule of \p epochs epochs had its best.
  void resume(int64_t epochs, int64_t bestEpoch, double bestValue);

private:
  Monitor watched;
  int64_t patience, best = 0, waited = 0;
  double bestSeen = 0;
};

} // namespace dlc::fit

#endif
