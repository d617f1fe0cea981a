#include "tools/fit/ReportCharts.h"
#include "tools/fit/NumberText.h"
#include <algorithm>
#include <cmath>

namespace dlc::fit {
namespace {

constexpr int kBins = 20;
// More points than this cannot be told apart on a chart of 450 pixels; the file stays small.
constexpr size_t kMostPoints = 2000;

std::vector<CurvePoint> thinned(const std::vector<CurvePoint> &points, size_t most = kMostPoints) {
  if (points.size() <= most)
    return points;
  std::vector<CurvePoint> kept;
  for (size_t i = 0; i < most; ++i)
    kept.push_back(points[i * (points.size() - 1) / (most - 1)]);
  return kept;
}

Chart unitChart(const std::string &title, const char *xLabel, const char *yLabel) {
  Chart chart;
  chart.title = title;
  chart.xLabel = xLabel;
  chart.yLabel = yLabel;
  chart.xRange = chart.yRange = {0.0, 1.0};
  return chart;
}

Chart rocChart(const std::string &title) {
  Chart chart = unitChart(title, "false positive rate", "true positive rate");
  chart.diagonal = true;
  return chart;
}

Chart precisionChart(const std::string &title) { return unitChart(title, "recall", "precision"); }

// The curves of every class against the rest, with their areas in the legend; of many classes those that are worst.
Chart classChart(Chart chart, const Assessment &assessment, Curve ClassCurves::*part) {
  std::vector<size_t> shown;
  double sum = 0;
  for (size_t number = 0; number < assessment.classCurves.size(); ++number)
    if (const Curve &curve = assessment.classCurves[number].*part; !curve.points.empty()) {
      shown.push_back(number);
      sum += curve.area;
    }
  chart.title += numberText(shown.empty() ? 0 : sum / static_cast<double>(shown.size()), 3);
  if (shown.size() > kChartColours) {
    chart.xLabel += "; the " + std::to_string(kChartColours) + " worst of " + std::to_string(shown.size()) + " classes";
    std::stable_sort(shown.begin(), shown.end(), [&](size_t a, size_t b) {
      return (assessment.classCurves[a].*part).area < (assessment.classCurves[b].*part).area;
    });
    shown.resize(kChartColours);
  }
  for (size_t number : shown) {
    const Curve &curve = assessment.classCurves[number].*part;
    chart.series.push_back(
        {quotable(className(assessment.classNames, number), 18) + " (" + numberText(curve.area, 3) + ")",
         thinned(curve.points, kMostPoints / shown.size())});
  }
  return chart;
}

Chart scoreHistogram(const Assessment &assessment) {
  double low = INFINITY, high = -INFINITY;
  for (double score : assessment.scores)
    if (isDrawable(score)) {
      low = std::min(low, score);
      high = std::max(high, score);
    }
  if (low > high || (low >= 0 && high <= 1)) {
    low = 0;
    high = 1;
  }
  if (high - low <= 1e-6 * std::abs(low))
    high = low + std::max(1.0, std::abs(low));
  Chart chart;
  chart.kind = Chart::Kind::Bars;
  chart.title = "Scores by true class";
  chart.xLabel = low == 0 && high == 1 ? "predicted probability of class " + className(assessment.classNames, 1)
                                       : "predicted score";
  chart.yLabel = "examples";
  chart.xRange = {low, high};
  for (size_t truth = 0; truth < 2; ++truth) {
    ChartSeries series{className(assessment.classNames, truth), {}};
    for (int bin = 0; bin < kBins; ++bin)
      series.points.push_back({low + (bin + 0.5) * (high - low) / kBins, 0});
    for (size_t i = 0; i < assessment.scores.size(); ++i) {
      if (assessment.positive[i] != (truth == 1) || !isDrawable(assessment.scores[i]))
        continue;
      auto bin = static_cast<int>((assessment.scores[i] - low) / (high - low) * kBins);
      ++series.points[static_cast<size_t>(std::clamp(bin, 0, kBins - 1))].y;
    }
    chart.series.push_back(std::move(series));
  }
  return chart;
}

Chart quantityScatter(const Assessment &assessment) {
  Chart chart;
  chart.kind = Chart::Kind::Dots;
  chart.title = "Predicted against true";
  chart.xLabel = "true";
  chart.yLabel = "predicted";
  chart.diagonal = true;
  std::vector<CurvePoint> points;
  for (size_t i = 0; i < assessment.scores.size(); ++i)
    points.push_back({assessment.truth[i], assessment.scores[i]});
  chart.series.push_back({"", thinned(points)});
  return chart;
}

} // namespace

std::vector<Chart> historyCharts(const History &history) {
  std::vector<Chart> charts;
  if (history.empty())
    return charts;
  for (const auto &measure : history.epochs().front().train) {
    const std::string &name = measure.first;
    Chart chart;
    chart.title = name;
    chart.xLabel = "epoch";
    chart.wholeX = true;
    ChartSeries train{"training", {}}, validation{"validation", {}};
    for (const Epoch &epoch : history.epochs()) {
      auto x = static_cast<double>(epoch.number);
      if (std::optional<double> value = epoch.measure(name))
        train.points.push_back({x, *value});
      if (std::optional<double> value = epoch.measure("val_" + name))
        validation.points.push_back({x, *value});
    }
    train.points = thinned(train.points);
    chart.series.push_back(std::move(train));
    if (!validation.points.empty()) {
      validation.points = thinned(validation.points);
      chart.series.push_back(std::move(validation));
    }
    charts.push_back(std::move(chart));
  }
  Chart rates;
  rates.title = "learning rate";
  rates.xLabel = "epoch";
  rates.wholeX = true;
  rates.series.push_back({"", {}});
  std::vector<CurvePoint> &points = rates.series[0].points;
  bool changes = false;
  for (const Epoch &epoch : history.epochs())
    if (epoch.learningRate) {
      changes |= !points.empty() && points.front().y != *epoch.learningRate;
      points.push_back({static_cast<double>(epoch.number), *epoch.learningRate});
    }
  points = thinned(points);
  if (changes)
    charts.push_back(std::move(rates));
  return charts;
}

std::vector<Chart> foldCharts(const CrossValidation &validation) {
  std::vector<Chart> charts;
  for (const FoldSummary &summary : validation.summaries()) {
    if (summary.name.compare(0, 4, "val_") != 0)
      continue;
    Chart chart;
    chart.title = summary.name;
    chart.xLabel = "epoch";
    chart.wholeX = true;
    for (const FoldResult &fold : validation.folds) {
      ChartSeries series{std::to_string(fold.number), {}};
      for (const Epoch &epoch : fold.history.epochs())
        if (std::optional<double> value = epoch.measure(summary.name))
          series.points.push_back({static_cast<double>(epoch.number), *value});
      series.points = thinned(series.points);
      chart.series.push_back(std::move(series));
    }
    charts.push_back(std::move(chart));
  }
  return charts;
}

std::vector<Chart> assessmentCharts(const Assessment &assessment) {
  std::vector<Chart> charts;
  if (assessment.hasTwoClasses() && !assessment.scores.empty()) {
    if (!assessment.roc.points.empty()) {
      charts.push_back(rocChart("ROC curve, area " + numberText(assessment.roc.area)));
      charts.back().series.push_back({"", thinned(assessment.roc.points)});
      charts.push_back(
          precisionChart("Precision-recall curve, average precision " + numberText(assessment.precisionRecall.area)));
      charts.back().series.push_back({"", thinned(assessment.precisionRecall.points)});
    }
    charts.push_back(scoreHistogram(assessment));
  }
  auto hasPoints = [](const ClassCurves &curves) { return !curves.roc.points.empty(); };
  if (std::any_of(assessment.classCurves.begin(), assessment.classCurves.end(), hasPoints)) {
    charts.push_back(classChart(rocChart("ROC curves, mean area "), assessment, &ClassCurves::roc));
    charts.push_back(classChart(precisionChart("Precision-recall, mean average precision "), assessment,
                                &ClassCurves::precisionRecall));
  }
  if (assessment.kind == AnswerKind::Quantity && !assessment.scores.empty())
    charts.push_back(quantityScatter(assessment));
  return charts;
}

} // namespace dlc::fit
