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

} // namespace
} // namespace dlc::test
