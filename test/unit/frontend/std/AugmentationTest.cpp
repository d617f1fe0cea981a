// Augmentation is random: factors [f, f] make it exact, or the results over many steps must be the possible ones.
#include "test/unit/frontend/std/ModelRunner.h"
#include "gtest/gtest.h"
#include <algorithm>
#include <cmath>
#include <set>

using namespace dlc::test;

namespace {

using Image = std::vector<double>;
constexpr char kSeen[] = "metric seen()(p, y) {\n  state image = zeros(p.shape[1:], p.dtype)\n"
                         "  update { image := mean(p, axis = 0) }\n  result image\n}\n";

/// What a model gets to see of one example of \p rows x \p columns, in so many training steps.
std::vector<Image> augmented(const std::string &layers, int rows, int columns, const Image &x, int steps = 1) {
  std::string type = "f64[batch, " + std::to_string(rows) + ", " + std::to_string(columns) + ", 1]";
  ModelRunner runner(kSeen + ("model M(x: " + type + ") -> " + type + " { x }\ntrain M(y: " + type +
                              ") {\n  loss = mse\n  optimizer = sgd\n  metrics = [seen]\n  augment = fn(x) => x |> " +
                              layers + "\n}"));
  runner.call("init");
  Values image{{1, rows, columns, 1}, x};
  std::vector<Image> images;
  for (int step = 0; step < steps; ++step) {
    runner.call("metrics_reset");
    runner.call("train_step", {{"x", image}, {"y", image}});
    images.push_back(runner.call("metrics_result")["seen"].data);
  }
  // Evaluation and prediction see the examples as they are.
  runner.call("metrics_reset");
  runner.call("eval_step", {{"x", image}, {"y", image}});
  EXPECT_EQ(runner.call("metrics_result")["seen"].data, x) << layers;
  EXPECT_EQ(runner.call("predict", {{"x", image}})["output"].data, x) << layers;
  return images;
}

/// That exactly these come up.
void expectAll(const std::vector<Image> &images, const std::set<Image> &possible) {
  std::set<Image> found(images.begin(), images.end());
  EXPECT_EQ(found, possible);
}

TEST(AugmentationTest, FlipsEachWay) {
  expectAll(augmented("random_flip(\"horizontal\")", 2, 2, {1, 2, 3, 4}, 20), {{1, 2, 3, 4}, {2, 1, 4, 3}});
  expectAll(augmented("random_flip(\"vertical\")", 2, 2, {1, 2, 3, 4}, 20), {{1, 2, 3, 4}, {3, 4, 1, 2}});
  expectAll(augmented("random_flip()", 2, 2, {1, 2, 3, 4}, 40),
            {{1, 2, 3, 4}, {2, 1, 4, 3}, {3, 4, 1, 2}, {4, 3, 2, 1}});
}

TEST(AugmentationTest, FlipsExamplesOneByOne) {
  // The mean of 64 examples of (0, 1): the share that was mirrored, with a deviation of 0.06.
  ModelRunner runner(kSeen +
                     std::string("model M(x: f64[batch, 1, 2, 1]) -> f64[batch, 1, 2, 1] { x }\n"
                                 "train M(y: f64[batch, 1]) {\n  loss = fn(p, y) => mean(p)\n  optimizer = sgd\n"
                                 "  metrics = [seen]\n  augment = fn(x) => x |> random_flip()\n}"));
  runner.call("init");
  Values x{{64, 1, 2, 1}, {}}, y{{64, 1}, Image(64)};
  for (int i = 0; i < 128; ++i)
    x.data.push_back(i % 2);
  runner.call("metrics_reset");
  runner.call("train_step", {{"x", x}, {"y", y}});
  EXPECT_NEAR(runner.call("metrics_result")["seen"].data.at(0), 0.5, 0.25);
}

TEST(AugmentationTest, CropsAfterPadding) {
  expectAll(augmented("random_crop(1)", 2, 2, {1, 2, 3, 4}, 120), {{1, 2, 3, 4},
                                                                   {2, 0, 4, 0},
                                                                   {0, 1, 0, 3},
                                                                   {3, 4, 0, 0},
                                                                   {4, 0, 0, 0},
                                                                   {0, 3, 0, 0},
                                                                   {0, 0, 1, 2},
                                                                   {0, 0, 2, 0},
                                                                   {0, 0, 0, 1}});
}

TEST(AugmentationTest, MovesByShares) {
  const Image x = {1, 2, 3, 4};
  std::string row = "random_translation(0.0, [0.25, 0.25]";
  expectNear(augmented(row + ")", 1, 4, x).at(0), {1, 1, 2, 3});
  expectNear(augmented(row + ", fill_mode = \"wrap\")", 1, 4, x).at(0), {4, 1, 2, 3});
  expectNear(augmented(row + ", fill_mode = \"constant\", fill_value = 9.0)", 1, 4, x).at(0), {9, 1, 2, 3});
  expectNear(augmented("random_translation(0.0, [-0.5, -0.5])", 1, 4, x).at(0), {3, 4, 4, 3});
  expectNear(augmented("random_translation(0.0, [-0.5, -0.5], fill_mode = \"nearest\")", 1, 4, x).at(0), {3, 4, 4, 4});
  expectNear(augmented("random_translation([0.25, 0.25], 0.0)", 4, 1, x).at(0), {1, 1, 2, 3});
  // Half a pixel to the right.
  expectNear(augmented("random_translation(0.0, [0.125, 0.125])", 1, 4, x).at(0), {1, 1.5, 2.5, 3.5});
  expectNear(augmented("random_translation(0.0, [0.15, 0.15], interpolation = \"nearest\")", 1, 4, x).at(0),
             {1, 1, 2, 3});
}

TEST(AugmentationTest, StaysWithinTheFactor) {
  for (const Image &image : augmented("random_translation(0.25, 0.0, \"constant\")", 4, 1, {0, 1, 1, 0}, 30)) {
    EXPECT_NEAR(image[0] + image[1] + image[2] + image[3], 2, 1e-9);
    EXPECT_GE(image[1], 0);
    EXPECT_LE(image[0] + image[3], 1 + 1e-9);
  }
}

TEST(AugmentationTest, TurnsCounterClockwise) {
  const Image x = {1, 2, 3, 4, 5, 6, 7, 8, 9};
  expectNear(augmented("random_rotation([0.25, 0.25])", 3, 3, x).at(0), {3, 6, 9, 2, 5, 8, 1, 4, 7});
  expectNear(augmented("random_rotation([-0.25, -0.25])", 3, 3, x).at(0), {7, 4, 1, 8, 5, 2, 9, 6, 3});
  expectNear(augmented("random_rotation([0.5, 0.5])", 3, 3, x).at(0), {9, 8, 7, 6, 5, 4, 3, 2, 1});
}

TEST(AugmentationTest, ZoomsAboutTheMiddle) {
  const Image x = {1, 2, 3, 4, 5};
  // Columns -4, -2, 0, 2, 4 from the middle: twice as much fits, reflected at the borders.
  expectNear(augmented("random_zoom(0.0, [1.0, 1.0])", 1, 5, x).at(0), {2, 1, 3, 5, 4});
  expectNear(augmented("random_zoom(0.0, [-0.5, -0.5])", 1, 5, x).at(0), {2, 2.5, 3, 3.5, 4});
  // One factor for both axes.
  expectNear(augmented("random_zoom([1.0, 1.0], fill_mode = \"constant\")", 3, 3, {1, 2, 3, 4, 5, 6, 7, 8, 9}).at(0),
             {0, 0, 0, 0, 5, 0, 0, 0, 0});
}

TEST(AugmentationTest, Shears) {
  const Image x = {1, 2, 3, 4, 5, 6, 7, 8, 9};
  expectNear(augmented("random_shear([1.0, 1.0], fill_mode = \"constant\")", 3, 3, x).at(0),
             {0, 1, 2, 4, 5, 6, 8, 9, 0});
  expectNear(augmented("random_shear(y_factor = [1.0, 1.0], fill_mode = \"constant\")", 3, 3, x).at(0),
             {0, 2, 6, 1, 5, 9, 4, 8, 0});
}

TEST(AugmentationTest, ChangesLight) {
  expectNear(augmented("random_brightness([0.1, 0.1])", 1, 3, {0, 100, 250}).at(0), {25.5, 125.5, 255});
  expectNear(augmented("random_brightness([-0.5, -0.5], [0.0, 1.0])", 1, 3, {0, 0.5, 1}).at(0), {0, 0, 0.5});
  expectNear(augmented("random_contrast([0.5, 0.5])", 1, 3, {0, 100, 200}).at(0), {0, 100, 250});
  expectNear(augmented("random_contrast([-1.0, -1.0])", 1, 3, {0, 100, 200}).at(0), {100, 100, 100});
}

TEST(AugmentationTest, ErasesARectangle) {
  // A quarter of the height and width squared: 2 x 2 pixels.
  for (const Image &image :
       augmented("random_erasing(scale = [0.25, 0.25], fill_value = 7.0)", 4, 4, Image(16, 1.0), 10)) {
    std::vector<int> places;
    for (int i = 0; i < 16; ++i)
      if (image[i] == 7)
        places.push_back(i);
      else
        EXPECT_EQ(image[i], 1);
    ASSERT_EQ(places.size(), 4u);
    EXPECT_EQ(places, (std::vector<int>{places[0], places[0] + 1, places[0] + 4, places[0] + 5}));
  }
  expectNear(augmented("random_erasing(factor = 0.0)", 4, 4, Image(16, 1.0)).at(0), Image(16, 1.0));
}

TEST(AugmentationTest, MixesExamplesAndTargetsAlike) {
  ModelRunner runner("model M(x: f64[batch, 2]) -> f64[batch, 2] { x }\n"
                     "train M(y: f64[batch, 2]) {\n  loss = fn(p, y) => sum(abs(p - y))\n  optimizer = sgd\n"
                     "  metrics = [fn(p, y) => mean(p[:, 0] + p[:, 1]), fn(p, y) => mean(p[:, 0] * p[:, 1])]\n"
                     "  augment = mixup(alpha = 1.0)\n}");
  runner.call("init");
  Values x{{64, 2}, {}};
  for (int i = 0; i < 64; ++i)
    x.data.insert(x.data.end(), {i < 32 ? 1.0 : 0.0, i < 32 ? 0.0 : 1.0});
  double product = 0;
  for (int step = 0; step < 20; ++step) {
    runner.call("metrics_reset");
    EXPECT_EQ(runner.call("train_step", {{"x", x}, {"y", x}})["loss"].data.at(0), 0);
    Named results = runner.call("metrics_result");
    EXPECT_NEAR(results["metric"].data.at(0), 1, 1e-12);
    product += results["metric_2"].data.at(0) / 20;
  }
  // Half of the pairs mix both kinds, if the partner is any: E l (1 - l) = 1 / 6 of a uniform l.
  EXPECT_NEAR(product, 1.0 / 12, 0.04);
}

TEST(AugmentationTest, BetaHasItsMoments) {
  for (double alpha : {0.2, 1.0, 3.0}) {
    ModelRunner runner(
        "model M(x: f64[batch, 200]) -> f64[batch, 300] {\n  param w: T[200, 300] = fn(shape) => random_beta(" +
        std::to_string(alpha) + ", shape)\n  x @ w\n}");
    runner.call("init");
    double mean = 0, square = 0;
    for (double v : runner.variables["w"].data) {
      ASSERT_TRUE(v >= 0 && v <= 1) << v;
      mean += v / 60000;
      square += (v - 0.5) * (v - 0.5) / 60000;
    }
    EXPECT_NEAR(mean, 0.5, 0.01) << alpha;
    EXPECT_NEAR(square, 0.25 / (2 * alpha + 1), 0.004) << alpha;
  }
}

TEST(AugmentationTest, AugmentKeepsTypesAndCounts) {
  std::string head = "model M(x: f64[batch, 4]) -> f64[batch, 4] { x }\n"
                     "train M(y: f64[batch, 4]) { loss = mse; optimizer = sgd; augment = ";
  std::string errors = ModelRunner::errorsOf(head + "fn(x) => x[:, :2] }");
  EXPECT_NE(errors.find("the result of augment"), std::string::npos) << errors;
  errors = ModelRunner::errorsOf(head + "fn(x, y) => x }");
  EXPECT_NE(errors.find("augment must give 2 tensors"), std::string::npos) << errors;
}

TEST(AugmentationTest, RefusesUnknownModes) {
  std::string head = "model M(x: f64[batch, 4, 4, 1]) -> f64[batch, 4, 4, 1] { x |> ";
  std::string train = " }\ntrain M(y: f64[batch, 4, 4, 1]) { loss = mse; optimizer = sgd }";
  std::string errors = ModelRunner::errorsOf(head + "random_flip(\"both\")" + train);
  EXPECT_NE(errors.find("random_flip: mode must be one of"), std::string::npos) << errors;
  errors = ModelRunner::errorsOf(head + "random_zoom(0.1, fill_mode = \"mirror\")" + train);
  EXPECT_NE(errors.find("fill_mode must be one of"), std::string::npos) << errors;
  errors = ModelRunner::errorsOf(head + "random_crop(-1)" + train);
  EXPECT_NE(errors.find("the padding must not be negative"), std::string::npos) << errors;
}

} // namespace
