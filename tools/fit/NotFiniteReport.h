// What to tell when a training step gave NaN or infinity.
#ifndef DLC_TOOLS_FIT_NOTFINITEREPORT_H
#define DLC_TOOLS_FIT_NOTFINITEREPORT_H

#include "tools/fit/Dataset.h"
#include "tools/fit/Problem.h"

namespace dlc::fit {

struct FailedStep {
  const Program &program;
  const Dataset &data;
  const int64_t *rows; // of the batch
  int64_t count;
  int64_t epoch, batch, batches, step; // from 1
  std::string savedTo;                 // where the last good state is; may be empty
};

/// Thrown when a step gave NaN or infinity, so that who trains several programs can go on with the next.
struct NotFiniteProblem : Problem {
  explicit NotFiniteProblem(const Problem &problem) : Problem(problem) {}
};

/// \p error: of the step, run again with DLC_CHECK_FINITE: names the line of the model.
Problem notFiniteProblem(const FailedStep &failed, const dlc_error &error);

} // namespace dlc::fit

#endif
