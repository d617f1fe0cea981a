// Trains a program: initialization, epochs of shuffled batches, validation, early stopping, interruption.
#ifndef DLC_TOOLS_FIT_TRAININGSESSION_H
#define DLC_TOOLS_FIT_TRAININGSESSION_H

#include "tools/fit/BatchRunner.h"
#include "tools/fit/Dataset.h"
#include "tools/fit/EarlyStoppingRule.h"
#include "tools/fit/History.h"
#include "tools/fit/Recipe.h"
#include "tools/fit/TrainingObserver.h"
#include <functional>

namespace dlc::fit {

struct TrainingData {
  const Dataset *train = nullptr;
  RowRange trainRows;
  const Dataset *validation = nullptr; // may be null
  RowRange validationRows;
};

/// The validation set is \p validation if there is one, else the last rows of \p train by the recipe's split (as
/// Keras: training rows = floor(rows * (1 - split))). Throws a Problem: nothing left on one side.
TrainingData splitData(const Dataset &train, const Dataset *validation, double split);

struct SessionOptions {
  Recipe recipe;
  bool fromScratch = false;
  std::vector<std::pair<std::string, double>> hypers; // variables to set after initialization: "optimizer.…"
  const Program *initial = nullptr; // its parameters replace those that are drawn
  std::string savePath; // where the last good state goes when the loss is not finite; "": nowhere
  /// Makes the same program with a kernel for each op, to find the op behind a number that is not finite; may be null.
  std::function<std::optional<Program>()> unfused;
};

struct SessionOutcome {
  enum class End { Finished, StoppedEarly, Interrupted } end = End::Finished;
  int64_t epochsDone = 0, bestEpoch = 0; // bestEpoch: 0 without early stopping
  double seconds = 0;
};

/// A session continues where the variables are: step and epoch are among them, the order of the rows is a function of
/// seed and epoch, so a run that was stopped between any two steps goes on bit by bit as if it had not been.
class TrainingSession {
public:
  TrainingSession(const Program &program, Variables &variables, const TrainingData &data, SessionOptions options,
                  const dlc_host *host, TrainingObserver &observer);

  /// Throws a Problem when the loss is not finite; the variables hold the state before that step then.
  SessionOutcome run();
  const History &history() const { return done; }
  /// What early stopping has seen, for a session that goes on after an interruption; "" without early stopping.
  std::string stoppingState() const;
  /// False if \p state is not of these variables.
  bool resumeStopping(const std::string &state);
  /// Epochs of an earlier session, for history and report.
  void continueHistory(History earlier) { done = std::move(earlier); }

private:
  void start();
  void takeInitial();
  int64_t positionInEpoch();
  bool runEpoch(int64_t epoch, int64_t position); // false: interrupted within it
  void runStep(int64_t epoch, int64_t batch, const std::vector<int64_t> &rows);
  Epoch finishEpoch(int64_t epoch);
  dlc_error findNotFinite(const int64_t *rows, int64_t count, const dlc_error &guard);
  [[noreturn]] void failNotFinite(int64_t epoch, int64_t batch, const int64_t *rows, int64_t count,
                                  const dlc_error &guard);

  const Program &program;
  Variables &variables;
  TrainingData data;
  SessionOptions options;
  const dlc_host *host;
  TrainingObserver &observer;
  BatchRunner step;
  Evaluator evaluator;
  std::optional<EarlyStoppingRule> rule;
  std::string best; // variables of the best epoch
  History done;
  int64_t batches = 0; // of an epoch
  int64_t stepsDone = 0;
  double seconds = 0, epochSeconds = 0;
};

/// True before the first step: the parameters have no values yet.
bool isUntrained(const Variables &variables);

} // namespace dlc::fit

#endif
