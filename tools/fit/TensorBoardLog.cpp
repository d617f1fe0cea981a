#include "tools/fit/TensorBoardLog.h"
#include "tools/fit/CellValue.h"
#include "tools/fit/Matrix.h"
#include "tools/fit/Problem.h"
#include "tools/fit/ProgramGraph.h"
#include <chrono>
#include <cstring>

namespace dlc::fit {
namespace {

double now() { return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count(); }

std::vector<EventScalar> scalarsOf(const Measures &measures) {
  std::vector<EventScalar> scalars;
  for (const auto &[name, value] : measures)
    scalars.push_back({"epoch_" + name, value});
  return scalars;
}

std::vector<double> valuesOf(const Variables &variables, const dlc_variable &variable) {
  const char *from = static_cast<const char *>(variables.data()) + variable.offset;
  std::vector<double> values;
  size_t size = bytesOf(variable.dtype);
  for (uint64_t at = 0; at + size <= variable.bytes; at += size) {
    float narrow = 0;
    double wide = 0;
    std::memcpy(variable.dtype == DLC_F32 ? static_cast<void *>(&narrow) : &wide, from + at, size);
    values.push_back(variable.dtype == DLC_F32 ? static_cast<double>(narrow) : wide);
  }
  return values;
}

} // namespace

TensorBoardLog::TensorBoardLog(const std::string &folder, const Variables &variables, TrainingObserver &next)
    : folder(folder), variables(variables), next(next) {
  train.emplace(folder + "/train");
  if (std::string graph = graphDef(variables.program()); !graph.empty())
    train->add(graphEvent(now(), graph));
}

void TensorBoardLog::onEpoch(const Epoch &epoch, int64_t epochs) {
  next.onEpoch(epoch, epochs);
  if (failed)
    return;
  try {
    write(epoch);
  } catch (const Problem &problem) { // the training is worth more than its log
    failed = true;
    next.onNote("nothing more is logged for TensorBoard: " + problem.place() + ": " + problem.what());
  }
}

void TensorBoardLog::write(const Epoch &epoch) {
  double time = now();
  int64_t step = epoch.number - 1;
  std::vector<EventScalar> scalars = scalarsOf(epoch.train);
  if (epoch.learningRate)
    scalars.push_back({"epoch_learning_rate", *epoch.learningRate});
  std::vector<EventHistogram> histograms;
  for (const dlc_variable &variable : variables.program().variables())
    if (variable.kind == DLC_PARAM && (variable.dtype == DLC_F32 || variable.dtype == DLC_F64))
      histograms.push_back(histogramOf(std::string(variable.name) + "/histogram", valuesOf(variables, variable)));
  train->add(summaryEvent(time, step, scalars, histograms));
  if (epoch.validation.empty())
    return;
  if (!validation)
    validation.emplace(folder + "/validation");
  validation->add(summaryEvent(time, step, scalarsOf(epoch.validation)));
}

} // namespace dlc::fit
