// The CTC loss against the sum over all ways to spread the labels over the steps.
#include "test/unit/frontend/std/ModelRunner.h"
#include "gtest/gtest.h"
#include <cmath>

using namespace dlc::test;

namespace {

struct Example {
  std::vector<std::vector<double>> logits; // of every step
  std::vector<int> labels;
};

/// What is left of a path of classes when repetitions, and then blanks, are taken out.
std::vector<int> collapsed(const std::vector<int> &path, int blank) {
  std::vector<int> labels;
  for (size_t i = 0; i < path.size(); ++i)
    if (path[i] != blank && (i == 0 || path[i] != path[i - 1]))
      labels.push_back(path[i]);
  return labels;
}

/// -log of the probabilities of all paths that collapse to the labels, by trying each.
double bruteForce(const Example &example, int blank) {
  size_t classes = example.logits.front().size();
  std::vector<int> path(example.logits.size(), 0);
  double total = 0;
  for (bool isDone = false; !isDone;) {
    if (collapsed(path, blank) == example.labels) {
      double product = 1;
      for (size_t t = 0; t < path.size(); ++t) {
        double sum = 0;
        for (double logit : example.logits[t])
          sum += std::exp(logit);
        product *= std::exp(example.logits[t][path[t]]) / sum;
      }
      total += product;
    }
    isDone = true;
    for (int &place : path) {
      place = static_cast<size_t>(place + 1) < classes ? place + 1 : 0;
      if (place != 0) {
        isDone = false;
        break;
      }
    }
  }
  return -std::log(total);
}

Example exampleOf(const Values &p, int64_t row, int64_t steps, std::vector<int> labels) {
  Example example{{}, std::move(labels)};
  int64_t classes = p.shape[2];
  for (int64_t t = 0; t < steps; ++t) {
    auto begin = p.data.begin() + (row * p.shape[1] + t) * classes;
    example.logits.emplace_back(begin, begin + classes);
  }
  return example;
}

double lossOf(const std::string &loss, const Named &inputs, const std::string &lengths = "") {
  auto at = [&](const char *name, int axis) { return std::to_string(inputs.at(name).shape[axis]); };
  ModelRunner runner("model M(p: f64[batch, " + at("p", 1) + ", " + at("p", 2) + "], y: i32[batch, " + at("y", 1) +
                     "]" + lengths + ") -> f64 { " + loss + " }");
  runner.call("init");
  return runner.call("predict", inputs)["output"].data.at(0);
}

TEST(CtcTest, SumsOverAllPaths) {
  Values p = wave({3, 5, 4}, 0.3);
  // A repeated label, which needs a blank between; fewer labels than places for them; no label at all.
  Values y = {{3, 3}, {2, 2, 1, 3, 0, 0, 0, 0, 0}};
  double expected = (bruteForce(exampleOf(p, 0, 5, {2, 2, 1}), 0) + bruteForce(exampleOf(p, 1, 5, {3}), 0) +
                     bruteForce(exampleOf(p, 2, 5, {}), 0)) /
                    3;
  EXPECT_NEAR(lossOf("ctc(p, y)", {{"p", p}, {"y", y}}), expected, 1e-12);
}

TEST(CtcTest, TakesLengthsAndAnyBlank) {
  Values p = wave({2, 5, 3}, 1.1);
  // With label_lengths, what stands behind the labels does not count.
  Values y = {{2, 2}, {1, 0, 0, 1}};
  double expected = (bruteForce(exampleOf(p, 0, 4, {1}), 2) + bruteForce(exampleOf(p, 1, 3, {0, 1}), 2)) / 2;
  for (const char *blank : {"2", "-1"})
    EXPECT_NEAR(lossOf("ctc(p, y, input_lengths = n, label_lengths = m, blank = " + std::string(blank) + ")",
                       {{"p", p}, {"y", y}, {"n", {{2}, {4, 3}}}, {"m", {{2}, {1, 2}}}},
                       ", n: i32[batch], m: f64[batch]"),
                expected, 1e-12);
}

TEST(CtcTest, OneLabelAndOneStep) {
  Values p = wave({1, 1, 3}, 0.2);
  EXPECT_NEAR(lossOf("ctc(p, y)", {{"p", p}, {"y", {{1, 1}, {2}}}}), bruteForce(exampleOf(p, 0, 1, {2}), 0), 1e-12);
}

TEST(CtcTest, ImpossibleLabelsCostAFixedNumber) {
  Values p = wave({1, 3, 3}, 0.2);
  // Two equal labels and one more need four steps; there is no class 7, and none below 0.
  for (const std::vector<double> &labels : {std::vector<double>{1, 1, 2}, {7, 0, 0}, {-1, 0, 0}})
    EXPECT_EQ(lossOf("ctc(p, y)", {{"p", p}, {"y", {{1, 3}, labels}}}), 1e5);
  EXPECT_EQ(
      lossOf("ctc(p, y, input_lengths = n)", {{"p", p}, {"y", {{1, 1}, {1}}}, {"n", {{1}, {0}}}}, ", n: i32[batch]"),
      1e5);
}

TEST(CtcTest, IsFarFromOverflow) {
  Values p = {{1, 2, 2}, {-900, 900, 900, -900}};
  // The only paths of label 1: (1, 1), (0, 1), (1, 0); the last is the likely one.
  EXPECT_NEAR(lossOf("ctc(p, y)", {{"p", p}, {"y", {{1, 1}, {1}}}}), 0, 1e-12);
  EXPECT_NEAR(lossOf("ctc(p, y)", {{"p", p}, {"y", {{1, 1}, {0}}}}), 1800, 1e-9);
}

void expectRefused(const std::string &model, const std::string &message) {
  std::string errors = ModelRunner::errorsOf(model);
  EXPECT_NE(errors.find(message), std::string::npos) << errors;
}

TEST(CtcTest, RefusesOtherShapes) {
  expectRefused("model M(p: f64[batch, 3], y: i32[batch, 2]) -> f64 { ctc(p, y) }",
                "ctc: the prediction must be [batch, time, classes] and the target [batch, labels], found [batch, 3] "
                "and [batch, 2]");
  expectRefused("model M(p: f64[batch, 4, 3], y: f64[batch, 2]) -> f64 { ctc(p, y) }",
                "ctc: the target must be numbers of classes; write y: i32[batch, labels]");
  expectRefused("model M(p: f64[batch, 4, 3], y: i32[batch, 2]) -> f64 { ctc(p, y, blank = 3) }",
                "ctc: blank = 3 is no class; the prediction has 3, counted from 0");
  expectRefused("model M(p: f64[batch, 4, 3], y: i32[batch, 2]) -> f64 { ctc(p, y, input_lengths = 3) }",
                "ctc: input_lengths must be a number for each example, i32[batch], found 3");
  expectRefused("model M(p: f64[batch, 4, 3], y: i32[batch, 2]) -> f64 { ctc(p, y, label_lengths = y) }",
                "ctc: label_lengths must be a number for each example, i32[batch], found a tensor [batch, 2]");
}

} // namespace
