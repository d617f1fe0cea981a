// Watches a session on a terminal, in a log, or for another program.
#ifndef DLC_TOOLS_FIT_PROGRESSBAR_H
#define DLC_TOOLS_FIT_PROGRESSBAR_H

#include "tools/fit/TrainingObserver.h"
#include <cstdio>
#include <memory>

namespace dlc::fit {

/// A line per epoch on \p out unless that is null; with \p bar, a bar on that stream that is redrawn at most ten times a second.
class ProgressBar : public TrainingObserver {
public:
  ProgressBar(std::FILE *out, std::FILE *bar) : out(out), bar(bar) {}
  ~ProgressBar() override { erase(); }
  void onStep(const StepProgress &progress) override;
  void onEpoch(const Epoch &epoch, int64_t epochs) override;
  void onNote(const std::string &text) override;

private:
  void erase();
  std::FILE *out, *bar;
  double lastDrawn = 0;
  bool drawn = false;
};

/// One JSON object per epoch and note.
class JsonProgress : public TrainingObserver {
public:
  explicit JsonProgress(std::FILE *out) : out(out) {}
  void onEpoch(const Epoch &epoch, int64_t epochs) override;
  void onNote(const std::string &text) override;

private:
  std::FILE *out;
};

/// "loss 0.3124, accuracy 0.92".
std::string measuresText(const Measures &measures, const std::string &prefix = "");

} // namespace dlc::fit

#endif
