// Which examples a report shows as pictures, and how.
#include "tools/fit/ReportPictures.h"
#include "test/unit/tools/fit/Examples.h"
#include "test/unit/tools/fit/WellFormed.h"
#include <gtest/gtest.h>
#include <limits>

namespace dlc::test {
namespace {

using fit::Dataset;
using fit::PictureGrid;
using fit::PortData;
using fit::Predictions;

// Example i has the value `values[i]` everywhere.
PortData pictures(const char *name, uint32_t role, std::vector<int64_t> shape, const std::vector<double> &values,
                  dlc_dtype dtype = DLC_F32) {
  PortData port{name, dtype, role, shape, {}};
  int64_t size = fit::elementCount(shape);
  port.values.rows = static_cast<int64_t>(values.size());
  port.values.unnamed = size;
  port.values.dtype = dtype;
  port.values.data.resize(static_cast<size_t>(size) * values.size() * fit::bytesOf(dtype));
  for (size_t i = 0; i < values.size(); ++i)
    for (int64_t j = 0; j < size; ++j)
      fit::storeNumber(port.values.data.data(), dtype, static_cast<int64_t>(i) * size + j, values[i]);
  return port;
}

PortData classes(const std::vector<double> &values, std::vector<std::string> names) {
  PortData port = targetOf(DLC_I32, {"y"}, values);
  port.values.labels = std::move(names);
  return port;
}

Predictions answers(const std::vector<int64_t> &shape, const std::vector<double> &values) {
  Predictions output;
  output.name = "p";
  output.rowShape = shape;
  output.rows = static_cast<int64_t>(values.size());
  for (double value : values)
    output.values.insert(output.values.end(), static_cast<size_t>(fit::elementCount(shape)), value);
  return output;
}

template <typename... Ports> Dataset dataOf(Ports... ports) {
  std::vector<PortData> all;
  (all.push_back(std::move(ports)), ...);
  int64_t rows = all.front().values.rows;
  return Dataset(std::move(all), rows);
}

int brightness(const std::string &png) { return fit::decodeImage(png, "p.png").pixels[0]; }

TEST(ReportPicturesTest, KnowsImagesByTheirShape) {
  EXPECT_TRUE(fit::isPicture(pictures("x", 0, {8, 9, 3}, {0})));
  EXPECT_TRUE(fit::isPicture(pictures("x", 0, {8, 9, 1}, {0})));
  EXPECT_TRUE(fit::isPicture(pictures("x", 0, {8, 8}, {0})));
  EXPECT_TRUE(fit::isPicture(pictures("x", 0, {8, 20}, {0}, DLC_U8)));
  EXPECT_FALSE(fit::isPicture(pictures("x", 0, {8, 20}, {0}))); // a sequence
  EXPECT_FALSE(fit::isPicture(pictures("x", 0, {7, 7}, {0})));
  EXPECT_FALSE(fit::isPicture(pictures("x", 0, {8, 8, 2}, {0})));
  EXPECT_FALSE(fit::isPicture(pictures("x", 0, {64}, {0})));
}

TEST(ReportPicturesTest, ShowsWhatBecomesOfImages) {
  Dataset data = dataOf(pictures("x", 0, {8, 8}, {0, 255, 51}), pictures("y", 1, {8, 8}, {255, 0, 0}));
  PictureGrid grid = fit::reconstructions({answers({8, 8}, {0.2, 1, 0})}, data, {1, 3});
  EXPECT_EQ(grid.parts, (std::vector<std::string>{"input x", "output p", "target y"}));
  ASSERT_EQ(grid.stacks.size(), 2u);
  ASSERT_EQ(grid.stacks[0].pngs.size(), 3u);
  EXPECT_EQ(brightness(grid.stacks[0].pngs[0]), 255);
  EXPECT_EQ(brightness(grid.stacks[1].pngs[0]), 51);
  EXPECT_EQ(brightness(grid.stacks[0].pngs[1]), 51); // 0.2 of 1
  EXPECT_EQ(grid.stacks[0].width, 96);
  EXPECT_EQ(grid.remark, "The first 2 examples; from top to bottom: input x, output p, target y");
}

TEST(ReportPicturesTest, ATargetThatIsTheInputIsNotRepeated) {
  Dataset data = dataOf(pictures("x", 0, {8, 8, 3}, {0, 255}), pictures("y", 1, {8, 8, 3}, {0, 1}));
  PictureGrid grid = fit::reconstructions({answers({8, 8, 3}, {0, 1})}, data, {0, 2});
  EXPECT_EQ(grid.parts, (std::vector<std::string>{"input x", "output p"}));
  EXPECT_EQ(fit::decodeImage(grid.stacks[0].pngs[1], "p").channels, 3);
}

TEST(ReportPicturesTest, NumbersOfAnyRangeAreDrawn) {
  const double odd = std::numeric_limits<double>::quiet_NaN(), most = std::numeric_limits<double>::infinity();
  Dataset data = dataOf(pictures("x", 0, {8, 8}, {-1, 1, 0, 0}));
  PictureGrid grid = fit::reconstructions({answers({8, 8}, {odd, most, -most, 3})}, data, {0, 4});
  EXPECT_EQ(brightness(grid.stacks[0].pngs[0]), 0);
  EXPECT_EQ(brightness(grid.stacks[1].pngs[0]), 255);
  EXPECT_EQ(brightness(grid.stacks[2].pngs[0]), 128);
  EXPECT_EQ(brightness(grid.stacks[0].pngs[1]), 0);
  EXPECT_EQ(brightness(grid.stacks[1].pngs[1]), 0);
}

TEST(ReportPicturesTest, LargeImagesBecomeSmaller) {
  Dataset data = dataOf(pictures("x", 0, {400, 200, 1}, {7}));
  PictureGrid grid = fit::reconstructions({answers({400, 200, 1}, {7})}, data, {0, 1});
  fit::Image image = fit::decodeImage(grid.stacks[0].pngs[0], "p");
  EXPECT_EQ(image.height, 128);
  EXPECT_EQ(image.width, 64);
}

TEST(ReportPicturesTest, ClassifiersHaveNoReconstructions) {
  Dataset data = dataOf(pictures("x", 0, {8, 8}, {0, 1}));
  EXPECT_TRUE(fit::reconstructions({answers({3}, {0, 1})}, data, {0, 2}).stacks.empty());
  EXPECT_TRUE(fit::reconstructions({answers({8, 8}, {0, 1})}, data, {0, 0}).stacks.empty());
}

TEST(ReportPicturesTest, ShowsTheWorstMistakesFirst) {
  Dataset data = dataOf(pictures("x", 0, {8, 8}, {0, 50, 100, 150}), classes({0, 0, 1, 1}, {"<cat>", "dog"}));
  Predictions output = predictionsOf({0.9, 0.1, 0.4, 0.6, 0.8, 0.2, 0.3, 0.7}, 2);
  fit::Recipe recipe = recipeOf("sparse_categorical_crossentropy");
  fit::Assessment assessment = fit::assess(recipe, output, *data.target(), {0, 4});
  PictureGrid grid = fit::worstMistakes(assessment, output, data, {0, 4});
  ASSERT_EQ(grid.stacks.size(), 2u);
  EXPECT_EQ(grid.stacks[0].caption, "dog, taken for <cat> (0.8), row 2");
  EXPECT_EQ(grid.stacks[1].caption, "<cat>, taken for dog (0.6), row 1");
  EXPECT_EQ(grid.remark, "Of 4 examples, 2 were taken for another class");
  std::string html = fit::picturesHtml(grid, "mistake");
  EXPECT_EQ(faultOfMarkup(html), "");
  EXPECT_EQ(occurrences(html, "src=\"data:image/png;base64,iVBORw0KGgo"), 2u);
  EXPECT_EQ(html.find("<cat>"), std::string::npos);
}

TEST(ReportPicturesTest, MistakesOfBinaryClassifiersAreFarFromTheThreshold) {
  std::vector<double> values(30, 0), scores, truth;
  for (int i = 0; i < 30; ++i) {
    scores.push_back(0.5 + 0.01 * (i + 1));
    truth.push_back(i == 29 ? 1 : 0);
  }
  PortData target = targetOf(DLC_F32, {"y"}, truth);
  Dataset data = dataOf(pictures("x", 0, {8, 8}, values), std::move(target));
  Predictions output = predictionsOf(scores);
  fit::Assessment assessment = fit::assess(recipeOf("binary_crossentropy"), output, *data.target(), {0, 30});
  PictureGrid grid = fit::worstMistakes(assessment, output, data, {0, 30});
  ASSERT_EQ(grid.stacks.size(), 20u);
  EXPECT_EQ(grid.stacks[0].caption, "0, taken for 1 (0.79), row 28");
  EXPECT_EQ(grid.remark, "The 20 of 29 mistakes that were made with the most confidence");
}

TEST(ReportPicturesTest, RowsThatWereShuffledAreThoseOfTheFile) {
  Dataset data = dataOf(pictures("x", 0, {8, 8}, {0, 50, 100, 150}), classes({0, 0, 1, 1}, {"cat", "dog"}));
  data.reorder({3, 0, 2, 1});
  Predictions output = predictionsOf({0.9, 0.1, 0.4, 0.6, 0.2, 0.8, 0.7, 0.3}, 2); // of rows 3, 0, 2, 1
  fit::Assessment assessment = fit::assess(recipeOf("sparse_categorical_crossentropy"), output, *data.target(), {0, 4});
  PictureGrid grid = fit::worstMistakes(assessment, output, data, {0, 4});
  ASSERT_EQ(grid.stacks.size(), 2u);
  EXPECT_EQ(grid.stacks[0].caption, "dog, taken for cat (0.9), row 3");
  EXPECT_EQ(brightness(grid.stacks[0].pngs[0]), 150);
  EXPECT_EQ(grid.stacks[1].caption, "cat, taken for dog (0.6), row 0");
}

TEST(ReportPicturesTest, TheScoreIsThatOfThePredictedClass) {
  Dataset data = dataOf(pictures("x", 0, {8, 8}, {0, 1}), targetOf(DLC_F32, {"y"}, {1, 0}));
  auto captionsOf = [&](std::vector<double> scores) {
    Predictions output = predictionsOf(std::move(scores));
    fit::Assessment assessment = fit::assess(recipeOf("binary_crossentropy"), output, *data.target(), {0, 2});
    std::vector<std::string> captions;
    for (const fit::PictureStack &stack : fit::worstMistakes(assessment, output, data, {0, 2}).stacks)
      captions.push_back(stack.caption);
    return captions;
  };
  EXPECT_EQ(captionsOf({0.125, 0.75}),
            (std::vector<std::string>{"1, taken for 0 (0.875), row 0", "0, taken for 1 (0.75), row 1"}));
  EXPECT_EQ(captionsOf({-3, 2}),
            (std::vector<std::string>{"1, taken for 0 (3), row 0", "0, taken for 1 (2), row 1"})); // logits
}

TEST(ReportPicturesTest, NoMistakesAreARemark) {
  Dataset data = dataOf(pictures("x", 0, {8, 8}, {0, 1}), classes({0, 1}, {}));
  Predictions output = predictionsOf({0.9, 0.1, 0.4, 0.6}, 2);
  fit::Recipe recipe = recipeOf("sparse_categorical_crossentropy");
  PictureGrid grid = fit::worstMistakes(fit::assess(recipe, output, *data.target(), {0, 2}), output, data, {0, 2});
  EXPECT_TRUE(grid.stacks.empty());
  EXPECT_EQ(grid.remark, "Of 2 examples, 0 were taken for another class");
  EXPECT_TRUE(fit::worstMistakes({}, output, data, {0, 2}).remark.empty());
}

} // namespace
} // namespace dlc::test
