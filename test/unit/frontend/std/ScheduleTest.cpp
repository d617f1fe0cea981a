// Keras 3's schedules, at several steps of training: with sgd and the gradient 1, the rate is what w loses.
#include "test/unit/frontend/std/ModelRunner.h"
#include "gtest/gtest.h"
#include <cmath>
#include <functional>

using namespace dlc::test;

namespace {

void expectSchedule(const std::string &schedule, const std::function<double(int)> &rate, int steps = 12) {
  SCOPED_TRACE(schedule);
  ModelRunner runner("model M(x: f64[batch, 1]) -> f64[batch, 1] {\n  param w: T[1] = zeros\n  x * w\n}\n"
                     "train M(y: f64[batch, 1]) {\n  loss = fn(p, y) => sum(p)\n  optimizer = sgd(learning_rate = " +
                     schedule + ")\n}");
  runner.call("init");
  double w = 0;
  for (int step = 0; step < steps; ++step) {
    runner.call("train_step", {{"x", {{1, 1}, {1}}}, {"y", {{1, 1}, {0}}}});
    w -= rate(step);
    EXPECT_NEAR(runner.variables["w"].data.at(0), w, 1e-12) << "step " << step;
  }
}

TEST(ScheduleTest, AreKerass) {
  expectSchedule("constant_rate(0.5)", [](int) { return 0.5; });
  expectSchedule("exponential_decay(0.1, rate = 0.9, every = 4)", [](int s) { return 0.1 * std::pow(0.9, s / 4.0); });
  expectSchedule("exponential_decay(0.1, rate = 0.9, every = 4, staircase = true)",
                 [](int s) { return 0.1 * std::pow(0.9, s / 4); });
  expectSchedule("inverse_time_decay(0.1, rate = 0.5, every = 4)", [](int s) { return 0.1 / (1 + 0.5 * s / 4); });
  expectSchedule("inverse_time_decay(0.1, rate = 0.5, every = 4, staircase = true)",
                 [](int s) { return 0.1 / (1 + 0.5 * (s / 4)); });
  expectSchedule("polynomial_decay(0.1, steps = 6, end = 0.01, power = 2.0)",
                 [](int s) { return 0.09 * std::pow(1 - std::min(s, 6) / 6.0, 2) + 0.01; });
  expectSchedule("piecewise([3, 6], [1.0, 0.5, 0.1])", [](int s) { return s <= 3 ? 1 : s <= 6 ? 0.5 : 0.1; });
  expectSchedule("cosine(0.1, steps = 8, alpha = 0.2)",
                 [](int s) { return 0.1 * (0.8 * 0.5 * (1 + std::cos(M_PI * std::min(s, 8) / 8)) + 0.2); });
}

TEST(ScheduleTest, WarmUp) {
  expectSchedule("cosine(0.1, steps = 8, warmup = 4)",
                 [](int s) { return s < 4 ? 0.1 * s / 4 : 0.1 * 0.5 * (1 + std::cos(M_PI * std::min(s - 4, 8) / 8)); });
  expectSchedule("warmup(0.1, steps = 5)", [](int s) { return 0.1 * std::min((s + 1) / 5.0, 1.0); });
  expectSchedule("warmup(exponential_decay(0.1, rate = 0.9, every = 4), steps = 5)",
                 [](int s) { return 0.1 * std::pow(0.9, s / 4.0) * std::min((s + 1) / 5.0, 1.0); });
}

TEST(ScheduleTest, Restarts) {
  expectSchedule("cosine_restarts(0.1, period = 4, shrink = 0.5)",
                 [](int s) { return 0.1 * std::pow(0.5, s / 4) * 0.5 * (1 + std::cos(M_PI * (s % 4) / 4.0)); });
  // Cycles of 2, 4 and 8 steps.
  expectSchedule("cosine_restarts(0.1, period = 2, growth = 2.0, shrink = 0.5, alpha = 0.2)", [](int s) {
    int cycle = s < 2 ? 0 : s < 6 ? 1 : 2, begin = (2 << cycle) - 2;
    double done = (s - begin) / static_cast<double>(2 << cycle);
    return 0.1 * std::pow(0.5, cycle) * (0.8 * 0.5 * (1 + std::cos(M_PI * done)) + 0.2);
  });
}

} // namespace
