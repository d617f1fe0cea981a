#include "tools/fit/ProgressBar.h"
#include "tools/fit/NumberText.h"
#include <chrono>
#include <cmath>
#include <nlohmann/json.hpp>

namespace dlc::fit {
namespace {

constexpr double kRedraw = 0.1; // seconds
constexpr int kWidth = 24;      // characters of the bar

std::string barText(int64_t done, int64_t all) {
  auto filled = static_cast<int>(kWidth * done / (all ? all : 1));
  std::string text;
  for (int i = 0; i < kWidth; ++i)
    text += i < filled ? "━" : "╌";
  return text;
}

nlohmann::json number(double value) { return std::isfinite(value) ? nlohmann::json(value) : nlohmann::json(); }

} // namespace

std::string measuresText(const Measures &measures, const std::string &prefix) {
  std::string text;
  for (const auto &[name, value] : measures)
    text += (text.empty() ? "" : ", ") + prefix + name + " " + numberText(value);
  return text;
}

void ProgressBar::erase() {
  if (drawn)
    std::fputs("\r\033[K", bar);
  drawn = false;
}

void ProgressBar::onStep(const StepProgress &progress) {
  if (!bar)
    return;
  double time = std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
  if (time - lastDrawn < kRedraw)
    return;
  lastDrawn = time;
  double perStep = progress.seconds / static_cast<double>(progress.stepsDone);
  std::string line = "epoch " + std::to_string(progress.epoch) + "/" + std::to_string(progress.epochs) + " " +
                     barText(progress.batch, progress.batches) + " " + std::to_string(progress.batch) + "/" +
                     std::to_string(progress.batches) + "  " + measuresText(progress.measures()) + "  " +
                     durationText(perStep * static_cast<double>(progress.stepsLeft)) + " left";
  std::fprintf(bar, "\r%s\033[K", line.c_str());
  std::fflush(bar);
  drawn = true;
}

void ProgressBar::onEpoch(const Epoch &epoch, int64_t epochs) {
  erase();
  if (!out)
    return;
  std::string text = measuresText(epoch.train);
  if (!epoch.validation.empty())
    text += ", " + measuresText(epoch.validation, "val_");
  std::fprintf(out, "epoch %lld/%lld: %s (%s)\n", static_cast<long long>(epoch.number), static_cast<long long>(epochs),
               text.c_str(), durationText(epoch.seconds).c_str());
  std::fflush(out);
}

void ProgressBar::onNote(const std::string &text) {
  erase();
  if (out)
    std::fprintf(out, "%s\n", text.c_str());
}

void JsonProgress::onEpoch(const Epoch &epoch, int64_t epochs) {
  nlohmann::ordered_json line = {{"event", "epoch"}, {"epoch", epoch.number}, {"epochs", epochs},
                                 {"seconds", epoch.seconds}};
  for (const auto &[name, value] : epoch.train)
    line[name] = number(value);
  for (const auto &[name, value] : epoch.validation)
    line["val_" + name] = number(value);
  if (epoch.learningRate)
    line["learning_rate"] = number(*epoch.learningRate);
  std::fprintf(out, "%s\n", line.dump().c_str());
  std::fflush(out);
}

void JsonProgress::onNote(const std::string &text) {
  std::fprintf(out, "%s\n", nlohmann::ordered_json({{"event", "note"}, {"text", text}}).dump().c_str());
}

} // namespace dlc::fit
