// Examples in memory, and a program to feed with them.
#ifndef DLC_TEST_UNIT_TOOLS_FIT_EXAMPLES_H
#define DLC_TEST_UNIT_TOOLS_FIT_EXAMPLES_H

#include "test/unit/runtime/SampleProgram.h"
#include "tools/fit/BatchRunner.h"
#include "tools/fit/CellValue.h"
#include "tools/fit/RandomInputs.h"
#include "tools/fit/Recipe.h"

namespace dlc::test {

inline fit::Program programOf(const schema::ProgramT &header = sampleHeader()) {
  Bytes file = sampleFile(header);
  return fit::Program::fromBytes({reinterpret_cast<const char *>(file.data()), file.size()}, "sample.dlm");
}

/// The sample whose target t is [batch], or [batch, columns].
inline schema::ProgramT sampleWithTarget(dlc_dtype dtype, int64_t columns = 0) {
  schema::ProgramT header = sampleHeader();
  schema::PortT &target = *header.functions[1]->inputs[1];
  target.dtype = dtype;
  if (columns)
    target.dims.push_back(formula({{columns, 0}}));
  return header;
}

/// Row by row.
inline fit::PortData targetOf(dlc_dtype dtype, std::vector<std::string> columns, const std::vector<double> &values) {
  fit::PortData port{"y", dtype, 1, {}, {}};
  port.values.file = "y.tsv";
  port.values.rows = static_cast<int64_t>(values.size() / columns.size());
  port.values.columns = std::move(columns);
  port.values.dtype = dtype;
  port.values.data.resize(values.size() * fit::bytesOf(dtype));
  for (size_t i = 0; i < values.size(); ++i)
    fit::storeNumber(port.values.data.data(), dtype, static_cast<int64_t>(i), values[i]);
  return port;
}

inline fit::Predictions predictionsOf(std::vector<double> values, int64_t columns = 0) {
  fit::Predictions predictions;
  predictions.name = "p";
  predictions.rows = static_cast<int64_t>(values.size()) / (columns ? columns : 1);
  if (columns)
    predictions.rowShape = {columns};
  predictions.values = std::move(values);
  return predictions;
}

inline fit::Recipe recipeOf(const std::string &loss) { return fit::parseRecipe({{"loss", loss}}); }

} // namespace dlc::test

#endif
