// k-fold cross-validation: a program is trained once for each fold on the other rows, and measured on the fold.
#ifndef DLC_TOOLS_FIT_CROSSVALIDATION_H
#define DLC_TOOLS_FIT_CROSSVALIDATION_H

#include "tools/fit/TrainingSession.h"

namespace dlc::fit {

struct FoldResult {
  int64_t number = 0; // from 1
  int64_t trainRows = 0, heldRows = 0;
  History history;
  SessionOutcome outcome;
  Epoch kept;          // whose variables were measured
  std::string failure; // why there are no numbers; "": there are
};

/// Of one measure over the folds that have it.
struct FoldSummary {
  std::string name;               // "loss", "val_accuracy"
  double mean = 0, deviation = 0; // of the sample: divided by n - 1; NaN for one fold
  int64_t folds = 0;
};

struct CrossValidation {
  std::vector<FoldResult> folds;
  bool interrupted = false;
  /// Each row's prediction by the program that has not seen it; of no rows if a fold failed or the outputs differ.
  Predictions predictions;

  int64_t finished() const; // folds that have numbers
  std::vector<FoldSummary> summaries() const;
  /// Fold, epoch, … as TSV.
  std::string historyTable() const;
};

/// Null if there is none of the name.
const FoldSummary *findSummary(const std::vector<FoldSummary> &all, const std::string &name);

/// The epoch whose variables a session left behind: the best one, or the last.
Epoch keptEpoch(const History &history, const SessionOutcome &outcome);

struct CrossValidationTask {
  const Program &program;
  const Dataset &data;
  Recipe recipe;
  int64_t folds;
  std::vector<std::pair<std::string, double>> hypers; // see SessionOptions
  const InitialWeights *initial = nullptr;
  std::function<std::optional<Program>()> unfused = {};
};

/// Every fold begins with the program's initial variables: `init` from the seed and `fit` on its training rows. A loss
/// that is not finite ends a fold, not the others. \p onFold is told of each. Throws a Problem of makeFolds or of the
/// recipe.
CrossValidation crossValidate(const CrossValidationTask &task, const dlc_host *host, TrainingObserver &observer,
                              const std::function<void(const FoldResult &)> &onFold);

} // namespace dlc::fit

#endif
