// Weights of classes: losses with class_weight, the recipe's field, and balanced weights.
#include "test/unit/frontend/std/ModelRunner.h"
#include "gtest/gtest.h"
#include <cmath>

using namespace dlc::test;

namespace {

const Values kP = {{3, 3}, {0.7, 0.2, 0.1, 0.05, 0.15, 0.8, 0.3, 0.3, 0.4}};
const Values kOneHot = {{3, 3}, {1, 0, 0, 0, 0, 1, 0, 1, 0}};
const Values kLabels = {{3}, {0, 2, 1}};
const std::vector<double> kWeights = {1, 2.5, 4};
const std::string kList = "[1, 2.5, 4]";

TEST(ClassWeightTest, LossesWeighEachExample) {
  double expected = -(1 * std::log(0.7) + 4 * std::log(0.8) + 2.5 * std::log(0.3)) / 3;
  auto with = [](const std::string &loss) { return "(fn(p, y) => " + loss + "(p, y, class_weight = " + kList + "))"; };
  EXPECT_NEAR(evaluateLoss(with("categorical_crossentropy"), kP, kOneHot), expected, 1e-12);
  EXPECT_NEAR(evaluateLoss(with("sparse_categorical_crossentropy"), kP, kLabels, "i32"), expected, 1e-12);
  double focal = 0;
  for (auto [p, w] : {std::pair(0.7, 1.0), std::pair(0.8, 4.0), std::pair(0.3, 2.5)})
    focal -= 0.25 * (1 - p) * (1 - p) * w * std::log(p) / 3;
  EXPECT_NEAR(evaluateLoss(with("categorical_focal_crossentropy"), kP, kOneHot), focal, 1e-12);
}

TEST(ClassWeightTest, BinaryLossesWeighEachTarget) {
  Values p = {{2, 2}, {0.7, 0.2, 0.4, 0.9}}, y = {{2, 2}, {1, 0, 1, 1}};
  double expected = 0, focal = 0;
  for (size_t i = 0; i < 4; ++i) {
    double right = y.data[i] > 0.5 ? p.data[i] : 1 - p.data[i], weight = y.data[i] > 0.5 ? 3 : 0.5;
    expected -= weight * std::log(right) / 4;
    focal -= weight * (1 - right) * (1 - right) * std::log(right) / 4;
  }
  EXPECT_NEAR(evaluateLoss("(fn(p, y) => binary_crossentropy(p, y, class_weight = [0.5, 3]))", p, y), expected, 1e-12);
  EXPECT_NEAR(evaluateLoss("(fn(p, y) => binary_focal_crossentropy(p, y, class_weight = [0.5, 3]))", p, y), focal,
              1e-12);
}

TEST(ClassWeightTest, EveryPlaceOfAnImageHasAClass) {
  Values p = {{1, 2, 2}, {0.6, 0.4, 0.1, 0.9}};
  EXPECT_NEAR(evaluateLoss("(fn(p, y) => sparse_categorical_crossentropy(p, y, class_weight = [2, 5]))", p,
                           {{1, 2}, {0, 1}}, "i32"),
              -(2 * std::log(0.6) + 5 * std::log(0.9)) / 2, 1e-12);
}

std::string recipe(const std::string &fields, const std::string &target = "i32[batch]",
                   const std::string &loss = "sparse_categorical_crossentropy") {
  return "model M(x: f64[batch, 3]) -> f64[batch, 3] {\n  param s: T = 1.0, trainable = false\n  x * s\n}\n"
         "train M(y: " +
         target + ") {\n  loss = " + loss + "\n  optimizer = sgd\n  metrics = [sparse_categorical_crossentropy]\n  " +
         fields + "\n}";
}

TEST(ClassWeightTest, CountsInTrainingOnly) {
  ModelRunner runner(recipe("class_weight = " + kList));
  runner.call("init");
  runner.call("metrics_reset");
  Named batch = {{"x", kP}, {"y", kLabels}};
  double plain = -(std::log(0.7) + std::log(0.8) + std::log(0.3)) / 3;
  double weighed = -(1 * std::log(0.7) + 4 * std::log(0.8) + 2.5 * std::log(0.3)) / 3;
  EXPECT_NEAR(runner.call("train_step", batch)["loss"].data[0], weighed, 1e-12);
  Named training = runner.call("metrics_result");
  EXPECT_NEAR(training["loss"].data[0], weighed, 1e-12);
  EXPECT_NEAR(training["sparse_categorical_crossentropy"].data[0], plain, 1e-12);
  EXPECT_NEAR(runner.call("eval_step", batch)["loss"].data[0], plain, 1e-12);
}

TEST(ClassWeightTest, BalancedWeightsAreScikitLearns) {
  ModelRunner runner(recipe("class_weight = balanced"));
  runner.call("init");
  // Before anything is counted all weights are 1.
  Named batch = {{"x", kP}, {"y", kLabels}};
  EXPECT_NEAR(runner.call("train_step", batch)["loss"].data[0], -(std::log(0.7) + std::log(0.8) + std::log(0.3)) / 3,
              1e-12);
  // In two batches: 4 rows of class 0, 2 of class 2, none of class 1.
  Values four = wave({4, 3}, 0.1), two = wave({2, 3}, 0.1);
  runner.call("fit", {{"x", four}, {"y", {{4}, {0, 2, 0, 0}}}});
  runner.call("fit", {{"x", two}, {"y", {{2}, {2, 0}}}});
  EXPECT_EQ(runner.variables.at("class_weight/counts").data, (std::vector<double>{4, 0, 2}));
  double expected = -(6 / (3 * 4.0) * std::log(0.7) + 6 / (3 * 2.0) * std::log(0.8)) / 2;
  EXPECT_NEAR(
      runner.call("train_step", {{"x", {{2, 3}, {0.7, 0.2, 0.1, 0.05, 0.15, 0.8}}}, {"y", {{2}, {0, 2}}}})["loss"]
          .data[0],
      expected, 1e-12);
  // Training counts nothing.
  EXPECT_EQ(runner.variables.at("class_weight/counts").data, (std::vector<double>{4, 0, 2}));
}

std::string twoTargets(const std::string &loss, const std::string &path = "") {
  return "layer tally(x: T[batch, n]) -> T[...] {\n  state counts: T[n] = ones\n  x * counts\n}\n"
         "model M(x: f64[batch, 3], z: f64[batch, 3]) -> (f64[batch, 3], f64[batch, 3]) {\n" +
         path +
         "  param s: T = 1.0, trainable = false\n  (x * s, z * s)\n}\n"
         "train M(y: i32[batch], q: i32[batch]) {\n  loss = fn(p, y, class_weight = none) => " +
         loss + "\n  optimizer = sgd\n  class_weight = balanced\n}";
}

const std::string kFirst = "sparse_categorical_crossentropy(p[0], y[0], class_weight = class_weight)";
const std::string kSecond = "sparse_categorical_crossentropy(p[1], y[1], class_weight = class_weight)";

TEST(ClassWeightTest, EachTargetHasItsCounts) {
  ModelRunner runner(twoTargets(kFirst + " + 10 * " + kSecond));
  runner.call("init");
  // 3 rows of class 0 and one of class 2; 2 of class 0, one of class 1, and one of class 2.
  runner.call(
      "fit",
      {{"x", wave({4, 3}, 0.1)}, {"z", wave({4, 3}, 0.2)}, {"y", {{4}, {0, 2, 0, 0}}}, {"q", {{4}, {1, 0, 0, 2}}}});
  EXPECT_EQ(runner.variables.at("class_weight/counts").data, (std::vector<double>{3, 0, 1}));
  EXPECT_EQ(runner.variables.at("class_weight/counts_2").data, (std::vector<double>{2, 1, 1}));
  double loss = runner
                    .call("train_step", {{"x", {{1, 3}, {0.7, 0.2, 0.1}}},
                                         {"z", {{1, 3}, {0.5, 0.3, 0.2}}},
                                         {"y", {{1}, {0}}},
                                         {"q", {{1}, {1}}}})["loss"]
                    .data[0];
  EXPECT_NEAR(loss, -(4 / (3 * 3.0) * std::log(0.7) + 10 * 4 / (3 * 1.0) * std::log(0.3)), 1e-12);
  EXPECT_EQ(runner.variables.count("class_weight/counts_3"), 0u);
}

TEST(ClassWeightTest, AStateOfThisNameStaysTheModels) {
  ModelRunner runner(twoTargets(kFirst, "  let class_weight = tally()\n  let x = class_weight(x)\n"));
  runner.call("init");
  runner.call("fit", {{"x", wave({2, 3}, 0.1)}, {"z", wave({2, 3}, 0.2)}, {"y", {{2}, {2, 2}}}, {"q", {{2}, {0, 0}}}});
  EXPECT_EQ(runner.variables.at("class_weight/counts").data, (std::vector<double>{1, 1, 1}));
  EXPECT_EQ(runner.variables.at("class_weight/counts_2").data, (std::vector<double>{0, 0, 2}));
}

TEST(ClassWeightTest, ReachesALossOfOnesOwn) {
  ModelRunner runner(recipe("class_weight = " + kList, "i32[batch]",
                            "fn(p, y, class_weight = none) => 2 * sparse_categorical_crossentropy(p, y, class_weight = "
                            "class_weight)"));
  runner.call("init");
  EXPECT_NEAR(runner.call("train_step", {{"x", kP}, {"y", kLabels}})["loss"].data[0],
              -2 * (1 * std::log(0.7) + 4 * std::log(0.8) + 2.5 * std::log(0.3)) / 3, 1e-12);
}

void expectRefused(const std::string &source, const std::string &message) {
  std::string errors = ModelRunner::errorsOf(source);
  EXPECT_NE(errors.find(message), std::string::npos) << errors;
}

TEST(ClassWeightTest, RefusesOtherWeightsAtTheirPlace) {
  const std::string at = "test.dl:9:18: error: ";
  expectRefused(recipe("class_weight = [1, 2]"), at + "class_weight has 2 numbers, but there are 3 classes");
  expectRefused(recipe("class_weight = [1, 2, 3, 4]"), at + "class_weight has 4 numbers, but there are 3 classes");
  expectRefused(recipe("class_weight = [1, -2, 3]"),
                at + "the weight of class 1 must be a finite number of at least 0, found the int -2");
  expectRefused(recipe("class_weight = [1, 2, \"3\"]"),
                at + "the weight of class 2 must be a finite number of at least 0, found the string \"3\"");
  expectRefused(recipe("class_weight = [1, 1e308 * 10, 3]"), at + "the weight of class 1 must be a finite number");
  expectRefused(recipe("class_weight = [1, 1e308 * 10 - 1e308 * 10, 3]"),
                at + "the weight of class 1 must be a finite number");
  expectRefused(recipe("class_weight = [0, 0, 0]"), at + "all weights of classes are 0");
  expectRefused(recipe("class_weight = (1, 2, 3)"), at + "class_weight must be a list with a number for each class");
  expectRefused(recipe("class_weight = [1, 1e39, 3]"), at + "the weight of class 1 must be a finite number");
  expectRefused(recipe("class_weight = 2"), at + "class_weight must be a list with a number for each class");
  expectRefused(recipe("class_weight = []"), at + "class_weight must be a list with a number for each class");
  expectRefused(recipe("class_weight = \"balance\""), at + "class_weight must be a list");
  expectRefused(recipe("class_weight = [1, 2, 3]", "f64[batch, 3]", "mse"),
                at + "the loss mse cannot weigh classes: it has no argument class_weight; use a cross-entropy");
  expectRefused(
      recipe("class_weight = [1, 2, 3]", "i32[batch]", "sparse_categorical_crossentropy(class_weight = [1, 2, 3])"),
      at + "the loss sparse_categorical_crossentropy has a class_weight already");
  expectRefused(recipe("class_weight = [1, 2, 3]", "i32[batch]",
                       "fn(p, y, class_weight) => sparse_categorical_crossentropy(p, y, class_weight = class_weight)"),
                at +
                    "the loss needs a class_weight in validation, too, where there is none; write class_weight = none");
  expectRefused(recipe("", "i32[batch]", "sparse_categorical_crossentropy(class_weight = \"balanced\")"),
                "write class_weight = balanced in the train block");
  // What is counted would be another target than what is weighed.
  expectRefused(
      twoTargets("(if training { " + kFirst + " } else { 0 }) + " + kSecond),
      "balanced needs the same calls of class_weights in training and where classes are counted, in fit; call "
      "it whatever 'training' is");
}

} // namespace
