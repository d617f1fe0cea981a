// What a training session knows beside the variables, and needs to go on as if nothing had happened.
#ifndef DLC_TOOLS_FIT_SESSIONSTATE_H
#define DLC_TOOLS_FIT_SESSIONSTATE_H

#include "tools/fit/PlateauRule.h"
#include <optional>
#include <string>

namespace dlc::fit {

struct SessionState {
  struct Stopping {
    int64_t epoch = 0; // the best one
    double value = 0;
    std::string variables; // of its end
  };
  int64_t step = 0;        // of the variables that this belongs to
  double epochSeconds = 0; // spent in the epoch that has begun
  std::optional<Stopping> stopping;
  std::optional<PlateauRule::State> plateau;
};

} // namespace dlc::fit

#endif
