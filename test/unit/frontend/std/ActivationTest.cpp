#include "test/unit/frontend/std/ModelRunner.h"
#include "gtest/gtest.h"
#include <cmath>
#include <functional>

using namespace dlc::test;

namespace {

const std::vector<double> kPoints = {-1000, -7.5, -3, -1, -0.25, 0, 0.25, 1, 3, 7.5, 1000};

double logistic(double x) { return 1 / (1 + std::exp(-x)); }
double softplus(double x) { return std::max(x, 0.0) + std::log1p(std::exp(-std::abs(x))); }
double elu(double x, double alpha = 1) { return x > 0 ? x : alpha * std::expm1(x); }

TEST(ActivationTest, ComputesKerasFormulas) {
  const std::pair<const char *, std::function<double(double)>> cases[] = {
      {"identity(x)", [](double x) { return x; }},
      {"linear(x)", [](double x) { return x; }},
      {"relu(x)", [](double x) { return std::max(x, 0.0); }},
      {"relu6(x)", [](double x) { return std::min(std::max(x, 0.0), 6.0); }},
      {"leaky_relu(x)", [](double x) { return x >= 0 ? x : 0.2 * x; }},
      {"leaky_relu(x, negative_slope = 0.1)", [](double x) { return x >= 0 ? x : 0.1 * x; }},
      {"elu(x)", [](double x) { return elu(x); }},
      {"elu(x, alpha = 0.5)", [](double x) { return elu(x, 0.5); }},
      {"selu(x)", [](double x) { return 1.0507009873554805 * elu(x, 1.6732632423543772); }},
      {"gelu(x)", [](double x) { return 0.5 * x * std::erfc(-x / std::sqrt(2.0)); }},
      {"gelu(x, approximate = true)",
       [](double x) { return 0.5 * x * (1 + std::tanh(std::sqrt(2 / M_PI) * (x + 0.044715 * x * x * x))); }},
      {"sigmoid(x)", logistic},
      {"silu(x)", [](double x) { return x * logistic(x); }},
      {"swish(x)", [](double x) { return x * logistic(x); }},
      {"softplus(x)", softplus},
      {"mish(x)", [](double x) { return x * std::tanh(softplus(x)); }},
      {"softsign(x)", [](double x) { return x / (1 + std::abs(x)); }},
      {"hard_sigmoid(x)", [](double x) { return std::min(std::max(x / 6 + 0.5, 0.0), 1.0); }},
      {"tanh(x)", [](double x) { return std::tanh(x); }},
      {"log_sigmoid(x)", [](double x) { return -softplus(-x); }},
      {"celu(x, alpha = 2.0)", [](double x) { return x > 0 ? x : 2 * std::expm1(x / 2); }},
      {"hard_silu(x)", [](double x) { return x * std::min(std::max(x / 6 + 0.5, 0.0), 1.0); }},
      {"hard_swish(x)", [](double x) { return x * std::min(std::max(x / 6 + 0.5, 0.0), 1.0); }},
      {"hard_tanh(x)", [](double x) { return std::min(std::max(x, -1.0), 1.0); }},
      {"hard_shrink(x)", [](double x) { return std::abs(x) > 0.5 ? x : 0; }},
      {"soft_shrink(x, threshold = 2.0)", [](double x) { return std::copysign(std::max(std::abs(x) - 2, 0.0), x); }},
      {"tanh_shrink(x)", [](double x) { return x - std::tanh(x); }},
      {"threshold(x, 0.5, -7.0)", [](double x) { return x > 0.5 ? x : -7; }},
      {"squareplus(x)", [](double x) { return (x + std::sqrt(x * x + 4)) / 2; }},
      {"sparse_plus(x)", [](double x) { return x <= -1 ? 0
                                               : x < 1 ? (x + 1) * (x + 1) / 4
                                                       : x; }},
      {"exponential(x / 10)", [](double x) { return std::exp(x / 10); }},
  };
  Values x{{static_cast<int64_t>(kPoints.size())}, kPoints};
  for (const auto &[expression, formula] : cases) {
    SCOPED_TRACE(expression);
    std::vector<double> expected;
    for (double point : kPoints)
      expected.push_back(formula(point));
    expectNear(evaluate(expression, x), expected);
  }
}

TEST(ActivationTest, SoftmaxIsStableAndSumsToOne) {
  Values x{{2, 3}, {1000, 1001, 999, -2, 0.5, 1}};
  std::vector<double> p = evaluate("softmax(x)", x);
  double e = std::exp(1);
  expectNear(p, {1 / (1 + e + 1 / e), e / (1 + e + 1 / e), 1 / e / (1 + e + 1 / e), p[3], p[4], p[5]});
  EXPECT_NEAR(p[3] + p[4] + p[5], 1, 1e-12);
  std::vector<double> logs = evaluate("log_softmax(x)", x);
  for (size_t i = 0; i < p.size(); ++i)
    EXPECT_NEAR(logs[i], std::log(p[i]), 1e-12);
}

TEST(ActivationTest, GluGatesOneHalfByTheOther) {
  expectNear(evaluate("glu(x)", {{1, 4}, {3, -2, 0.5, 1}}), {3 * logistic(0.5), -2 * logistic(1)});
  expectNear(evaluate("glu(x, axis = 1)", {{1, 2, 1}, {3, 0.5}}), {3 * logistic(0.5)});
}

TEST(ActivationTest, SoftmaxTakesAnAxis) {
  expectNear(evaluate("softmax(x, axis = 0)", {{2, 2}, {0, 1, 0, 1}}), {0.5, 0.5, 0.5, 0.5});
}

} // namespace
