// Runs a compiled program kernel by kernel beside the reference backend.
#ifndef DLC_TOOLS_DLC_REFERENCECOMPARISON_H
#define DLC_TOOLS_DLC_REFERENCECOMPARISON_H

#include "tools/dlc/CompileJob.h"
#include <cstdint>
#include <string>

namespace dlc {

/// The first value of a kernel that is not what the reference backend gives for the same inputs.
struct KernelMismatch {
  std::string kernel, function, place, where; // place: "model.dl:3:7"
  uint32_t step = 0, result = 0;
  uint64_t element = 0;
  double expected = 0, found = 0;
  std::string failure; // the reference could not evaluate the kernel: why; the numbers mean nothing then
};

struct ReferenceResult {
  int64_t launches = 0, values = 0; // compared
  double largestError = 0;          // relative to the size of the kernel's values
  /// Functions that a guard stopped on these inputs, and its reason: the kernels behind it were not compared.
  std::vector<std::pair<std::string, std::string>> stopped;
  bool differs = false;
  KernelMismatch mismatch;
};

/// Runs init, fit, two training steps, eval_step, the metrics and predict, as far as the program has them, on random
/// inputs. Tolerance: f32 1e-4 of the value and 1e-5 of the largest value in the kernel's buffers (sums in another
/// order), f64 1e-10 and 1e-12; whole numbers and truth values are equal. Throws fit::Problem and CompileFailure.
ReferenceResult compareWithReference(const CompileSettings &settings, int64_t batch, int64_t seed);

} // namespace dlc

#endif
