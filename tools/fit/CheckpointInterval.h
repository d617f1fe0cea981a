// How often a session is saved while it runs.
#ifndef DLC_TOOLS_FIT_CHECKPOINTINTERVAL_H
#define DLC_TOOLS_FIT_CHECKPOINTINTERVAL_H

#include <cstdint>
#include <string>

namespace dlc::fit {

struct CheckpointInterval {
  /// Sometimes: at the end of an epoch if 10 s have passed since the last one, within an epoch after 5 min.
  enum class Unit { Never, Sometimes, Seconds, Steps, Epochs } unit = Unit::Sometimes;
  double count = 0;

  /// "30s", "500steps", "2epochs", "2" (epochs) or "never". Throws a Problem (Usage).
  static CheckpointInterval parse(const std::string &text);
};

/// Says after which steps and epochs it is time.
class CheckpointClock {
public:
  CheckpointClock(CheckpointInterval interval, double now, int64_t step, int64_t epoch)
      : interval(interval), lastTime(now), lastStep(step), lastEpoch(epoch) {}

  /// \p step, \p epoch: finished ones. True makes this the last time.
  bool isDue(double now, int64_t step, int64_t epoch, bool atEndOfEpoch);
  /// Seconds count from when it was written: a slow disk must not take all of the time.
  void written(double now) { lastTime = now; }

private:
  CheckpointInterval interval;
  double lastTime;
  int64_t lastStep, lastEpoch;
};

} // namespace dlc::fit

#endif
