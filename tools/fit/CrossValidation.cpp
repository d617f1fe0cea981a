#include "tools/fit/CrossValidation.h"
#include "tools/fit/Folds.h"
#include "tools/fit/NotFiniteReport.h"
#include <algorithm>
#include <cmath>

namespace dlc::fit {
namespace {

// Keeps the held-out rows' predictions at their places.
void scatter(Predictions &all, const Predictions &part, const std::vector<int64_t> &rows, int64_t count) {
  auto columns = static_cast<size_t>(part.columns());
  if (all.values.empty()) {
    all = part;
    all.rows = count;
    all.values.assign(static_cast<size_t>(count) * columns, NAN);
  }
  if (all.rowShape != part.rowShape)
    return;
  for (size_t i = 0; i < rows.size(); ++i)
    std::copy_n(part.values.begin() + static_cast<std::ptrdiff_t>(i * columns), columns,
                all.values.begin() + static_cast<std::ptrdiff_t>(static_cast<size_t>(rows[i]) * columns));
}

void addTo(std::vector<FoldSummary> &all, const std::string &name, const std::vector<FoldResult> &folds) {
  FoldSummary summary{name, 0, NAN, 0};
  std::vector<double> values;
  for (const FoldResult &fold : folds)
    if (std::optional<double> value = fold.kept.measure(name); fold.failure.empty() && value && std::isfinite(*value))
      values.push_back(*value);
  summary.folds = static_cast<int64_t>(values.size());
  auto count = static_cast<double>(values.size());
  double squares = 0;
  for (double value : values)
    summary.mean += value / count;
  for (double value : values)
    squares += (value - summary.mean) * (value - summary.mean);
  if (values.size() > 1)
    summary.deviation = std::sqrt(squares / (count - 1));
  if (values.empty())
    summary.mean = NAN;
  all.push_back(summary);
}

} // namespace

Epoch keptEpoch(const History &history, const SessionOutcome &outcome) {
  for (const Epoch &epoch : history.epochs())
    if (epoch.number == outcome.bestEpoch)
      return epoch;
  return history.empty() ? Epoch() : history.epochs().back();
}

int64_t CrossValidation::finished() const {
  return std::count_if(folds.begin(), folds.end(), [](const FoldResult &fold) { return fold.failure.empty(); });
}

std::vector<FoldSummary> CrossValidation::summaries() const {
  std::vector<FoldSummary> all;
  for (const FoldResult &fold : folds) {
    if (!fold.failure.empty())
      continue;
    for (const auto &measure : fold.kept.train)
      addTo(all, measure.first, folds);
    for (const auto &measure : fold.kept.validation)
      addTo(all, "val_" + measure.first, folds);
    break;
  }
  return all;
}

const FoldSummary *findSummary(const std::vector<FoldSummary> &all, const std::string &name) {
  auto found = std::find_if(all.begin(), all.end(), [&](const FoldSummary &summary) { return summary.name == name; });
  return found == all.end() ? nullptr : &*found;
}

std::string CrossValidation::historyTable() const {
  std::string text;
  for (const FoldResult &fold : folds) {
    std::string table = fold.history.table();
    bool isHeader = true;
    for (size_t begin = 0, end; begin < table.size(); begin = end + 1) {
      end = table.find('\n', begin);
      if (!isHeader || text.empty())
        text += (isHeader ? "fold" : std::to_string(fold.number)) + "\t" + table.substr(begin, end + 1 - begin);
      isHeader = false;
    }
  }
  return text;
}

CrossValidation crossValidate(const CrossValidationTask &task, const dlc_host *host, TrainingObserver &observer,
                              const std::function<void(const FoldResult &)> &onFold) {
  std::vector<std::vector<int64_t>> heldOut = makeFolds(task.data, task.recipe, task.folds, task.recipe.seed);
  CrossValidation result;
  bool isWhole = true;
  for (const std::vector<int64_t> &held : heldOut) {
    TrainingData data;
    data.train = data.validation = &task.data;
    data.order = foldOrder(task.data.rows(), held);
    int64_t begin = task.data.rows() - static_cast<int64_t>(held.size());
    data.trainRows = {0, begin};
    data.validationRows = {begin, task.data.rows()};
    FoldResult fold;
    fold.number = static_cast<int64_t>(result.folds.size()) + 1;
    fold.trainRows = begin;
    fold.heldRows = data.validationRows.count();
    Variables variables(task.program);
    SessionOptions options = {task.recipe, /*fromScratch=*/true, task.hypers, task.initial, "", task.unfused};
    TrainingSession session(task.program, variables, data, options, host, observer);
    try {
      fold.outcome = session.run();
    } catch (const NotFiniteProblem &problem) {
      fold.failure = (problem.place().empty() ? "" : problem.place() + ": ") + problem.what();
    }
    if (fold.outcome.end == SessionOutcome::End::Interrupted) {
      result.interrupted = true;
      break;
    }
    fold.history = session.history();
    fold.kept = keptEpoch(fold.history, fold.outcome);
    std::optional<double> loss = fold.kept.measure("val_loss");
    if (fold.failure.empty() && loss && !std::isfinite(*loss))
      fold.failure = "the loss of its rows is not finite";
    if (fold.failure.empty()) {
      std::vector<Predictions> outputs = predictRows(task.program, task.data, held, variables, host);
      if (!outputs.empty())
        scatter(result.predictions, outputs[0], held, task.data.rows());
    }
    isWhole &= fold.failure.empty();
    onFold(fold);
    result.folds.push_back(std::move(fold));
  }
  if (!isWhole || result.interrupted)
    result.predictions = {};
  return result;
}

} // namespace dlc::fit
