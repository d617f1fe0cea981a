// Averages of the parameters, as Keras's use_ema, against the formula written out.
#include "test/unit/frontend/std/ModelRunner.h"
#include "gtest/gtest.h"

using namespace dlc::test;

namespace {

constexpr double kRate = 0.1, kMomentum = 0.75;

std::string source(const std::string &fields) {
  return "model M(x: f64[batch, 1]) -> f64[batch, 1] {\n"
         "  param w: T[1] = fn(shape) => full(shape, 0.5)\n"
         "  param c: T[1] = fn(shape) => full(shape, 2.0), trainable = false\n"
         "  x * w * c\n}\n"
         "train M(y: f64[batch, 1]) { loss = fn(p, y) => sum((p - y) ** 2); optimizer = sgd(learning_rate = 0.1)\n" +
         fields + "\n}";
}

const Named kRow = {{"x", {{1, 1}, {1}}}, {"y", {{1, 1}, {6}}}};

TEST(AveragesTest, AreKerass) {
  ModelRunner runner(source("ema = 0.75"));
  runner.call("init");
  double raw = 0.5, average = 0.5;
  for (int step = 0; step < 5; ++step) {
    // Training sees the raw weight, evaluation and prediction the average.
    double loss = runner.call("train_step", kRow)["loss"].data[0];
    EXPECT_NEAR(loss, (2 * raw - 6) * (2 * raw - 6), 1e-12);
    raw -= kRate * 2 * (2 * raw - 6) * 2;
    average = step == 0 ? raw : kMomentum * average + (1 - kMomentum) * raw;
    EXPECT_NEAR(runner.variables.at("w").data[0], average, 1e-12);
    EXPECT_NEAR(runner.variables.at("w:ema/raw").data[0], raw, 1e-12);
    EXPECT_NEAR(runner.call("predict", {{"x", {{1, 1}, {1}}}})["output"].data[0], 2 * average, 1e-12);
    EXPECT_NEAR(runner.call("eval_step", kRow)["loss"].data[0], (2 * average - 6) * (2 * average - 6), 1e-12);
  }
  EXPECT_EQ(runner.variables.count("c:ema/raw"), 0u);
}

// The name is part of the program's format: importers write the weights of a file there, too.
TEST(AveragesTest, TrainingReadsTheWeightsBehindThemFromTheFirstStep) {
  ModelRunner runner(source("ema = 0.75"));
  runner.call("init");
  EXPECT_EQ(runner.variables.at("w:ema/raw").data, runner.variables.at("w").data);
  runner.variables.at("w").data[0] = 7;
  runner.variables.at("w:ema/raw").data[0] = 1.5;
  double loss = runner.call("train_step", kRow)["loss"].data[0];
  EXPECT_NEAR(loss, 9, 1e-12);
  EXPECT_EQ(runner.variables.at("w").data, runner.variables.at("w:ema/raw").data);
}

TEST(AveragesTest, TrainingIsThatWithoutThem) {
  ModelRunner with(source("ema = 0.75")), without(source(""));
  for (ModelRunner *runner : {&with, &without}) {
    runner->call("init");
    for (int step = 0; step < 3; ++step)
      runner->call("train_step", kRow);
  }
  EXPECT_EQ(with.variables.at("w:ema/raw").data, without.variables.at("w").data);
  EXPECT_EQ(without.variables.count("w:ema/raw"), 0u);
}

TEST(AveragesTest, TakeFrozenParametersAsTheyAre) {
  ModelRunner runner(source("ema = 0.75; freeze = [\"w\"]"));
  EXPECT_EQ(runner.variables.count("w:ema/raw"), 0u);
}

TEST(AveragesTest, RefuseOtherNumbers) {
  for (const char *value : {"0", "1", "1.0", "-0.5", "2", "0.9999999999999", "\"0.9\"", "[0.9]", "true"}) {
    std::string errors = ModelRunner::errorsOf(source("ema = " + std::string(value)));
    EXPECT_NE(errors.find("test.dl:7:7: error: ema must be a number between 0 and 1"), std::string::npos) << errors;
  }
  EXPECT_EQ(ModelRunner::errorsOf(source("ema = none")), "");
}

} // namespace
