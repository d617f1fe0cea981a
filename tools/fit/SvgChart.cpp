#include "tools/fit/SvgChart.h"
#include "tools/fit/NumberText.h"
#include <algorithm>
#include <cmath>
#include <cstdio>

namespace dlc::fit {
namespace {

constexpr double kWidth = 520, kHeight = 320;
constexpr double kLeft = 62, kRight = 14, kTop = 34, kBottom = 46;
constexpr double kLegendRow = 18, kLetter = 7.8; // of the larger text on narrow pages
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
  if (high - low <= 1e-6 * std::max(std::abs(low), std::abs(high))) { // a flat line, but for rounding
    double room = std::max(0.5, std::abs(low) * 0.1);
    return {low >= 0 && low < room ? 0 : low - room, high + room}; // a loss is not negative, its axis neither
  }
  return {low, high};
}

class ChartWriter {
public:
  explicit ChartWriter(const Chart &chart) : chart(chart) {
    chooseScales();
    placeLegend();
  }

  std::string write() {
    out = "<svg class=\"chart\" viewBox=\"0 0 " + fixed(kWidth) + " " +
          fixed(kHeight + kLegendRow * static_cast<double>(legendRows)) + "\" role=\"img\" aria-label=\"" +
          escapeHtml(chart.title) + "\">";
    text(left, 20, "title", "start", chart.title);
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
    if (chart.sameUnit)
      balance(xLow, xHigh, yLow, yHigh);
    xTicks = niceTicks(xLow, xHigh, chart.wholeX ? 8 : 6);
    if (chart.wholeX || chart.powersOfTen)
      xTicks.erase(std::remove_if(xTicks.begin(), xTicks.end(),
                                  [](double tick) { return std::abs(tick - std::round(tick)) > 1e-9; }),
                   xTicks.end());
    yTicks = niceTicks(yLow, yHigh, 5);
    if (!chart.yRange && !chart.sameUnit && !yTicks.empty()) { // the axis ends at ticks
      yLow = std::min(yLow, yTicks.front());
      yHigh = std::max(yHigh, yTicks.back());
    }
    size_t letters = 0;
    for (double tick : yTicks)
      letters = std::max(letters, tickText(tick, yTicks).size());
    left = std::max(kLeft, kLetter * static_cast<double>(letters) + 12 + (chart.yLabel.empty() ? 0 : 16));
    x = {xLow, xHigh, left, kWidth - kRight};
    y = {yLow, yHigh, kHeight - kBottom, kTop};
  }

  static std::string tickText(double tick, const std::vector<double> &ticks) {
    return numberText(tick, digitsOf(ticks));
  }

  // A little room around the points, and more along the axis that needs less of it.
  static void balance(double &xLow, double &xHigh, double &yLow, double &yHigh) {
    constexpr double width = kWidth - kRight - kLeft, height = kHeight - kBottom - kTop, room = 1.1;
    double unit = room * std::max((xHigh - xLow) / width, (yHigh - yLow) / height);
    double xMiddle = xLow / 2 + xHigh / 2, yMiddle = yLow / 2 + yHigh / 2;
    xLow = xMiddle - unit * width / 2;
    xHigh = xMiddle + unit * width / 2;
    yLow = yMiddle - unit * height / 2;
    yHigh = yMiddle + unit * height / 2;
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
  static std::string styleOf(size_t series) { return "series" + std::to_string(series % kChartColours); }

  void axes() {
    for (double tick : yTicks) {
      if (tick < y.low - 1e-12 || tick > y.high + 1e-12)
        continue;
      line(left, y(tick), kWidth - kRight, y(tick), "grid");
      text(left - 8, y(tick) + 4, "tick", "end", tickText(tick, yTicks));
    }
    for (double tick : xTicks)
      if (tick >= x.low - 1e-12 && tick <= x.high + 1e-12) {
        line(x(tick), kHeight - kBottom, x(tick), kHeight - kBottom + 4, "axis");
        text(x(tick), kHeight - kBottom + 18, "tick", "middle",
             chart.powersOfTen ? numberText(std::pow(10, std::round(tick)), 1) : tickText(tick, xTicks));
      }
    line(left, kHeight - kBottom, kWidth - kRight, kHeight - kBottom, "axis");
    text((left + kWidth - kRight) / 2, kHeight - 8, "label", "middle", chart.xLabel);
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
    const ChartSeries &series = chart.series[index];
    for (size_t i = 0; i < series.points.size(); ++i) {
      const CurvePoint &point = series.points[i];
      if (!isDrawable(point))
        continue;
      if (i < series.labels.size())
        text(x(point.x), y(point.y) + 4, ("mark " + styleOf(index)).c_str(), "middle", series.labels[i]);
      else
        out += "<circle cx=\"" + fixed(x(point.x)) + "\" cy=\"" + fixed(y(point.y)) + "\" r=\"2.6\" class=\"dot " +
               styleOf(index) + "\"/>";
    }
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

  struct LegendEntry {
    std::string name;
    double x = 0, y = 0; // of its square
  };

  static double widthOf(const std::string &text, double letter) {
    double letters = 0; // bytes of UTF-8 that begin one
    for (char c : text)
      letters += (c & 0xc0) != 0x80;
    return letter * letters;
  }

  // Beside the title where there is room, else in rows below the chart.
  void placeLegend() {
    if (chart.series.size() < 2)
      return;
    double all = 0;
    for (const ChartSeries &series : chart.series) {
      entries.push_back({quotable(series.name, 24)});
      all += widthOf(entries.back().name, kLetter) + 24;
    }
    double at = kWidth - kRight - all, right = kWidth - kRight, y = 11;
    if (at < left + widthOf(chart.title, 8.4) + 10) {
      at = left;
      y = kHeight + 2;
      legendRows = 1;
    }
    for (LegendEntry &entry : entries) {
      double width = widthOf(entry.name, kLetter) + 24;
      if (legendRows && at > left && at + width > right) {
        at = left;
        y += kLegendRow;
        ++legendRows;
      }
      entry.x = at;
      entry.y = y;
      at += width;
    }
  }

  void legend() {
    for (size_t i = 0; i < entries.size(); ++i) {
      const LegendEntry &entry = entries[i];
      out += "<rect x=\"" + fixed(entry.x) + "\" y=\"" + fixed(entry.y) +
             "\" width=\"10\" height=\"10\" rx=\"2\" class=\"bar " + styleOf(i) + "\"/>";
      text(entry.x + 14, entry.y + 9, "tick", "start", entry.name);
    }
  }

  const Chart &chart;
  Scale x, y;
  double left = kLeft; // of the axes; more where the ticks have long texts
  std::vector<double> xTicks, yTicks;
  std::vector<LegendEntry> entries;
  size_t legendRows = 0; // below the chart
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
  for (int i = 0; i <= last - first; ++i)      // first + i may be first again where numbers are too far apart
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
