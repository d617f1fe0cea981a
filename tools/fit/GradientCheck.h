// Gradients of a program against finite differences.
#ifndef DLC_TOOLS_FIT_GRADIENTCHECK_H
#define DLC_TOOLS_FIT_GRADIENTCHECK_H

#include "tools/fit/Program.h"
#include <string>
#include <vector>

namespace dlc::fit {

struct GradientCheckOptions {
  int64_t batch = 4, seed = 1;
  int directions = 3, elements = 5; // per parameter
  double tolerance = 1e-6;          // of the error relative to the larger of the two numbers
};

/// What a central difference with losses of this size can be off by rounding alone.
double roundingOfDifference(double loss, double step);
/// The difference of the two numbers beyond \p rounding, relative to the larger of them; infinite if one is not finite.
double gradientError(double analytic, double numeric, double rounding);

/// Whether that much \p rounding could hide both numbers, so that their agreement says nothing.
bool isTooCoarse(double analytic, double numeric, double rounding);

enum class GradientVerdict { Agrees, Zero, TooCoarse, Differs }; // Zero: gradient and differences are exactly 0

struct GradientRow {
  std::string parameter, shape;
  double directionError = 0;        // the largest over the directions
  double elementError = 0;          // the largest over the single elements
  double analytic = 0, numeric = 0; // of the worst of them
  double rounding = 0;              // the largest that was allowed for
  std::string worst;                // "direction 2", "element 17"
  GradientVerdict verdict = GradientVerdict::Agrees;
};

/// Needs a program in f64 with a function `gradients`. Inputs and targets are random; the parameters are those of
/// init, moved a little so that none is exactly 0. Central differences: (L(w + e d) - L(w - e d)) / 2e against the
/// product of the gradient and d, for random directions d of length 1 and for single elements. Throws a Problem.
std::vector<GradientRow> checkGradients(const Program &program, const GradientCheckOptions &options);

std::string gradientTable(const std::vector<GradientRow> &rows);
/// How many agree, how many are 0, and how many could not be told, with the remedies.
std::string gradientSummary(const std::vector<GradientRow> &rows);

} // namespace dlc::fit

#endif
