// What looks wrong in the examples before an hour is spent on them.
#ifndef DLC_TOOLS_FIT_DATACHECKS_H
#define DLC_TOOLS_FIT_DATACHECKS_H

#include "tools/fit/Dataset.h"
#include <string>
#include <vector>

namespace dlc::fit {

/// An observation that does not stop the run; a fault that must, is thrown as a Problem.
struct Finding {
  enum class Level { Info, Warning } level;
  std::string text, remedy;
};

struct CheckOptions {
  std::string loss;              // its name: decides what the target must be
  int64_t classes = 0;           // numbers of one prediction
  bool normalizesItself = false; // the program has a function fit: it looks at the training data by itself
  bool learns = false;           // from these examples: each class must be among them
  int64_t lastSize = 0;          // of the prediction's dimensions; 0: not known
};

/// Throws a Problem: labels outside {0, 1} for a binary cross-entropy, a class number outside [0, classes),
/// a label of ctc outside [0, lastSize).
/// Findings: classes without examples, columns of very different sizes, large values, constant columns, rows that are
/// not one-hot.
std::vector<Finding> checkData(const Dataset &data, const CheckOptions &options);

/// Mean, deviation and range of every column of an input, over the finite values.
struct ColumnSummary {
  double mean = 0, deviation = 0, least = 0, greatest = 0;
  int64_t finite = 0;
};
std::vector<ColumnSummary> summarizeColumns(const PortData &port);

} // namespace dlc::fit

#endif
