// Measures of classifiers against values that were computed by hand.
#include "tools/fit/Classification.h"
#include <cmath>
#include <gtest/gtest.h>

namespace dlc::fit {
namespace {

ConfusionMatrix matrixOf(const std::vector<std::vector<int>> &counts) {
  ConfusionMatrix matrix(counts.size());
  for (size_t i = 0; i < counts.size(); ++i)
    for (size_t j = 0; j < counts.size(); ++j)
      for (int n = 0; n < counts[i][j]; ++n)
        matrix.add(i, j);
  return matrix;
}

TEST(ConfusionMatrixTest, MeasuresTwoClasses) {
  ConfusionMatrix matrix = matrixOf({{5, 1}, {2, 2}}); // TN 5, FP 1, FN 2, TP 2
  EXPECT_EQ(matrix.total(), 10);
  EXPECT_EQ(matrix.truths(0), 6);
  EXPECT_EQ(matrix.predictions(0), 7);
  EXPECT_DOUBLE_EQ(matrix.accuracy(), 0.7);
  EXPECT_DOUBLE_EQ(matrix.sensitivity(), 0.5);     // 2 / (2 + 2)
  EXPECT_DOUBLE_EQ(matrix.specificity(), 5.0 / 6); // 5 / (5 + 1)
  EXPECT_DOUBLE_EQ(matrix.precision(), 2.0 / 3);   // 2 / (2 + 1)
  EXPECT_DOUBLE_EQ(matrix.f1(), 4.0 / 7);          // 2 TP / (2 TP + FP + FN)
  // (2 * 5 - 1 * 2) / sqrt((2 + 1) (2 + 2) (5 + 1) (5 + 2)) = 8 / sqrt(504)
  EXPECT_DOUBLE_EQ(matrix.matthews(), 8 / std::sqrt(504.0));
  EXPECT_DOUBLE_EQ(matrix.sensitivity(0), matrix.specificity(1));
}

TEST(ConfusionMatrixTest, MeasuresThreeClasses) {
  ConfusionMatrix matrix = matrixOf({{3, 1, 0}, {0, 2, 2}, {1, 0, 1}});
  EXPECT_DOUBLE_EQ(matrix.accuracy(), 0.6);
  EXPECT_DOUBLE_EQ(matrix.sensitivity(1), 0.5);     // 2 / (0 + 2 + 2)
  EXPECT_DOUBLE_EQ(matrix.precision(1), 2.0 / 3);   // 2 / (1 + 2 + 0)
  EXPECT_DOUBLE_EQ(matrix.specificity(1), 5.0 / 6); // 1 of 6 others is called 1
  // Truths t = (4, 4, 2), predictions p = (4, 3, 3): (c s - t p) / sqrt((s^2 - p p)(s^2 - t t))
  // = (6 * 10 - 34) / sqrt((100 - 34) (100 - 36)) = 26 / sqrt(4224)
  EXPECT_DOUBLE_EQ(matrix.matthews(), 26 / std::sqrt(4224.0));
}

TEST(ConfusionMatrixTest, PerfectAndInverseAnswersAreTheEnds) {
  EXPECT_DOUBLE_EQ(matrixOf({{4, 0}, {0, 6}}).matthews(), 1);
  EXPECT_DOUBLE_EQ(matrixOf({{0, 4}, {6, 0}}).matthews(), -1);
  EXPECT_DOUBLE_EQ(matrixOf({{2, 0, 0}, {0, 3, 0}, {0, 0, 4}}).matthews(), 1);
}

TEST(ConfusionMatrixTest, MeasuresOfNothingAreNan) {
  ConfusionMatrix negatives = matrixOf({{5, 0}, {0, 0}});
  EXPECT_TRUE(std::isnan(negatives.sensitivity()));
  EXPECT_TRUE(std::isnan(negatives.precision()));
  EXPECT_TRUE(std::isnan(negatives.f1()));
  EXPECT_EQ(negatives.specificity(), 1);
  EXPECT_EQ(negatives.matthews(), 0);
  EXPECT_EQ(matrixOf({{5, 0}, {3, 0}}).matthews(), 0); // one class is never predicted
  EXPECT_TRUE(std::isnan(ConfusionMatrix(2).accuracy()));
  EXPECT_EQ(ConfusionMatrix(2).matthews(), 0);
}

TEST(RocCurveTest, AreaCountsPairs) {
  // Positives 0.8 and 0.4, negatives 0.6 and 0.2: three of four pairs are in order.
  Curve curve = rocCurve({0.2, 0.8, 0.6, 0.4}, {false, true, false, true});
  EXPECT_DOUBLE_EQ(curve.area, 0.75);
  ASSERT_EQ(curve.points.size(), 5u);
  const double expected[5][2] = {{0, 0}, {0, 0.5}, {0.5, 0.5}, {0.5, 1}, {1, 1}};
  for (size_t i = 0; i < 5; ++i) {
    EXPECT_DOUBLE_EQ(curve.points[i].x, expected[i][0]);
    EXPECT_DOUBLE_EQ(curve.points[i].y, expected[i][1]);
  }
}

TEST(RocCurveTest, TiesCountAHalf) {
  // Pairs (0.5+, 0.5-): a half, (0.5+, 0.1-): one, (0.9+, both): two: 3.5 of 4. In whatever order they come.
  EXPECT_DOUBLE_EQ(rocCurve({0.5, 0.5, 0.9, 0.1}, {true, false, true, false}).area, 3.5 / 4);
  EXPECT_DOUBLE_EQ(rocCurve({0.5, 0.5, 0.9, 0.1}, {false, true, true, false}).area, 3.5 / 4);
  Curve equal = rocCurve({0.3, 0.3, 0.3}, {true, false, true});
  EXPECT_DOUBLE_EQ(equal.area, 0.5);
  EXPECT_EQ(equal.points.size(), 2u); // (0, 0) and (1, 1)
}

TEST(RocCurveTest, EndsOfTheScale) {
  EXPECT_DOUBLE_EQ(rocCurve({0.1, 0.9}, {false, true}).area, 1);
  EXPECT_DOUBLE_EQ(rocCurve({0.9, 0.1}, {false, true}).area, 0);
  EXPECT_DOUBLE_EQ(rocCurve({-INFINITY, INFINITY, 0}, {false, true, false}).area, 1);
}

TEST(RocCurveTest, OneClassAloneHasNoCurve) {
  EXPECT_TRUE(rocCurve({0.1, 0.9}, {true, true}).points.empty());
  EXPECT_TRUE(rocCurve({0.1, 0.9}, {false, false}).points.empty());
  EXPECT_TRUE(rocCurve({}, {}).points.empty());
  EXPECT_TRUE(precisionRecallCurve({0.1, 0.9}, {false, false}).points.empty());
}

TEST(PrecisionRecallCurveTest, AreaIsTheAveragePrecision) {
  // From the top: + (1 of 1), - (1 of 2), + (2 of 3): 1/2 * 1 + 1/2 * 2/3.
  Curve curve = precisionRecallCurve({0.9, 0.8, 0.7}, {true, false, true});
  EXPECT_DOUBLE_EQ(curve.area, 5.0 / 6);
  ASSERT_EQ(curve.points.size(), 4u);
  EXPECT_DOUBLE_EQ(curve.points[0].x, 0);
  EXPECT_DOUBLE_EQ(curve.points[2].y, 0.5);
  // Ties are one step: 1 of 2 at recall 1.
  EXPECT_DOUBLE_EQ(precisionRecallCurve({0.5, 0.5}, {true, false}).area, 0.5);
}

} // namespace
} // namespace dlc::fit
