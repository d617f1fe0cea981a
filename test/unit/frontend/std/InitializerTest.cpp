#include "test/unit/frontend/std/ModelRunner.h"
#include "gtest/gtest.h"
#include <algorithm>
#include <cmath>
#include <tuple>

using namespace dlc::test;

namespace {

/// 200 x 300 numbers.
std::vector<double> drawn(const std::string &initializer) {
  ModelRunner runner("model M(x: f64[batch, 200]) -> f64[batch, 300] {\n  param w: T[200, 300] = " + initializer +
                     "\n  x @ w\n}");
  runner.variables["seed"].data = {7};
  runner.call("init");
  return runner.variables["w"].data;
}

struct Moments {
  double mean = 0, deviation = 0, lowest = 0, highest = 0;
  explicit Moments(const std::vector<double> &values) {
    for (double value : values)
      mean += value / values.size();
    for (double value : values)
      deviation += (value - mean) * (value - mean) / values.size();
    deviation = std::sqrt(deviation);
    lowest = *std::min_element(values.begin(), values.end());
    highest = *std::max_element(values.begin(), values.end());
  }
};

/// 60000 draws: mean and deviation are known to about 0.5 %.
void expectUniform(const std::string &initializer, double low, double high) {
  SCOPED_TRACE(initializer);
  Moments m(drawn(initializer));
  double width = high - low;
  EXPECT_NEAR(m.mean, (low + high) / 2, 0.01 * width);
  EXPECT_NEAR(m.deviation, width / std::sqrt(12.0), 0.01 * width);
  EXPECT_GE(m.lowest, low);
  EXPECT_LT(m.highest, high);
  EXPECT_LT(m.lowest, low + 0.001 * width);
}

void expectNormal(const std::string &initializer, double mean, double deviation, double cut) {
  SCOPED_TRACE(initializer);
  Moments m(drawn(initializer));
  EXPECT_NEAR(m.mean, mean, 0.02 * deviation);
  EXPECT_NEAR(m.deviation, deviation, 0.02 * deviation);
  EXPECT_LE(m.highest - mean, cut);
  EXPECT_LE(mean - m.lowest, cut);
}

TEST(InitializerTest, UniformOnes) {
  expectUniform("uniform()", -0.05, 0.05);
  expectUniform("uniform(low = 1.0, high = 3.0)", 1, 3);
  double glorot = std::sqrt(6.0 / 500), he = std::sqrt(6.0 / 200), lecun = std::sqrt(3.0 / 200);
  expectUniform("glorot_uniform", -glorot, glorot);
  expectUniform("he_uniform", -he, he);
  expectUniform("lecun_uniform", -lecun, lecun);
}

TEST(InitializerTest, NormalOnes) {
  expectNormal("normal()", 0, 0.05, 0.05 * 6);
  expectNormal("normal(mean = 2.0, stddev = 0.5)", 2, 0.5, 0.5 * 6);
  // The deviation of a standard normal that is cut at 2 is 0.8796; glorot and its kin restore the wanted one.
  expectNormal("truncated_normal()", 0, 0.05 * 0.8796, 0.1);
  for (auto [name, variance] :
       {std::pair("glorot_normal", 2.0 / 500), {"he_normal", 2.0 / 200}, {"lecun_normal", 1.0 / 200}})
    expectNormal(name, 0, std::sqrt(variance), 2 * std::sqrt(variance) / 0.8796);
}

TEST(InitializerTest, VarianceScalingIsTheOthersInGeneral) {
  double limit = std::sqrt(3.0 * 2.0 / 250);
  expectUniform("variance_scaling(2.0, mode = \"fan_avg\", distribution = \"uniform\")", -limit, limit);
  expectNormal("variance_scaling(mode = \"fan_out\")", 0, std::sqrt(1.0 / 300), 2 * std::sqrt(1.0 / 300) / 0.8796);
  expectNormal("variance_scaling(3.0, distribution = \"untruncated_normal\")", 0, std::sqrt(3.0 / 200),
               6 * std::sqrt(3.0 / 200));
  std::string errors = ModelRunner::errorsOf("model M(x: f64[batch, 2]) -> f64[batch, 2] {\n"
                                             "  param w: T[2, 2] = variance_scaling(mode = \"fan\")\n  x @ w\n}");
  EXPECT_NE(errors.find("mode must be \"fan_in\", \"fan_out\" or \"fan_avg\", got fan"), std::string::npos) << errors;
}

/// The largest element of q^T q - gain^2 I, or of q q^T - gain^2 I for a wide q.
double skewness(const std::vector<double> &q, int rows, int columns, double gain) {
  bool isTall = rows >= columns;
  int count = isTall ? columns : rows, length = isTall ? rows : columns;
  double largest = 0;
  for (int i = 0; i < count; ++i)
    for (int j = 0; j <= i; ++j) {
      double sum = i == j ? -gain * gain : 0;
      for (int k = 0; k < length; ++k)
        sum += isTall ? q[k * columns + i] * q[k * columns + j] : q[i * columns + k] * q[j * columns + k];
      largest = std::max(largest, std::abs(sum));
    }
  return largest;
}

TEST(InitializerTest, OrthogonalVectorsAreOrthonormal) {
  // Square matrices are the hard ones: their least singular values are near 0.
  for (auto [shape, rows, columns] :
       {std::tuple("64, 64", 64, 64), {"4, 5, 8", 20, 8}, {"6, 30", 6, 30}, {"1, 1", 1, 1}})
    for (int seed : {1, 2, 3}) {
      ModelRunner runner("model M(x: f64[batch, 1]) -> f64[batch, 1] {\n  param w: T[" + std::string(shape) +
                         "] = orthogonal(gain = 2.0)\n  x * sum(w)\n}");
      runner.variables["seed"].data = {static_cast<double>(seed)};
      runner.call("init");
      EXPECT_LT(skewness(runner.variables["w"].data, rows, columns, 2), 1e-9) << shape;
    }
}

TEST(InitializerTest, OrthogonalMatricesAreAllAlikely) {
  // Of an element of a random rotation of n axes, the mean is 0 and the variance 1 / n.
  double mean = 0, variance = 0;
  ModelRunner runner("model M(x: f64[batch, 1]) -> f64[batch, 1] { param w: T[40, 40] = orthogonal(); x * sum(w) }");
  runner.call("init");
  for (double v : runner.variables["w"].data) {
    mean += v / 1600;
    variance += v * v / 1600;
  }
  EXPECT_NEAR(mean, 0, 0.02);
  EXPECT_NEAR(variance, 1.0 / 40, 1e-9);
  double diagonal = 0; // no sign is preferred, as it would be without the choice of signs after a QR
  for (int i = 0; i < 40; ++i)
    diagonal += runner.variables["w"].data[41 * i] / 40;
  EXPECT_NEAR(diagonal, 0, 0.08);
}

TEST(InitializerTest, OrthogonalNeedsTwoAxes) {
  std::string errors = ModelRunner::errorsOf("model M(x: f64[batch, 2]) -> f64[batch, 2] {\n"
                                             "  param w: T[2] = orthogonal()\n  x * w\n}");
  EXPECT_NE(errors.find("needs at least 2 axes, but its shape is [2]"), std::string::npos) << errors;
}

TEST(InitializerTest, FixedOnes) {
  EXPECT_EQ(drawn("zeros"), std::vector<double>(60000, 0));
  EXPECT_EQ(drawn("ones"), std::vector<double>(60000, 1));
  EXPECT_EQ(drawn("constant(0.5)"), std::vector<double>(60000, 0.5));
  std::vector<double> identity = drawn("eye(gain = 2.0)");
  for (int i = 0; i < 60000; ++i)
    ASSERT_EQ(identity[i], i / 300 == i % 300 ? 2 : 0) << i;
}

TEST(InitializerTest, ErfinvInvertsErf) {
  std::vector<double> points;
  for (double x = -0.999; x < 1; x += 0.037)
    points.push_back(x);
  std::vector<double> inverse = evaluate("erfinv(x)", {{static_cast<int64_t>(points.size())}, points});
  // Giles's single precision polynomials.
  for (size_t i = 0; i < points.size(); ++i)
    EXPECT_NEAR(std::erf(inverse[i]), points[i], 2e-7);
}

TEST(InitializerTest, DependsOnTheSeedAndOnThePath) {
  ModelRunner runner("model M(x: f64[batch, 4]) -> f64[batch, 4] { x |> dense(4) |> dense(4) }");
  runner.variables["seed"].data = {1};
  runner.call("init");
  std::vector<double> first = runner.variables["dense_1/w"].data;
  EXPECT_NE(first, runner.variables["dense_2/w"].data);
  runner.call("init");
  EXPECT_EQ(first, runner.variables["dense_1/w"].data);
  runner.variables["seed"].data = {2};
  runner.call("init");
  EXPECT_NE(first, runner.variables["dense_1/w"].data);
}

} // namespace
