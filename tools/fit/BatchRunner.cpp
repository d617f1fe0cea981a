#include "tools/fit/BatchRunner.h"
#include "tools/fit/Problem.h"
#include <algorithm>

namespace dlc::fit {
namespace {

// \p rowAt: of a place in [0, count). There may be more rows than numbers of them should be in memory.
template <typename RowAt, typename Body>
void forEachBatch(BatchRunner &runner, const Dataset &data, int64_t count, const RowAt &rowAt, const Body &body) {
  auto batchAt = [&](int64_t begin) {
    std::vector<int64_t> rows;
    for (int64_t place = begin; place < std::min(count, begin + kEvaluationBatch); ++place)
      rows.push_back(rowAt(place));
    return rows;
  };
  std::vector<int64_t> batch = batchAt(0);
  for (int64_t begin = 0; begin < count; begin += kEvaluationBatch) {
    std::vector<int64_t> next = batchAt(begin + kEvaluationBatch);
    runner.announce(data, next.data(), static_cast<int64_t>(next.size()));
    body(batch.data(), static_cast<int64_t>(batch.size()));
    batch = std::move(next);
  }
}

} // namespace

void BatchRunner::announce(const Dataset &data, const int64_t *rows, int64_t count) {
  announcedData = &data;
  announced.assign(rows, rows + count);
}

void BatchRunner::gather(const Dataset &data, const int64_t *rows, int64_t count) {
  if (prefetch && prefetch->take(data, rows, count, buffers))
    data.setInputs(functionCall, count, buffers);
  else
    data.gather(functionCall, rows, count, buffers);
  auto next = static_cast<int64_t>(announced.size());
  if (next && BatchPrefetch::isWorthwhile(*announcedData, next)) {
    if (!prefetch)
      prefetch = std::make_unique<BatchPrefetch>();
    prefetch->start(*announcedData, functionCall, announced.data(), next);
  }
  announced.clear();
}

dlc_status BatchRunner::run(const Dataset &data, const int64_t *rows, int64_t count, Variables &variables,
                            const dlc_host *host, dlc_error &error, uint32_t flags) {
  gather(data, rows, count);
  return functionCall.run(variables, host, error, flags);
}

void BatchRunner::run(const Dataset &data, const int64_t *rows, int64_t count, Variables &variables,
                      const dlc_host *host) {
  gather(data, rows, count);
  functionCall.run(variables, host);
}

Evaluator::Evaluator(const Program &program)
    : step(program, "eval_step"), resetCall(program, "metrics_reset"), resultCall(program, "metrics_result") {}

template <typename RowAt>
EvaluationResult Evaluator::evaluateAll(const Dataset &data, int64_t count, const RowAt &rowAt, Variables &variables,
                                        const dlc_host *host) {
  reset(variables, host);
  forEachBatch(step, data, count, rowAt,
               [&](const int64_t *batch, int64_t size) { step.run(data, batch, size, variables, host); });
  return result(variables, host);
}

EvaluationResult Evaluator::evaluate(const Dataset &data, RowRange rows, Variables &variables, const dlc_host *host) {
  return evaluateAll(data, rows.count(), [&](int64_t place) { return rows.begin + place; }, variables, host);
}

EvaluationResult Evaluator::evaluateRows(const Dataset &data, const std::vector<int64_t> &rows, Variables &variables,
                                         const dlc_host *host) {
  auto rowAt = [&](int64_t place) { return rows[static_cast<size_t>(place)]; };
  return evaluateAll(data, static_cast<int64_t>(rows.size()), rowAt, variables, host);
}

EvaluationResult Evaluator::result(Variables &variables, const dlc_host *host) {
  resultCall.run(variables, host);
  EvaluationResult result;
  for (size_t i = 0; i < resultCall.outputCount(); ++i) {
    std::string name = resultCall.output(i).name;
    if (resultCall.outputElements(i) == 1) {
      auto place = name == "loss" ? result.measures.begin() : result.measures.end();
      result.measures.emplace(place, name, resultCall.outputNumber(i));
      continue;
    }
    MetricTable table{name, resultCall.outputShape(i), {}};
    for (int64_t element = 0; element < resultCall.outputElements(i); ++element)
      table.values.push_back(resultCall.outputNumber(i, element));
    result.tables.push_back(std::move(table));
  }
  return result;
}

template <typename RowAt>
static std::vector<Predictions> predictAll(const Program &program, const Dataset &data, int64_t count,
                                           const RowAt &rowAt, Variables &variables, const dlc_host *host) {
  BatchRunner runner(program, "predict");
  const FunctionCall &call = runner.call();
  std::vector<Predictions> all(call.outputCount());
  forEachBatch(runner, data, count, rowAt, [&](const int64_t *batch, int64_t size) {
    runner.run(data, batch, size, variables, host);
    for (size_t i = 0; i < all.size(); ++i) {
      Predictions &output = all[i];
      const std::vector<int64_t> &shape = call.outputShape(i);
      if (shape.empty() || shape[0] != size)
        throw Problem(ExitCode::BadInput, program.path(),
                      std::string("output ") + call.output(i).name + " has no row per example");
      output.name = call.output(i).name;
      output.dtype = call.output(i).dtype;
      output.rowShape.assign(shape.begin() + 1, shape.end());
      output.rows += size;
      if (output.values.empty()) // growing would need the memory twice
        output.values.reserve(static_cast<size_t>(count * output.columns()));
      for (int64_t element = 0; element < call.outputElements(i); ++element)
        output.values.push_back(call.outputNumber(i, element));
    }
  });
  return all;
}

std::vector<Predictions> predict(const Program &program, const Dataset &data, RowRange rows, Variables &variables,
                                 const dlc_host *host) {
  auto rowAt = [&](int64_t place) { return rows.begin + place; };
  return predictAll(program, data, rows.count(), rowAt, variables, host);
}

std::vector<Predictions> predictRows(const Program &program, const Dataset &data, const std::vector<int64_t> &rows,
                                     Variables &variables, const dlc_host *host) {
  auto rowAt = [&](int64_t place) { return rows[static_cast<size_t>(place)]; };
  return predictAll(program, data, static_cast<int64_t>(rows.size()), rowAt, variables, host);
}

} // namespace dlc::fit
