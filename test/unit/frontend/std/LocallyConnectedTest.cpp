// Convolutions with other weights at every place, against explicit loops. Weights as in Keras 2: [places, window * c,
// filters], the window's elements row by row with the channels last.
#include "test/unit/frontend/std/ModelRunner.h"
#include "gtest/gtest.h"
#include <cmath>

using namespace dlc::test;

namespace {

struct Window {
  int64_t size, stride, before, count; ///< before: elements of padding in front
};

/// x: [batch, h, w, c].
std::vector<double> looped(const Values &x, const Values &w, const Values &b, Window down, Window along) {
  int64_t c = x.shape[3], filters = b.shape.back();
  std::vector<double> y;
  for (int64_t n = 0; n < x.shape[0]; ++n)
    for (int64_t row = 0; row < down.count; ++row)
      for (int64_t column = 0; column < along.count; ++column)
        for (int64_t f = 0; f < filters; ++f) {
          int64_t place = row * along.count + column;
          double sum = b.data[place * filters + f];
          for (int64_t i = 0; i < down.size; ++i)
            for (int64_t j = 0; j < along.size; ++j)
              for (int64_t k = 0; k < c; ++k) {
                int64_t xi = row * down.stride + i - down.before, xj = column * along.stride + j - along.before;
                if (xi < 0 || xi >= x.shape[1] || xj < 0 || xj >= x.shape[2])
                  continue;
                int64_t element = (i * along.size + j) * c + k;
                sum += x.data[((n * x.shape[1] + xi) * x.shape[2] + xj) * c + k] *
                       w.data[(place * down.size * along.size * c + element) * filters + f];
              }
          y.push_back(sum);
        }
  return y;
}

void expectLooped(const std::string &layer, Values x, Window down, Window along, int64_t filters) {
  bool isLine = x.shape.size() == 3;
  std::string type = "[batch";
  for (size_t axis = 1; axis < x.shape.size(); ++axis)
    type += ", " + std::to_string(x.shape[axis]);
  ModelRunner runner("model M(x: f64" + type + "]) -> f64[...] { let layer = " + layer + "; layer(x) }");
  runner.call("init");
  int64_t places = down.count * along.count;
  Values w = wave({places, down.size * along.size * x.shape.back(), filters}, 0.4);
  Values b =
      wave(isLine ? std::vector<int64_t>{along.count, filters} : std::vector<int64_t>{down.count, along.count, filters},
           0.8);
  ASSERT_EQ(runner.variables.at("layer/w").shape, w.shape) << layer;
  ASSERT_EQ(runner.variables.at("layer/b").shape, b.shape) << layer;
  runner.variables["layer/w"] = w;
  runner.variables["layer/b"] = b;
  Values y = runner.call("predict", {{"x", x}})["output"];
  std::vector<int64_t> shape = isLine ? std::vector<int64_t>{x.shape[0], along.count, filters}
                                      : std::vector<int64_t>{x.shape[0], down.count, along.count, filters};
  EXPECT_EQ(y.shape, shape) << layer;
  if (isLine)
    x.shape.insert(x.shape.begin() + 1, 1);
  expectNear(y.data, looped(x, w, b, down, along));
}

TEST(LocallyConnectedTest, AlongALine) {
  Window one = {1, 1, 0, 1};
  expectLooped("locally_connected1d(3, 2)", wave({2, 5, 2}, 0.1), one, {2, 1, 0, 4}, 3);
  expectLooped("locally_connected1d(2, 3, strides = 2)", wave({2, 8, 3}, 0.5), one, {3, 2, 0, 3}, 2);
  expectLooped("locally_connected1d(2, [3], strides = [2], padding = \"same\")", wave({2, 6, 1}, 0.5), one,
               {3, 2, 0, 3}, 2);
  expectLooped("locally_connected1d(1, 4, padding = \"same\")", wave({1, 3, 2}, 0.5), one, {4, 1, 1, 3}, 1);
  expectLooped("locally_connected1d(2, 1, strides = 3)", wave({1, 7, 1}, 0.5), one, {1, 3, 0, 3}, 2);
}

TEST(LocallyConnectedTest, OverAnImage) {
  expectLooped("locally_connected2d(3, 2)", wave({2, 3, 4, 2}, 0.1), {2, 1, 0, 2}, {2, 1, 0, 3}, 3);
  expectLooped("locally_connected2d(2, [3, 2], strides = [1, 2])", wave({2, 4, 5, 3}, 0.2), {3, 1, 0, 2}, {2, 2, 0, 2},
               2);
  expectLooped("locally_connected2d(2, 3, strides = 2, padding = \"same\")", wave({1, 5, 4, 1}, 0.2), {3, 2, 1, 3},
               {3, 2, 0, 2}, 2);
}

TEST(LocallyConnectedTest, HasKerassFirstWeights) {
  ModelRunner runner("model M(x: f64[batch, 5, 2]) -> f64[...] { (x |> locally_connected1d(3, 2, bias = false)) }");
  runner.call("init");
  EXPECT_EQ(runner.variables.count("locally_connected1d_1/b"), 0u);
  // Keras takes the first axis for part of the window: fan_in = 4 * 4, fan_out = 4 * 3.
  double limit = std::sqrt(6.0 / (16 + 12)), largest = 0;
  for (double value : runner.variables["locally_connected1d_1/w"].data)
    largest = std::max(largest, std::abs(value));
  EXPECT_LE(largest, limit);
  EXPECT_GT(largest, 0.8 * limit);
}

void expectRefused(const std::string &layer, const std::string &x, const std::string &message) {
  std::string errors = ModelRunner::errorsOf("model M(x: f64[batch, " + x + "]) -> f64[...] { x |> " + layer + " }");
  EXPECT_NE(errors.find(message), std::string::npos) << errors;
}

TEST(LocallyConnectedTest, RefusesWhatDoesNotFit) {
  expectRefused("locally_connected1d(2, 3)", "t, 2",
                "locally_connected1d: each window has weights of its own, so the number of windows must be known at "
                "compile time, but the axis is 't'; write a number in the signature of the model");
  expectRefused(
      "locally_connected1d(2, 6)", "5, 2",
      "a window of 6 elements is larger than its axis, which has 5; use a smaller window or padding = \"same\"");
  expectRefused("locally_connected2d(2, 0)", "5, 5, 2", "a window and a stride must be at least 1, found 0 and 1");
  expectRefused("locally_connected2d(2, 2, strides = [1, 0])", "5, 5, 2",
                "a window and a stride must be at least 1, found 2 and 0");
  expectRefused("locally_connected1d(2, 2, padding = \"causal\")", "5, 2",
                "padding must be \"valid\" or \"same\", found causal");
  expectRefused("locally_connected2d(2, [2, 2, 2])", "5, 5, 2",
                "a window of 2 axes needs one number, or a list of 2, found [2, 2, 2]");
  expectRefused("locally_connected2d(2, 2)", "5, 2",
                "'x' must be T[batch, height, width, c], but is f64[batch, 5, 2]: rank 3 instead of 4");
}

} // namespace
