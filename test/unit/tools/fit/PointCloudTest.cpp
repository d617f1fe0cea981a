// Points of many dimensions in a plane.
#include "tools/fit/PointCloud.h"
#include "tools/fit/Shuffle.h"
#include <cmath>
#include <gtest/gtest.h>

namespace dlc::test {
namespace {

using fit::CurvePoint;
using fit::PointCloud;

double uniform(uint32_t number) { return fit::philox({number, 0, 0, 0}, {5, 6})[0] / 4294967296.0 - 0.5; }

// Three groups of 30 points around corners of a cube of 10 dimensions.
PointCloud clusters() {
  PointCloud cloud;
  cloud.columns = 10;
  for (uint32_t i = 0; i < 90; ++i)
    for (uint32_t column = 0; column < 10; ++column)
      cloud.values.push_back((column == i % 3 ? 10 : 0) + uniform(i * 10 + column));
  return cloud;
}

double distance(const CurvePoint &a, const CurvePoint &b) { return std::hypot(a.x - b.x, a.y - b.y); }

TEST(PrincipalComponentsTest, FindTheVarianceThatIsThere) {
  // Along (3, 4) / 5 the places of `along`, across them those of `across`: variances 12 and 0.06, uncorrelated. The
  // farthest point has a positive place, whichever way the points lie.
  const double along[] = {-1, -1, -1, 0, 3}, across[] = {-0.1, -0.1, 0.2, 0, 0};
  double product = 0;
  for (int i = 0; i < 5; ++i)
    product += along[i] * across[i];
  ASSERT_NEAR(product, 0, 1e-12);
  for (double side : {1.0, -1.0}) {
    PointCloud cloud;
    cloud.columns = 2;
    for (int i = 0; i < 5; ++i) {
      cloud.values.push_back(7 + side * (0.6 * along[i] - 0.8 * across[i]));
      cloud.values.push_back(-3 + side * (0.8 * along[i] + 0.6 * across[i]));
    }
    fit::PrincipalComponents components = fit::principalComponents(cloud);
    ASSERT_EQ(components.points.size(), 5u);
    EXPECT_NEAR(components.shareX, 12 / 12.06, 1e-9);
    EXPECT_NEAR(components.shareY, 0.06 / 12.06, 1e-9);
    for (size_t i = 0; i < 5; ++i) {
      EXPECT_NEAR(components.points[i].x, along[i], 1e-9);
      EXPECT_NEAR(components.points[i].y, across[i], 1e-9);
    }
  }
}

TEST(PrincipalComponentsTest, AreTheSameByRowsAndByColumns) {
  PointCloud wide;
  wide.columns = 7;
  for (uint32_t i = 0; i < 5 * 7; ++i)
    wide.values.push_back(uniform(i));
  PointCloud tall = wide; // each point twice: more rows than columns, the same plane
  tall.values.insert(tall.values.end(), wide.values.begin(), wide.values.end());
  fit::PrincipalComponents a = fit::principalComponents(wide), b = fit::principalComponents(tall);
  EXPECT_NEAR(a.shareX, b.shareX, 1e-9);
  EXPECT_NEAR(a.shareY, b.shareY, 1e-9);
  for (size_t i = 0; i < 5; ++i) {
    EXPECT_NEAR(a.points[i].x, b.points[i].x, 1e-9);
    EXPECT_NEAR(a.points[i].y, b.points[i].y, 1e-9);
  }
}

TEST(PrincipalComponentsTest, PointsWithoutVarianceAreAtTheOrigin) {
  for (const std::vector<double> &values : {std::vector<double>{}, {1, 2}, {1, 2, 1, 2, 1, 2}, {0, 0, 0, 0}}) {
    fit::PrincipalComponents components = fit::principalComponents({2, values});
    EXPECT_EQ(components.points.size(), values.size() / 2);
    EXPECT_EQ(components.shareX, 0);
    for (const CurvePoint &point : components.points)
      EXPECT_EQ(std::abs(point.x) + std::abs(point.y), 0);
  }
}

TEST(PrincipalComponentsTest, LargeNumbersDoNotOverflow) {
  fit::PrincipalComponents components = fit::principalComponents({2, {1e300, 0, -1e300, 0, 0, 1e290}});
  EXPECT_NEAR(components.shareX, 1, 1e-9);
  EXPECT_NEAR(components.points[0].x / 1e300, 1, 1e-9);
}

TEST(TsneTest, ClustersStayTogether) {
  std::vector<CurvePoint> points = fit::tsne(clusters(), {10, 1});
  ASSERT_EQ(points.size(), 90u);
  double within = 0, between = INFINITY;
  for (size_t i = 0; i < 90; ++i)
    for (size_t j = 0; j < i; ++j) {
      ASSERT_TRUE(std::isfinite(points[i].x) && std::isfinite(points[i].y));
      if (i % 3 == j % 3)
        within = std::max(within, distance(points[i], points[j]));
      else
        between = std::min(between, distance(points[i], points[j]));
    }
  EXPECT_GT(between, within);
}

TEST(TsneTest, NeighboursInALineStayNeighbours) {
  PointCloud line;
  line.columns = 3;
  for (int i = 0; i < 60; ++i)
    for (double direction : {1.0, 2.0, -1.0})
      line.values.push_back(direction * i);
  std::vector<CurvePoint> points = fit::tsne(line, {5, 0});
  for (size_t i = 1; i + 1 < 60; ++i)
    for (size_t far : {i >= 10 ? i - 10 : i + 10, i + 10 < 60 ? i + 10 : i - 10})
      EXPECT_LT(distance(points[i], points[i + 1]), distance(points[i], points[far])) << i;
}

TEST(TsneTest, TheSeedDecidesEverything) {
  auto same = [](const std::vector<CurvePoint> &a, const std::vector<CurvePoint> &b) {
    for (size_t i = 0; i < a.size(); ++i)
      if (a[i].x != b[i].x || a[i].y != b[i].y)
        return false;
    return true;
  };
  std::vector<CurvePoint> points = fit::tsne(clusters(), {10, 1});
  EXPECT_TRUE(same(points, fit::tsne(clusters(), {10, 1})));
  EXPECT_FALSE(same(points, fit::tsne(clusters(), {10, 2})));
}

TEST(TsneTest, TakesPointsThatAreHardToTellApart) {
  for (const PointCloud &cloud :
       {PointCloud{2, std::vector<double>(40, 1.5)}, PointCloud{2, {1, 2, 3, 4}}, PointCloud{2, {}},
        PointCloud{2, {0, 0, 1e300, 0, -1e300, 0, 0, 1, 1e-300, 5}}, PointCloud{1, {1, 2, 3, 4, 5, 5, 5, 5}}}) {
    std::vector<CurvePoint> points = fit::tsne(cloud, {});
    EXPECT_EQ(points.size(), static_cast<size_t>(cloud.rows()));
    for (const CurvePoint &point : points)
      EXPECT_TRUE(std::isfinite(point.x) && std::isfinite(point.y));
  }
}

} // namespace
} // namespace dlc::test
