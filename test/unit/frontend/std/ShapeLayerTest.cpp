// Padding, cropping, dot products, and layers made of layers.
#include "test/unit/frontend/std/ModelRunner.h"
#include "gtest/gtest.h"
#include <cmath>

using namespace dlc::test;

namespace {

const Values kImage = {{1, 3, 4, 1}, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}};

void expectRefused(const std::string &expression, const std::string &x, const std::string &message) {
  std::string errors = ModelRunner::errorsOf("model M(x: f64[batch, " + x + "]) -> f64[...] { " + expression + " }");
  EXPECT_NE(errors.find(message), std::string::npos) << errors;
}

TEST(ShapeLayerTest, PadsWithZeros) {
  expectNear(evaluate("(x |> zero_padding1d([1, 2]))", {{1, 2, 2}, {1, 2, 3, 4}}), {0, 0, 1, 2, 3, 4, 0, 0, 0, 0});
  expectNear(evaluate("(x |> zero_padding1d())", {{1, 1, 1}, {7}}), {0, 7, 0});
  expectNear(evaluate("(x |> zero_padding2d([[1, 0], [0, 2]]))", {{1, 1, 2, 1}, {5, 6}}), {0, 0, 0, 0, 5, 6, 0, 0});
  expectNear(evaluate("(x |> zero_padding2d([1, 0]))", {{1, 1, 2, 1}, {5, 6}}), {0, 0, 5, 6, 0, 0});
  expectNear(evaluate("(x |> zero_padding3d([0, 1, [1, 0]]))", {{1, 1, 1, 1, 1}, {5}}), {0, 0, 0, 5, 0, 0});
}

TEST(ShapeLayerTest, Crops) {
  expectNear(evaluate("x |> cropping1d([1, 0])", {{1, 3, 1}, {1, 2, 3}}), {2, 3});
  expectNear(evaluate("x |> cropping2d(1)", kImage), {6, 7});
  expectNear(evaluate("x |> cropping2d([[0, 2], [3, 0]])", kImage), {4});
  expectNear(evaluate("x |> cropping2d()", kImage), kImage.data);
  expectNear(evaluate("x |> cropping3d([0, [1, 0], [0, 1]])", {{1, 1, 2, 2, 1}, {1, 2, 3, 4}}), {3});
}

TEST(ShapeLayerTest, RefusesWidthsThatDoNotFit) {
  expectRefused("x |> cropping1d(2)", "4, 1", "nothing is left of an axis of size 4 after cutting 2 and 2");
  expectRefused("x |> zero_padding2d([1, 2, 3])", "3, 4, 1", "2 axes need as many widths, found 3");
  expectRefused("x |> zero_padding2d(-1)", "3, 4, 1", "a width must not be negative, got -1");
  expectRefused("x |> cropping2d([[1, 2, 3], 1])", "3, 4, 1",
                "a width is a number or [before, after], found [1, 2, 3]");
}

TEST(ShapeLayerTest, UpsamplesByRepeating) {
  expectNear(evaluate("x |> up_sampling1d()", {{1, 2, 2}, {1, 2, 3, 4}}), {1, 2, 1, 2, 3, 4, 3, 4});
  expectNear(evaluate("x |> up_sampling2d([2, 1])", {{1, 1, 2, 1}, {1, 2}}), {1, 2, 1, 2});
  expectNear(evaluate("x |> up_sampling2d()", {{1, 1, 2, 1}, {1, 2}}), {1, 1, 2, 2, 1, 1, 2, 2});
  expectNear(evaluate("x |> up_sampling3d([1, 2, 1])", {{1, 1, 2, 1, 1}, {1, 2}}), {1, 1, 2, 2});
  expectRefused("x |> up_sampling2d([2, 2, 2])", "3, 4, 1", "2 axes need as many sizes, found 3");
  expectRefused("x |> up_sampling2d(0)", "3, 4, 1", "a size must be at least 1, got 0");
}

TEST(ShapeLayerTest, UpsamplesBetweenPixels) {
  // PyTorch 1.13: interpolate(x, scale_factor = 2, mode = "bilinear", align_corners = False)
  expectNear(evaluate("x |> up_sampling2d(interpolation = \"bilinear\")", {{1, 2, 3, 1}, {1, 2, 3, 4, 5, 6}}),
             {1,    1.25, 1.75, 2.25, 2.75, 3,    1.75, 2,    2.5,  3,    3.5,  3.75,
              3.25, 3.5,  4,    4.5,  5,    5.25, 4,    4.25, 4.75, 5.25, 5.75, 6});
}

TEST(ShapeLayerTest, Rescales) {
  expectNear(evaluate("x |> rescaling(1 / 255, offset = -0.5)", {{1, 2}, {0, 255}}), {-0.5, 0.5});
}

TEST(ShapeLayerTest, DotContractsTheAxesOfKeras) {
  Values x{{1, 2, 3}, {1, 2, 3, 4, 5, 6}};
  expectNear(evaluate("dot([x, x])", x), {14, 32, 32, 77});
  expectNear(evaluate("dot([x, x], axes = 1)", x), {17, 22, 27, 22, 29, 36, 27, 36, 45});
  expectNear(evaluate("dot([x, permute([2, 1])(x)], axes = [2, 1])", x), {14, 32, 32, 77});
  expectRefused("dot([x, x], axes = [1, 2])", "2, 3", "3");
}

TEST(WrapperTest, StackedAppliesOneAfterAnother) {
  ModelRunner runner("model M(x: f64[batch, 2]) -> f64[batch, 1] {\n"
                     "  x |> stacked([dense(2, bias = false), relu, dense(1, bias = false)])\n}");
  runner.call("init");
  runner.variables["stacked_1/dense_1/w"].data = {1, 2, 3, -4};
  runner.variables["stacked_1/dense_2/w"].data = {10, 100};
  expectNear(runner.call("predict", {{"x", {{1, 2}, {1, 1}}}})["output"].data, {40});
}

TEST(WrapperTest, TimeDistributedSharesItsLayerBetweenTheSteps) {
  // A layer that needs flat examples: its weights differ along the axis that a step has.
  ModelRunner runner(
      "layer row(units: int)(x: T[rows, n]) -> T[rows, units] {\n  param w: T[n, units] = ones\n  x @ w\n}\n"
      "model M(x: f64[batch, 2, 2, 2]) -> f64[batch, 2, 1] {\n"
      "  x |> time_distributed(stacked([flatten(), row(1)]))\n}");
  runner.call("init");
  runner.variables["time_distributed_1/stacked_1/row_1/w"].data = {1, 10, 100, 1000};
  expectNear(runner.call("predict", {{"x", {{1, 2, 2, 2}, {1, 2, 3, 4, 5, 6, 7, 8}}}})["output"].data, {4321, 8765});
}

TEST(NoiseTest, SpatialDropoutDropsWholeFeatures) {
  ModelRunner runner(
      "model M(x: f64[batch, 5, 100]) -> f64[batch, 5, 100] {\n"
      "  if training { add_loss(sum(x |> spatial_dropout(0.25))) }\n"
      "  param w: T[5, 100] = zeros\n  spatial_dropout(0.25)(x) + w\n}\n"
      "train M(y: f64[batch, 5, 100]) { loss = fn(p, y) => sum(p * y); optimizer = sgd(learning_rate = 1.0) }");
  runner.call("init");
  Values ones{{8, 5, 100}, std::vector<double>(4000, 1)};
  expectNear(runner.call("predict", {{"x", ones}})["output"].data, ones.data);
  // The sum of 800 features of 5 elements, each 4 / 3 or 0: a deviation of 82 around 4000, twice.
  double loss = runner.call("train_step", {{"x", ones}, {"y", ones}})["loss"].data.at(0);
  EXPECT_NEAR(loss, 8000, 600);
  double features = loss / (5 * 4.0 / 3);
  EXPECT_NEAR(features, std::round(features), 1e-9);
  expectRefused("x |> spatial_dropout(1.0)", "2, 3", "the rate must be in [0, 1)");
}

TEST(NoiseTest, AlphaDropoutKeepsMeanAndVariance) {
  ModelRunner runner("model M(x: f64[batch, 1000]) -> f64[batch, 1000] { x |> alpha_dropout(0.3) }\n"
                     "train M(y: f64[batch, 1000]) {\n  loss = fn(p, y) => mean(p)\n  optimizer = sgd()\n"
                     "  metrics = [fn(p, y) => mean(p * p)]\n}");
  runner.call("init");
  Values x{{20, 1000}, {}};
  for (int i = 0; i < 20000; ++i)
    x.data.push_back(i % 2 ? 1 : -1);
  expectNear(runner.call("predict", {{"x", x}})["output"].data, x.data);
  runner.call("metrics_reset");
  runner.call("train_step", {{"x", x}, {"y", x}});
  Named measured = runner.call("metrics_result");
  EXPECT_NEAR(measured["loss"].data.at(0), 0, 0.05);
  EXPECT_NEAR(measured["metric"].data.at(0), 1, 0.05);
}

} // namespace
