// Writes what is measured, how the parameters are distributed, and the program's graph, for TensorBoard.
#ifndef DLC_TOOLS_FIT_TENSORBOARDLOG_H
#define DLC_TOOLS_FIT_TENSORBOARDLOG_H

#include "tools/fit/EventFile.h"
#include "tools/fit/Program.h"
#include "tools/fit/TrainingObserver.h"
#include <optional>

namespace dlc::fit {

/// Folders train and validation below the given one, tags and steps (epochs from 0) as those of Keras: epoch_loss,
/// epoch_learning_rate, dense_1/w/histogram.
class TensorBoardLog : public TrainingObserver {
public:
  /// \p next is told everything as well. Throws a Problem (Io): nothing can be written there.
  TensorBoardLog(const std::string &folder, const Variables &variables, TrainingObserver &next);

  void onStep(const StepProgress &progress) override { next.onStep(progress); }
  void onEpoch(const Epoch &epoch, int64_t epochs) override;
  void onNote(const std::string &text) override { next.onNote(text); }

private:
  void write(const Epoch &epoch);
  std::string folder;
  const Variables &variables;
  TrainingObserver &next;
  std::optional<EventFile> train, validation;
  bool failed = false;
};

} // namespace dlc::fit

#endif
