#include "tools/fit/weights/ProgramWeights.h"

namespace dlc::fit {
namespace {

bool isWeight(const dlc_variable &variable, bool withSlots) {
  return variable.kind == DLC_PARAM || variable.kind == DLC_STATE || (withSlots && variable.kind == DLC_SLOT);
}

} // namespace

WeightTensor describeTensor(const dlc_variable &variable) {
  return {variable.name, elementTypeOf(variable.dtype),
          std::vector<uint64_t>(variable.shape, variable.shape + variable.rank)};
}

ProgramWeights::ProgramWeights(const std::string &path) : WeightsFile(path, "dlm"), program(Program::load(path)) {
  for (const dlc_variable &variable : program.variables())
    if (isWeight(variable, true)) {
      add(describeTensor(variable));
      variables.push_back(variable);
    }
}

void ProgramWeights::load(const std::vector<size_t> &indices, const Take &take) const {
  const char *block = static_cast<const char *>(dlc_initial_variables(program.handle()));
  for (size_t index : indices)
    take(index, {block + variables[index].offset,
                 static_cast<size_t>(tensorBytes(all[index].type, all[index].shape).value_or(0))});
}

std::vector<WeightData> weightsOf(const Variables &variables, bool withSlots) {
  std::vector<WeightData> weights;
  const char *block = static_cast<const char *>(variables.data());
  for (const dlc_variable &variable : variables.program().variables())
    if (isWeight(variable, withSlots)) {
      WeightTensor tensor = describeTensor(variable);
      size_t bytes = static_cast<size_t>(tensorBytes(tensor.type, tensor.shape).value_or(0));
      weights.push_back({std::move(tensor), {block + variable.offset, bytes}});
    }
  return weights;
}

} // namespace dlc::fit
