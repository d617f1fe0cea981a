// Normalizations against PyTorch 1.13 in f64, with epsilon 1e-3; x, gamma and beta are waves.
#include "test/unit/frontend/std/ModelRunner.h"
#include "gtest/gtest.h"
#include <cmath>

using namespace dlc::test;

namespace {

Values wave(const std::vector<int64_t> &shape, int64_t count, double phase) {
  Values values{shape, {}};
  for (int64_t i = 0; i < count; ++i)
    values.data.push_back(std::sin(0.9 * i + phase));
  return values;
}

std::vector<double> normalized(const std::string &layer) {
  ModelRunner runner("model M(x: f64[batch, 3, 4]) -> f64[batch, 3, 4] { let norm = " + layer + "; norm(x) }");
  runner.call("init");
  if (runner.variables.count("norm/gamma")) {
    runner.variables["norm/gamma"] = wave({4}, 4, 5);
    runner.variables["norm/beta"] = wave({4}, 4, 5.1);
  }
  return runner.call("predict", {{"x", wave({2, 3, 4}, 24, 0.7)}})["output"].data;
}

TEST(NormalizationTest, GroupNorm) {
  expectNear(normalized("group_norm(groups = 2)"),
             {-1.40050985412897,  -0.626403410134819, 1.17565118642572,  0.650417896656196,  0.422934766138501,
              0.231546788014474,  0.470637107806557,  2.29858151331232,  -1.81503544240259,  -0.437476585698418,
              0.389718412156633,  -0.55470861997156,  0.589245605306058, -0.189089121389992, 0.838852690487543,
              1.91530710393341,   -2.02626470228333,  -0.10287851376775, -0.124850923572773, -0.333305412305548,
              -0.724166038163497, -0.786553125842915, 1.03612729091484,  1.38401056760441});
}

TEST(NormalizationTest, InstanceNormIsAGroupForEachFeature) {
  const std::vector<double> expected = {-1.388741315252,    -0.633596166312798,  1.27188816388195,   0.873912940040789,
                                        0.408638929920168,  0.237192000300359,   0.288169226834776,  2.26484362905408,
                                        -1.79734166165137,  -0.441842328584338,  0.175261902447875,  -0.143126532971056,
                                        0.248630179293301,  -0.0703949103954611, 0.827135591207476,  1.95200186617461,
                                        -2.09687783501374,  0.0353439971118625,  -0.110990691243827, -0.361698391326699,
                                        -0.929196391262756, -0.803195581313179,  1.01917439320095,   1.40532656127591};
  expectNear(normalized("instance_norm()"), expected);
  expectNear(normalized("group_norm(groups = -1)"), expected);
}

TEST(NormalizationTest, UnitNormalizationGivesLengthOne) {
  std::vector<double> y = normalized("unit_normalization()");
  for (int row = 0; row < 6; ++row) {
    double squares = 0;
    for (int i = 0; i < 4; ++i)
      squares += y[4 * row + i] * y[4 * row + i];
    EXPECT_NEAR(squares, 1, 1e-12);
  }
  EXPECT_EQ(evaluate("x |> unit_normalization()", {{1, 2}, {0, 0}}), (std::vector<double>{0, 0}));
  expectNear(evaluate("x |> unit_normalization()", {{1, 2}, {3, -4}}), {0.6, -0.8});
}

TEST(NormalizationTest, RefusesWhatCannotBeGrouped) {
  std::string errors = ModelRunner::errorsOf("model M(x: f64[batch, 3, 4]) -> f64[batch, 3, 4] {\n"
                                             "  x |> group_norm(groups = 3)\n}");
  EXPECT_NE(errors.find("the last size, 4, cannot be divided into 3 groups"), std::string::npos) << errors;
  errors = ModelRunner::errorsOf("model M(x: f64[batch, 4]) -> f64[batch, 4] { x |> instance_norm() }");
  EXPECT_NE(errors.find("instance_norm: x needs an axis between"), std::string::npos) << errors;
}

} // namespace
