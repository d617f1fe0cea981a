#include "test/unit/frontend/std/ModelRunner.h"
#include "gtest/gtest.h"
#include <cmath>

using namespace dlc::test;

namespace {

/// The metrics after the batches went through @eval_step; the model gives its input back.
Named measured(const std::string &metrics, const std::vector<std::pair<Values, Values>> &batches,
               const std::string &targetType = "f64", const std::string &loss = "fn(p, y) => sum(p)") {
  auto dims = [](const Values &v) { return v.shape.size() > 1 ? ", " + std::to_string(v.shape[1]) : ""; };
  std::string x = "f64[batch" + dims(batches[0].first) + "]", y = targetType + "[batch" + dims(batches[0].second) + "]";
  ModelRunner runner("model M(x: " + x + ") -> " + x + " { x }\ntrain M(y: " + y + ") {\n  loss = " + loss +
                     "\n  optimizer = sgd()\n  metrics = [" + metrics + "]\n}");
  runner.call("init");
  runner.call("metrics_reset");
  for (const auto &[p, target] : batches)
    runner.call("eval_step", {{"x", p}, {"y", target}});
  return runner.call("metrics_result");
}

double only(Named &results, const std::string &name) {
  EXPECT_EQ(results[name].data.size(), 1u) << name;
  return results[name].data.empty() ? NAN : results[name].data[0];
}

// Two batches of different sizes. Predicted positives: 0.9, 0.6, 0.8, 0.7; true ones among them: 0.9, 0.8, 0.7.
const std::vector<std::pair<Values, Values>> kBinary = {
    {{{4, 1}, {0.9, 0.6, 0.4, 0.2}}, {{4, 1}, {1, 0, 1, 0}}},
    {{{3, 1}, {0.8, 0.7, 0.1}}, {{3, 1}, {1, 1, 0}}},
};

TEST(MetricTest, CountsBinaryAnswersOverBatches) {
  Named results = measured("accuracy, binary_accuracy, precision, recall, sensitivity, specificity, f1, mcc", kBinary);
  double tp = 3, fp = 1, fn = 1, tn = 2;
  EXPECT_NEAR(only(results, "accuracy"), 5.0 / 7, 1e-12);
  EXPECT_NEAR(only(results, "binary_accuracy"), 5.0 / 7, 1e-12);
  EXPECT_NEAR(only(results, "precision"), tp / (tp + fp), 1e-12);
  EXPECT_NEAR(only(results, "recall"), tp / (tp + fn), 1e-12);
  EXPECT_NEAR(only(results, "sensitivity"), tp / (tp + fn), 1e-12);
  EXPECT_NEAR(only(results, "specificity"), tn / (tn + fp), 1e-12);
  EXPECT_NEAR(only(results, "f1"), 2 * tp / (2 * tp + fp + fn), 1e-12);
  EXPECT_NEAR(only(results, "mcc"), (tp * tn - fp * fn) / std::sqrt((tp + fp) * (tp + fn) * (tn + fp) * (tn + fn)),
              1e-12);
}

TEST(MetricTest, TakesAThreshold) {
  Named results = measured("precision(threshold = 0.75)", kBinary);
  EXPECT_NEAR(only(results, "precision"), 1, 1e-12);
}

TEST(MetricTest, IsZeroWithoutPositives) {
  Named results = measured("precision, recall, f1, mcc", {{{{2, 1}, {0.1, 0.2}}, {{2, 1}, {0, 0}}}});
  for (const char *name : {"precision", "recall", "f1", "mcc"})
    EXPECT_EQ(only(results, name), 0) << name;
}

TEST(MetricTest, AucAgreesWithTheCountOfOrderedPairs) {
  // All pairs of a positive and a negative, but 0.4 before 0.6, are in order; no two scores share a threshold's
  // interval.
  Named results = measured("auc", kBinary);
  EXPECT_NEAR(only(results, "auc"), 11.0 / 12, 1e-9);
}

TEST(MetricTest, AccuracyChoosesByShapes) {
  Values p{{3, 3}, {0.7, 0.2, 0.1, 0.1, 0.2, 0.7, 0.3, 0.4, 0.3}};
  Named sparse = measured("accuracy", {{p, {{3}, {0, 1, 1}}}}, "i32");
  EXPECT_NEAR(only(sparse, "accuracy"), 2.0 / 3, 1e-12);
  Named oneHot = measured("accuracy", {{p, {{3, 3}, {1, 0, 0, 0, 0, 1, 1, 0, 0}}}});
  EXPECT_NEAR(only(oneHot, "accuracy"), 2.0 / 3, 1e-12);
}

TEST(MetricTest, TopKCountsTheClassAmongTheLargest) {
  Values p{{3, 3}, {0.7, 0.2, 0.1, 0.1, 0.2, 0.7, 0.5, 0.4, 0.1}};
  Named sparse = measured("sparse_top_k_accuracy(k = 2), sparse_top_k_accuracy(k = 1)", {{p, {{3}, {0, 0, 1}}}}, "i32");
  EXPECT_NEAR(only(sparse, "sparse_top_k_accuracy"), 2.0 / 3, 1e-12);
  EXPECT_NEAR(only(sparse, "sparse_top_k_accuracy_2"), 1.0 / 3, 1e-12);
  Named oneHot = measured("top_k_accuracy(k = 2)", {{p, {{3, 3}, {1, 0, 0, 1, 0, 0, 0, 1, 0}}}});
  EXPECT_NEAR(only(oneHot, "top_k_accuracy"), 2.0 / 3, 1e-12);
}

TEST(MetricTest, ConfusionMatrixHasTrueClassesInRows) {
  Values p{{3, 3}, {0.7, 0.2, 0.1, 0.1, 0.2, 0.7, 0.3, 0.4, 0.3}};
  Named results = measured("confusion_matrix(3)", {{p, {{3}, {0, 1, 1}}}, {p, {{3}, {0, 2, 2}}}}, "i32");
  expectNear(results["confusion_matrix"].data, {2, 0, 0, 0, 1, 1, 0, 1, 1});
  Named binary = measured("confusion_matrix(2)", kBinary);
  expectNear(binary["confusion_matrix"].data, {2, 1, 1, 3});
}

TEST(MetricTest, PrecisionRecallCurveIsKerass) {
  // Keras's formula of the area for 5 thresholds, -e, 0.25, 0.5, 0.75 and 1 + e, written out in plain numbers.
  std::vector<double> tp = {4, 4, 3, 2, 0}, fp = {3, 1, 1, 0, 0};
  double area = 0;
  for (int i = 0; i < 4; ++i) {
    double gained = tp[i] - tp[i + 1], p0 = tp[i] + fp[i], p1 = tp[i + 1] + fp[i + 1];
    double slope = p0 > p1 ? gained / (p0 - p1) : 0, intercept = tp[i + 1] - slope * p1;
    area += slope * (gained + intercept * std::log(p0 > 0 && p1 > 0 ? p0 / p1 : 1)) / 4;
  }
  Named results = measured("pr_auc(thresholds = 5)", kBinary);
  EXPECT_NEAR(only(results, "pr_auc"), area, 1e-12);
}

TEST(MetricTest, PrecisionRecallCurveOfAPerfectAnswerIsOne) {
  Named results = measured("pr_auc", {{{{4, 1}, {0.9, 0.8, 0.2, 0.1}}, {{4, 1}, {1, 1, 0, 0}}}});
  EXPECT_NEAR(only(results, "pr_auc"), 1, 1e-9);
}

TEST(MetricTest, FbetaWeighsRecall) {
  Named results = measured("fbeta(2.0), fbeta", kBinary);
  // Precision and recall are both 3 / 4 at the threshold 0.5.
  EXPECT_NEAR(only(results, "fbeta"), 0.75, 1e-12);
  Named strict = measured("fbeta(2.0, threshold = 0.75)", kBinary);
  EXPECT_NEAR(only(strict, "fbeta"), 5 * 1.0 * 0.5 / (4 * 1.0 + 0.5), 1e-12);
}

TEST(MetricTest, ClassesCountAlike) {
  // Answers 0, 2, 1 for 0, 1, 1 and for 0, 2, 2: true 0: 2 of 2; 1: 1 of 2; 2: 1 of 2; one 1 was called 2, one 2 1.
  Values p{{3, 4}, {0.7, 0.2, 0.1, 0, 0.1, 0.2, 0.7, 0, 0.3, 0.4, 0.3, 0}};
  Named results =
      measured("balanced_accuracy(4), macro_f1(4), mean_iou(4)", {{p, {{3}, {0, 1, 1}}}, {p, {{3}, {0, 2, 2}}}}, "i32");
  EXPECT_NEAR(only(results, "balanced_accuracy"), (1 + 0.5 + 0.5) / 3, 1e-12);
  EXPECT_NEAR(only(results, "macro_f1"), (1 + 0.5 + 0.5 + 0) / 4, 1e-12);
  EXPECT_NEAR(only(results, "mean_iou"), (1 + 1.0 / 3 + 1.0 / 3) / 3, 1e-12);
  Named binary = measured("balanced_accuracy(2), confusion_matrix(2)", kBinary);
  EXPECT_NEAR(only(binary, "balanced_accuracy"), (2.0 / 3 + 3.0 / 4) / 2, 1e-12);
}

TEST(MetricTest, MomentsOfBatchesAreMerged) {
  // Around 1e8, where sums of squares would lose every digit. Two outputs.
  const std::vector<double> p = {1, 5, 2, 4, 4, 2, 7, 3}, y = {2, 5, 2, 5, 3, 1, 8, 3};
  const double far = 1e8;
  std::pair<Values, Values> batches[2] = {{{{1, 2}, {}}, {{1, 2}, {}}}, {{{3, 2}, {}}, {{3, 2}, {}}}};
  for (int i = 0; i < 8; ++i) {
    batches[i >= 2].first.data.push_back(p[i] + far);
    batches[i >= 2].second.data.push_back(y[i] + far);
  }
  Named results = measured("r2, rmse, pearson_correlation", {batches[0], batches[1]});
  double r2 = 0;
  for (int column = 0; column < 2; ++column) {
    double mean = 0, total = 0, residual = 0;
    for (int row = 0; row < 4; ++row)
      mean += y[2 * row + column] / 4;
    for (int row = 0; row < 4; ++row) {
      total += std::pow(y[2 * row + column] - mean, 2);
      residual += std::pow(y[2 * row + column] - p[2 * row + column], 2);
    }
    r2 += (1 - residual / total) / 2;
  }
  double mp = 0, my = 0, pp = 0, yy = 0, py = 0, squares = 0;
  for (int i = 0; i < 8; ++i) {
    mp += p[i] / 8;
    my += y[i] / 8;
    squares += (p[i] - y[i]) * (p[i] - y[i]);
  }
  for (int i = 0; i < 8; ++i) {
    pp += (p[i] - mp) * (p[i] - mp);
    yy += (y[i] - my) * (y[i] - my);
    py += (p[i] - mp) * (y[i] - my);
  }
  EXPECT_NEAR(only(results, "r2"), r2, 1e-7);
  EXPECT_NEAR(only(results, "rmse"), std::sqrt(squares / 8), 1e-7);
  EXPECT_NEAR(only(results, "pearson_correlation"), py / std::sqrt(pp * yy), 1e-7);
}

TEST(MetricTest, WhatNeverChangesCountsAsZero) {
  Named results = measured("r2, pearson_correlation", {{{{2, 1}, {1, 2}}, {{2, 1}, {3, 3}}}});
  EXPECT_EQ(only(results, "r2"), 0);
  EXPECT_EQ(only(results, "pearson_correlation"), 0);
}

TEST(MetricTest, CosineScoreIsTheLossTurnedRound) {
  Named results = measured("cosine_score, cosine_similarity", {{{{1, 2}, {3, 4}}, {{1, 2}, {4, 3}}}});
  EXPECT_NEAR(only(results, "cosine_score"), 24.0 / 25, 1e-12);
  EXPECT_NEAR(only(results, "cosine_similarity"), -24.0 / 25, 1e-12);
}

TEST(MetricTest, R2AndErrorsCoverTheEpoch) {
  Named results = measured("r2, mse, mae", {{{{2, 1}, {1, 2}}, {{2, 1}, {1.5, 2}}}, {{{1, 1}, {4}}, {{1, 1}, {3}}}});
  double mean = 6.5 / 3, total = std::pow(1.5 - mean, 2) + std::pow(2 - mean, 2) + std::pow(3 - mean, 2);
  EXPECT_NEAR(only(results, "r2"), 1 - 1.25 / total, 1e-12);
  EXPECT_NEAR(only(results, "mse"), 1.25 / 3, 1e-12);
  EXPECT_NEAR(only(results, "mae"), 1.5 / 3, 1e-12);
}

TEST(MetricTest, TheEpochsLossIsWeightedByRows) {
  Named results =
      measured("mse", {{{{2, 1}, {1, 2}}, {{2, 1}, {1.5, 2}}}, {{{1, 1}, {4}}, {{1, 1}, {3}}}}, "f64", "mse");
  EXPECT_NEAR(only(results, "loss"), 1.25 / 3, 1e-12);
}

} // namespace
