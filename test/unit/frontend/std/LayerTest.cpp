#include "test/unit/frontend/std/ModelRunner.h"
#include "gtest/gtest.h"
#include <cmath>

using namespace dlc::test;

namespace {

const Values kX = {{2, 3}, {1, -2, 3, 0.5, 0, -1}};

TEST(LayerTest, DenseIsAnAffineMap) {
  ModelRunner runner("model M(x: f64[batch, 3]) -> f64[batch, 2] { x |> dense(2, relu, bias_init = constant(0.25)) }");
  runner.call("init");
  EXPECT_EQ(runner.variables["dense_1/w"].shape, (std::vector<int64_t>{3, 2}));
  runner.variables["dense_1/w"].data = {1, -1, 0.5, 2, 1, 0};
  expectNear(runner.call("predict", {{"x", kX}})["output"].data, {3.25, 0, 0, 0});
}

TEST(LayerTest, DenseWorksOnTheLastOfManyAxes) {
  ModelRunner runner("model M(x: f64[batch, 2, 3]) -> f64[batch, 2, 1] { x |> dense(1, kernel_init = ones) }");
  runner.call("init");
  expectNear(runner.call("predict", {{"x", {{1, 2, 3}, {1, 2, 3, 4, 5, 6}}}})["output"].data, {6, 15});
}

TEST(LayerTest, MergesTensors) {
  expectNear(evaluate("concatenate([x, 2 * x])", {{1, 2}, {1, 2}}), {1, 2, 2, 4});
  expectNear(evaluate("concatenate([x, 2 * x], axis = 0)", {{1, 2}, {1, 2}}), {1, 2, 2, 4});
  expectNear(evaluate("add([x, x, x])", {{1, 2}, {1, 2}}), {3, 6});
  expectNear(evaluate("subtract([x, 3 * x])", {{1, 2}, {1, 2}}), {-2, -4});
  expectNear(evaluate("multiply([x, x, x])", {{1, 2}, {1, 2}}), {1, 8});
  expectNear(evaluate("average([x, 4 * x])", {{1, 2}, {1, 2}}), {2.5, 5});
  expectNear(evaluate("maximum(x, 1.5)", {{1, 2}, {1, 2}}), {1.5, 2});
  expectNear(evaluate("minimum(x, 1.5)", {{1, 2}, {1, 2}}), {1, 1.5});
  expectNear(evaluate("maximum([x, 3 - 2 * x, 0 * x])", {{1, 2}, {1, 2}}), {1, 2});
  expectNear(evaluate("minimum([x, 3 - 2 * x, 0 * x])", {{1, 2}, {1, 2}}), {0, -1});
  expectNear(evaluate("dot([x, flip(x, -1)])", {{1, 2}, {3, 4}}), {24});
  expectNear(evaluate("dot([x, flip(x, -1)], normalize = true)", {{1, 2}, {3, 4}}), {0.96});
}

TEST(LayerTest, ChangesShapes) {
  Values x{{1, 2, 3}, {1, 2, 3, 4, 5, 6}};
  expectNear(evaluate("x |> permute([2, 1])", x), {1, 4, 2, 5, 3, 6});
  expectNear(evaluate("(x |> flatten())[:, 4]", x), {5});
  expectNear(evaluate("(x |> reshape_to([3, 2]))[:, 1, 0]", x), {3});
  expectNear(evaluate("(x |> flatten() |> repeat_vector(2))[:, 1]", x), {1, 2, 3, 4, 5, 6});
}

TEST(LayerTest, PreluLearnsASlope) {
  ModelRunner runner("model M(x: f64[batch, 3]) -> f64[batch, 3] { x |> prelu(alpha_init = constant(0.1)) }");
  runner.call("init");
  expectNear(runner.call("predict", {{"x", kX}})["output"].data, {1, -0.2, 3, 0.5, 0, -0.1});
}

TEST(LayerTest, PreluSharesSlopesAlongAxes) {
  ModelRunner runner("model M(x: f64[batch, 2, 3]) -> f64[batch, 2, 3] { x |> prelu(shared_axes = [1]) }");
  runner.call("init");
  EXPECT_EQ(runner.variables["prelu_1/alpha"].shape, (std::vector<int64_t>{1, 3}));
  runner.variables["prelu_1/alpha"].data = {0.1, 0.2, 0.3};
  expectNear(runner.call("predict", {{"x", {{1, 2, 3}, {-1, -1, -1, 2, -2, -2}}}})["output"].data,
             {-0.1, -0.2, -0.3, 2, -0.4, -0.6});
}

TEST(LayerTest, LayerNormIsKerass) {
  std::vector<double> expected;
  for (int row = 0; row < 2; ++row) {
    const double *x = &kX.data[3 * row];
    double mean = (x[0] + x[1] + x[2]) / 3, variance = 0;
    for (int i = 0; i < 3; ++i)
      variance += (x[i] - mean) * (x[i] - mean) / 3;
    for (int i = 0; i < 3; ++i)
      expected.push_back((x[i] - mean) / std::sqrt(variance + 1e-3));
  }
  ModelRunner runner("model M(x: f64[batch, 3]) -> f64[batch, 3] { x |> layer_norm() }");
  runner.call("init");
  expectNear(runner.call("predict", {{"x", kX}})["output"].data, expected);
}

TEST(LayerTest, RmsNormHasAMeanSquareOfOne) {
  std::vector<double> expected;
  for (int row = 0; row < 2; ++row) {
    const double *x = &kX.data[3 * row];
    for (int i = 0; i < 3; ++i)
      expected.push_back(x[i] / std::sqrt((x[0] * x[0] + x[1] * x[1] + x[2] * x[2]) / 3 + 1e-6));
  }
  ModelRunner runner("model M(x: f64[batch, 3]) -> f64[batch, 3] { x |> rms_norm() }");
  runner.call("init");
  expectNear(runner.call("predict", {{"x", kX}})["output"].data, expected);
}

constexpr char kTrain[] = "\ntrain M(y: f64[batch, 3]) { loss = mse; optimizer = sgd(learning_rate = 0.0) }";

TEST(LayerTest, BatchNormMovesItsAveragesInTrainingOnly) {
  ModelRunner runner(std::string("model M(x: f64[batch, 3]) -> f64[batch, 3] { x |> batch_norm() }") + kTrain);
  runner.call("init");
  expectNear(runner.call("predict", {{"x", kX}})["output"].data,
             {1 / std::sqrt(1.001), -2 / std::sqrt(1.001), 3 / std::sqrt(1.001), 0.5 / std::sqrt(1.001), 0,
              -1 / std::sqrt(1.001)});
  runner.call("train_step", {{"x", kX}, {"y", kX}});
  expectNear(runner.variables["batch_norm_1/moving_mean"].data, {0.0075, -0.01, 0.01});
  expectNear(runner.variables["batch_norm_1/moving_variance"].data,
             {0.99 + 0.01 * 0.0625, 0.99 + 0.01 * 1, 0.99 + 0.01 * 4});
}

TEST(LayerTest, StandardizeMergesBatchesOfDifferentSizes) {
  ModelRunner runner(std::string("model M(x: f64[batch, 3]) -> f64[batch, 3] { x |> standardize() }") + kTrain);
  runner.call("init");
  // Far from 0, where sums of squares would lose every digit; the last column never changes.
  const std::vector<double> rows[] = {
      {1e8 + 1, 1, 7}, {1e8 + 2, 3, 7}, {1e8 + 6, 2, 7}, {1e8 + 3, 6, 7}, {1e8 + 8, 3, 7}};
  Values first{{3, 3}, {}}, second{{2, 3}, {}}, all{{5, 3}, {}};
  for (int i = 0; i < 5; ++i)
    for (double value : rows[i]) {
      (i < 3 ? first : second).data.push_back(value);
      all.data.push_back(value);
    }
  runner.call("fit", {{"x", first}});
  runner.call("fit", {{"x", second}});
  std::vector<double> out = runner.call("predict", {{"x", all}})["output"].data;
  for (int row = 0; row < 5; ++row) {
    EXPECT_NEAR(out[3 * row], (rows[row][0] - 1e8 - 4) / std::sqrt(34.0 / 5), 1e-6);
    EXPECT_NEAR(out[3 * row + 1], (rows[row][1] - 3) / std::sqrt(14.0 / 5), 1e-12);
    EXPECT_EQ(out[3 * row + 2], 0);
  }
}

TEST(LayerTest, DropoutDropsInTrainingOnly) {
  ModelRunner runner("model M(x: f64[batch, 1000]) -> f64[batch, 1000] { x |> dropout(0.25) }\n"
                     "train M(y: f64[batch, 1000]) {\n  loss = fn(p, y) => mean(p)\n  optimizer = sgd()\n"
                     "  metrics = [seen]\n}\nfn seen(p, y) = mean(p)");
  runner.call("init");
  Values ones{{4, 1000}, std::vector<double>(4000, 1.0)};
  expectNear(runner.call("predict", {{"x", ones}})["output"].data, ones.data);
  double loss = runner.call("train_step", {{"x", ones}, {"y", ones}})["loss"].data.at(0);
  // 4000 draws: the share kept has a deviation of 0.007, over 0.75 of 0.0091.
  EXPECT_NEAR(loss, 1, 0.05);
  EXPECT_NE(loss, 1);
}

TEST(LayerTest, ActivityRegularizationAddsToTheLoss) {
  ModelRunner runner("model M(x: f64[batch, 3]) -> f64[batch, 3] { x |> activity_regularization(l1 = 0.5, l2 = 0.1) }\n"
                     "train M(y: f64[batch, 3]) { loss = mse; optimizer = sgd() }");
  runner.call("init");
  double loss = runner.call("train_step", {{"x", kX}, {"y", kX}})["loss"].data.at(0);
  EXPECT_NEAR(loss, 0.5 * 7.5 + 0.1 * 15.25, 1e-12);
}

TEST(LayerTest, DropoutRefusesARateOfOne) {
  std::string errors = ModelRunner::errorsOf("model M(x: f64[batch, 3]) -> f64[batch, 3] { x |> dropout(1.0) }");
  EXPECT_NE(errors.find("the rate must be in [0, 1)"), std::string::npos) << errors;
}

} // namespace
