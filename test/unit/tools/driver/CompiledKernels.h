// Compiles kernels written as graph text, runs them as the runtime would, and compares with the reference backend.
#ifndef DLC_TEST_UNIT_TOOLS_DRIVER_COMPILEDKERNELS_H
#define DLC_TEST_UNIT_TOOLS_DRIVER_COMPILEDKERNELS_H

#include "backends/reference/Interpreter.h"
#include <functional>
#include <random>
#include <string>

namespace dlc::test {

/// Makes the values of one argument.
using Filler = std::function<void(reference::Tensor &, std::mt19937 &)>;
Filler uniform(double low, double high);
Filler integers(int64_t low, int64_t high); // inclusive

struct Tolerance {
  double relative = 1e-5; // of the reference value
  double absolute = 1e-6;
};

/// \p text: one `func.func private @k` with the attribute graph.kernel; symbols are bound by \p symbols. Runs it in one
/// piece and split in parts; both must agree bit for bit, and with the reference within \p tolerance. Reports through
/// GoogleTest.
void compareWithReference(const std::string &text, const reference::Symbols &symbols, const Filler &fill,
                          Tolerance tolerance = {});

} // namespace dlc::test

#endif
