#include "tools/fit/Classification.h"
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace dlc::fit {
namespace {

double ratio(int64_t part, int64_t whole) {
  return whole ? static_cast<double>(part) / static_cast<double>(whole) : std::numeric_limits<double>::quiet_NaN();
}

// Calls body(true positives, false positives) after each group of equal scores, from the highest down.
template <typename Body>
void forEachThreshold(const std::vector<double> &scores, const std::vector<bool> &positive, const Body &body) {
  std::vector<size_t> order(scores.size());
  std::iota(order.begin(), order.end(), size_t(0));
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) { return scores[a] > scores[b]; });
  int64_t truePositives = 0, falsePositives = 0;
  for (size_t i = 0; i < order.size(); ++i) {
    ++(positive[order[i]] ? truePositives : falsePositives);
    if (i + 1 == order.size() || scores[order[i + 1]] != scores[order[i]])
      body(truePositives, falsePositives);
  }
}

} // namespace

int64_t ConfusionMatrix::total() const { return std::accumulate(counts.begin(), counts.end(), int64_t(0)); }

int64_t ConfusionMatrix::truths(size_t truth) const {
  int64_t sum = 0;
  for (size_t j = 0; j < size; ++j)
    sum += count(truth, j);
  return sum;
}

int64_t ConfusionMatrix::predictions(size_t predicted) const {
  int64_t sum = 0;
  for (size_t i = 0; i < size; ++i)
    sum += count(i, predicted);
  return sum;
}

double ConfusionMatrix::accuracy() const {
  int64_t right = 0;
  for (size_t i = 0; i < size; ++i)
    right += count(i, i);
  return ratio(right, total());
}

double ConfusionMatrix::sensitivity(size_t of) const { return ratio(count(of, of), truths(of)); }

double ConfusionMatrix::specificity(size_t of) const {
  int64_t negatives = total() - truths(of), falsePositives = predictions(of) - count(of, of);
  return ratio(negatives - falsePositives, negatives);
}

double ConfusionMatrix::precision(size_t of) const { return ratio(count(of, of), predictions(of)); }

double ConfusionMatrix::f1(size_t of) const { return ratio(2 * count(of, of), truths(of) + predictions(of)); }

double ConfusionMatrix::matthews() const {
  double all = static_cast<double>(total()), right = 0, products = 0, truthSquares = 0, predictionSquares = 0;
  for (size_t i = 0; i < size; ++i) {
    auto truth = static_cast<double>(truths(i)), predicted = static_cast<double>(predictions(i));
    right += static_cast<double>(count(i, i));
    products += truth * predicted;
    truthSquares += truth * truth;
    predictionSquares += predicted * predicted;
  }
  double below = std::sqrt(all * all - predictionSquares) * std::sqrt(all * all - truthSquares);
  return below > 0 ? (right * all - products) / below : 0;
}

Curve rocCurve(const std::vector<double> &scores, const std::vector<bool> &positive) {
  auto positives = static_cast<double>(std::count(positive.begin(), positive.end(), true));
  double negatives = static_cast<double>(positive.size()) - positives;
  Curve curve;
  if (positives == 0 || negatives == 0)
    return curve;
  curve.points.push_back({0, 0});
  forEachThreshold(scores, positive, [&](int64_t truePositives, int64_t falsePositives) {
    CurvePoint before = curve.points.back();
    CurvePoint point{static_cast<double>(falsePositives) / negatives, static_cast<double>(truePositives) / positives};
    curve.area += (point.x - before.x) * (point.y + before.y) / 2;
    curve.points.push_back(point);
  });
  return curve;
}

Curve precisionRecallCurve(const std::vector<double> &scores, const std::vector<bool> &positive) {
  auto positives = static_cast<double>(std::count(positive.begin(), positive.end(), true));
  Curve curve;
  if (positives == 0)
    return curve;
  double recall = 0;
  forEachThreshold(scores, positive, [&](int64_t truePositives, int64_t falsePositives) {
    CurvePoint point{static_cast<double>(truePositives) / positives,
                     static_cast<double>(truePositives) / static_cast<double>(truePositives + falsePositives)};
    curve.area += (point.x - recall) * point.y;
    recall = point.x;
    if (curve.points.empty())
      curve.points.push_back({0, point.y});
    curve.points.push_back(point);
  });
  return curve;
}

} // namespace dlc::fit
