#include "tools/fit/SvgChart.h"
#include "tools/fit/NumberText.h"
#include <algorithm>
#include <cmath>
#include <cstdio>

namespace dlc::fit {
namespace {

constexpr double kWidth = 520, kHeight = 320;
constexpr double kLeft = 62, kRight = 14, kTop = 34, kBottom = 46;
// Lines of fewer points show each of them.
constexpr size_t kFewPoints = 30;

std::string fixed(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f", value);
  return text;
}

struct Scale {
  double low, high, from, to;
  double operator()(double value) const { return from + (value - low) / (high - low) * (to - from); }
};

bool isDrawable(const CurvePoint &point) { return fit::isDrawable(point.x) && fit::isDrawable(point.y); }

// As many significant digits as make the ticks different.
int digitsOf(const std::vector<double> &ticks) {
  double step = ticks.size() < 2 ? 0 : ticks[1] - ticks[0];
  if (step <= 0)
    return 6;
  double largest = std::max(std::abs(ticks.front()), std::abs(ticks.back()));
  return std::max(6, static_cast<int>(std::floor(std::log10(largest)) - std::floor(std::log10(step))) + 1);
}

std::pair<double, double> rangeOf(const Chart &chart, double CurvePoint::*part) {
  double low = INFINITY, high = -INFINITY;
  for (const ChartSeries &series : chart.series)
    for (const CurvePoint &point : series.points)
      if (isDrawable(point)) {
        low = std::min(low, point.*part);
        high = std::max(high, point.*part);
      }
  if (low > high)
    return {0, 1};
  if (high - low <= 1e-6 * std::max(std::abs(low), std::abs(high))) // a flat line, but for rounding
    return {low - std::max(0.5, std::abs(low) * 0.1), high + std::max(0.5, std::abs(high) * 0.1)};
  return {low, high};
}

class ChartWriter {
public:
  explicit ChartWriter(const Chart &chart) : chart(chart) { chooseScales(); }

  std::string write() {
    out = "<svg class=\"chart\" viewBox=\"0 0 " + fixed(kWidth) + " " + fixed(kHeight) + "\" role=\"img\" aria-label=\"" +
          escapeHtml(chart.title) + "\">";
    text(kLeft, 20, "title", "start", chart.title);
    axes();
    if (chart.diagonal)
      line(x(std::max(x.low, y.low)), y(std::max(x.low, y.low)), x(std::min(x.high, y.high)),
           y(std::min(x.high, y.high)), "diagonal");
    for (size_t i = 0; i < chart.series.size(); ++i) {
      if (chart.kind == Chart::Kind::Lines)
        lines(i);
      else if (chart.kind == Chart::Kind::Dots)
        dots(i);
      else
        bars(i);
    }
    legend();
    return out + "</svg>\n";
  }

private:
  void chooseScales() {
    auto [xLow, xHigh] = chart.xRange ? *chart.xRange : rangeOf(chart, &CurvePoint::x);
    auto [yLow, yHigh] = chart.yRange ? *chart.yRange : rangeOf(chart, &CurvePoint::y);
    if (chart.kind == Chart::Kind::Bars) {
      yLow = 0;
      std::vector<double> sums(chart.series.empty() ? 0 : chart.series[0].points.size());
      for (const ChartSeries &series : chart.series)
        for (size_t i = 0; i < sums.size(); ++i)
          sums[i] += series.points[i].y;
      yHigh = sums.empty() ? 1 : std::max(1.0, *std::max_element(sums.begin(), sums.end()));
    }
    xTicks = niceTicks(xLow, xHigh, chart.wholeX ? 8 : 6);
    if (chart.wholeX || chart.powersOfTen)
      xTicks.erase(std::remove_if(xTicks.begin(), xTicks.end(),
                                  [](double tick) { return std::abs(tick - std::round(tick)) > 1e-9; }),
                   xTicks.end());
    yTicks = niceTicks(yLow, yHigh, 5);
    if (!chart.yRange && !yTicks.empty()) { // the axis ends at ticks
      yLow = std::min(yLow, yTicks.front());
      yHigh = std::max(yHigh, yTicks.back());
    }
    x = {xLow, xHigh, kLeft, kWidth - kRight};
    y = {yLow, yHigh, kHeight - kBottom, kTop};
  }

  void line(double x1, double y1, double x2, double y2, const char *style) {
    out += "<line x1=\"" + fixed(x1) + "\" y1=\"" + fixed(y1) + "\" x2=\"" + fixed(x2) + "\" y2=\"" + fixed(y2) +
           "\" class=\"" + style + "\"/>";
  }
  void text(double atX, double atY, const char *style, const char *anchor, const std::string &content,
            const std::string &more = "") {
    out += "<text x=\"" + fixed(atX) + "\" y=\"" + fixed(atY) + "\" class=\"" + style + "\" text-anchor=\"" + anchor +
           "\"" + more + ">" + escapeHtml(content) + "</text>";
  }
  static std::string styleOf(size_t series) { return "series" + std::to_string(series % 6); }

  void axes() {
    for (double tick : yTicks) {
      if (tick < y.low - 1e-12 || tick > y.high + 1e-12)
        continue;
      line(kLeft, y(tick), kWidth - kRight, y(tick), "grid");
      text(kLeft - 8, y(tick) + 4, "tick", "end", numberText(tick, digitsOf(yTicks)));
    }
    for (double tick : xTicks)
      if (tick >= x.low - 1e-12 && tick <= x.high + 1e-12) {
        line(x(tick), kHeight - kBottom, x(tick), kHeight - kBottom + 4, "axis");
        text(x(tick), kHeight - kBottom + 18, "tick", "middle", chart.powersOfTen ? numberText(std::pow(10, std::round(tick)), 1) : numberText(tick, digitsOf(xTicks)));
      }
    line(kLeft, kHeight - kBottom, kWidth - kRight, kHeight - kBottom, "axis");
    text((kLeft + kWidth - kRight) / 2, kHeight - 8, "label", "middle", chart.xLabel);
    double middle = (kTop + kHeight - kBottom) / 2;
    if (!chart.yLabel.empty())
      text(14, middle, "label", "middle", chart.yLabel, " transform=\"rotate(-90 14 " + fixed(middle) + ")\"");
  }

  void lines(size_t index) {
    const std::vector<CurvePoint> &points = chart.series[index].points;
    std::string path;
    bool drawing = false;
    for (const CurvePoint &point : points) {
      if (isDrawable(point))
        path += (drawing ? "L" : "M") + fixed(x(point.x)) + " " + fixed(y(point.y));
      drawing = isDrawable(point);
    }
    out += "<path d=\"" + path + "\" class=\"line " + styleOf(index) + "\"/>";
    if (points.size() <= kFewPoints && !chart.diagonal)
      dots(index);
  }

  void dots(size_t index) {
    for (const CurvePoint &point : chart.series[index].points)
      if (isDrawable(point))
        out += "<circle cx=\"" + fixed(x(point.x)) + "\" cy=\"" + fixed(y(point.y)) + "\" r=\"2.6\" class=\"dot " +
               styleOf(index) + "\"/>";
  }

  // Stacked on the series before.
  void bars(size_t index) {
    const std::vector<CurvePoint> &points = chart.series[index].points;
    double width = (x.to - x.from) / static_cast<double>(std::max<size_t>(1, points.size()));
    for (size_t i = 0; i < points.size(); ++i) {
      double below = 0;
      for (size_t other = 0; other < index; ++other)
        below += chart.series[other].points[i].y;
      double top = y(below + points[i].y), bottom = y(below);
      if (bottom - top > 0)
        out += "<rect x=\"" + fixed(x(points[i].x) - width / 2 + 1) + "\" y=\"" + fixed(top) + "\" width=\"" +
               fixed(width - 2) + "\" height=\"" + fixed(bottom - top) + "\" class=\"bar " + styleOf(index) + "\"/>";
    }
  }

  void legend() {
    if (chart.series.size() < 2)
      return;
    double at = kWidth - kRight;
    for (size_t i = chart.series.size(); i-- > 0;) {
      std::string name = quotable(chart.series[i].name, 24);
      at -= 7.0 * static_cast<double>(name.size()) + 22;
      out += "<rect x=\"" + fixed(at) + "\" y=\"11\" width=\"10\" height=\"10\" rx=\"2\" class=\"bar " + styleOf(i) + "\"/>";
      text(at + 14, 20, "tick", "start", name);
    }
  }

  const Chart &chart;
  Scale x, y;
  std::vector<double> xTicks, yTicks;
  std::string out;
};

} // namespace

std::vector<double> niceTicks(double low, double high, int count) {
  if (!(high > low) || count < 1)
    return {low};
  double rough = (high - low) / count, power = std::pow(10, std::floor(std::log10(rough)));
  double step = power;
  for (double factor : {1.0, 2.0, 5.0, 10.0}) {
    step = factor * power;
    if (step >= rough * 0.999)
      break;
  }
  std::vector<double> ticks;
  double first = std::floor(low / step + 1e-9), last = std::ceil(high / step - 1e-9);
  for (int i = 0; i <= last - first; ++i) // first + i may be first again where numbers are too far apart
    ticks.push_back((first + i) * step + 0.0); // + 0.0: never -0
  return ticks;
}

bool isDrawable(double value) { return std::abs(value) <= 1e300; }

std::string escapeHtml(const std::string &text) {
  std::string result;
  for (char c : text) {
    switch (c) {
    case '<':
      result += "&lt;";
      break;
    case '>':
      result += "&gt;";
      break;
    case '&':
      result += "&amp;";
      break;
    case '"':
      result += "&quot;";
      break;
    default:
      result += c;
    }
  }
  return result;
}

std::string svgChart(const Chart &chart) { return ChartWriter(chart).write(); }

} // namespace dlc::fit
