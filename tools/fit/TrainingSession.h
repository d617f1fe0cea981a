// Trains a program: initialization, epochs of shuffled batches, validation, early stopping, interruption.
#ifndef DLC_TOOLS_FIT_TRAININGSESSION_H
#define DLC_TOOLS_FIT_TRAININGSESSION_H

#include "tools/fit/BatchRunner.h"
#include "tools/fit/CheckpointInterval.h"
#include "tools/fit/Dataset.h"
#include "tools/fit/EarlyStoppingRule.h"
#include "tools/fit/History.h"
#include "tools/fit/Recipe.h"
#include "tools/fit/SessionState.h"
#include "tools/fit/TrainingObserver.h"
#include "tools/fit/weights/WeightImport.h"
#include <functional>

namespace dlc::fit {

struct TrainingData {
  const Dataset *train = nullptr;
  RowRange trainRows;
  const Dataset *validation = nullptr; // may be null
  RowRange validationRows;
  /// The ranges count positions here, each of which names a row of both tables; empty: they count rows.
  std::vector<int64_t> order;

  int64_t rowAt(int64_t position) const { return order.empty() ? position : order[static_cast<size_t>(position)]; }
  std::vector<int64_t> rowsAt(RowRange positions) const;
};

/// The validation set is \p validation if there is one, else the last rows of \p train by the recipe's split (as
/// Keras: training rows = floor(rows * (1 - split))). Throws a Problem: nothing left on one side.
TrainingData splitData(const Dataset &train, const Dataset *validation, double split);

class TrainingSession;

/// Where parameters and state come from instead of the seed.
struct InitialWeights {
  std::unique_ptr<WeightsFile> file;
  ImportOptions options;
};

struct SessionOptions {
  Recipe recipe;
  bool fromScratch = false;
  std::vector<std::pair<std::string, double>> hypers; // variables to set after initialization: "optimizer.…"
  const InitialWeights *initial = nullptr;            // replace what is drawn; may be null
  std::string savePath; // where the last good state goes when the loss is not finite; "": nowhere
  /// Makes the same program with a kernel for each op, to find the op behind a number that is not finite; may be null.
  std::function<std::optional<Program>()> unfused;
  CheckpointInterval checkpointEvery = {};
  std::function<void(const TrainingSession &)> checkpoint = nullptr; // saves variables and state(); may be null
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

  /// What run() begins with: parameters and state of an untrained program, from the seed and the training rows.
  void start();
  /// Throws a NotFiniteProblem when the loss is not finite; the variables hold the state before that step then.
  SessionOutcome run();
  const History &history() const { return done; }
  /// For a session that goes on after an interruption.
  SessionState state() const;
  /// False if \p state is not of these variables, or lacks what a rule of the recipe has to know.
  bool resume(const SessionState &state);
  /// Epochs of an earlier session, for history and report.
  void continueHistory(History earlier) { done = std::move(earlier); }

private:
  void takeInitial();
  const Dataset &stepData();
  int64_t positionInEpoch();
  bool runEpoch(int64_t epoch, int64_t position); // false: interrupted within it
  void runStep(int64_t epoch, int64_t batch, const std::vector<int64_t> &rows);
  Epoch finishEpoch(int64_t epoch);
  std::optional<double> learningRate() const;
  void reduceRate(const Epoch &epoch);
  void checkpointIfDue(bool atEndOfEpoch);
  dlc_error findNotFinite(const int64_t *rows, int64_t count, const dlc_error &guard);
  [[noreturn]] void failNotFinite(int64_t epoch, int64_t batch, const int64_t *rows, int64_t count,
                                  const dlc_error &guard);

  const Program &program;
  Variables &variables;
  TrainingData data;
  std::optional<Dataset> features; // what the step takes instead, where the program keeps what frozen layers compute
  SessionOptions options;
  const dlc_host *host;
  TrainingObserver &observer;
  BatchRunner step;
  Evaluator evaluator;
  std::optional<EarlyStoppingRule> rule;
  std::optional<PlateauRule> plateau;
  std::optional<CheckpointClock> clock;
  std::string best; // variables of the best epoch
  History done;
  int64_t batches = 0; // of an epoch
  int64_t stepsDone = 0;
  double seconds = 0, epochSeconds = 0;
};

/// True before the first step: the parameters have no values yet, unless hasImportedWeights.
bool isUntrained(const Variables &variables);
/// Parameters and state come from a file of weights: a program that is not trained can predict all the same.
bool hasImportedWeights(const Variables &variables);
/// Draws what the file does not have, imports, and remembers that. Throws a Problem.
WeightImport importIntoProgram(Variables &variables, const WeightsFile &file, const ImportOptions &options);

} // namespace dlc::fit

#endif
