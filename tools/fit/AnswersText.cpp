// Assessments as text and as JSON.
#include "tools/fit/AlignedTable.h"
#include "tools/fit/Answers.h"
#include "tools/fit/NumberText.h"
#include <cmath>

namespace dlc::fit {
namespace {

// Beyond this a matrix does not fit on a screen; per-class measures are listed instead.
constexpr size_t kLargestMatrix = 20;

std::string confusionText(const Assessment &assessment) {
  const ConfusionMatrix &matrix = *assessment.confusion;
  AlignedTable table(std::string("l") + std::string(matrix.classes(), 'r'));
  std::vector<std::string> head = {"true \\ predicted"};
  for (size_t j = 0; j < matrix.classes(); ++j)
    head.push_back(className(assessment.classNames, j));
  table.row(head);
  for (size_t i = 0; i < matrix.classes(); ++i) {
    std::vector<std::string> cells = {className(assessment.classNames, i)};
    for (size_t j = 0; j < matrix.classes(); ++j)
      cells.push_back(std::to_string(matrix.count(i, j)));
    table.row(cells);
  }
  return table.text(2);
}

std::string measureText(double value) { return std::isnan(value) ? "-" : numberText(value); }

std::string binaryText(const Assessment &assessment) {
  const ConfusionMatrix &matrix = *assessment.confusion;
  AlignedTable table("lrl");
  auto share = [](int64_t part, int64_t whole) { return std::to_string(part) + "/" + std::to_string(whole); };
  std::string positive = className(assessment.classNames, 1), negative = className(assessment.classNames, 0);
  table.row(
      {"accuracy", measureText(matrix.accuracy()), share(matrix.count(0, 0) + matrix.count(1, 1), matrix.total())});
  table.row({"sensitivity", measureText(matrix.sensitivity()),
             share(matrix.count(1, 1), matrix.truths(1)) + " of class " + positive + " found"});
  table.row({"specificity", measureText(matrix.specificity()),
             share(matrix.count(0, 0), matrix.truths(0)) + " of class " + negative + " kept apart"});
  table.row({"precision", measureText(matrix.precision()),
             share(matrix.count(1, 1), matrix.predictions(1)) + " of those called " + positive});
  table.row({"F1", measureText(matrix.f1()), ""});
  table.row({"MCC", measureText(matrix.matthews()), "Matthews correlation, -1 to 1"});
  if (!assessment.roc.points.empty())
    table.row({"ROC AUC", measureText(assessment.roc.area), "0.5 is chance"});
  return table.text(2);
}

std::string multiclassText(const Assessment &assessment) {
  const ConfusionMatrix &matrix = *assessment.confusion;
  AlignedTable classes("lrrrr");
  classes.row({"class", "precision", "recall", "F1", "rows"});
  for (size_t i = 0; i < matrix.classes(); ++i)
    classes.row({className(assessment.classNames, i), measureText(matrix.precision(i)),
                 measureText(matrix.sensitivity(i)), measureText(matrix.f1(i)), std::to_string(matrix.truths(i))});
  return classes.text(2) + "\n  accuracy " + measureText(matrix.accuracy()) + ", MCC " +
         measureText(matrix.matthews()) + "\n";
}

nlohmann::json number(double value) { return std::isfinite(value) ? nlohmann::json(value) : nlohmann::json(); }

} // namespace

std::string assessmentText(const Assessment &assessment) {
  if (assessment.kind == AnswerKind::Quantity)
    return "  R2 " + numberText(assessment.r2) + ", RMSE " + numberText(assessment.rmse) + ", MAE " +
           numberText(assessment.mae) + "\n";
  if (!assessment.confusion)
    return "";
  std::string matrix =
      assessment.confusion->classes() <= kLargestMatrix ? confusionText(assessment) + "\n" : std::string();
  if (assessment.unanswered)
    matrix += "  " + plural(assessment.unanswered, "row") + " left out, whose prediction is NaN\n";
  return matrix + (assessment.hasTwoClasses() ? binaryText(assessment) : multiclassText(assessment));
}

nlohmann::json assessmentJson(const Assessment &assessment) {
  nlohmann::json json = nlohmann::json::object();
  if (assessment.kind == AnswerKind::Quantity)
    return {{"r2", number(assessment.r2)}, {"rmse", number(assessment.rmse)}, {"mae", number(assessment.mae)}};
  if (!assessment.confusion)
    return json;
  const ConfusionMatrix &matrix = *assessment.confusion;
  for (size_t i = 0; i < matrix.classes(); ++i) {
    json["classes"].push_back(className(assessment.classNames, i));
    nlohmann::json row = nlohmann::json::array();
    for (size_t j = 0; j < matrix.classes(); ++j)
      row.push_back(matrix.count(i, j));
    json["confusion"].push_back(row); // rows: true class
  }
  if (assessment.unanswered)
    json["unanswered"] = assessment.unanswered;
  json["accuracy"] = number(matrix.accuracy());
  json["mcc"] = number(matrix.matthews());
  if (!assessment.hasTwoClasses())
    return json;
  json["sensitivity"] = number(matrix.sensitivity());
  json["specificity"] = number(matrix.specificity());
  json["precision"] = number(matrix.precision());
  json["f1"] = number(matrix.f1());
  if (!assessment.roc.points.empty()) {
    json["roc_auc"] = number(assessment.roc.area);
    json["average_precision"] = number(assessment.precisionRecall.area);
  }
  return json;
}

} // namespace dlc::fit
