// What a report projects, and what it refuses to.
#include "tools/fit/Projection.h"
#include "test/unit/tools/fit/Complaint.h"
#include "test/unit/tools/fit/Examples.h"
#include <cmath>

namespace dlc::test {
namespace {

using fit::Dataset;
using fit::ExitCode;
using fit::Projection;

class ProjectionTest : public testing::Test {
protected:
  void SetUp() override {
    if (!canRunSample())
      GTEST_SKIP() << "the sample has code for x86-64";
  }
  static schema::ProgramT withTable() {
    schema::ProgramT header = sampleHeader();
    header.variables[0]->shape = {2, 2};
    return header;
  }
  // Answers of 4 numbers: class 0 around 0, class 1 around 9.
  static fit::Predictions answers(int64_t rows) {
    std::vector<double> values;
    for (int64_t i = 0; i < rows * 4; ++i)
      values.push_back(static_cast<double>(i / 4 % 2 * 9 + i % 7));
    fit::Predictions output = predictionsOf(std::move(values), 4);
    output.name = "y";
    return output;
  }
  static Dataset dataOf(int64_t rows, dlc_dtype dtype = DLC_I32) {
    std::vector<double> truth;
    for (int64_t i = 0; i < rows; ++i)
      truth.push_back(static_cast<double>(i % 2));
    std::vector<fit::PortData> ports;
    ports.push_back(targetOf(dtype, {"t"}, truth));
    ports[0].values.labels = {"even", "odd"};
    return Dataset(std::move(ports), rows);
  }
};

TEST_F(ProjectionTest, RefusesOtherNames) {
  fit::Program program = programOf(withTable());
  fit::checkProjections(program, {"y", "w"});
  Complaint complaint = complaintOf([&] { fit::checkProjections(program, {"y", "step"}); });
  EXPECT_EQ(complaint.place, "--project step");
  EXPECT_EQ(complaint.text, "is neither an output of the model with 2 to 10,000 numbers for each example nor a "
                            "parameter of two dimensions");
  EXPECT_EQ(complaint.remedy, "it has y, w; make a layer's value an output of the model to see it");
  fit::Program plain = programOf();
  EXPECT_NE(complaintOf([&] { fit::checkProjections(plain, {"w"}); }).text, "");
}

TEST_F(ProjectionTest, OutputsAreColouredByClass) {
  fit::Program program = programOf(withTable());
  fit::Variables variables(program);
  Projection projection = fit::project("y", variables, recipeOf("fn"), {answers(40)}, dataOf(40), {0, 40});
  EXPECT_EQ(projection.remark, "A point for each example, from 4 numbers.");
  ASSERT_EQ(projection.charts.size(), 2u);
  for (const fit::Chart &chart : projection.charts) {
    ASSERT_EQ(chart.series.size(), 2u);
    EXPECT_EQ(chart.series[0].name, "even");
    EXPECT_EQ(chart.series[1].name, "odd");
    EXPECT_EQ(chart.series[0].points.size(), 20u);
  }
  // The classes are apart along the first component.
  double first = projection.charts[0].series[0].points[0].x;
  for (const fit::CurvePoint &point : projection.charts[0].series[1].points)
    EXPECT_LT(point.x * first, 0);
  // A target that is no class gives no colours.
  projection = fit::project("y", variables, recipeOf("mse"), {answers(40)}, dataOf(40, DLC_F32), {0, 40});
  EXPECT_EQ(projection.charts[0].series.size(), 1u);
}

TEST_F(ProjectionTest, OnlyClassesGiveColours) {
  fit::Program program = programOf(withTable());
  fit::Variables variables(program);
  auto seriesOf = [&](const char *loss, dlc_dtype dtype, int64_t classes, double first,
                      std::vector<std::string> labels = {}) {
    std::vector<double> truth;
    for (int64_t i = 0; i < 80; ++i)
      truth.push_back(first + static_cast<double>(i % classes));
    std::vector<fit::PortData> ports;
    ports.push_back(targetOf(dtype, {"t"}, truth));
    ports[0].values.labels = std::move(labels);
    Dataset data(std::move(ports), 80);
    Projection projection = fit::project("y", variables, recipeOf(loss), {answers(80)}, data, {0, 80});
    std::vector<std::string> names;
    for (const fit::ChartSeries &series : projection.charts[0].series)
      names.push_back(series.name);
    return names;
  };
  using Names = std::vector<std::string>;
  EXPECT_EQ(seriesOf("fn", DLC_I32, 3, 0), (Names{"0", "1", "2"}));
  EXPECT_EQ(seriesOf("mse", DLC_I64, 2, 5), (Names{"5", "6"}));
  EXPECT_EQ(seriesOf("mse", DLC_I32, 3, -1), (Names{""})); // differences, not classes
  EXPECT_EQ(seriesOf("mse", DLC_I64, 80, 0), (Names{""})); // a quantity
  EXPECT_EQ(seriesOf("fn", DLC_F32, 2, 0), (Names{""}));
  EXPECT_EQ(seriesOf("sparse_categorical_crossentropy", DLC_F32, 2, 0), (Names{"0", "1"}));
  // One that means "no class" is what it is.
  EXPECT_EQ(seriesOf("sparse_categorical_crossentropy", DLC_I32, 3, -1), (Names{"-1", "0", "1"}));
  Names many;
  for (int i = 0; i < 40; ++i)
    many.push_back("c" + std::to_string(i));
  EXPECT_EQ(seriesOf("fn", DLC_I32, 40, 0, many).back(), "other classes"); // they have names
  EXPECT_EQ(seriesOf("fn", DLC_I32, 40, 0), (Names{""}));
}

TEST_F(ProjectionTest, ManyRowsAreASample) {
  fit::Program program = programOf(withTable());
  fit::Variables variables(program);
  fit::Predictions output = answers(1500);
  output.values[3] = NAN; // may be in the sample or not
  Projection projection = fit::project("y", variables, recipeOf("fn"), {output}, dataOf(1500), {0, 1500});
  EXPECT_EQ(projection.remark.find("A point for each example of a sample of 1,000 of 1,500, from 4 numbers."), 0u);
  size_t points = projection.charts[0].series[0].points.size() + projection.charts[0].series[1].points.size();
  EXPECT_EQ(points, projection.remark.find("left out") == std::string::npos ? 1000u : 999u);
}

TEST_F(ProjectionTest, RowsOfAParameterAreNamed) {
  fit::Program program = programOf(withTable());
  fit::Variables variables(program);
  fit::Recipe recipe = fit::parseRecipe({{"loss", "fn"}});
  Projection projection = fit::project("w", variables, recipe, {answers(4)}, dataOf(4), {0, 4});
  EXPECT_EQ(projection.remark, "A point for each row of the parameter, from 2 numbers.");
  ASSERT_EQ(projection.charts.size(), 1u); // two points have no neighbours to keep
  EXPECT_EQ(projection.charts[0].series[0].labels, (std::vector<std::string>{"0", "1"}));
  recipe.data.options["alphabet"] = "AB";
  projection = fit::project("w", variables, recipe, {answers(4)}, dataOf(4), {0, 4});
  EXPECT_EQ(projection.charts[0].series[0].labels, (std::vector<std::string>{"A", "B"}));
  // w = {{1, 2}, {3, 4}}: all variance along the diagonal.
  EXPECT_EQ(projection.charts[0].xLabel, "first principal component, 100 % of the variance");
  EXPECT_NEAR(std::abs(projection.charts[0].series[0].points[0].x), std::sqrt(2.0), 1e-9);
}

TEST_F(ProjectionTest, RowsThatAreNotFiniteAreLeftOut) {
  fit::Program program = programOf(withTable());
  fit::Variables variables(program);
  fit::Predictions output = answers(6);
  output.values[5] = INFINITY;
  Projection projection = fit::project("y", variables, recipeOf("fn"), {output}, dataOf(6), {0, 6});
  EXPECT_EQ(projection.remark,
            "A point for each example, from 4 numbers. 1 row with numbers that are not finite left out.");
  EXPECT_EQ(projection.charts[0].series[1].points.size(), 2u);
}

} // namespace
} // namespace dlc::test
