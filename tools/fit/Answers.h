// What predictions mean, by the loss and the shapes: classes, or quantities.
#ifndef DLC_TOOLS_FIT_ANSWERS_H
#define DLC_TOOLS_FIT_ANSWERS_H

#include "tools/fit/BatchRunner.h"
#include "tools/fit/Classification.h"
#include "tools/fit/Recipe.h"
#include <cstdint>
#include <optional>

namespace dlc::fit {

enum class AnswerKind { Binary, Multiclass, Quantity, Other };

/// Each class of more takes a sort of all scores.
inline constexpr size_t kMostCurves = 100;

/// \p columns: elements of one prediction. The loss decides; a loss that fits both (mse) means quantities.
AnswerKind answerKind(const Recipe &recipe, int64_t columns);

/// The threshold of a binary prediction: 0.5, or 0 if the values are logits, that is, some are outside [0, 1].
double binaryThreshold(const Predictions &predictions);
/// Whether the model has no answer to the example.
bool hasNan(const Predictions &predictions, int64_t row);
/// The class of one example that has an answer: above the threshold, or the largest.
size_t predictedClass(const Predictions &predictions, int64_t row, AnswerKind kind, double threshold);
/// "setosa", or the number.
std::string className(const std::vector<std::string> &names, size_t number);

/// Of an example whose target is negative, too large to be counted, or NaN.
inline constexpr size_t kNoClass = SIZE_MAX;
/// The class that an example belongs to, by its target.
size_t trueClass(const PortData &target, int64_t row, AnswerKind kind);

/// One class against the rest.
struct ClassCurves {
  Curve roc, precisionRecall; // without points unless there are examples of the class and of others
};

/// Predictions beside the truth.
struct Assessment {
  AnswerKind kind = AnswerKind::Other;
  double threshold = 0.5; // Binary
  std::vector<std::string> classNames;
  std::optional<ConfusionMatrix> confusion;
  int64_t unanswered = 0;               // rows whose prediction is NaN; they are in none of the tables
  std::vector<double> scores;           // two classes: of the second; and Quantity with one column
  std::vector<bool> positive;           // two classes
  std::vector<double> truth;            // Quantity with one column
  Curve roc, precisionRecall;           // two classes
  std::vector<ClassCurves> classCurves; // more classes, by class number; empty for more than kMostCurves of them
  double r2 = 0, rmse = 0, mae = 0;     // Quantity

  /// One output with a threshold, or an output for each.
  bool hasTwoClasses() const { return confusion && confusion->classes() == 2; }
};

/// \p target: of the same rows as the predictions, from \p rows.begin on.
Assessment assess(const Recipe &recipe, const Predictions &predictions, const PortData &target, RowRange rows);

/// Tables as text: the confusion matrix with the classes' names, and the measures below it. Empty for Other.
std::string assessmentText(const Assessment &assessment);
nlohmann::json assessmentJson(const Assessment &assessment);

} // namespace dlc::fit

#endif
