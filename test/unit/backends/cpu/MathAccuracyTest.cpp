// Compares the expansions of math functions with the C library in the next larger format, over the whole range.
// DLC_MATH_SAMPLES sets the number of samples a function; the printed maxima are what docs may state.
#include "test/unit/backends/cpu/KernelRunner.h"
#include "gtest/gtest.h"
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <random>

using namespace dlc;
using namespace dlc::test;

namespace {

struct Function {
  const char *op;                               // in MLIR, of one operand
  double bound;                                 // in ulp
  double (*reference)(double);                  // for f32
  long double (*preciseReference)(long double); // for f64
};

long double rsqrtOf(long double x) { return 1 / std::sqrt(x); }
double rsqrtOfDouble(double x) { return 1 / std::sqrt(x); }

const Function kFunctions[] = {
    {"math.exp", 2, std::exp, std::exp},       {"math.expm1", 2, std::expm1, std::expm1},
    {"math.log", 2, std::log, std::log},       {"math.log1p", 2, std::log1p, std::log1p},
    {"math.tanh", 2, std::tanh, std::tanh},    {"math.erf", 2, std::erf, std::erf},
    {"math.sin", 2, std::sin, std::sin},       {"math.cos", 2, std::cos, std::cos},
    {"math.rsqrt", 2, rsqrtOfDouble, rsqrtOf},
};

size_t sampleCount() {
  const char *text = getenv("DLC_MATH_SAMPLES");
  return text ? strtoull(text, nullptr, 10) : 500000;
}

/// Applies \p op to the elements of \p operands buffers.
std::string kernelText(const std::string &op, const std::string &element, int lanes, int operands) {
  const char *unary = R"(
    module attributes {kernel.symbols = ["n"]} {
      func.func private @k(%x: $memref, %y: $memref, %n: index, %begin: index, %end: index)
          attributes {kernel.symbols = ["n"], kernel.args = [["n"], ["n"]]} {
        %step = arith.constant $lanes : index
        scf.for %i = %begin to %end step %step {
          %v = vector.load %x[%i] : $memref, $vector
          %r = $op %v : $vector
          vector.store %r, %y[%i] : $memref, $vector
        }
        return
      }
    })";
  const char *binary = R"(
    module attributes {kernel.symbols = ["n"]} {
      func.func private @k(%x: $memref, %z: $memref, %y: $memref, %n: index, %begin: index, %end: index)
          attributes {kernel.symbols = ["n"], kernel.args = [["n"], ["n"], ["n"]]} {
        %step = arith.constant $lanes : index
        scf.for %i = %begin to %end step %step {
          %v = vector.load %x[%i] : $memref, $vector
          %w = vector.load %z[%i] : $memref, $vector
          %r = $op %v, %w : $vector
          vector.store %r, %y[%i] : $memref, $vector
        }
        return
      }
    })";
  return substitute(operands == 1 ? unary : binary,
                    {{"memref", "memref<?x" + element + ">"},
                     {"vector", "vector<" + std::to_string(lanes) + "x" + element + ">"},
                     {"lanes", std::to_string(lanes)},
                     {"op", op}});
}

template <typename Float> const char *elementName() { return sizeof(Float) == 4 ? "f32" : "f64"; }

/// Bit patterns spread evenly: all exponents, both signs, denormals, infinities and NaNs alike. Then points near
/// where functions are delicate.
template <typename Float> std::vector<Float> samples(size_t count) {
  std::vector<Float> values;
  using Bits = std::conditional_t<sizeof(Float) == 4, uint32_t, uint64_t>;
  Bits stride = std::numeric_limits<Bits>::max() / count | 1;
  for (size_t i = 0; i < count; ++i) {
    Bits bits = stride * i;
    Float value;
    memcpy(&value, &bits, sizeof(value));
    values.push_back(value);
  }
  std::mt19937_64 random(1);
  const double ranges[] = {1.5, 20, 100};
  for (size_t i = 0; i < count; ++i)
    values.push_back(std::uniform_real_distribution<double>(-1, 1)(random) * ranges[i % 3]);
  const Float inf = std::numeric_limits<Float>::infinity();
  for (Float special : {Float(0), Float(-0.0), Float(1), Float(-1), Float(0.5), Float(-0.5), Float(2), inf, -inf,
                        std::numeric_limits<Float>::quiet_NaN(), std::numeric_limits<Float>::max(),
                        std::numeric_limits<Float>::denorm_min(), std::numeric_limits<Float>::min()}) {
    values.push_back(special);
    values.push_back(std::nextafter(special, inf));
    values.push_back(std::nextafter(special, -inf));
    values.push_back(-special);
  }
  while (values.size() % 64)
    values.push_back(1);
  return values;
}

/// Distance in units of the last place of Float at \p exact.
template <typename Float, typename Wide> double distance(Float computed, Wide exact) {
  Float rounded = Float(exact);
  if (std::isnan(exact) || std::isnan(computed))
    return std::isnan(exact) && std::isnan(computed) ? 0 : 1e30;
  if (computed == rounded)
    return std::isinf(rounded)
               ? 0
               : std::fabs(
                     double((Wide(computed) - exact) /
                            std::max<Wide>(std::nextafter(std::fabs(rounded), std::numeric_limits<Float>::infinity()) -
                                               Wide(std::fabs(rounded)),
                                           std::numeric_limits<Float>::denorm_min())));
  if (std::isinf(rounded) || std::isinf(computed)) // the largest finite value is one step from infinity
    return std::fabs(Wide(computed)) >= std::numeric_limits<Float>::max() &&
                   std::fabs(exact) >= std::numeric_limits<Float>::max() && (computed > 0) == (exact > 0)
               ? 1
               : 1e30;
  int exponent;
  std::frexp(exact, &exponent);
  int digits = std::numeric_limits<Float>::digits, least = std::numeric_limits<Float>::min_exponent;
  Wide ulp = std::ldexp(Wide(1), std::max(exponent, least) - digits);
  return double(std::fabs(Wide(computed) - exact) / ulp);
}

template <typename Float> struct Worst {
  double ulp = 0;
  Float x = 0, y = 0, computed = 0;
};

template <typename Float, typename Reference>
Worst<Float> measure(const std::string &text, const CpuTarget &target, const std::vector<Float> &x,
                     const std::vector<Float> &z, Reference reference) {
  std::unique_ptr<MappedImage> image = compile(text, target);
  Worst<Float> worst;
  if (!image || !image->find("k")) {
    ADD_FAILURE() << "cannot compile " << text;
    return worst;
  }
  std::vector<Float> y(x.size());
  std::vector<const void *> buffers{x.data()};
  if (!z.empty())
    buffers.push_back(z.data());
  buffers.push_back(y.data());
  int64_t n = x.size();
  image->find("k")(const_cast<void *const *>(buffers.data()), &n, 0, n);
  for (size_t i = 0; i < x.size(); ++i) {
    double ulp = distance(y[i], reference(x[i], z.empty() ? Float(0) : z[i]));
    if (ulp > worst.ulp)
      worst = {ulp, x[i], z.empty() ? Float(0) : z[i], y[i]};
  }
  return worst;
}

template <typename Float>
void check(const std::string &op, const CpuTarget &target, double bound, const Worst<Float> &worst) {
  std::printf("%-11s %s %s: %.3f ulp at %a %a\n", op.c_str(), elementName<Float>(), target.level.data(), worst.ulp,
              double(worst.x), double(worst.y));
  EXPECT_LE(worst.ulp, bound) << op << " of " << double(worst.x) << ", " << double(worst.y) << " gave "
                              << double(worst.computed);
}

class MathAccuracyTest : public testing::TestWithParam<Function> {};

TEST_P(MathAccuracyTest, IsWithinItsBoundForF32) {
  const Function &function = GetParam();
  for (const CpuTarget &target : runnableTargets())
    check(function.op, target, function.bound,
          measure<float>(kernelText(function.op, "f32", target.vectorBits / 32, 1), target,
                         samples<float>(sampleCount()), {}, [&](float x, float) { return function.reference(x); }));
}

TEST_P(MathAccuracyTest, IsWithinItsBoundForF64) {
  const Function &function = GetParam();
  for (const CpuTarget &target : runnableTargets())
    check(function.op, target, function.bound,
          measure<double>(kernelText(function.op, "f64", target.vectorBits / 64, 1), target,
                          samples<double>(sampleCount()), {},
                          [&](double x, double) { return function.preciseReference(x); }));
}

INSTANTIATE_TEST_SUITE_P(Functions, MathAccuracyTest, testing::ValuesIn(kFunctions),
                         [](const auto &info) { return std::string(info.param.op).substr(5); });

/// Pairs for power: all exponents; then results in range; then the special values with each other.
template <typename Float> std::pair<std::vector<Float>, std::vector<Float>> pairs(size_t count) {
  std::vector<Float> x = samples<Float>(count / 4), y(x.size());
  std::mt19937_64 random(2);
  std::shuffle(x.begin(), x.end(), random);
  for (size_t i = 0; i < x.size(); ++i)
    switch (i % 4) {
    case 0:
      y[i] = x[x.size() - 1 - i];
      break;
    case 1:
      y[i] = std::uniform_real_distribution<double>(-1, 1)(random) * 700 / std::log(std::fabs(double(x[i])));
      break;
    case 2:
      y[i] = int(random() % 41) - 20;
      break;
    default:
      y[i] = std::uniform_real_distribution<double>(-3, 3)(random);
    }
  const Float inf = std::numeric_limits<Float>::infinity(), nan = std::numeric_limits<Float>::quiet_NaN();
  const Float special[] = {0, Float(-0.0), 1,   -1,   Float(0.5), Float(-0.5), 2,           -2,
                           3, -3,          inf, -inf, nan,        Float(1e30), Float(-1e30)};
  for (Float a : special)
    for (Float b : special) {
      x.push_back(a);
      y.push_back(b);
    }
  while (x.size() % 64) {
    x.push_back(1);
    y.push_back(1);
  }
  return {x, y};
}

TEST(MathAccuracyTest, PowerIsWithinItsBound) {
  auto [x, y] = pairs<float>(sampleCount());
  auto [x64, y64] = pairs<double>(sampleCount());
  for (const CpuTarget &target : runnableTargets()) {
    check("math.powf", target, 1,
          measure<float>(kernelText("math.powf", "f32", target.vectorBits / 32, 2), target, x, y,
                         [](float a, float b) { return std::pow(double(a), double(b)); }));
    check("math.powf", target, 4,
          measure<double>(kernelText("math.powf", "f64", target.vectorBits / 64, 2), target, x64, y64,
                          [](double a, double b) { return std::pow((long double)a, (long double)b); }));
  }
}

TEST(MathAccuracyTest, RemainderIsExact) {
  auto [x, y] = pairs<float>(sampleCount() / 8);
  auto [x64, y64] = pairs<double>(sampleCount() / 8);
  for (const CpuTarget &target : runnableTargets()) {
    check("arith.remf", target, 0,
          measure<float>(kernelText("arith.remf", "f32", target.vectorBits / 32, 2), target, x, y,
                         [](float a, float b) { return std::fmod(double(a), double(b)); }));
    check("arith.remf", target, 0,
          measure<double>(kernelText("arith.remf", "f64", target.vectorBits / 64, 2), target, x64, y64,
                          [](double a, double b) { return std::fmod((long double)a, (long double)b); }));
  }
}

} // namespace
