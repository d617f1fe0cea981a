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

TEST(OptimizerTest, AdamFamily) {
  expectUpdate("adam()", [](double w, double g, int t, double *s) { return adamStep(w, g, t, s, 0.001, false); });
  expectUpdate("adam(learning_rate = 1.5, amsgrad = true)",
               [](double w, double g, int t, double *s) { return adamStep(w, g, t, s, 1.5, true); });
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

} // namespace
