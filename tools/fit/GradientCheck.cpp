#include "tools/fit/GradientCheck.h"
#include "tools/fit/AlignedTable.h"
#include "tools/fit/NumberText.h"
#include "tools/fit/Problem.h"
#include "tools/fit/RandomInputs.h"
#include "tools/fit/Recipe.h"
#include "tools/fit/Shuffle.h"
#include <algorithm>
#include <cmath>
#include <limits>

namespace dlc::fit {
namespace {

// The error of a central difference is about e^2 from the curve and 1e-16 |loss| / e from rounding: both near 1e-10
// here for losses near 1. For others the rounding is allowed for.
constexpr double kStep = 1e-5;
// Gradients below this are compared by their absolute error: the 1e-10 of rounding are not 1e-5 of them.
constexpr double kFloor = 1e-3;

// A loss is a sum, whose last digits are rounded more than once.
constexpr double kRoundings = 8;

const char *verdictText(GradientVerdict verdict) {
  switch (verdict) {
  case GradientVerdict::Agrees:
    return "ok";
  case GradientVerdict::Zero:
    return "0";
  case GradientVerdict::TooCoarse:
    return "too coarse";
  case GradientVerdict::Differs:
    return "WRONG";
  }
  return "";
}

class GradientChecker {
public:
  GradientChecker(const Program &program, const GradientCheckOptions &options)
      : options(options), variables(program), gradients(program, "gradients"),
        inputs(program, parseRecipe(program.metadata("recipe")).loss, options.batch, options.seed) {
    start(program);
  }

  std::vector<GradientRow> run() {
    gradients.run(variables);
    std::vector<GradientRow> rows;
    std::vector<std::vector<double>> all(gradients.outputCount());
    for (size_t i = 0; i < all.size(); ++i)
      for (int64_t element = 0; element < gradients.outputElements(i); ++element)
        all[i].push_back(gradients.outputNumber(i, element));
    for (size_t i = 0; i < all.size(); ++i) {
      std::string name = gradients.output(i).name;
      if (name.compare(0, 5, "grad:") == 0 && !all[i].empty())
        rows.push_back(checkParameter(name.substr(5), all[i]));
    }
    return rows;
  }

private:
  void start(const Program &program) {
    variables.setInteger("seed", options.seed);
    FunctionCall(program, "init").run(variables);
    if (program.has("fit")) {
      FunctionCall fit(program, "fit");
      inputs.fill(fit);
      fit.run(variables);
    }
    // Biases start at 0, where relu and abs have their corners.
    uint64_t counter = 0;
    for (const dlc_variable &variable : program.variables())
      if (variable.kind == DLC_PARAM)
        for (uint64_t i = 0; i < variable.bytes / sizeof(double); ++i)
          element(variable, i) += 0.1 * (random(counter++) - 0.5);
    inputs.fill(gradients);
    lossOutput = gradients.findOutput("loss").value_or(0);
  }

  double &element(const dlc_variable &variable, uint64_t index) {
    return reinterpret_cast<double *>(static_cast<char *>(variables.data()) + variable.offset)[index];
  }

  double random(uint64_t counter) const { // in [0, 1)
    auto words = philox({static_cast<uint32_t>(counter), static_cast<uint32_t>(counter >> 32), 77, 0},
                        {static_cast<uint32_t>(options.seed), 0});
    return words[0] / 4294967296.0;
  }

  // The loss with the parameter moved by amount * direction.
  double lossAt(const dlc_variable &variable, const std::vector<double> &direction, double amount) {
    std::vector<double> kept(direction.size());
    for (size_t i = 0; i < direction.size(); ++i) {
      kept[i] = element(variable, i);
      element(variable, i) = kept[i] + amount * direction[i];
    }
    gradients.run(variables);
    for (size_t i = 0; i < direction.size(); ++i)
      element(variable, i) = kept[i];
    return gradients.outputNumber(lossOutput);
  }

  double compare(const dlc_variable &variable, const std::vector<double> &gradient,
                 const std::vector<double> &direction, const std::string &what, GradientRow &row) {
    double analytic = 0;
    for (size_t i = 0; i < gradient.size(); ++i)
      analytic += gradient[i] * direction[i];
    double above = lossAt(variable, direction, kStep), below = lossAt(variable, direction, -kStep);
    double numeric = (above - below) / (2 * kStep);
    double rounding = roundingOfDifference(std::max(std::abs(above), std::abs(below)), kStep);
    double error = gradientError(analytic, numeric, rounding);
    isZero &= analytic == 0 && numeric == 0;
    row.rounding = std::max(row.rounding, rounding);
    if (row.worst.empty() || error > std::max(row.directionError, row.elementError)) {
      row.worst = what;
      row.analytic = analytic;
      row.numeric = numeric;
    }
    return error;
  }

  GradientRow checkParameter(const std::string &name, const std::vector<double> &gradient) {
    dlc_variable variable = variables.describe(name);
    GradientRow row;
    row.parameter = name;
    isZero = true;
    for (uint32_t i = 0; i < variable.rank; ++i)
      row.shape += (i ? ", " : "") + std::to_string(variable.shape[i]);
    row.shape = "[" + row.shape + "]";
    uint64_t counter = uint64_t(1) << 40;
    for (int d = 0; d < options.directions; ++d) {
      std::vector<double> direction(gradient.size());
      double length = 0;
      for (double &part : direction) {
        part = random(counter++) - 0.5;
        length += part * part;
      }
      for (double &part : direction)
        part /= std::sqrt(length);
      row.directionError = std::max(row.directionError,
                                    compare(variable, gradient, direction, "direction " + std::to_string(d + 1), row));
    }
    for (int e = 0; e < options.elements; ++e) {
      auto index = static_cast<size_t>(random(counter++) * static_cast<double>(gradient.size()));
      std::vector<double> direction(gradient.size());
      direction[index] = 1;
      row.elementError =
          std::max(row.elementError, compare(variable, gradient, direction, "element " + std::to_string(index), row));
    }
    if (!(row.directionError <= options.tolerance && row.elementError <= options.tolerance))
      row.verdict = GradientVerdict::Differs;
    else if (isTooCoarse(row.analytic, row.numeric, row.rounding))
      row.verdict = GradientVerdict::TooCoarse;
    else if (isZero)
      row.verdict = GradientVerdict::Zero;
    return row;
  }

  GradientCheckOptions options;
  Variables variables;
  FunctionCall gradients;
  RandomInputs inputs;
  size_t lossOutput = 0;
  bool isZero = true; // all numbers of the parameter that was looked at last
};

} // namespace

double roundingOfDifference(double loss, double step) {
  return kRoundings * std::numeric_limits<double>::epsilon() * std::abs(loss) / step;
}

double gradientError(double analytic, double numeric, double rounding) {
  if (!std::isfinite(analytic) || !std::isfinite(numeric))
    return std::numeric_limits<double>::infinity();
  return std::max(0.0, std::abs(analytic - numeric) - rounding) /
         std::max({std::abs(analytic), std::abs(numeric), kFloor});
}

bool isTooCoarse(double analytic, double numeric, double rounding) {
  return rounding > std::max({std::abs(analytic), std::abs(numeric), kFloor});
}

std::vector<GradientRow> checkGradients(const Program &program, const GradientCheckOptions &options) {
  for (const dlc_variable &variable : program.variables())
    if (variable.kind == DLC_PARAM && variable.dtype != DLC_F64)
      throw Problem(ExitCode::BadInput, program.path(),
                    std::string("parameter ") + variable.name + " is not f64: differences of f32 losses are too coarse",
                    "the check compiles T as f64; write T instead of f32 in layers of your own");
  return GradientChecker(program, options).run();
}

std::string gradientTable(const std::vector<GradientRow> &rows) {
  AlignedTable table("llrrrrrll");
  table.row(
      {"parameter", "shape", "direction error", "element error", "rounding", "gradient", "difference", "worst", ""});
  for (const GradientRow &row : rows)
    table.row({row.parameter, row.shape, numberText(row.directionError, 2), numberText(row.elementError, 2),
               numberText(row.rounding, 2), numberText(row.analytic, 6), numberText(row.numeric, 6), row.worst,
               verdictText(row.verdict)});
  return table.text();
}

std::string gradientSummary(const std::vector<GradientRow> &rows) {
  auto count = [&](GradientVerdict verdict) {
    return std::count_if(rows.begin(), rows.end(), [=](const GradientRow &row) { return row.verdict == verdict; });
  };
  std::string text = std::to_string(count(GradientVerdict::Agrees)) + " of " + std::to_string(rows.size()) +
                     " gradients agree with finite differences\n";
  if (auto zeros = count(GradientVerdict::Zero))
    text += plural(zeros, "gradient") + (zeros == 1 ? " is" : " are") +
            " 0: nothing was checked there; another --seed may reach what the loss does not depend on here\n";
  if (auto coarse = count(GradientVerdict::TooCoarse))
    text +=
        plural(coarse, "gradient") + (coarse == 1 ? " was" : " were") +
        " too coarse to tell: the loss is so large that its rounding is more than the gradient; make it smaller, with "
        "a mean instead of a sum or a smaller --batch\n";
  return text;
}

} // namespace dlc::fit
