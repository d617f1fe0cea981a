#include "tools/fit/FeatureCache.h"
#include "tools/fit/BatchRunner.h"
#include "tools/fit/NumberText.h"
#include "tools/fit/Problem.h"
#include "tools/fit/Shuffle.h"
#include <algorithm>
#include <cstring>

namespace dlc::fit {
namespace {

PortData emptyPort(const dlc_port &output, const std::vector<int64_t> &shape, int64_t rows) {
  PortData port;
  port.name = output.name;
  port.dtype = output.dtype;
  port.rowShape.assign(shape.begin() + 1, shape.end());
  port.values.file = "the features of the frozen layers";
  port.values.dtype = output.dtype;
  port.values.rows = rows;
  port.values.unnamed = elementCount(port.rowShape);
  size_t bytes = 0;
  if (__builtin_mul_overflow(port.rowBytes(), static_cast<size_t>(rows), &bytes))
    throw Problem(ExitCode::BadInput, "--cache-features",
                  "the features of " + plural(rows, "row") + " do not fit in memory");
  port.values.data.resize(bytes);
  return port;
}

PortData copyOf(const PortData &from) {
  PortData port;
  port.name = from.name;
  port.dtype = from.dtype;
  port.role = from.role;
  port.rowShape = from.rowShape;
  port.byPosition = from.byPosition;
  port.values.file = from.values.file;
  port.values.columns = from.values.columns;
  port.values.origins = from.values.origins;
  port.values.dtype = from.values.dtype;
  port.values.rows = from.values.rows;
  port.values.labels = from.values.labels;
  port.values.unnamed = from.values.unnamed;
  port.values.data.resize(from.values.data.size());
  constexpr size_t kPiece = size_t(1) << 20;
  for (size_t begin = 0; begin < from.values.data.size(); begin += kPiece) {
    size_t size = std::min(kPiece, from.values.data.size() - begin);
    from.values.data.read(begin, size, port.values.data.data() + begin);
    port.values.data.touched(begin, size);
  }
  return port;
}

} // namespace

Dataset featuresOf(const Dataset &source, const Program &program, Variables &variables, int64_t batch,
                   const dlc_host *host) {
  BatchRunner runner(program, "features");
  const FunctionCall &call = runner.call();
  std::vector<PortData> ports;
  std::vector<int64_t> rows = rowsInOrder(source.rows());
  for (int64_t begin = 0; begin < source.rows(); begin += batch) {
    int64_t count = std::min(batch, source.rows() - begin);
    runner.run(source, rows.data() + begin, count, variables, host);
    for (size_t i = 0; i < call.outputCount(); ++i) {
      if (begin == 0)
        ports.push_back(emptyPort(call.output(i), call.outputShape(i), source.rows()));
      size_t rowBytes = ports[i].rowBytes();
      memcpy(ports[i].values.data.data() + rowBytes * static_cast<size_t>(begin), call.outputData(i),
             rowBytes * static_cast<size_t>(count));
      ports[i].values.data.touched(rowBytes * static_cast<size_t>(begin), rowBytes * static_cast<size_t>(count));
    }
  }
  FunctionCall step(program, "train_step");
  for (size_t i = 0; i < step.inputCount(); ++i)
    if (const PortData *port = source.find(step.input(i).name))
      ports.push_back(copyOf(*port));
  return Dataset(std::move(ports), source.rows());
}

} // namespace dlc::fit
