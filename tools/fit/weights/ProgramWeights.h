// The variables of a program as a file of weights.
#ifndef DLC_TOOLS_FIT_WEIGHTS_PROGRAMWEIGHTS_H
#define DLC_TOOLS_FIT_WEIGHTS_PROGRAMWEIGHTS_H

#include "tools/fit/Program.h"
#include "tools/fit/weights/WeightsFile.h"

namespace dlc::fit {

/// Parameters, state and optimizer slots, in the program's order.
class ProgramWeights : public WeightsFile {
public:
  explicit ProgramWeights(const std::string &path);
  void load(const std::vector<size_t> &indices, const Take &take) const override;

private:
  Program program;
  std::vector<dlc_variable> variables;
};

/// What belongs into a file of weights; slots only with \p withSlots. The bytes are those of \p variables.
std::vector<WeightData> weightsOf(const Variables &variables, bool withSlots);
WeightTensor describeTensor(const dlc_variable &variable);

} // namespace dlc::fit

#endif
