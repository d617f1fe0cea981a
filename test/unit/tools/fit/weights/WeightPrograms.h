// Programs with the variables that a test names, and files of weights for them.
#ifndef DLC_TEST_UNIT_TOOLS_FIT_WEIGHTS_WEIGHTPROGRAMS_H
#define DLC_TEST_UNIT_TOOLS_FIT_WEIGHTS_WEIGHTPROGRAMS_H

#include "test/unit/tools/fit/Examples.h"
#include "tools/fit/weights/WeightImport.h"
#include <cstring>

namespace dlc::test {

struct VariableSpec {
  std::string name;
  std::vector<int64_t> shape;
  dlc_variable_kind kind = DLC_PARAM;
  dlc_dtype dtype = DLC_F32;
};

/// The sample without its w, which becomes a metric, and with these variables, all zero. \p layers: JSON.
inline fit::Program programWith(const std::vector<VariableSpec> &specs, const std::string &layers = "") {
  schema::ProgramT header = sampleHeader();
  header.variables[0]->name = "metrics/w";
  header.variables[0]->kind = DLC_METRIC;
  for (const VariableSpec &spec : specs) {
    auto variable = std::make_unique<schema::VariableT>(*header.variables[0]);
    variable->name = spec.name;
    variable->kind = spec.kind;
    variable->dtype = spec.dtype;
    variable->shape = spec.shape;
    variable->offset = header.variables_bytes;
    variable->bytes = static_cast<uint64_t>(fit::elementCount(spec.shape)) * fit::bytesOf(spec.dtype);
    header.variables_bytes += (variable->bytes + 63) / 64 * 64;
    header.variables.push_back(std::move(variable));
  }
  if (!layers.empty()) {
    header.metadata.push_back(std::make_unique<schema::MetadataT>());
    header.metadata.back()->key = "layers";
    header.metadata.back()->value = layers;
  }
  std::vector<SegmentContents> segments = sampleSegments(header);
  segments[1].bytes.resize(header.variables_bytes);
  Bytes file = assemble(segments);
  return fit::Program::fromBytes({reinterpret_cast<const char *>(file.data()), file.size()}, "model.dlm");
}

inline std::string_view bytesOfFloats(const std::vector<float> &values) {
  return {reinterpret_cast<const char *>(values.data()), values.size() * sizeof(float)};
}

inline std::vector<float> floatsOf(const fit::Variables &variables, const std::string &name) {
  dlc_variable variable = variables.describe(name);
  std::vector<float> values(variable.bytes / sizeof(float));
  std::memcpy(values.data(), static_cast<const char *>(variables.data()) + variable.offset, variable.bytes);
  return values;
}

/// All bytes of each tensor, by name.
inline std::map<std::string, std::string> contentsOf(const fit::WeightsFile &file) {
  std::map<std::string, std::string> contents;
  std::vector<size_t> all;
  for (size_t i = 0; i < file.tensors().size(); ++i)
    all.push_back(i);
  file.load(all, [&](size_t index, std::string_view bytes) {
    const fit::WeightTensor &tensor = file.tensors()[index];
    contents[tensor.name] = fit::tensorType(tensor.type, tensor.shape) + ":" + std::string(bytes);
  });
  return contents;
}

} // namespace dlc::test

#endif
