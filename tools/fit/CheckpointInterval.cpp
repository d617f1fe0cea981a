#include "tools/fit/CheckpointInterval.h"
#include "tools/fit/NumberText.h"
#include "tools/fit/Problem.h"
#include <cmath>
#include <cstdlib>

namespace dlc::fit {
namespace {

constexpr double kEpochEnd = 10, kWithinEpoch = 300; // seconds

} // namespace

CheckpointInterval CheckpointInterval::parse(const std::string &text) {
  if (text == "never")
    return {Unit::Never, 0};
  char *end = nullptr;
  double count = std::strtod(text.c_str(), &end);
  std::string unit = end;
  CheckpointInterval interval;
  interval.count = count;
  bool isWhole = count == std::floor(count);
  if (unit == "s")
    interval.unit = Unit::Seconds;
  else if (unit == "step" || unit == "steps")
    interval.unit = Unit::Steps;
  else if (unit.empty() || unit == "epoch" || unit == "epochs")
    interval.unit = Unit::Epochs;
  else
    count = 0;
  if (end == text.c_str() || !(count > 0 && count <= 1e12) || (interval.unit != Unit::Seconds && !isWhole))
    throw Problem(ExitCode::Usage, "--checkpoint-every " + quotable(text),
                  "expected a number greater than 0 and a unit", "write 30s, 500steps, 2epochs or never");
  return interval;
}

bool CheckpointClock::isDue(double now, int64_t step, int64_t epoch, bool atEndOfEpoch) {
  bool due = false;
  switch (interval.unit) {
  case CheckpointInterval::Unit::Never:
    break;
  case CheckpointInterval::Unit::Sometimes:
    due = now - lastTime >= (atEndOfEpoch ? kEpochEnd : kWithinEpoch);
    break;
  case CheckpointInterval::Unit::Seconds:
    due = now - lastTime >= interval.count;
    break;
  case CheckpointInterval::Unit::Steps:
    due = static_cast<double>(step - lastStep) >= interval.count;
    break;
  case CheckpointInterval::Unit::Epochs:
    due = atEndOfEpoch && static_cast<double>(epoch - lastEpoch) >= interval.count;
    break;
  }
  if (!due)
    return false;
  lastTime = now;
  lastStep = step;
  lastEpoch = epoch;
  return true;
}

} // namespace dlc::fit
