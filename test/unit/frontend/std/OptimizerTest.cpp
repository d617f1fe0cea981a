// Each optimizer against its formulas of Keras 3, written out for one number, over several steps.
#include "test/unit/frontend/std/ModelRunner.h"
#include "gtest/gtest.h"
#include <cmath>
#include <functional>

using namespace dlc::test;

namespace {

constexpr int kSteps = 5;
const std::vector<double> kStart = {0.5, -1.5};
const std::vector<double> kTargets = {2, 3};

/// The loss is the sum of (w - y)^2, so the gradient of each number is 2 (w - y).
std::vector<double> trained(const std::string &optimizer, const std::string &extra = "") {
  ModelRunner runner("model M(x: f64[batch, 2]) -> f64[batch, 2] {\n"
                     "  param w: T[2] = fn(shape) => where(iota(2) == 0, 0.5, -1.5)" +
                     extra +
                     "\n  x * w\n}\n"
                     "train M(y: f64[batch, 2]) {\n  loss = fn(p, y) => sum((p - y) * (p - y))\n  optimizer = " +
                     optimizer + "\n}");
  runner.call("init");
  for (int step = 0; step < kSteps; ++step)
    runner.call("train_step", {{"x", {{1, 2}, {1, 1}}}, {"y", {{1, 2}, kTargets}}});
  return runner.variables["w"].data;
}

/// One step for one number: w, its gradient g, the step from 1, and slots that begin as 0.
using Update = std::function<double(double w, double g, int t, double *slots)>;

void expectUpdate(const std::string &optimizer, const Update &update, double firstSlot = 0) {
  std::vector<double> expected;
  for (size_t i = 0; i < kStart.size(); ++i) {
    double w = kStart[i], slots[4] = {firstSlot, 0, 0, 0};
    for (int t = 1; t <= kSteps; ++t)
      w = update(w, 2 * (w - kTargets[i]), t, slots);
    expected.push_back(w);
  }
  SCOPED_TRACE(optimizer);
  expectNear(trained(optimizer), expected);
}

TEST(OptimizerTest, Sgd) {
  expectUpdate("sgd()", [](double w, double g, int, double *) { return w - 0.01 * g; });
  expectUpdate("sgd(learning_rate = 0.1, momentum = 0.9)", [](double w, double g, int, double *s) {
    s[0] = 0.9 * s[0] - 0.1 * g;
    return w + s[0];
  });
  expectUpdate("sgd(learning_rate = 0.1, momentum = 0.9, nesterov = true)", [](double w, double g, int, double *s) {
    s[0] = 0.9 * s[0] - 0.1 * g;
    return w + 0.9 * s[0] - 0.1 * g;
  });
  expectUpdate("sgd(weight_decay = 0.5)",
               [](double w, double g, int, double *) { return w - w * 0.5 * 0.01 - 0.01 * g; });
}

TEST(OptimizerTest, RmspropHasEpsilonInsideTheRoot) {
  expectUpdate("rmsprop(epsilon = 0.01)", [](double w, double g, int, double *s) {
    s[0] = 0.9 * s[0] + 0.1 * g * g;
    return w - 0.001 * g / std::sqrt(s[0] + 0.01);
  });
  expectUpdate("rmsprop(learning_rate = 0.01, momentum = 0.8, centered = true)",
               [](double w, double g, int, double *s) {
                 s[0] = 0.9 * s[0] + 0.1 * g * g;
                 s[1] = 0.9 * s[1] + 0.1 * g;
                 s[2] = 0.8 * s[2] + 0.01 * g / std::sqrt(s[0] - s[1] * s[1] + 1e-7);
                 return w - s[2];
               });
}

TEST(OptimizerTest, AdagradBeginsWithAFilledAccumulator) {
  expectUpdate(
      "adagrad(learning_rate = 0.1)",
      [](double w, double g, int, double *s) {
        s[0] += g * g;
        return w - 0.1 * g / std::sqrt(s[0] + 1e-7);
      },
      0.1);
}

TEST(OptimizerTest, Adadelta) {
  expectUpdate("adadelta(learning_rate = 1.0)", [](double w, double g, int, double *s) {
    s[0] = 0.95 * s[0] + 0.05 * g * g;
    double delta = -std::sqrt(s[1] + 1e-7) * g / std::sqrt(s[0] + 1e-7);
    s[1] = 0.95 * s[1] + 0.05 * delta * delta;
    return w + delta;
  });
}

double adamStep(double w, double g, int t, double *s, double rate, bool amsgrad) {
  s[0] += (g - s[0]) * 0.1;
  s[1] += (g * g - s[1]) * 0.001;
  s[2] = std::max(s[2], s[1]);
  double alpha = rate * std::sqrt(1 - std::pow(0.999, t)) / (1 - std::pow(0.9, t));
  return w - alpha * s[0] / (std::sqrt(amsgrad ? s[2] : s[1]) + 1e-7);
}

/// A table of three rows, of which the first is looked up in the first step only, and the last never.
TEST(OptimizerTest, LazyAdamLeavesRowsThatWereNotLookedUp) {
  ModelRunner runner("model M(ids: i32[batch]) -> f64[batch, 2] { param table: T[3, 2] = ones; table[ids] }\n"
                     "train M(y: f64[batch, 2]) {\n  loss = fn(p, y) => sum((p - y) * (p - y))\n"
                     "  optimizer = adam(learning_rate = 0.1, lazy = true)\n}");
  runner.call("init");
  double first = 1, second = 1, slots[2][4] = {};
  for (int t = 1; t <= kSteps; ++t) {
    runner.call("train_step", {{"ids", {{2}, {t == 1 ? 0. : 1., 1}}}, {"y", {{2, 2}, {0, 0, 0, 0}}}});
    if (t == 1)
      first = adamStep(first, 2 * first, t, slots[0], 0.1, false);
    second = adamStep(second, 2 * second * (t == 1 ? 1 : 2), t, slots[1], 0.1, false);
  }
  expectNear(runner.variables["table"].data, {first, first, second, second, 1, 1});
}

TEST(OptimizerTest, AdamFamily) {
  expectUpdate("adam()", [](double w, double g, int t, double *s) { return adamStep(w, g, t, s, 0.001, false); });
  expectUpdate("adam(learning_rate = 1.5, amsgrad = true)",
               [](double w, double g, int t, double *s) { return adamStep(w, g, t, s, 1.5, true); });
  expectUpdate("adam(lazy = true)",
               [](double w, double g, int t, double *s) { return adamStep(w, g, t, s, 0.001, false); });
  expectUpdate("adamw(learning_rate = 0.1)",
               [](double w, double g, int t, double *s) { return adamStep(w - w * 0.004 * 0.1, g, t, s, 0.1, false); });
  expectUpdate("adamax(learning_rate = 0.1)", [](double w, double g, int t, double *s) {
    s[0] += (g - s[0]) * 0.1;
    s[1] = std::max(0.999 * s[1], std::abs(g));
    return w - 0.1 * s[0] / ((1 - std::pow(0.9, t)) * (s[1] + 1e-7));
  });
  expectUpdate(
      "nadam(learning_rate = 0.1)",
      [](double w, double g, int t, double *s) {
        double u = 0.9 * (1 - 0.5 * std::pow(0.96, t)), next = 0.9 * (1 - 0.5 * std::pow(0.96, t + 1));
        s[0] *= u; // the product of all u
        s[1] += (g - s[1]) * 0.1;
        s[2] += (g * g - s[2]) * 0.001;
        double m = next * s[1] / (1 - s[0] * next) + (1 - u) * g / (1 - s[0]);
        return w - 0.1 * m / (std::sqrt(s[2] / (1 - std::pow(0.999, t))) + 1e-7);
      },
      1);
}

TEST(OptimizerTest, LionTakesTheSignOfTheMomentum) {
  expectUpdate("lion(learning_rate = 0.1, weight_decay = 0.5)", [](double w, double g, int, double *s) {
    double change = 0.9 * s[0] + 0.1 * g;
    s[0] = 0.99 * s[0] + 0.01 * g;
    return w - w * 0.5 * 0.1 - 0.1 * (change > 0 ? 1 : -1);
  });
}

TEST(OptimizerTest, LambScalesByTheNormOfTheParameter) {
  std::vector<double> w = kStart, m(2), v(2), update(2);
  for (int t = 1; t <= kSteps; ++t) {
    for (size_t i = 0; i < w.size(); ++i) {
      double g = 2 * (w[i] - kTargets[i]);
      m[i] += (g - m[i]) * 0.1;
      v[i] += (g * g - v[i]) * 0.001;
      update[i] = m[i] / (1 - std::pow(0.9, t)) / (std::sqrt(v[i] / (1 - std::pow(0.999, t))) + 1e-7);
    }
    double ratio = std::hypot(w[0], w[1]) / std::hypot(update[0], update[1]);
    for (size_t i = 0; i < w.size(); ++i)
      w[i] -= 0.1 * ratio * update[i];
  }
  expectNear(trained("lamb(learning_rate = 0.1)"), w);
}

TEST(OptimizerTest, FtrlKeepsSmallOnesAtZero) {
  expectUpdate(
      "ftrl(learning_rate = 0.1, l1_regularization_strength = 0.5, l2_regularization_strength = 0.25, beta = 0.1)",
      [](double w, double g, int, double *s) {
        double grown = s[0] + g * g;
        s[1] += g - (std::sqrt(grown) - std::sqrt(s[0])) / 0.1 * w;
        s[0] = grown;
        double quadratic = std::sqrt(grown) / 0.1 + 2 * (0.25 + 0.1 / 0.2);
        return (std::min(std::max(s[1], -0.5), 0.5) - s[1]) / quadratic;
      },
      0.1);
}

TEST(OptimizerTest, AppliesConstraintsAfterTheStep) {
  double w0 = 0.5, w1 = -1.5;
  for (int t = 0; t < kSteps; ++t) {
    w0 -= 0.2 * (w0 - 2);
    w1 -= 0.2 * (w1 - 3);
    double norm = std::hypot(w0, w1), factor = std::min(norm, 1.0) / (norm + 1e-7);
    w0 *= factor;
    w1 *= factor;
  }
  expectNear(trained("sgd(learning_rate = 0.1)", ", constraint = max_norm(1.0)"), {w0, w1});
  double v0 = 0.5, v1 = -1.5;
  for (int t = 0; t < kSteps; ++t) {
    v0 = std::max(v0 - 0.2 * (v0 - 2), 0.0);
    v1 = std::max(v1 - 0.2 * (v1 - 3), 0.0);
  }
  expectNear(trained("sgd(learning_rate = 0.1)", ", constraint = non_neg()"), {v0, v1});
  std::vector<double> unit = trained("sgd(learning_rate = 0.1)", ", constraint = unit_norm()");
  EXPECT_NEAR(std::hypot(unit[0], unit[1]), 1, 1e-6); // the epsilon of 1e-7 in the divisor
}

TEST(OptimizerTest, HoldsNormsBetweenTwoBounds) {
  for (auto [low, high] : {std::pair(0.5, 1.0), {4.0, 5.0}}) {
    double w0 = 0.5, w1 = -1.5;
    for (int t = 0; t < kSteps; ++t) {
      w0 -= 0.2 * (w0 - 2);
      w1 -= 0.2 * (w1 - 3);
      double norm = std::hypot(w0, w1);
      double wanted = 0.75 * std::min(std::max(norm, low), high) + 0.25 * norm;
      w0 *= wanted / (norm + 1e-7);
      w1 *= wanted / (norm + 1e-7);
    }
    std::string bounds = std::to_string(low) + ", " + std::to_string(high) + ", rate = 0.75";
    expectNear(trained("sgd(learning_rate = 0.1)", ", constraint = min_max_norm(" + bounds + ")"), {w0, w1});
  }
}

TEST(OptimizerTest, ClipsByValueAndByNorm) {
  expectUpdate("sgd(learning_rate = 0.1, clipvalue = 0.5)",
               [](double w, double g, int, double *) { return w - 0.1 * std::min(std::max(g, -0.5), 0.5); });
  // Of both numbers together: the first gradient is (-3, -9).
  double w0 = 0.5, w1 = -1.5;
  for (int t = 0; t < kSteps; ++t) {
    double g0 = 2 * (w0 - 2), g1 = 2 * (w1 - 3), norm = std::hypot(g0, g1);
    w0 -= 0.1 * g0 / std::max(norm, 1.0);
    w1 -= 0.1 * g1 / std::max(norm, 1.0);
  }
  expectNear(trained("sgd(learning_rate = 0.1, clipnorm = 1.0)"), {w0, w1});
}

TEST(OptimizerTest, ClipsAllGradientsTogether) {
  ModelRunner runner("model M(x: f64[batch, 1]) -> f64[batch, 1] {\n  param a: T[1] = zeros\n  param b: T[1] = zeros\n"
                     "  x * a + 2 * x * b\n}\ntrain M(y: f64[batch, 1]) {\n  loss = fn(p, y) => 3 * sum(p)\n"
                     "  optimizer = sgd(learning_rate = 0.1, global_clipnorm = 1.0)\n}");
  runner.call("init");
  runner.call("train_step", {{"x", {{1, 1}, {1}}}, {"y", {{1, 1}, {0}}}});
  // The gradients are 3 and 6.
  expectNear(runner.variables["a"].data, {-0.1 * 3 / std::hypot(3, 6)});
  expectNear(runner.variables["b"].data, {-0.1 * 6 / std::hypot(3, 6)});
}

TEST(OptimizerTest, TakesSchedules) {
  expectUpdate("sgd(learning_rate = exponential_decay(0.1, rate = 0.5, every = 2))",
               [](double w, double g, int t, double *) { return w - 0.1 * std::pow(0.5, (t - 1) / 2.0) * g; });
}

TEST(OptimizerTest, AddsRegularizersToTheLoss) {
  double w0 = 0.5, w1 = -1.5;
  for (int t = 0; t < kSteps; ++t) {
    w0 -= 0.1 * (2 * (w0 - 2) + 0.25 * (w0 > 0 ? 1 : -1) + 2 * 0.5 * w0);
    w1 -= 0.1 * (2 * (w1 - 3) + 0.25 * (w1 > 0 ? 1 : -1) + 2 * 0.5 * w1);
  }
  expectNear(trained("sgd(learning_rate = 0.1)", ", regularizer = l1_l2(0.25, 0.5)"), {w0, w1});
}

TEST(OptimizerTest, OrthogonalRegularizerCountsCosines) {
  // Rows (3, 4), (1, 0) and (0, 2): cosines 0.6, 0.8 and 0; columns (3, 1, 0) and (4, 0, 2).
  const char *modes[] = {"rows", "columns"};
  const double expected[] = {2 * (0.6 + 0.8) / 6, 12 / std::sqrt(10.0 * 20.0)};
  for (int i = 0; i < 2; ++i) {
    ModelRunner runner("model M(x: f64[batch, 1]) -> f64[batch, 1] {\n"
                       "  param w: T[3, 2] = zeros, regularizer = orthogonal_regularizer(0.5, mode = \"" +
                       std::string(modes[i]) +
                       "\")\n  x + 0 * sum(w)\n}\ntrain M(y: f64[batch, 1]) { loss = mse; optimizer = sgd }");
    runner.call("init");
    runner.variables["w"].data = {3, 4, 1, 0, 0, 2};
    Values one{{1, 1}, {1}};
    EXPECT_NEAR(runner.call("train_step", {{"x", one}, {"y", one}})["loss"].data.at(0), 0.5 * expected[i], 1e-12);
  }
}

} // namespace
