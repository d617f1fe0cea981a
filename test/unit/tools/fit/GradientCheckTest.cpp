// When two gradients agree.
#include "tools/fit/GradientCheck.h"
#include <cmath>
#include <gtest/gtest.h>
#include <limits>

namespace dlc::test {
namespace {

using fit::gradientError;
using fit::roundingOfDifference;

TEST(GradientCheckTest, TheErrorIsRelativeToTheLarger) {
  EXPECT_DOUBLE_EQ(gradientError(2, 1, 0), 0.5);
  EXPECT_DOUBLE_EQ(gradientError(-1, 1, 0), 2);
  EXPECT_DOUBLE_EQ(gradientError(0, 1e-9, 0), 1e-6); // below 1e-3 it is absolute
  EXPECT_EQ(gradientError(NAN, 1, 0), std::numeric_limits<double>::infinity());
  EXPECT_EQ(gradientError(1, INFINITY, INFINITY), std::numeric_limits<double>::infinity());
}

TEST(GradientCheckTest, RoundingGrowsWithTheLossAndIsNoError) {
  EXPECT_LT(roundingOfDifference(1, 1e-5), 1e-9); // what is allowed for small gradients anyway
  EXPECT_DOUBLE_EQ(roundingOfDifference(-1e9, 1e-5), 1e9 * roundingOfDifference(1, 1e-5));
  double loss = 1e8, slope = 3, step = 1e-5;
  double numeric = ((loss + slope * step) - (loss - slope * step)) / (2 * step); // what is left of the slope
  EXPECT_GT(gradientError(slope, numeric, 0), 1e-6);
  EXPECT_EQ(gradientError(slope, numeric, roundingOfDifference(loss, step)), 0);
  EXPECT_GT(gradientError(2 * slope, numeric, roundingOfDifference(loss, step)), 1e-3);
}

TEST(GradientCheckTest, WhatRoundingHidesIsNotAgreement) {
  EXPECT_FALSE(fit::isTooCoarse(1, 1, roundingOfDifference(1e8, 1e-5)));
  EXPECT_TRUE(fit::isTooCoarse(1, 1, roundingOfDifference(1e12, 1e-5)));
  EXPECT_FALSE(fit::isTooCoarse(0, -1e3, roundingOfDifference(1e12, 1e-5)));
  EXPECT_FALSE(fit::isTooCoarse(0, 0, 1e-4)); // below 1e-3 errors are absolute
  EXPECT_FALSE(fit::isTooCoarse(NAN, 1, 0.5));
  std::vector<fit::GradientRow> rows(4);
  EXPECT_EQ(fit::gradientSummary(rows), "4 of 4 gradients agree with finite differences\n");
  rows[1].verdict = rows[2].verdict = fit::GradientVerdict::TooCoarse;
  rows[3].verdict = fit::GradientVerdict::Differs;
  std::string text = fit::gradientSummary(rows);
  EXPECT_EQ(text.find("1 of 4 gradients agree with finite differences\n2 gradients were too coarse"), 0u) << text;
  std::string table = fit::gradientTable(rows);
  EXPECT_NE(table.find("ok\n"), std::string::npos);
  EXPECT_NE(table.find("too coarse\n"), std::string::npos);
  EXPECT_NE(table.find("WRONG\n"), std::string::npos);
}

} // namespace
} // namespace dlc::test
