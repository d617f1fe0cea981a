#include "tools/fit/BatchRunner.h"
#include "tools/fit/Problem.h"
#include "tools/fit/Shuffle.h"
#include <algorithm>

namespace dlc::fit {
namespace {

template <typename Body> void forEachBatch(RowRange range, const Body &body) {
  std::vector<int64_t> rows = rowsInOrder(range.end);
  for (int64_t begin = range.begin; begin < range.end; begin += kEvaluationBatch)
    body(rows.data() + begin, std::min(kEvaluationBatch, range.end - begin));
}

} // namespace

dlc_status BatchRunner::run(const Dataset &data, const int64_t *rows, int64_t count, Variables &variables,
                            const dlc_host *host, dlc_error &error, uint32_t flags) {
  data.gather(functionCall, rows, count, buffers);
  return functionCall.run(variables, host, error, flags);
}

void BatchRunner::run(const Dataset &data, const int64_t *rows, int64_t count, Variables &variables,
                      const dlc_host *host) {
  data.gather(functionCall, rows, count, buffers);
  functionCall.run(variables, host);
}

Evaluator::Evaluator(const Program &program)
    : step(program, "eval_step"), resetCall(program, "metrics_reset"), resultCall(program, "metrics_result") {}

EvaluationResult Evaluator::evaluate(const Dataset &data, RowRange rows, Variables &variables, const dlc_host *host) {
  reset(variables, host);
  forEachBatch(rows, [&](const int64_t *batch, int64_t count) { step.run(data, batch, count, variables, host); });
  return result(variables, host);
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

std::vector<Predictions> predict(const Program &program, const Dataset &data, RowRange rows, Variables &variables,
                                 const dlc_host *host) {
  BatchRunner runner(program, "predict");
  const FunctionCall &call = runner.call();
  std::vector<Predictions> all(call.outputCount());
  forEachBatch(rows, [&](const int64_t *batch, int64_t count) {
    runner.run(data, batch, count, variables, host);
    for (size_t i = 0; i < all.size(); ++i) {
      Predictions &output = all[i];
      const std::vector<int64_t> &shape = call.outputShape(i);
      if (shape.empty() || shape[0] != count)
        throw Problem(ExitCode::BadInput, program.path(),
                      std::string("output ") + call.output(i).name + " has no row per example");
      output.name = call.output(i).name;
      output.dtype = call.output(i).dtype;
      output.rowShape.assign(shape.begin() + 1, shape.end());
      output.rows += count;
      for (int64_t element = 0; element < call.outputElements(i); ++element)
        output.values.push_back(call.outputNumber(i, element));
    }
  });
  return all;
}

} // namespace dlc::fit
