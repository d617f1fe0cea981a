// Reports: one page, well-formed whatever it tells of.
#include "tools/fit/Report.h"
#include "test/unit/tools/fit/Examples.h"
#include "test/unit/tools/fit/WellFormed.h"
#include "tools/fit/ReportCharts.h"
#include <cmath>
#include <gtest/gtest.h>

namespace dlc::test {
namespace {

using fit::Chart;
using fit::countClasses;
using fit::History;
using fit::htmlReport;
using fit::ReportInput;

constexpr const char *kHostile = "<img src=x onerror=\"a\">&amp'";

fit::Assessment assessmentOf(const std::string &loss, std::vector<double> values, std::vector<double> truth) {
  fit::PortData target = targetOf(DLC_F32, {"y"}, truth);
  target.values.labels = {kHostile, "b"};
  return fit::assess(recipeOf(loss), predictionsOf(std::move(values)), target, {0, int64_t(truth.size())});
}

ReportInput fullInput() {
  ReportInput input;
  input.program.name = kHostile;
  input.program.parameters = 1234;
  input.program.layers.push_back({kHostile, kHostile, kHostile, kHostile, 1200, 1000});
  input.program.kernels.push_back({kHostile, kHostile, kHostile, kHostile, "", "", 10, std::nullopt, 1});
  input.program.functions.push_back({kHostile, kHostile, kHostile, 1, std::nullopt, 2048});
  input.program.workspace.push_back({"train_step", kHostile, kHostile, 0, 64, 0, 3});
  input.recipe = fit::parseRecipe({{"loss", kHostile}, {"data", {{"x", kHostile}}}});
  input.history.add({1, 0.5, {{kHostile, 1}, {"mae", NAN}}, {{kHostile, 2}}});
  input.history.add({2, 0.5, {{kHostile, INFINITY}, {"mae", NAN}}, {{kHostile, 1}}});
  input.outcome = kHostile;
  input.data.push_back({"test", kHostile, 12345, {{kHostile, 12}}, {{kHostile, 0.5}}});
  input.findings = {{fit::Finding::Level::Warning, kHostile, kHostile}, {fit::Finding::Level::Info, kHostile, ""}};
  input.assessedRole = "test";
  input.assessment = assessmentOf("binary_crossentropy", {0.2, 0.8, 0.6, 0.4}, {0, 1, 0, 1});
  return input;
}

TEST(ReportTest, EscapesEveryName) {
  std::string page = htmlReport(fullInput());
  EXPECT_EQ(faultOfMarkup(page), "");
  EXPECT_EQ(page.find("<img"), std::string::npos);
  EXPECT_GE(occurrences(page, "&lt;img src=x onerror=&quot;a&quot;&gt;&amp;amp'"), 20u);
  EXPECT_NE(page.find("<td class=\"number\">12,345</td>"), std::string::npos);
  EXPECT_EQ(page, htmlReport(fullInput())); // the same input gives the same bytes
}

TEST(ReportTest, NeedsNothingElse) {
  std::string page = htmlReport(fullInput());
  for (const char *part : {"<script", "<link", "http://", "https://", "url(", " src="})
    EXPECT_EQ(page.find(part) != std::string::npos, std::string(part) == " src=") << part; // the hostile name's
}

TEST(ReportTest, AnEmptyOneIsAPage) {
  std::string page = htmlReport({});
  EXPECT_EQ(faultOfMarkup(page), "");
  EXPECT_EQ(page.find("<h2>"), std::string::npos);
}

TEST(ReportTest, LogitsThatAreInfiniteStayOffTheChart) {
  ReportInput input = fullInput();
  for (double odd : {HUGE_VAL, -HUGE_VAL, 1e308, -1e308}) {
    input.assessment = assessmentOf("binary_crossentropy", {odd, 3, -2, odd}, {0, 1, 0, 1});
    EXPECT_EQ(faultOfMarkup(htmlReport(input), 1000), "") << odd;
  }
  input.assessment = assessmentOf("binary_crossentropy", {INFINITY, INFINITY}, {0, 1});
  EXPECT_EQ(faultOfMarkup(htmlReport(input), 1000), "");
}

TEST(ReportTest, ShowsQuantities) {
  ReportInput input = fullInput();
  input.assessment = assessmentOf("mse", {1, 2, NAN, 1e30}, {1, 2, 3, 4});
  std::string page = htmlReport(input);
  EXPECT_EQ(faultOfMarkup(page), "");
  EXPECT_NE(page.find("Predicted against true"), std::string::npos);
}

TEST(ReportTest, LongListsAreFolded) {
  ReportInput input = fullInput();
  EXPECT_EQ(htmlReport(input).find("<details>"), std::string::npos);
  input.program.workspace.assign(13, input.program.workspace[0]);
  std::string page = htmlReport(input);
  EXPECT_EQ(faultOfMarkup(page), "");
  EXPECT_NE(page.find("<details><summary>13 values in the workspace of train_step</summary><table>"),
            std::string::npos);
  input.program.kernels.assign(20, input.program.kernels[0]);
  page = htmlReport(input);
  EXPECT_EQ(faultOfMarkup(page), "");
  EXPECT_EQ(occurrences(page, "<details>"), 2u);
}

TEST(ReportTest, ShowsPicturesAndProjections) {
  ReportInput input = fullInput();
  input.reconstructions = {{kHostile}, {{{"png"}, kHostile, 8, 9}}, kHostile};
  input.mistakes = {{kHostile}, {}, kHostile};
  input.projections.push_back({kHostile, kHostile, {Chart(), Chart()}});
  input.projections[0].charts[0].title = kHostile;
  std::string page = htmlReport(input);
  EXPECT_EQ(faultOfMarkup(page), "");
  EXPECT_EQ(occurrences(page, "<img"), 1u);
  EXPECT_NE(page.find("width=\"8\" height=\"9\" src=\"data:image/png;base64,cG5n\"/>"), std::string::npos);
  EXPECT_NE(page.find("Mistakes on the test images"), std::string::npos);
  EXPECT_EQ(occurrences(page, "<svg"), occurrences(htmlReport(fullInput()), "<svg") + 2);
}

TEST(ReportTest, SharesOfAClassWithoutRowsAreZero) {
  ReportInput input = fullInput();
  input.assessment = assessmentOf("binary_crossentropy", {0.2, 0.8}, {0, 0});
  std::string page = htmlReport(input);
  EXPECT_EQ(faultOfMarkup(page), "");
  EXPECT_NE(page.find("<div class=\"value\">–</div><div class=\"name\">sensitivity</div>"), std::string::npos);
  EXPECT_EQ(page.find("ROC curve"), std::string::npos);
}

TEST(ReportChartsTest, OneChartPerMeasure) {
  EXPECT_TRUE(fit::historyCharts({}).empty());
  History history;
  history.add({1, 0, {{"loss", 3}, {"mae", 1}}, {{"loss", 4}}});
  history.add({2, 0, {{"loss", 2}, {"mae", 1}}, {}});
  std::vector<Chart> charts = fit::historyCharts(history);
  ASSERT_EQ(charts.size(), 2u);
  EXPECT_EQ(charts[0].title, "loss");
  ASSERT_EQ(charts[0].series.size(), 2u);
  EXPECT_EQ(charts[0].series[0].points.size(), 2u);
  EXPECT_EQ(charts[0].series[1].name, "validation");
  EXPECT_EQ(charts[0].series[1].points.size(), 1u);
  EXPECT_EQ(charts[1].series.size(), 1u);
}

TEST(ReportChartsTest, ThinsLongHistories) {
  History history;
  for (int epoch = 1; epoch <= 10000; ++epoch)
    history.add({epoch, 0, {{"loss", 1.0 / epoch}}, {}});
  std::vector<fit::CurvePoint> points = fit::historyCharts(history)[0].series[0].points;
  EXPECT_EQ(points.size(), 2000u);
  EXPECT_EQ(points.front().x, 1);
  EXPECT_EQ(points.back().x, 10000);
}

TEST(ReportChartsTest, CountsScoresInBins) {
  std::vector<Chart> charts =
      fit::assessmentCharts(assessmentOf("binary_crossentropy", {0, 0.04, 0.96, 1}, {0, 0, 1, 1}));
  ASSERT_EQ(charts.size(), 3u);
  const Chart &bars = charts[2];
  ASSERT_EQ(bars.series[0].points.size(), 20u);
  EXPECT_EQ(bars.series[0].points[0].y, 2);
  EXPECT_EQ(bars.series[1].points[19].y, 2);
  EXPECT_EQ(bars.series[1].points[0].y, 0);
}

TEST(ReportChartsTest, EachClassHasItsCurves) {
  fit::PortData target = targetOf(DLC_I32, {"y"}, {0, 1, 1, 0});
  target.values.labels = {"cat", "dog", "cow"}; // no cow is there
  fit::Predictions output = predictionsOf({0.8, 0.1, 0.1, 0.2, 0.7, 0.1, 0.6, 0.3, 0.1, 0.5, 0.4, 0.1}, 3);
  std::vector<Chart> charts =
      fit::assessmentCharts(fit::assess(recipeOf("sparse_categorical_crossentropy"), output, target, {0, 4}));
  ASSERT_EQ(charts.size(), 2u);
  // Scores of cat: 0.8 and 0.5 of cats, 0.2 and 0.6 of others: three of four pairs are in order.
  EXPECT_EQ(charts[0].title, "ROC curves, mean area 0.75");
  ASSERT_EQ(charts[0].series.size(), 2u);
  EXPECT_EQ(charts[0].series[0].name, "cat (0.75)");
  // Precision 1 at recall 1/2, 2/3 at recall 1: the mean is 5/6.
  EXPECT_EQ(charts[1].series[0].name, "cat (0.833)");
  EXPECT_EQ(charts[1].title, "Precision-recall, mean average precision 0.833");
}

TEST(ReportChartsTest, OfManyClassesTheWorstAreShown) {
  std::vector<double> values, truth;
  for (int i = 0; i < 12; ++i) {
    truth.push_back(i);
    for (int j = 0; j < 12; ++j) // classes 3 and 7 have the lowest score of all where they are
      values.push_back(i == j ? (i == 3 || i == 7 ? 0.0 : 0.9) : 0.1);
  }
  std::vector<Chart> charts =
      fit::assessmentCharts(fit::assess(recipeOf("sparse_categorical_crossentropy"), predictionsOf(values, 12),
                                        targetOf(DLC_I32, {"y"}, truth), {0, 12}));
  ASSERT_EQ(charts.size(), 2u);
  ASSERT_EQ(charts[0].series.size(), 10u);
  EXPECT_EQ(charts[0].series[0].name, "3 (0)");
  EXPECT_EQ(charts[0].series[1].name, "7 (0)");
  EXPECT_EQ(charts[0].series[2].name, "0 (1)");
  EXPECT_EQ(charts[0].xLabel, "false positive rate; the 10 worst of 12 classes");
}

TEST(CountClassesTest, CountsByNumberAndName) {
  using Counts = std::vector<std::pair<std::string, int64_t>>;
  fit::PortData target = targetOf(DLC_I32, {"y"}, {0, 2, 2, 1});
  EXPECT_EQ(countClasses(recipeOf("sparse_categorical_crossentropy"), target, {0, 4}),
            (Counts{{"0", 1}, {"1", 1}, {"2", 2}}));
  target.values.labels = {"a", "b", "c"};
  EXPECT_EQ(countClasses(recipeOf("sparse_categorical_crossentropy"), target, {1, 3}),
            (Counts{{"a", 0}, {"b", 0}, {"c", 2}}));
  EXPECT_TRUE(countClasses(recipeOf("mse"), target, {0, 4}).empty());
  EXPECT_EQ(
      countClasses(recipeOf("categorical_crossentropy"), targetOf(DLC_F32, {"p", "q"}, {0, 1, 1, 0, 0, 1}), {0, 3}),
      (Counts{{"p", 1}, {"q", 2}}));
  EXPECT_TRUE(
      countClasses(recipeOf("sparse_categorical_crossentropy"), targetOf(DLC_I32, {"y"}, {-1, 99999}), {0, 2}).empty());
}

} // namespace
} // namespace dlc::test
