// Made-up examples that suit a program: for checks that need no data.
#ifndef DLC_TOOLS_FIT_RANDOMINPUTS_H
#define DLC_TOOLS_FIT_RANDOMINPUTS_H

#include "tools/fit/FunctionCall.h"

namespace dlc::fit {

/// Inputs and targets of any function of a program; the same name gives the same values.
class RandomInputs {
public:
  /// \p loss: its name in the recipe; decides what a target may hold.
  RandomInputs(const Program &program, const std::string &loss, int64_t batch, int64_t seed);

  /// Sets every input of \p call. The buffers live as long as this object.
  void fill(FunctionCall &call);

private:
  struct Port {
    std::string name;
    std::vector<int64_t> shape;
    AlignedBuffer data;
  };
  Port &portFor(const dlc_port &port);
  std::vector<int64_t> shapeOf(const dlc_port &port) const;
  void fillInput(const dlc_port &description, Port &port);
  void fillTarget(const dlc_port &description, Port &port);
  double uniform(uint64_t index, uint32_t stream) const; // in (0, 1)
  double normal(uint64_t index, uint32_t stream) const;

  std::string loss;
  int64_t batch, seed, classes = 1, sequence = 0; // steps of the shortest sequence; 0: there is none
  std::vector<std::unique_ptr<Port>> ports;
};

/// Stores a number as an element of any dtype.
void storeNumber(char *data, dlc_dtype dtype, int64_t element, double value);

} // namespace dlc::fit

#endif
