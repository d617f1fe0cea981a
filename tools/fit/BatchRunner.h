// Runs a function over rows of a dataset, batch by batch.
#ifndef DLC_TOOLS_FIT_BATCHRUNNER_H
#define DLC_TOOLS_FIT_BATCHRUNNER_H

#include "tools/fit/BatchPrefetch.h"
#include "tools/fit/Dataset.h"
#include "tools/fit/FunctionCall.h"
#include "tools/fit/History.h"
#include <memory>

namespace dlc::fit {

/// Rows of one call when nothing is learned. Fixed, because sums over other groups of rows round differently.
inline constexpr int64_t kEvaluationBatch = 256;

/// A function with the buffers of its inputs.
class BatchRunner {
public:
  BatchRunner(const Program &program, const std::string &function) : functionCall(program, function) {}
  BatchRunner(const BatchRunner &) = delete;
  BatchRunner &operator=(const BatchRunner &) = delete;

  FunctionCall &call() { return functionCall; }
  const FunctionCall &call() const { return functionCall; }
  /// The batch of the run after the next one: it is copied meanwhile if that saves time. \p count of 0: none.
  void announce(const Dataset &data, const int64_t *rows, int64_t count);
  /// As FunctionCall::run, on the given rows.
  dlc_status run(const Dataset &data, const int64_t *rows, int64_t count, Variables &variables, const dlc_host *host,
                 dlc_error &error, uint32_t flags = 0);
  /// The same where only success will do.
  void run(const Dataset &data, const int64_t *rows, int64_t count, Variables &variables, const dlc_host *host);

private:
  void gather(const Dataset &data, const int64_t *rows, int64_t count);
  FunctionCall functionCall;
  std::vector<AlignedBuffer> buffers;
  const Dataset *announcedData = nullptr;
  std::vector<int64_t> announced;
  std::unique_ptr<BatchPrefetch> prefetch; // last: its thread uses the others
};

/// One output of a function without inputs, when it is not a single number: a metric's table.
struct MetricTable {
  std::string name;
  std::vector<int64_t> shape;
  std::vector<double> values;
};

struct EvaluationResult {
  Measures measures; // "loss" first
  std::vector<MetricTable> tables;
};

/// Loss and metrics over rows of a dataset, by eval_step and the metric functions. Changes only metric variables.
class Evaluator {
public:
  explicit Evaluator(const Program &program);
  EvaluationResult evaluate(const Dataset &data, RowRange rows, Variables &variables, const dlc_host *host);
  EvaluationResult evaluateRows(const Dataset &data, const std::vector<int64_t> &rows, Variables &variables,
                                const dlc_host *host);
  void reset(Variables &variables, const dlc_host *host) { resetCall.run(variables, host); }
  /// Of what the metric variables hold now.
  EvaluationResult result(Variables &variables, const dlc_host *host);

private:
  template <typename RowAt>
  EvaluationResult evaluateAll(const Dataset &data, int64_t count, const RowAt &rowAt, Variables &variables,
                               const dlc_host *host);
  BatchRunner step;
  FunctionCall resetCall, resultCall;
};

/// All values of one output of predict.
struct Predictions {
  std::string name;
  dlc_dtype dtype = DLC_F32;
  std::vector<int64_t> rowShape;
  int64_t rows = 0;
  std::vector<double> values; // rows x product(rowShape); f32 and i32 are exact in a double
  int64_t columns() const { return elementCount(rowShape); }
  double at(int64_t row, int64_t column) const { return values[static_cast<size_t>(row * columns() + column)]; }
};
std::vector<Predictions> predict(const Program &program, const Dataset &data, RowRange rows, Variables &variables,
                                 const dlc_host *host);
std::vector<Predictions> predictRows(const Program &program, const Dataset &data, const std::vector<int64_t> &rows,
                                     Variables &variables, const dlc_host *host);

} // namespace dlc::fit

#endif
