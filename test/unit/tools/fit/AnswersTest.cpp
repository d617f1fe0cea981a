// Predictions beside the truth: what they mean, and the tables that say it.
#include "tools/fit/Answers.h"
#include "test/unit/tools/fit/Examples.h"
#include <cmath>
#include <gtest/gtest.h>

namespace dlc::test {
namespace {

using fit::AnswerKind;
using fit::answerKind;
using fit::Assessment;

Assessment assess(const std::string &loss, const fit::Predictions &predictions, const fit::PortData &target) {
  return fit::assess(recipeOf(loss), predictions, target, {0, predictions.rows});
}

Assessment fourBinary() {
  return assess("binary_crossentropy", predictionsOf({0.2, 0.8, 0.6, 0.4}), targetOf(DLC_F32, {"y"}, {0, 1, 0, 1}));
}

TEST(AnswersTest, TheLossDecidesWhatIsPredicted) {
  auto kind = [](const char *loss, int64_t columns) { return answerKind(recipeOf(loss), columns); };
  EXPECT_EQ(kind("binary_crossentropy", 1), AnswerKind::Binary);
  EXPECT_EQ(kind("binary_crossentropy", 3), AnswerKind::Other); // three independent yes or no
  EXPECT_EQ(kind("hinge", 1), AnswerKind::Binary);
  EXPECT_EQ(kind("sparse_categorical_crossentropy", 3), AnswerKind::Multiclass);
  EXPECT_EQ(kind("categorical_crossentropy", 1), AnswerKind::Other);
  EXPECT_EQ(kind("mse", 2), AnswerKind::Quantity);
  EXPECT_EQ(kind("huber", 1), AnswerKind::Quantity);
  EXPECT_EQ(kind("my_loss", 1), AnswerKind::Other);
  EXPECT_EQ(kind("", 1), AnswerKind::Other);
}

TEST(AnswersTest, LogitsAreComparedWithZero) {
  EXPECT_EQ(fit::binaryThreshold(predictionsOf({0, 0.5, 1})), 0.5);
  EXPECT_EQ(fit::binaryThreshold(predictionsOf({0.1, 1.5})), 0);
  EXPECT_EQ(fit::binaryThreshold(predictionsOf({-0.1, 0.5})), 0);
  EXPECT_EQ(fit::binaryThreshold(predictionsOf({NAN, 0.3})), 0.5);
}

TEST(AnswersTest, OfTwoOutputsTheSecondIsThePositiveClass) {
  fit::PortData target = targetOf(DLC_I32, {"y"}, {0, 1, 0, 1});
  std::string sigmoid = fit::assessmentJson(fourBinary()).dump();
  Assessment softmax =
      assess("sparse_categorical_crossentropy", predictionsOf({0.8, 0.2, 0.2, 0.8, 0.4, 0.6, 0.6, 0.4}, 2), target);
  EXPECT_EQ(fit::assessmentJson(softmax).dump(), sigmoid);
  EXPECT_TRUE(fit::assessmentJson(softmax).contains("roc_auc"));
  EXPECT_EQ(fit::assessmentText(softmax), fit::assessmentText(fourBinary()));
  // Of logits the difference counts: the second ones are all the same here.
  Assessment logits = assess("sparse_categorical_crossentropy", predictionsOf({9, 5, 2, 5, 4, 5, 6, 5}, 2), target);
  EXPECT_DOUBLE_EQ(logits.roc.area, 0.75);
}

TEST(AnswersTest, AssessesTwoClasses) {
  Assessment found = fourBinary();
  ASSERT_TRUE(found.confusion);
  EXPECT_EQ(found.confusion->count(0, 0), 1);
  EXPECT_EQ(found.confusion->count(0, 1), 1); // 0.6
  EXPECT_EQ(found.confusion->count(1, 0), 1); // 0.4
  EXPECT_EQ(found.confusion->count(1, 1), 1);
  EXPECT_DOUBLE_EQ(found.roc.area, 0.75);
  EXPECT_EQ(fit::assessmentText(found), "  true \\ predicted  0  1\n"
                                        "  0                 1  1\n"
                                        "  1                 1  1\n"
                                        "\n"
                                        "  accuracy      0.5  2/4\n"
                                        "  sensitivity   0.5  1/2 of class 1 found\n"
                                        "  specificity   0.5  1/2 of class 0 kept apart\n"
                                        "  precision     0.5  1/2 of those called 1\n"
                                        "  F1            0.5\n"
                                        "  MCC             0  Matthews correlation, -1 to 1\n"
                                        "  ROC AUC      0.75  0.5 is chance\n");
}

TEST(AnswersTest, LeavesOutRowsWithoutAnAnswer) {
  Assessment found = assess("binary_crossentropy", predictionsOf({NAN, 0.9}), targetOf(DLC_I32, {"y"}, {0, 1}));
  EXPECT_EQ(found.unanswered, 1);
  EXPECT_EQ(found.confusion->total(), 1);
  std::string text = fit::assessmentText(found);
  EXPECT_NE(text.find("  1 row left out, whose prediction is NaN\n"), std::string::npos) << text;
  EXPECT_NE(text.find("  specificity  -  0/0 of class 0 kept apart\n"), std::string::npos) << text;
  EXPECT_EQ(text.find("ROC AUC"), std::string::npos); // one class only
}

TEST(AnswersTest, AssessesManyClassesByTheirNames) {
  fit::PortData target = targetOf(DLC_I32, {"y"}, {0, 1, 2});
  target.values.labels = {"setosa", "versicolor", "virginica"};
  Assessment found = assess("sparse_categorical_crossentropy",
                            predictionsOf({0.7, 0.2, 0.1, 0.1, 0.8, 0.1, 0.1, 0.6, 0.3}, 3), target);
  // Truths (1, 1, 1), predictions (1, 2, 0): MCC = (2 * 3 - 3) / sqrt((9 - 5) (9 - 3)) = 3 / sqrt(24) = 0.6124
  EXPECT_EQ(fit::assessmentText(found), "  true \\ predicted  setosa  versicolor  virginica\n"
                                        "  setosa                 1           0          0\n"
                                        "  versicolor             0           1          0\n"
                                        "  virginica              0           1          0\n"
                                        "\n"
                                        "  class       precision  recall      F1  rows\n"
                                        "  setosa              1       1       1     1\n"
                                        "  versicolor        0.5       1  0.6667     1\n"
                                        "  virginica           -       0       0     1\n"
                                        "\n"
                                        "  accuracy 0.6667, MCC 0.6124\n");
}

TEST(AnswersTest, TakesOneHotTargets) {
  Assessment found = assess("categorical_crossentropy", predictionsOf({0.9, 0.1, 0.2, 0.8}, 2),
                            targetOf(DLC_F32, {"ALL", "AML"}, {1, 0, 1, 0}));
  EXPECT_EQ(found.classNames, (std::vector<std::string>{"ALL", "AML"}));
  EXPECT_EQ(found.confusion->count(0, 0), 1);
  EXPECT_EQ(found.confusion->count(0, 1), 1);
}

TEST(AnswersTest, NumbersThatAreNoClassAreInNoTable) {
  fit::PortData target = targetOf(DLC_F64, {"y"}, {-1, NAN, 0x1p60, 1});
  for (int64_t row = 0; row < 3; ++row)
    EXPECT_EQ(fit::trueClass(target, row, fit::AnswerKind::Multiclass), fit::kNoClass) << row;
  EXPECT_EQ(fit::trueClass(target, 3, fit::AnswerKind::Multiclass), 1u);
  fit::Predictions output = predictionsOf({0.2, 0.8, 0.2, 0.8, 0.2, 0.8, 0.2, 0.8}, 2);
  fit::Assessment assessment = fit::assess(recipeOf("sparse_categorical_crossentropy"), output, target, {0, 4});
  ASSERT_TRUE(assessment.confusion);
  EXPECT_EQ(fit::assessmentJson(assessment)["confusion"].dump(), "[[0,0],[0,1]]");
}

TEST(AnswersTest, AssessesQuantities) {
  // Errors 1, 0, -2 about truths of mean 2: R2 = 1 - 5 / 2, RMSE = sqrt(5 / 3), MAE = 1.
  Assessment found = assess("mse", predictionsOf({2, 2, 1}), targetOf(DLC_F32, {"y"}, {1, 2, 3}));
  EXPECT_DOUBLE_EQ(found.r2, -1.5);
  EXPECT_DOUBLE_EQ(found.rmse, std::sqrt(5.0 / 3));
  EXPECT_DOUBLE_EQ(found.mae, 1);
  EXPECT_EQ(fit::assessmentText(found), "  R2 -1.5, RMSE 1.291, MAE 1\n");
  EXPECT_EQ(assess("mse", predictionsOf({1, 2}), targetOf(DLC_F32, {"y"}, {5, 5})).r2, 0); // nothing to explain
}

TEST(AnswersTest, NanMakesQuantitiesUnknown) {
  Assessment found = assess("mse", predictionsOf({1, 2}), targetOf(DLC_F32, {"y"}, {1, NAN}));
  EXPECT_EQ(fit::assessmentText(found), "  R2 nan, RMSE nan, MAE nan\n");
  EXPECT_EQ(fit::assessmentJson(found).dump(), "{\"mae\":null,\"r2\":null,\"rmse\":null}");
}

TEST(AnswersTest, AssessesTheGivenRows) {
  Assessment found =
      fit::assess(recipeOf("mse"), predictionsOf({3, 4}), targetOf(DLC_F32, {"y"}, {1, 2, 3, 4}), {2, 4});
  EXPECT_DOUBLE_EQ(found.mae, 0);
}

TEST(AnswersTest, HasNothingToSayWhereShapesDiffer) {
  Assessment found = assess("mse", predictionsOf({1, 2, 3, 4}, 2), targetOf(DLC_F32, {"y"}, {1, 2}));
  EXPECT_EQ(found.kind, AnswerKind::Other);
  EXPECT_EQ(fit::assessmentText(found), "");
  EXPECT_EQ(fit::assessmentJson(found).dump(), "{}");
}

TEST(AnswersTest, SaysTheSameAsJson) {
  EXPECT_EQ(fit::assessmentJson(fourBinary()).dump(),
            "{\"accuracy\":0.5,\"average_precision\":0.8333333333333333,\"classes\":[\"0\",\"1\"],\"confusion\":[[1,1],"
            "[1,1]],\"f1\":0.5,\"mcc\":0.0,"
            "\"precision\":0.5,\"roc_auc\":0.75,\"sensitivity\":0.5,\"specificity\":0.5}");
}

} // namespace
} // namespace dlc::test
