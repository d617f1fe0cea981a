// Reduces the learning rate when a number has stopped improving, as Keras's ReduceLROnPlateau.
#ifndef DLC_TOOLS_FIT_PLATEAURULE_H
#define DLC_TOOLS_FIT_PLATEAURULE_H

#include "tools/fit/Monitor.h"
#include "tools/fit/Recipe.h"

namespace dlc::fit {

class PlateauRule {
public:
  PlateauRule(const ReduceOnPlateau &rule, bool hasValidation);

  /// The factor for the rate of the next epochs: 1, or less. \p rate: of this epoch; it does not fall below min_lr.
  double observe(const Epoch &epoch, double rate);

  /// What it has to know to go on: the best value, the epochs waited since, and those of the cooldown left.
  struct State {
    bool hasBest = false;
    double best = 0;
    int64_t waited = 0, cooling = 0;
  };
  const State &state() const { return seen; }
  void resume(const State &state) { seen = state; }

private:
  ReduceOnPlateau rule;
  Monitor watched;
  State seen;
};

} // namespace dlc::fit

#endif
