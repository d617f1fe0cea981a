#include "test/unit/frontend/std/ModelRunner.h"
#include "gtest/gtest.h"
#include <cmath>
#include <functional>

using namespace dlc::test;

namespace {

const Values kP = {{2, 3}, {0.7, 0.2, 0.1, 0.05, 0.15, 0.8}};
const Values kOneHot = {{2, 3}, {1, 0, 0, 0, 1, 0}};
const Values kReal = {{2, 3}, {0.5, -1.25, 3, 0, 2.5, -0.75}};
const Values kTarget = {{2, 3}, {1.5, -1, 1, 0.25, 2.5, 4}};

/// The mean over elements of f(p, y).
double meanOf(const Values &p, const Values &y, const std::function<double(double, double)> &f) {
  double sum = 0;
  for (size_t i = 0; i < p.data.size(); ++i)
    sum += f(p.data[i], y.data[i]);
  return sum / p.data.size();
}

/// The mean over rows of the sum of f(p, y).
double meanOfSums(const Values &p, const Values &y, const std::function<double(double, double)> &f) {
  return meanOf(p, y, f) * p.shape[1];
}

void expectLoss(const std::string &loss, const Values &p, const Values &y, double expected) {
  EXPECT_NEAR(evaluateLoss(loss, p, y), expected, 1e-12 * std::max(1.0, std::abs(expected))) << loss;
}

TEST(LossTest, RegressionLossesAreKerass) {
  expectLoss("mse", kReal, kTarget, meanOf(kReal, kTarget, [](double p, double y) { return (p - y) * (p - y); }));
  expectLoss("mean_absolute_error", kReal, kTarget,
             meanOf(kReal, kTarget, [](double p, double y) { return std::abs(p - y); }));
  expectLoss("mape", kReal, kTarget, 100 * meanOf(kReal, kTarget, [](double p, double y) {
                                       return std::abs(y - p) / std::max(std::abs(y), 1e-7);
                                     }));
  expectLoss("msle", kReal, kTarget, meanOf(kReal, kTarget, [](double p, double y) {
               return std::pow(std::log(std::max(p, 1e-7) + 1) - std::log(std::max(y, 1e-7) + 1), 2);
             }));
  expectLoss("root_mean_squared_error", kReal, kTarget,
             std::sqrt(meanOf(kReal, kTarget, [](double p, double y) { return (p - y) * (p - y); })));
  expectLoss("huber", kReal, kTarget, meanOf(kReal, kTarget, [](double p, double y) {
               double d = std::abs(p - y);
               return d <= 1 ? 0.5 * d * d : d - 0.5;
             }));
  expectLoss("log_cosh", kReal, kTarget,
             meanOf(kReal, kTarget, [](double p, double y) { return std::log(std::cosh(p - y)); }));
  expectLoss("poisson", kP, kTarget,
             meanOf(kP, kTarget, [](double p, double y) { return p - y * std::log(p + 1e-7); }));
}

TEST(LossTest, WholeNumbersAreTargets) {
  const Values counts = {{2, 3}, {1, 0, 0, 0, 4, 1}};
  for (const char *loss : {"mse", "mape", "poisson", "huber", "kl_divergence"})
    EXPECT_EQ(evaluateLoss(loss, kP, counts, "i32"), evaluateLoss(loss, kP, counts)) << loss;
  for (const char *loss : {"binary_crossentropy", "binary_focal_crossentropy", "categorical_crossentropy",
                           "categorical_hinge", "hinge", "dice"})
    for (const char *type : {"i32", "i64", "bool"})
      EXPECT_EQ(evaluateLoss(loss, kP, kOneHot, type), evaluateLoss(loss, kP, kOneHot)) << loss << " of " << type;
}

TEST(LossTest, LogCoshDoesNotOverflow) { expectLoss("log_cosh", {{1, 1}, {900}}, {{1, 1}, {0}}, 900 - std::log(2.0)); }

TEST(LossTest, HingeLossesTakeBothCodings) {
  auto signedTarget = [](double y) { return y == 0 ? -1.0 : y; };
  expectLoss("hinge", kReal, kOneHot,
             meanOf(kReal, kOneHot, [&](double p, double y) { return std::max(1 - signedTarget(y) * p, 0.0); }));
  expectLoss("squared_hinge", kReal, kOneHot, meanOf(kReal, kOneHot, [&](double p, double y) {
               return std::pow(std::max(1 - signedTarget(y) * p, 0.0), 2);
             }));
  // Row 0: max(-1.25, 3) - 0.5 + 1; row 1: max(0, -0.75) - 2.5 + 1, cut at 0.
  expectLoss("categorical_hinge", kReal, kOneHot, (3 - 0.5 + 1 + 0) / 2);
}

TEST(LossTest, CrossEntropiesAreKerass) {
  double binary = meanOf(kP, kOneHot, [](double p, double y) { return -(y * std::log(p) + (1 - y) * std::log1p(-p)); });
  expectLoss("binary_crossentropy", kP, kOneHot, binary);
  expectLoss("categorical_crossentropy", kP, kOneHot, -(std::log(0.7) + std::log(0.15)) / 2);
  EXPECT_NEAR(evaluateLoss("sparse_categorical_crossentropy", kP, {{2}, {0, 1}}, "i32"),
              -(std::log(0.7) + std::log(0.15)) / 2, 1e-12);
  // What does not sum to 1 is scaled.
  expectLoss("categorical_crossentropy", {{1, 2}, {2, 6}}, {{1, 2}, {1, 0}}, -std::log(0.25));
}

TEST(LossTest, CrossEntropiesTakeLogits) {
  auto logistic = [](double x) { return 1 / (1 + std::exp(-x)); };
  ModelRunner binary("fn loss(p, y) = binary_crossentropy(p, y, from_logits = true)\n"
                     "model M(p: f64[batch, 3], y: f64[batch, 3]) -> f64 { loss(p, y) }");
  double expected = meanOf(kReal, kOneHot, [&](double p, double y) {
    return -(y * std::log(logistic(p)) + (1 - y) * std::log(1 - logistic(p)));
  });
  expectNear(binary.call("predict", {{"p", kReal}, {"y", kOneHot}})["output"].data, {expected});
  ModelRunner sparse("model M(p: f64[batch, 3], y: i32[batch]) -> f64 {\n"
                     "  sparse_categorical_crossentropy(p, y, from_logits = true)\n}");
  double total = std::exp(0.5) + std::exp(-1.25) + std::exp(3.0), other = 1 + std::exp(2.5) + std::exp(-0.75);
  expectNear(sparse.call("predict", {{"p", kReal}, {"y", {{2}, {2, 0}}}})["output"].data,
             {-(3 - std::log(total) + 0 - std::log(other)) / 2});
}

TEST(LossTest, SmoothsLabels) {
  ModelRunner runner("model M(p: f64[batch, 3], y: f64[batch, 3]) -> (a: f64, b: f64) {\n"
                     "  (a = categorical_crossentropy(p, y, label_smoothing = 0.3),\n"
                     "   b = binary_crossentropy(p, y, label_smoothing = 0.3))\n}");
  Named out = runner.call("predict", {{"p", kP}, {"y", kOneHot}});
  expectNear(out["a"].data,
             {meanOfSums(kP, kOneHot, [](double p, double y) { return -(y * 0.7 + 0.1) * std::log(p); })});
  expectNear(out["b"].data, {meanOf(kP, kOneHot, [](double p, double y) {
               double t = y * 0.7 + 0.15;
               return -(t * std::log(p) + (1 - t) * std::log1p(-p));
             })});
}

// The formulas of Keras 3: the probability of the target decides the weight.
TEST(LossTest, FocalLossesWeighWhatIsMissed) {
  auto binary = [](double p, double t, double gamma) {
    double hit = t * p + (1 - t) * (1 - p);
    return -std::pow(1 - hit, gamma) * (t * std::log(p) + (1 - t) * std::log1p(-p));
  };
  expectLoss("binary_focal_crossentropy", kP, kOneHot,
             meanOf(kP, kOneHot, [&](double p, double y) { return binary(p, y, 2); }));
  expectLoss("binary_focal_crossentropy(apply_class_balancing = true, alpha = 0.3, gamma = 1.5)", kP, kOneHot,
             meanOf(kP, kOneHot, [&](double p, double y) { return (y == 1 ? 0.3 : 0.7) * binary(p, y, 1.5); }));
  expectLoss("binary_focal_crossentropy(label_smoothing = 0.2)", kP, kOneHot,
             meanOf(kP, kOneHot, [&](double p, double y) { return binary(p, 0.8 * y + 0.1, 2); }));
  expectLoss("binary_focal_crossentropy(from_logits = true)", kReal, kOneHot,
             meanOf(kReal, kOneHot, [&](double p, double y) { return binary(1 / (1 + std::exp(-p)), y, 2); }));
  auto categorical = [](double p, double t) { return -0.25 * std::pow(1 - p, 2) * t * std::log(p); };
  expectLoss("categorical_focal_crossentropy", kP, kOneHot, meanOfSums(kP, kOneHot, categorical));
  expectLoss("categorical_focal_crossentropy(label_smoothing = 0.3)", kP, kOneHot,
             meanOfSums(kP, kOneHot, [&](double p, double y) { return categorical(p, 0.7 * y + 0.1); }));
  Values softened = kReal;
  for (int row = 0; row < 2; ++row) {
    double sum = 0;
    for (int i = 0; i < 3; ++i)
      sum += std::exp(kReal.data[3 * row + i]);
    for (int i = 0; i < 3; ++i)
      softened.data[3 * row + i] = std::exp(kReal.data[3 * row + i]) / sum;
  }
  expectLoss("categorical_focal_crossentropy(from_logits = true, gamma = 2.0)", kReal, kOneHot,
             meanOfSums(softened, kOneHot, categorical));
}

TEST(LossTest, OverlapsAreTakenOverTheBatch) {
  // Sums: y 2, p 2, their product 0.7 + 0.15.
  expectLoss("dice", kP, kOneHot, 1 - 2 * 0.85 / (4 + 1e-7));
  expectLoss("tversky", kP, kOneHot, 1 - 0.85 / (0.85 + 0.5 * 1.15 + 0.5 * 1.15 + 1e-7));
  expectLoss("tversky(alpha = 0.2, beta = 0.7)", kP, kOneHot, 1 - 0.85 / (0.85 + 0.2 * 1.15 + 0.7 * 1.15 + 1e-7));
}

TEST(LossTest, DivergencesAreKerass) {
  auto clipped = [](double v) { return std::min(std::max(v, 1e-7), 1.0); };
  expectLoss("kl_divergence", kP, kOneHot, meanOfSums(kP, kOneHot, [&](double p, double y) {
               return clipped(y) * std::log(clipped(y) / clipped(p));
             }));
  expectLoss("cosine_similarity", {{1, 2}, {3, 4}}, {{1, 2}, {4, 3}}, -24.0 / 25);
  // Two distributions without overlap are at distance 1, by the floor of 1e-7 not quite.
  EXPECT_NEAR(evaluateLoss("hellinger", {{1, 2}, {1, 0}}, {{1, 2}, {0, 1}}), 1, 1e-3);
}

TEST(LossTest, StaysFiniteAtTheEdges) {
  EXPECT_NEAR(evaluateLoss("binary_crossentropy", {{1, 2}, {0, 1}}, {{1, 2}, {1, 0}}), -std::log(1e-7), 1e-6);
  EXPECT_TRUE(std::isfinite(evaluateLoss("kl_divergence", {{1, 2}, {0, 1}}, {{1, 2}, {1, 0}})));
}

TEST(LossTest, NamesShapesThatDoNotFit) {
  std::string errors = ModelRunner::errorsOf("model M(p: f64[batch, 3], y: f64[batch, 2]) -> f64 { mse(p, y) }");
  EXPECT_NE(errors.find("mean_squared_error: the prediction is [batch, 3], but the target is [batch, 2]"),
            std::string::npos)
      << errors;
  errors = ModelRunner::errorsOf(
      "model M(p: f64[batch, 3], y: i32[batch, 2]) -> f64 { sparse_categorical_crossentropy(p, y) }");
  EXPECT_NE(errors.find("so the target must be [batch], but it is [batch, 2]"), std::string::npos) << errors;
}

} // namespace
