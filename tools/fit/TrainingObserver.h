// Who watches a training session: a progress bar, a log, a test.
#ifndef DLC_TOOLS_FIT_TRAININGOBSERVER_H
#define DLC_TOOLS_FIT_TRAININGOBSERVER_H

#include "tools/fit/History.h"
#include <cstdint>
#include <functional>
#include <string>

namespace dlc::fit {

struct StepProgress {
  int64_t epoch, epochs;         // the running one, from 1; how many there are
  int64_t batch, batches;        // done in this epoch
  int64_t stepsDone, stepsLeft;  // by this session; until the end
  double seconds;                // of this session's steps
  /// Of the epoch so far; costs a small call, so only asked for when it is shown.
  const std::function<Measures()> &measures;
};

class TrainingObserver {
public:
  virtual ~TrainingObserver() = default;
  virtual void onStep(const StepProgress &) {}
  virtual void onEpoch(const Epoch &, int64_t /*epochs*/) {}
  /// Something the user should know and that does not stop the run.
  virtual void onNote(const std::string & /*text*/) {}
};

} // namespace dlc::fit

#endif
