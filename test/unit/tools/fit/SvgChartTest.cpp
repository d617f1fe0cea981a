// Charts: well-formed whatever the names and the numbers are.
#include "tools/fit/SvgChart.h"
#include "test/unit/tools/fit/WellFormed.h"
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <gtest/gtest.h>
#include <limits>

namespace dlc::test {
namespace {

using fit::Chart;
using fit::CurvePoint;
using fit::niceTicks;
using fit::svgChart;

Chart lineOf(std::vector<CurvePoint> points) {
  Chart chart;
  chart.title = "loss";
  chart.series.push_back({"training", std::move(points)});
  return chart;
}

// The texts of the ticks, x first.
std::vector<std::string> tickTexts(const std::string &svg) {
  std::vector<std::string> texts;
  const std::string mark = "class=\"tick\"";
  for (size_t at = svg.find(mark); at != std::string::npos; at = svg.find(mark, at + 1)) {
    size_t begin = svg.find('>', at) + 1;
    texts.push_back(svg.substr(begin, svg.find('<', begin) - begin));
  }
  return texts;
}

TEST(SvgChartTest, EscapesText) {
  EXPECT_EQ(fit::escapeHtml("a<b> & \"c\""), "a&lt;b&gt; &amp; &quot;c&quot;");
  Chart chart = lineOf({{0, 1}, {1, 2}});
  chart.title = chart.xLabel = chart.yLabel = "<script>\"&\"</script>";
  chart.series.push_back({"<b>&", {{0, 2}}});
  std::string svg = svgChart(chart);
  EXPECT_EQ(faultOfMarkup(svg), "");
  EXPECT_EQ(svg.find("<script>"), std::string::npos);
  EXPECT_NE(svg.find(">&lt;b&gt;&amp;</text>"), std::string::npos);
}

TEST(SvgChartTest, PutsPointsBetweenTheAxes) {
  std::string svg = svgChart(lineOf({{0, 0}, {1, 10}}));
  // Left 62 to 520 - 14, bottom 320 - 46 to 34.
  EXPECT_NE(svg.find("d=\"M62.0 274.0L506.0 34.0\""), std::string::npos) << svg;
  EXPECT_EQ(occurrences(svg, "<circle"), 2u);
}

TEST(SvgChartTest, PointsThatAreNotFiniteInterruptALine) {
  std::string svg = svgChart(lineOf({{0, 1}, {1, 2}, {2, NAN}, {3, INFINITY}, {4, 1}, {5, 2}}));
  EXPECT_EQ(faultOfMarkup(svg), "");
  size_t path = svg.find(" d=\"") + 4;
  EXPECT_EQ(occurrences(svg.substr(path, svg.find('"', path) - path), "M"), 2u) << svg;
  EXPECT_EQ(occurrences(svg, "<circle"), 4u);
}

TEST(SvgChartTest, DrawsChartsWithoutPoints) {
  for (auto kind : {Chart::Kind::Lines, Chart::Kind::Dots, Chart::Kind::Bars}) {
    Chart chart;
    chart.kind = kind;
    EXPECT_EQ(faultOfMarkup(svgChart(chart)), "");
    chart.series.push_back({"a", {}});
    EXPECT_EQ(faultOfMarkup(svgChart(chart)), "");
  }
  EXPECT_EQ(faultOfMarkup(svgChart(lineOf({{NAN, NAN}}))), "");
}

TEST(SvgChartTest, DrawsExtremeNumbers) {
  const double most = std::numeric_limits<double>::max(), least = std::numeric_limits<double>::denorm_min();
  for (auto [low, high] : {std::pair<double, double>{-most, most},
                           {0, most},
                           {0, least},
                           {1, std::nextafter(1, 2)},
                           {-1, std::nextafter(-1, 0)},
                           {3, 3},
                           {1e300, 1.0000001e300},
                           {-1e-300, 1e-300}}) {
    std::string svg = svgChart(lineOf({{1, low}, {2, high}}));
    EXPECT_EQ(faultOfMarkup(svg, 1000), "") << low << " to " << high;
    svg = svgChart(lineOf({{low, 1}, {high, 2}}));
    EXPECT_EQ(faultOfMarkup(svg, 1000), "") << low << " to " << high;
  }
}

TEST(SvgChartTest, StacksBars) {
  Chart chart;
  chart.kind = Chart::Kind::Bars;
  chart.xRange = {0.0, 2.0};
  chart.series = {{"a", {{0.5, 1}, {1.5, 0}}}, {"b", {{0.5, 3}, {1.5, 2}}}};
  std::string svg = svgChart(chart);
  EXPECT_EQ(faultOfMarkup(svg), "");
  // 240 units are 4 examples: a from 0 to 1, b from 1 to 4 and from 0 to 2; nothing for 0.
  EXPECT_NE(svg.find("y=\"214.0\" width=\"220.0\" height=\"60.0\" class=\"bar series0\""), std::string::npos) << svg;
  EXPECT_NE(svg.find("y=\"34.0\" width=\"220.0\" height=\"180.0\" class=\"bar series1\""), std::string::npos) << svg;
  EXPECT_EQ(occurrences(svg, "width=\"220.0\""), 3u);
}

TEST(SvgChartTest, ALegendIsBesideTheTitleOrBelowTheChart) {
  Chart chart = lineOf({{0, 0}, {1, 10}});
  chart.series.push_back({"validation", {{0, 0}, {1, 10}}});
  EXPECT_NE(svgChart(chart).find("viewBox=\"0 0 520.0 320.0\""), std::string::npos);
  EXPECT_NE(svgChart(chart).find("y=\"11.0\" width=\"10\""), std::string::npos);
  for (int i = 2; i < 10; ++i)
    chart.series.push_back({"a class with a name", {{0, 0}, {1, 10}}});
  std::string svg = svgChart(chart);
  EXPECT_EQ(faultOfMarkup(svg, 520), "");
  EXPECT_NE(svg.find("viewBox=\"0 0 520.0 410.0\""), std::string::npos) << svg; // five rows of two
  EXPECT_EQ(occurrences(svg, "width=\"10\""), 10u);
  EXPECT_EQ(svg.find("y=\"11.0\" width=\"10\""), std::string::npos);
}

TEST(SvgChartTest, LabelsStandWhereDotsWould) {
  Chart chart;
  chart.kind = Chart::Kind::Dots;
  chart.series.push_back({"", {{0, 0}, {1, NAN}, {1, 1}}, {"<A>", "B", "C"}});
  std::string svg = svgChart(chart);
  EXPECT_EQ(faultOfMarkup(svg), "");
  EXPECT_EQ(occurrences(svg, "<circle"), 0u);
  EXPECT_EQ(occurrences(svg, "class=\"mark series0\""), 2u);
  EXPECT_NE(svg.find(">&lt;A&gt;</text>"), std::string::npos);
}

TEST(SvgChartTest, AUnitIsAsLongOnBothAxes) {
  Chart chart;
  chart.kind = Chart::Kind::Dots;
  chart.sameUnit = true;
  chart.series.push_back({"", {{0, 0}, {10, 1}}});
  std::string svg = svgChart(chart);
  double x1 = 0, y1 = 0, x2 = 0, y2 = 0;
  size_t first = svg.find("<circle"), second = svg.find("<circle", first + 1);
  ASSERT_EQ(std::sscanf(svg.c_str() + first, "<circle cx=\"%lf\" cy=\"%lf\"", &x1, &y1), 2);
  ASSERT_EQ(std::sscanf(svg.c_str() + second, "<circle cx=\"%lf\" cy=\"%lf\"", &x2, &y2), 2);
  EXPECT_NEAR((x2 - x1) / 10, y1 - y2, 0.2);
  EXPECT_GT(x1, 62);
  EXPECT_LT(x2, 506);
}

TEST(SvgChartTest, LongTicksHaveRoom) {
  std::string svg = svgChart(lineOf({{1, 0.693147}, {2, 0.693148}})); // ticks of nine letters
  size_t tick = svg.find("class=\"tick\" text-anchor=\"end\""), at = svg.rfind("x=\"", tick) + 3;
  EXPECT_GT(std::strtod(svg.c_str() + at, nullptr), 9 * 7.5);
}

TEST(SvgChartTest, WholeTicksAreWhole) {
  Chart chart = lineOf({{7, 1}, {8, 2}});
  chart.wholeX = true;
  std::vector<std::string> texts = tickTexts(svgChart(chart));
  EXPECT_EQ(std::vector<std::string>(texts.end() - 2, texts.end()), (std::vector<std::string>{"7", "8"}));
}

TEST(SvgChartTest, TicksOfANarrowRangeDiffer) {
  std::vector<std::string> texts = tickTexts(svgChart(lineOf({{1, 0.693147}, {2, 0.693148}})));
  EXPECT_EQ(texts[0], "0.693147");
  EXPECT_EQ(texts[1], "0.6931472");
}

TEST(SvgChartTest, TicksAreWrittenInFull) {
  std::vector<std::string> texts = tickTexts(svgChart(lineOf({{1, 1}, {10000, 2}})));
  EXPECT_EQ(texts.back(), "10000");
}

TEST(NiceTicksTest, CoversTheRangeInRoundSteps) {
  EXPECT_EQ(niceTicks(0, 10, 5), (std::vector<double>{0, 2, 4, 6, 8, 10}));
  EXPECT_EQ(niceTicks(0.3, 7.2, 4), (std::vector<double>{0, 2, 4, 6, 8}));
  EXPECT_EQ(niceTicks(-1, 1, 4), (std::vector<double>{-1, -0.5, 0, 0.5, 1}));
  EXPECT_FALSE(std::signbit(niceTicks(-1, 1, 4)[2])); // would be read as -0
  EXPECT_EQ(niceTicks(5, 5, 4), (std::vector<double>{5}));
  EXPECT_EQ(niceTicks(NAN, 1, 4).size(), 1u);
}

TEST(NiceTicksTest, EndsWhereNumbersHaveNoRoomBetween) {
  EXPECT_LT(niceTicks(1, std::nextafter(1, 2), 5).size(), 20u); // the steps are too small to change the sum
  EXPECT_LT(niceTicks(1e300, std::nextafter(1e300, INFINITY), 5).size(), 20u);
}

} // namespace
} // namespace dlc::test
