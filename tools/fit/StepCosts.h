// How often the steps of a function run in one call, and what they cost: loops turn as often as their length says.
// Either side of a `cond`, a loop of one turn that a flag may leave out, counts as run.
#ifndef DLC_TOOLS_FIT_STEPCOSTS_H
#define DLC_TOOLS_FIT_STEPCOSTS_H

#include "tools/fit/Program.h"
#include "tools/fit/SizeFormula.h"
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace dlc::fit {

struct StepCosts {
  std::vector<int64_t> turns; // of each step; at most 2^40
  int64_t launches = 0;       // of all steps
  std::optional<int64_t> flops;
  std::string flopsFormula; // "64*batch*t+2*batch"; "": more than can be counted
};

/// \p symbols: others count as 1.
StepCosts stepCosts(const Program &program, uint32_t function, const SymbolValues &symbols);

} // namespace dlc::fit

#endif
