#include "test/unit/frontend/std/ModelRunner.h"
#include "gtest/gtest.h"
#include <algorithm>
#include <cmath>

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
