// Measures of classifiers, exact, from stored predictions.
#ifndef DLC_TOOLS_FIT_CLASSIFICATION_H
#define DLC_TOOLS_FIT_CLASSIFICATION_H

#include <cstdint>
#include <string>
#include <vector>

namespace dlc::fit {

/// Counts of (true class, predicted class). For two classes, class 1 is the positive one.
class ConfusionMatrix {
public:
  explicit ConfusionMatrix(size_t classes) : size(classes), counts(classes * classes) {}
  void add(size_t truth, size_t predicted) { ++counts[truth * size + predicted]; }
  size_t classes() const { return size; }
  int64_t count(size_t truth, size_t predicted) const { return counts[truth * size + predicted]; }
  int64_t total() const;
  int64_t truths(size_t truth) const;         // row sum
  int64_t predictions(size_t predicted) const; // column sum

  double accuracy() const;
  /// Of one class against the others; NaN where nothing is divided by.
  double sensitivity(size_t of = 1) const; // also called recall
  double specificity(size_t of = 1) const;
  double precision(size_t of = 1) const;
  double f1(size_t of = 1) const;
  /// Matthews correlation; for more than two classes Gorodkin's R_K (2004). 0 where it is undefined, as in Keras.
  double matthews() const;

private:
  size_t size;
  std::vector<int64_t> counts;
};

struct CurvePoint {
  double x, y;
};

/// A curve over all thresholds, and the area under it.
struct Curve {
  std::vector<CurvePoint> points;
  double area = 0;
};

/// True positive rate over false positive rate; equal scores are one step, so the area is the probability that a
/// positive has a higher score than a negative, ties as a half. No points unless both classes are there.
Curve rocCurve(const std::vector<double> &scores, const std::vector<bool> &positive);
/// Precision over recall; the area is the average precision.
Curve precisionRecallCurve(const std::vector<double> &scores, const std::vector<bool> &positive);

} // namespace dlc::fit

#endif
