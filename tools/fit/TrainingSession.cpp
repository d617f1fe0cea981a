#include "tools/fit/TrainingSession.h"
#include "tools/fit/ColumnOrder.h"
#include "tools/fit/FeatureCache.h"
#include "tools/fit/Interrupt.h"
#include "tools/fit/NotFiniteReport.h"
#include "tools/fit/NumberText.h"
#include "tools/fit/Problem.h"
#include "tools/fit/Shuffle.h"
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>

namespace dlc::fit {
namespace {

constexpr char kImported[] = "imported"; // a variable of the session

double now() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

} // namespace

bool isUntrained(const Variables &variables) { return variables.integer("step") == 0; }

bool hasImportedWeights(const Variables &variables) {
  return variables.has(kImported) && variables.integer(kImported) != 0;
}

WeightImport importIntoProgram(Variables &variables, const WeightsFile &file, const ImportOptions &options) {
  const Program &program = variables.program();
  bool isBlank = variables.has("step") && isUntrained(variables) && !hasImportedWeights(variables);
  if (isBlank && program.has("init"))
    FunctionCall(program, "init").run(variables);
  WeightImport done = importWeights(variables, file, options);
  if (isBlank && variables.has(kImported)) // a trained program stays what it is
    variables.setInteger(kImported, 1);
  return done;
}

std::vector<int64_t> TrainingData::rowsAt(RowRange positions) const {
  std::vector<int64_t> rows;
  rows.reserve(static_cast<size_t>(positions.count()));
  for (int64_t position = positions.begin; position < positions.end; ++position)
    rows.push_back(rowAt(position));
  return rows;
}

TrainingData splitData(const Dataset &train, const Dataset *validation, double split) {
  TrainingData data;
  data.train = &train;
  data.trainRows = {0, train.rows()};
  if (validation) {
    data.validation = validation;
    data.validationRows = {0, validation->rows()};
  } else if (split > 0) {
    int64_t kept = trainingRows(train.rows(), split);
    if (kept < 1 || kept == train.rows())
      throw Problem(ExitCode::BadInput, train.ports().front().values.file,
                    "validation_split = " + numberText(split) + " of " + plural(train.rows(), "row") +
                        " leaves no row " + (kept < 1 ? "to train on" : "to validate on"),
                    "change it with --set validation_split=0.2");
    data.trainRows = {0, kept};
    data.validation = &train;
    data.validationRows = {kept, train.rows()};
  }
  return data;
}

TrainingSession::TrainingSession(const Program &program, Variables &variables, const TrainingData &data,
                                 SessionOptions given, const dlc_host *host, TrainingObserver &observer)
    : program(program), variables(variables), data(data), options(std::move(given)), host(host), observer(observer),
      step(program, "train_step"), evaluator(program) {
  int64_t rows = data.trainRows.count(), size = options.recipe.batchSize;
  batches = rows / size + (rows % size != 0);
  if (options.recipe.earlyStopping)
    rule.emplace(*options.recipe.earlyStopping, data.validation != nullptr);
  if (!options.recipe.onPlateau)
    return;
  plateau.emplace(*options.recipe.onPlateau, data.validation != nullptr);
  if (!variables.has("optimizer.learning_rate") && !step.call().findOutput("learning_rate"))
    throw Problem(ExitCode::BadInput, "recipe",
                  "on_plateau reduces the learning rate, but the optimizer " + options.recipe.optimizer +
                      " has no argument learning_rate",
                  "leave it out, or name the rate of the optimizer learning_rate");
}

// Parameters and state from the seed; then what the layers take from the training data.
void TrainingSession::start() {
  if (options.fromScratch || isUntrained(variables)) {
    if (options.fromScratch || !hasImportedWeights(variables)) {
      variables.reset();
      variables.setInteger("seed", options.recipe.seed);
      FunctionCall(program, "init").run(variables, host);
      if (variables.has(kImported))
        variables.setInteger(kImported, 0);
    }
    if (options.initial)
      takeInitial();
    variables.setInteger("step", 0);
    variables.setInteger("epoch", 0);
    if (program.has("fit")) {
      BatchRunner fit(program, "fit");
      std::vector<int64_t> rows = data.rowsAt(data.trainRows);
      for (int64_t begin = 0; begin < data.trainRows.count(); begin += kEvaluationBatch)
        fit.run(*data.train, rows.data() + begin, std::min(kEvaluationBatch, data.trainRows.count() - begin), variables,
                host);
    }
  }
  for (const auto &[name, value] : options.hypers)
    variables.setNumber(name, value);
  if (variables.has("columns"))
    variables.setInteger("columns", columnOrder(*data.train));
}

const Dataset &TrainingSession::stepData() {
  if (!program.has("features"))
    return *data.train;
  if (!features)
    features = featuresOf(*data.train, program, variables, options.recipe.batchSize, host);
  return *features;
}

// Parameters and state of a file of weights, by their names.
void TrainingSession::takeInitial() {
  WeightImport done = importWeights(variables, *options.initial->file, options.initial->options);
  if (!done.isWhole())
    observer.onNote("init_from: " + importSummary(done));
}

int64_t TrainingSession::positionInEpoch() {
  int64_t position = 0;
  bool isSound = !__builtin_mul_overflow(variables.integer("epoch"), batches, &position) &&
                 !__builtin_sub_overflow(variables.integer("step"), position, &position);
  if (isSound && position >= 0 && position <= batches)
    return position;
  observer.onNote("the number of batches of an epoch has changed since this program was saved: epoch " +
                  std::to_string(variables.integer("epoch") + 1) + " starts anew");
  return 0;
}

void TrainingSession::runStep(int64_t epoch, int64_t batch, const std::vector<int64_t> &rows) {
  double started = now();
  const Dataset &taken = stepData(); // the first time, this computes what frozen layers make of all rows
  int64_t begin = batch * options.recipe.batchSize;
  int64_t count = std::min(options.recipe.batchSize, static_cast<int64_t>(rows.size()) - begin);
  int64_t next = begin + count;
  step.announce(taken, rows.data() + next,
                std::min(options.recipe.batchSize, static_cast<int64_t>(rows.size()) - next));
  dlc_error error = {};
  if (step.run(taken, rows.data() + begin, count, variables, host, error))
    failNotFinite(epoch, batch, rows.data() + begin, count, error);
  double spent = now() - started;
  seconds += spent;
  epochSeconds += spent;
  ++stepsDone;
}

bool TrainingSession::runEpoch(int64_t epoch, int64_t position) {
  variables.setInteger("epoch", epoch);
  std::vector<int64_t> rows; // of positions
  if (options.recipe.shuffle)
    rows = shuffledRows(data.trainRows.count(), variables.integer("seed"), epoch);
  else
    rows = rowsInOrder(data.trainRows.count());
  for (int64_t &row : rows)
    row = data.rowAt(data.trainRows.begin + row);
  if (position == 0) {
    epochSeconds = 0;
    evaluator.reset(variables, host);
  }
  std::function<Measures()> measures = [this] { return evaluator.result(variables, host).measures; };
  for (int64_t batch = position; batch < batches; ++batch) {
    runStep(epoch, batch, rows);
    // More than a million epochs need no forecast.
    int64_t left = std::min<int64_t>(options.recipe.epochs - epoch, 1 << 20) * batches - batch - 1;
    observer.onStep({epoch + 1, options.recipe.epochs, batch + 1, batches, stepsDone, left, seconds, measures});
    if (InterruptGuard::requested() && batch + 1 < batches)
      return false;
    if (batch + 1 < batches)
      checkpointIfDue(/*atEndOfEpoch=*/false);
  }
  return true;
}

Epoch TrainingSession::finishEpoch(int64_t epoch) {
  double started = now();
  Epoch measured;
  measured.number = epoch + 1;
  measured.train = evaluator.result(variables, host).measures;
  if (data.validation)
    measured.validation =
        evaluator.evaluateRows(*data.validation, data.rowsAt(data.validationRows), variables, host).measures;
  evaluator.reset(variables, host);
  variables.setInteger("epoch", epoch + 1);
  measured.seconds = epochSeconds + now() - started;
  measured.learningRate = learningRate();
  done.add(measured);
  return measured;
}

/// What a program of 32 bits holds is shown as it was written: 0.02, not 0.019999999552965164.
std::optional<double> TrainingSession::learningRate() const {
  std::optional<size_t> output = step.call().findOutput("learning_rate");
  double rate = 0;
  if (output && stepsDone)
    rate = step.call().outputNumber(*output);
  else if (!output && variables.has("optimizer.learning_rate"))
    rate = variables.number("optimizer.learning_rate") * variables.number("lr_scale");
  else
    return std::nullopt;
  if (variables.describe("lr_scale").dtype == DLC_F32)
    rate = std::strtod(exactText(static_cast<float>(rate)).c_str(), nullptr);
  return rate;
}

void TrainingSession::reduceRate(const Epoch &epoch) {
  double rate = epoch.learningRate.value_or(0), factor = plateau->observe(epoch, rate);
  if (factor == 1)
    return;
  variables.setNumber("lr_scale", variables.number("lr_scale") * factor);
  if (epoch.number < options.recipe.epochs)
    observer.onNote("the learning rate is " + numberText(rate * factor) + " from epoch " +
                    std::to_string(epoch.number + 1) + " on");
}

void TrainingSession::checkpointIfDue(bool atEndOfEpoch) {
  if (!options.checkpoint || !clock->isDue(now(), variables.integer("step"), variables.integer("epoch"), atEndOfEpoch))
    return;
  options.checkpoint(*this);
  clock->written(now());
}

SessionOutcome TrainingSession::run() {
  start();
  SessionOutcome outcome;
  int64_t position = positionInEpoch();
  double started = now();
  clock.emplace(options.checkpointEvery, started, variables.integer("step"), variables.integer("epoch"));
  for (int64_t epoch = variables.integer("epoch"); epoch < options.recipe.epochs; ++epoch, position = 0) {
    if (!runEpoch(epoch, position)) {
      outcome.end = SessionOutcome::End::Interrupted;
      break;
    }
    Epoch measured = finishEpoch(epoch);
    observer.onEpoch(measured, options.recipe.epochs);
    EarlyStoppingRule::Verdict verdict = rule ? rule->observe(measured) : EarlyStoppingRule::Verdict::GoOn;
    if (verdict == EarlyStoppingRule::Verdict::Best)
      best = variables.snapshot();
    if (verdict == EarlyStoppingRule::Verdict::Stop) {
      outcome.end = SessionOutcome::End::StoppedEarly;
      break;
    }
    epochSeconds = 0;
    if (plateau)
      reduceRate(measured);
    if (epoch + 1 == options.recipe.epochs)
      break;
    if (InterruptGuard::requested()) {
      outcome.end = SessionOutcome::End::Interrupted;
      break;
    }
    checkpointIfDue(/*atEndOfEpoch=*/true);
  }
  outcome.epochsDone = variables.integer("epoch");
  outcome.seconds = now() - started;
  if (rule && outcome.end != SessionOutcome::End::Interrupted && !best.empty()) {
    outcome.bestEpoch = rule->bestEpoch();
    variables.restore(best);
  }
  return outcome;
}

SessionState TrainingSession::state() const {
  SessionState state;
  state.step = variables.integer("step");
  state.epochSeconds = epochSeconds;
  if (rule && !best.empty())
    state.stopping = SessionState::Stopping{rule->bestEpoch(), rule->bestValue(), best};
  if (plateau)
    state.plateau = plateau->state();
  return state;
}

bool TrainingSession::resume(const SessionState &state) {
  int64_t epoch = variables.integer("epoch");
  const std::optional<SessionState::Stopping> &stopping = state.stopping;
  // Before the first epoch has ended there is nothing to know.
  bool isWhole =
      epoch == 0 || (rule.has_value() <= stopping.has_value() && plateau.has_value() <= state.plateau.has_value());
  if (state.step != variables.integer("step") || !isWhole ||
      (stopping && (stopping->epoch < 1 || stopping->epoch > epoch || stopping->variables.size() != variables.bytes())))
    return false;
  epochSeconds = state.epochSeconds;
  if (rule && stopping) {
    best = stopping->variables;
    rule->resume(epoch, stopping->epoch, stopping->value);
  }
  if (plateau && state.plateau)
    plateau->resume(*state.plateau);
  return true;
}

/// The variables are those before the step: the same call with every value looked at finds the first bad one. Where
/// ops can be run one by one it is the op's; else it is the kernel's, which holds ops of several lines.
dlc_error TrainingSession::findNotFinite(const int64_t *rows, int64_t count, const dlc_error &guard) {
  dlc_error found = {};
  std::optional<Program> unfused = options.unfused ? options.unfused() : std::nullopt;
  if (unfused && dlc_variables_bytes(unfused->handle()) == variables.bytes()) {
    Variables copy(*unfused);
    copy.restore(variables.snapshot());
    BatchRunner slow(*unfused, "train_step");
    if (slow.run(stepData(), rows, count, copy, host, found, DLC_CHECK_FINITE) == DLC_NOT_FINITE)
      return found;
  }
  found = {};
  return step.run(stepData(), rows, count, variables, host, found, DLC_CHECK_FINITE) == DLC_NOT_FINITE ? found : guard;
}

void TrainingSession::failNotFinite(int64_t epoch, int64_t batch, const int64_t *rows, int64_t count,
                                    const dlc_error &guard) {
  dlc_error error = findNotFinite(rows, count, guard);
  int64_t stepNumber = variables.integer("step") + 1;
  std::string saved;
  if (!options.savePath.empty()) {
    variables.save(options.savePath);
    saved = options.savePath;
  }
  throw NotFiniteProblem(
      notFiniteProblem({program, stepData(), rows, count, epoch + 1, batch + 1, batches, stepNumber, saved}, error));
}

} // namespace dlc::fit
