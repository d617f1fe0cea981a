// Charts as inline SVG. Colours come from the page's style sheet (classes series0, series1, …), so that one file
// suits light and dark.
#ifndef DLC_TOOLS_FIT_SVGCHART_H
#define DLC_TOOLS_FIT_SVGCHART_H

#include "tools/fit/Classification.h"
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace dlc::fit {

struct ChartSeries {
  std::string name;
  std::vector<CurvePoint> points;       // points that cannot be drawn interrupt a line
  std::vector<std::string> labels = {}; // of Dots: a text for each point in its place; may be empty
};

/// Series beyond these have the colours of the first ones again.
inline constexpr size_t kChartColours = 10;

struct Chart {
  enum class Kind { Lines, Dots, Bars } kind = Kind::Lines; // Bars: x is the middle of a bin, series are stacked
  std::string title, xLabel, yLabel;
  std::vector<ChartSeries> series;
  std::optional<std::pair<double, double>> xRange, yRange; // else from the points
  bool diagonal = false;                                   // a dashed line x = y
  bool wholeX = false;                                     // ticks at whole numbers only
  bool sameUnit = false;                                   // as long on both axes
  bool powersOfTen = false;                                // x is a logarithm to base 10; ticks show the number
};

std::string svgChart(const Chart &chart);

/// Finite, and so small that differences are finite as well. Charts leave out other points.
bool isDrawable(double value);

/// Ticks at 1, 2 or 5 times a power of ten that cover [low, high], about \p count of them.
std::vector<double> niceTicks(double low, double high, int count);

/// Text for HTML and SVG.
std::string escapeHtml(const std::string &text);

} // namespace dlc::fit

#endif
