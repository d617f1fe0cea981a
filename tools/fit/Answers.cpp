#include "tools/fit/Answers.h"
#include <algorithm>
#include <cmath>

namespace dlc::fit {
namespace {

bool contains(const std::string &text, const char *part) { return text.find(part) != std::string::npos; }

size_t largest(const double *values, int64_t count) {
  return static_cast<size_t>(std::max_element(values, values + count) - values);
}

std::vector<ClassCurves> curvesOf(const Predictions &predictions, const std::vector<int64_t> &rows,
                                  const std::vector<size_t> &truths) {
  std::vector<ClassCurves> curves(static_cast<size_t>(predictions.columns()));
  std::vector<double> scores(rows.size());
  std::vector<bool> positive(rows.size());
  for (size_t number = 0; number < curves.size(); ++number) {
    for (size_t i = 0; i < rows.size(); ++i) {
      scores[i] = predictions.at(rows[i], static_cast<int64_t>(number));
      positive[i] = truths[i] == number;
    }
    curves[number].roc = rocCurve(scores, positive);
    if (!curves[number].roc.points.empty())
      curves[number].precisionRecall = precisionRecallCurve(scores, positive);
  }
  return curves;
}

void assessClasses(Assessment &assessment, const Predictions &predictions, const PortData &target, RowRange rows) {
  bool binary = assessment.kind == AnswerKind::Binary;
  size_t classes = binary ? 2 : static_cast<size_t>(predictions.columns());
  assessment.confusion.emplace(classes);
  // Of two classes the second is the positive one; its logit alone is no score.
  bool isLogits = !binary && binaryThreshold(predictions) == 0;
  std::vector<int64_t> answered; // rows, and their classes
  std::vector<size_t> truths;
  for (int64_t row = 0; row < predictions.rows; ++row) {
    if (hasNan(predictions, row)) {
      ++assessment.unanswered;
      continue;
    }
    size_t truth = trueClass(target, rows.begin + row, assessment.kind);
    if (truth < classes)
      assessment.confusion->add(truth, predictedClass(predictions, row, assessment.kind, assessment.threshold));
    if (classes > 2) {
      answered.push_back(row);
      truths.push_back(truth);
      continue;
    }
    if (truth >= classes)
      continue;
    double score = binary ? predictions.at(row, 0) : predictions.at(row, 1);
    assessment.scores.push_back(isLogits ? score - predictions.at(row, 0) : score);
    assessment.positive.push_back(truth == 1);
  }
  if (classes == 2) {
    assessment.roc = rocCurve(assessment.scores, assessment.positive);
    assessment.precisionRecall = precisionRecallCurve(assessment.scores, assessment.positive);
  } else if (classes <= kMostCurves) {
    assessment.classCurves = curvesOf(predictions, answered, truths);
  }
}

void assessQuantities(Assessment &assessment, const Predictions &predictions, const PortData &target, RowRange rows) {
  int64_t columns = predictions.columns();
  double count = 0, mean = 0, total = 0, squares = 0, absolute = 0;
  for (int64_t row = 0; row < predictions.rows; ++row)
    for (int64_t column = 0; column < columns; ++column) {
      double truth = target.values.at(rows.begin + row, column), error = predictions.at(row, column) - truth;
      double difference = truth - mean;
      mean += difference / ++count;
      total += difference * (truth - mean);
      squares += error * error;
      absolute += std::abs(error);
      if (columns != 1)
        continue;
      assessment.scores.push_back(predictions.at(row, column));
      assessment.truth.push_back(truth);
    }
  assessment.r2 = total == 0 ? 0 : 1 - squares / total; // NaN stays NaN
  assessment.rmse = count > 0 ? std::sqrt(squares / count) : 0;
  assessment.mae = count > 0 ? absolute / count : 0;
}

} // namespace

size_t trueClass(const PortData &target, int64_t row, AnswerKind kind) {
  int64_t columns = target.values.width();
  if (kind == AnswerKind::Binary)
    return target.values.at(row, 0) > 0.5 ? 1 : 0;
  if (columns == 1) {
    double number = target.values.at(row, 0);
    return number >= 0 && number < 0x1p53 ? static_cast<size_t>(number) : kNoClass; // also for NaN
  }
  std::vector<double> values;
  for (int64_t column = 0; column < columns; ++column)
    values.push_back(target.values.at(row, column));
  return largest(values.data(), columns);
}

AnswerKind answerKind(const Recipe &recipe, int64_t columns) {
  const std::string &loss = recipe.loss;
  if (contains(loss, "categorical"))
    return columns > 1 ? AnswerKind::Multiclass : AnswerKind::Other;
  bool binary = contains(loss, "binary_crossentropy") || loss == "hinge" || loss == "squared_hinge";
  if (binary)
    return columns == 1 ? AnswerKind::Binary : AnswerKind::Other;
  if (contains(loss, "kl_divergence") || contains(loss, "hellinger"))
    return columns > 1 ? AnswerKind::Multiclass : AnswerKind::Other;
  for (const char *part :
       {"mse", "mae", "squared_error", "absolute", "msle", "rmse", "huber", "log_cosh", "poisson", "logarithmic"})
    if (contains(loss, part))
      return AnswerKind::Quantity;
  return AnswerKind::Other;
}

double binaryThreshold(const Predictions &predictions) {
  bool logits = std::any_of(predictions.values.begin(), predictions.values.end(),
                            [](double value) { return value < 0 || value > 1; });
  return logits ? 0 : 0.5;
}

bool hasNan(const Predictions &predictions, int64_t row) {
  const double *values = predictions.values.data() + row * predictions.columns();
  return std::any_of(values, values + predictions.columns(), [](double value) { return std::isnan(value); });
}

size_t predictedClass(const Predictions &predictions, int64_t row, AnswerKind kind, double threshold) {
  const double *values = predictions.values.data() + row * predictions.columns();
  return kind == AnswerKind::Binary ? (values[0] > threshold ? 1 : 0) : largest(values, predictions.columns());
}

std::string className(const std::vector<std::string> &names, size_t number) {
  return number < names.size() ? names[number] : std::to_string(number);
}

Assessment assess(const Recipe &recipe, const Predictions &predictions, const PortData &target, RowRange rows) {
  Assessment assessment;
  assessment.kind = answerKind(recipe, predictions.columns());
  int64_t targetColumns = target.values.width();
  constexpr int64_t kMostClasses = 1000; // the matrix grows with their square
  bool sparse = assessment.kind == AnswerKind::Multiclass && targetColumns == 1;
  if ((targetColumns != predictions.columns() && !sparse) || predictions.columns() > kMostClasses)
    assessment.kind = AnswerKind::Other;
  assessment.classNames = target.values.labels.empty() ? recipe.classNames : target.values.labels;
  if (assessment.classNames.empty() && targetColumns > 1)
    assessment.classNames = target.values.columns;
  if (assessment.kind == AnswerKind::Binary)
    assessment.threshold = binaryThreshold(predictions);
  if (assessment.kind == AnswerKind::Binary || assessment.kind == AnswerKind::Multiclass)
    assessClasses(assessment, predictions, target, rows);
  else if (assessment.kind == AnswerKind::Quantity)
    assessQuantities(assessment, predictions, target, rows);
  return assessment;
}

} // namespace dlc::fit
