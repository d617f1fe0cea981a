// What was measured after each epoch: in memory, and as a table.
#ifndef DLC_TOOLS_FIT_HISTORY_H
#define DLC_TOOLS_FIT_HISTORY_H

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace dlc::fit {

/// Names and values in the order of the program: "loss" first, then the metrics.
using Measures = std::vector<std::pair<std::string, double>>;

std::optional<double> findMeasure(const Measures &measures, const std::string &name);

struct Epoch {
  int64_t number = 0; // from 1
  double seconds = 0;
  Measures train, validation; // names without "val_"
  std::optional<double> learningRate = std::nullopt; // of its last step, where the optimizer has one

  /// "accuracy" or "val_accuracy".
  std::optional<double> measure(const std::string &name) const;
};

class History {
public:
  const std::vector<Epoch> &epochs() const { return all; }
  void add(Epoch epoch) { all.push_back(std::move(epoch)); }
  bool empty() const { return all.empty(); }

  /// TSV: epoch, seconds, loss, metrics, val_loss, val_ metrics, learning_rate; numbers read back exactly.
  std::string table() const;
  /// Reads such a table, up to and with epoch \p last. Throws a Problem.
  static History read(const std::string &path, int64_t last);

private:
  std::vector<Epoch> all;
};

} // namespace dlc::fit

#endif
