// Recurrent layers: the formulas of a step by hand, and masks: what is filled up changes nothing.
#include "test/unit/frontend/std/ModelRunner.h"
#include "gtest/gtest.h"
#include <cmath>

using namespace dlc::test;

namespace {

constexpr int64_t kUnits = 2, kWidth = 3;

/// Row \p row of a [rows, columns] table times a vector, from \p from on.
double column(const Values &table, const std::vector<double> &vector, int64_t at) {
  double sum = 0;
  for (size_t i = 0; i < vector.size(); ++i)
    sum += vector[i] * table.data[i * table.shape[1] + at];
  return sum;
}

double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

/// Runs a model of x [batch, t, 3] whose layer `layer` has parameters that are waves; they stay in \p runner.
std::string modelOf(const std::string &layer, bool masked) {
  std::string type = layer.find("return_sequences") != std::string::npos ? "f64[batch, t, ...]" : "f64[batch, ...]";
  return "model M(x: f64[batch, t, 3]" + std::string(masked ? ", m: i32[batch, t]" : "") + ") -> " + type +
         " {\n  let layer = " + layer + "\n  layer(x" + (masked ? ", m > 0" : "") +
         ")\n}\ntrain M(y: f64[batch]) {\n  loss = fn(p, y) => sum(p ** 2) + 0 * mean(y)\n  optimizer = "
         "sgd(learning_rate = 1.0)\n}\n";
}

void setParameters(ModelRunner &runner) {
  double phase = 0;
  for (auto &[name, values] : runner.variables)
    if (name.rfind("layer/", 0) == 0)
      values = wave(values.shape, phase += 0.4);
}

TEST(RecurrentTest, LstmIsItsFormula) {
  ModelRunner runner(modelOf("lstm(2)", false));
  runner.call("init");
  setParameters(runner);
  Values x = wave({1, 4, kWidth}, 0.3);
  const Values &w = runner.variables["layer/w"], &u = runner.variables["layer/u"], &b = runner.variables["layer/b"];
  std::vector<double> h(kUnits, 0), c(kUnits, 0);
  for (int64_t step = 0; step < 4; ++step) {
    std::vector<double> input(x.data.begin() + step * kWidth, x.data.begin() + (step + 1) * kWidth), next(kUnits);
    for (int64_t unit = 0; unit < kUnits; ++unit) {
      auto gate = [&](int64_t number) {
        int64_t at = number * kUnits + unit;
        return column(w, input, at) + column(u, h, at) + b.data[at];
      };
      c[unit] = sigmoid(gate(1)) * c[unit] + sigmoid(gate(0)) * std::tanh(gate(2));
      next[unit] = sigmoid(gate(3)) * std::tanh(c[unit]);
    }
    h = next;
  }
  expectNear(runner.call("predict", {{"x", x}})["output"].data, h);
}

TEST(RecurrentTest, GruIsItsFormula) {
  ModelRunner runner(modelOf("gru(2, reverse = true)", false));
  runner.call("init");
  setParameters(runner);
  Values x = wave({1, 4, kWidth}, 0.3);
  const Values &w = runner.variables["layer/w"], &u = runner.variables["layer/u"], &b = runner.variables["layer/b"];
  std::vector<double> h(kUnits, 0);
  for (int64_t step = 3; step >= 0; --step) {
    std::vector<double> input(x.data.begin() + step * kWidth, x.data.begin() + (step + 1) * kWidth), next(kUnits);
    for (int64_t unit = 0; unit < kUnits; ++unit) {
      auto of = [&](int64_t number) {
        return column(w, input, number * kUnits + unit) + b.data[number * kUnits + unit];
      };
      auto back = [&](int64_t number) {
        return column(u, h, number * kUnits + unit) + b.data[3 * kUnits + number * kUnits + unit];
      };
      double update = sigmoid(of(0) + back(0)), reset = sigmoid(of(1) + back(1));
      next[unit] = update * h[unit] + (1 - update) * std::tanh(of(2) + reset * back(2));
    }
    h = next;
  }
  expectNear(runner.call("predict", {{"x", x}})["output"].data, h);
}

class MaskTest : public testing::TestWithParam<const char *> {};

/// Sequences of 5 steps of which 3 count, with anything in the others, against sequences of 3 steps: the answers and,
/// as a step of SGD shows them, the gradients.
TEST_P(MaskTest, WhatIsFilledUpChangesNothing) {
  const std::string layer = GetParam();
  bool hasSteps = layer.find("return_sequences") != std::string::npos;
  ModelRunner masked(modelOf(layer, true)), plain(modelOf(layer, false));
  Values longer = wave({2, 5, kWidth}, 0.3), shorter{{2, 3, kWidth}, {}}, y{{2}, {0, 0}};
  for (int64_t row = 0; row < 2; ++row)
    shorter.data.insert(shorter.data.end(), longer.data.begin() + row * 15, longer.data.begin() + row * 15 + 9);
  Named with = {{"x", longer}, {"m", {{2, 5}, {1, 1, 1, 0, 0, 1, 1, 1, 0, 0}}}, {"y", y}},
        without = {{"x", shorter}, {"y", y}};
  for (ModelRunner *runner : {&masked, &plain}) {
    runner->call("init");
    setParameters(*runner);
  }
  std::vector<double> padded = masked.call("predict", with)["output"].data;
  std::vector<double> expected = plain.call("predict", without)["output"].data;
  if (!hasSteps) {
    expectNear(padded, expected);
  } else {
    size_t width = expected.size() / 6; // [2, 3, width] of [2, 5, width]
    for (size_t row : {0, 1})
      for (size_t i = 0; i < 3 * width; ++i)
        EXPECT_NEAR(padded[row * 5 * width + i], expected[row * 3 * width + i], 1e-12) << row << " " << i;
    return; // steps that do not count give something out, too, which is part of the loss
  }
  const Named before = plain.variables;
  masked.call("train_step", with);
  plain.call("train_step", without);
  int compared = 0;
  for (const auto &[name, values] : plain.variables)
    if (name.rfind("layer/", 0) == 0 && name.find(':') == std::string::npos) {
      expectNear(masked.variables[name].data, values.data);
      EXPECT_NE(values.data, before.at(name).data) << name;
      ++compared;
    }
  EXPECT_GE(compared, 2);
}

INSTANTIATE_TEST_SUITE_P(Layers, MaskTest,
                         testing::Values("simple_rnn(2)", "lstm(2)", "gru(2)", "lstm(2, reverse = true)",
                                         "gru(2, bias = false)", "lstm(2, return_sequences = true)",
                                         "gru(2, reverse = true, return_sequences = true)",
                                         "bidirectional(fn(reverse) => lstm(2, reverse = reverse))",
                                         "bidirectional(fn(reverse) => gru(2, reverse = reverse), merge = \"sum\")"),
                         [](const auto &info) { return "Layer" + std::to_string(info.index); });

// One program for all lengths.
TEST(RecurrentTest, StepsOfAllLengthsAgree) {
  ModelRunner runner(modelOf("lstm(2, return_sequences = true)", false));
  runner.call("init");
  setParameters(runner);
  Values seven = wave({1, 7, kWidth}, 0.3), one{{1, 1, kWidth}, {}};
  one.data.assign(seven.data.begin(), seven.data.begin() + kWidth);
  std::vector<double> all = runner.call("predict", {{"x", seven}})["output"].data;
  ASSERT_EQ(all.size(), 14u);
  expectNear(runner.call("predict", {{"x", one}})["output"].data, {all[0], all[1]});
}

TEST(RecurrentTest, RefusesAnUnknownMerge) {
  std::string errors =
      ModelRunner::errorsOf("model M(x: f64[batch, t, 3]) -> f64[batch, ...] {\n  x |> bidirectional(fn(reverse) "
                            "=> gru(2, reverse = reverse), merge = \"max\")\n}");
  EXPECT_NE(errors.find("merge must be \"concat\", \"sum\", \"mul\" or \"ave\", got \"max\""), std::string::npos)
      << errors;
}

} // namespace
