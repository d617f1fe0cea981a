#include "tools/fit/TrainingSession.h"
#include "tools/fit/ColumnOrder.h"
#include "tools/fit/Interrupt.h"
#include "tools/fit/NotFiniteReport.h"
#include "tools/fit/NumberText.h"
#include "tools/fit/Problem.h"
#include "tools/fit/Shuffle.h"
#include <algorithm>
#include <chrono>
#include <cmath>
#include <sstream>

namespace dlc::fit {
namespace {

double now() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

} // namespace

bool isUntrained(const Variables &variables) { return variables.integer("step") == 0; }

TrainingData splitData(const Dataset &train, const Dataset *validation, double split) {
  TrainingData data;
  data.train = &train;
  data.trainRows = {0, train.rows()};
  if (validation) {
    data.validation = validation;
    data.validationRows = {0, validation->rows()};
  } else if (split > 0) {
    auto kept = static_cast<int64_t>(std::floor(static_cast<double>(train.rows()) * (1.0 - split)));
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
}

// Parameters and state from the seed; then what the layers take from the training data.
void TrainingSession::start() {
  if (options.fromScratch || isUntrained(variables)) {
    variables.reset();
    variables.setInteger("seed", options.recipe.seed);
    FunctionCall(program, "init").run(variables, host);
    if (options.initial)
      takeInitial();
    variables.setInteger("step", 0);
    variables.setInteger("epoch", 0);
    if (program.has("fit")) {
      BatchRunner fit(program, "fit");
      std::vector<int64_t> rows = rowsInOrder(data.trainRows.end);
      for (int64_t begin = data.trainRows.begin; begin < data.trainRows.end; begin += kEvaluationBatch)
        fit.run(*data.train, rows.data() + begin, std::min(kEvaluationBatch, data.trainRows.end - begin), variables,
                host);
    }
  }
  for (const auto &[name, value] : options.hypers)
    variables.setNumber(name, value);
  if (variables.has("columns"))
    variables.setInteger("columns", columnOrder(*data.train));
}

// Parameters and state of equal names, as of the same model trained on other data.
void TrainingSession::takeInitial() {
  Variables from(*options.initial);
  size_t taken = 0;
  for (const dlc_variable &variable : options.initial->variables()) {
    if ((variable.kind != DLC_PARAM && variable.kind != DLC_STATE) || !variables.has(variable.name))
      continue;
    dlc_variable here = variables.describe(variable.name);
    if (here.dtype != variable.dtype || here.rank != variable.rank ||
        !std::equal(here.shape, here.shape + here.rank, variable.shape))
      throw Problem(ExitCode::BadInput, options.initial->path(),
                    std::string("init_from: ") + variable.name + " has another type or shape in " + program.path(),
                    "take a program of the same layers, or rename this one");
    std::memcpy(static_cast<char *>(variables.data()) + here.offset,
                static_cast<const char *>(from.data()) + variable.offset, variable.bytes);
    ++taken;
  }
  if (!taken)
    throw Problem(ExitCode::BadInput, options.initial->path(),
                  "init_from: no parameter has the name of one of " + program.path());
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
  int64_t begin = batch * options.recipe.batchSize;
  int64_t count = std::min(options.recipe.batchSize, static_cast<int64_t>(rows.size()) - begin);
  dlc_error error = {};
  double started = now();
  if (step.run(*data.train, rows.data() + begin, count, variables, host, error))
    failNotFinite(epoch, batch, rows.data() + begin, count, error);
  double spent = now() - started;
  seconds += spent;
  epochSeconds += spent;
  ++stepsDone;
}

bool TrainingSession::runEpoch(int64_t epoch, int64_t position) {
  variables.setInteger("epoch", epoch);
  epochSeconds = 0;
  std::vector<int64_t> rows = options.recipe.shuffle
                                  ? shuffledRows(data.trainRows.count(), variables.integer("seed"), epoch)
                                  : rowsInOrder(data.trainRows.count());
  if (position == 0)
    evaluator.reset(variables, host);
  std::function<Measures()> measures = [this] { return evaluator.result(variables, host).measures; };
  for (int64_t batch = position; batch < batches; ++batch) {
    runStep(epoch, batch, rows);
    // More than a million epochs need no forecast.
    int64_t left = std::min<int64_t>(options.recipe.epochs - epoch, 1 << 20) * batches - batch - 1;
    observer.onStep({epoch + 1, options.recipe.epochs, batch + 1, batches, stepsDone, left, seconds, measures});
    if (InterruptGuard::requested() && batch + 1 < batches)
      return false;
  }
  return true;
}

Epoch TrainingSession::finishEpoch(int64_t epoch) {
  double started = now();
  Epoch measured;
  measured.number = epoch + 1;
  measured.train = evaluator.result(variables, host).measures;
  if (data.validation)
    measured.validation = evaluator.evaluate(*data.validation, data.validationRows, variables, host).measures;
  evaluator.reset(variables, host);
  variables.setInteger("epoch", epoch + 1);
  measured.seconds = epochSeconds + now() - started;
  done.add(measured);
  return measured;
}

SessionOutcome TrainingSession::run() {
  start();
  SessionOutcome outcome;
  int64_t position = positionInEpoch();
  double started = now();
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
    if (verdict == EarlyStoppingRule::Verdict::Stop)
      outcome.end = SessionOutcome::End::StoppedEarly;
    else if (InterruptGuard::requested() && epoch + 1 < options.recipe.epochs)
      outcome.end = SessionOutcome::End::Interrupted;
    else
      continue;
    break;
  }
  outcome.epochsDone = variables.integer("epoch");
  outcome.seconds = now() - started;
  if (rule && outcome.end != SessionOutcome::End::Interrupted && !best.empty()) {
    outcome.bestEpoch = rule->bestEpoch();
    variables.restore(best);
  }
  return outcome;
}

// One line of text, then the best variables: "dlc-early-stopping STEP EPOCH VALUE".
std::string TrainingSession::stoppingState() const {
  if (!rule || best.empty())
    return "";
  return "dlc-early-stopping " + std::to_string(variables.integer("step")) + " " + std::to_string(rule->bestEpoch()) +
         " " + exactText(rule->bestValue()) + "\n" + best;
}

bool TrainingSession::resumeStopping(const std::string &state) {
  size_t line = state.find('\n');
  std::istringstream text(state.substr(0, line));
  std::string word, value;
  int64_t step = 0, epoch = 0;
  if (!rule || !(text >> word >> step >> epoch >> value) || word != "dlc-early-stopping" ||
      step != variables.integer("step") || epoch < 1 || epoch > variables.integer("epoch") ||
      state.size() - line - 1 != variables.snapshot().size())
    return false;
  best = state.substr(line + 1);
  rule->resume(variables.integer("epoch"), epoch, std::strtod(value.c_str(), nullptr));
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
    if (slow.run(*data.train, rows, count, copy, host, found, DLC_CHECK_FINITE) == DLC_NOT_FINITE)
      return found;
  }
  found = {};
  return step.run(*data.train, rows, count, variables, host, found, DLC_CHECK_FINITE) == DLC_NOT_FINITE ? found : guard;
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
  throw notFiniteProblem({program, *data.train, rows, count, epoch + 1, batch + 1, batches, stepNumber, saved}, error);
}

} // namespace dlc::fit
