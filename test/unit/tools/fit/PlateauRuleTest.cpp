// When the learning rate is reduced; Keras's ReduceLROnPlateau is the model.
#include "tools/fit/PlateauRule.h"
#include "test/unit/tools/fit/Complaint.h"
#include "tools/fit/LearningRateTest.h"
#include <cmath>

namespace dlc::test {
namespace {

using fit::PlateauRule;
using fit::ReduceOnPlateau;

// The rate after each epoch, beginning with 1.
std::vector<double> ratesOf(const ReduceOnPlateau &how, const std::vector<double> &losses) {
  PlateauRule rule(how, true);
  std::vector<double> rates;
  double rate = 1;
  int64_t number = 0;
  for (double loss : losses) {
    rate *= rule.observe({++number, 0, {{"loss", 0}}, {{"loss", loss}, {"accuracy", -loss}}}, rate);
    rates.push_back(rate);
  }
  return rates;
}

ReduceOnPlateau halving(int64_t patience) {
  ReduceOnPlateau rule;
  rule.factor = 0.5;
  rule.patience = patience;
  return rule;
}

TEST(PlateauRuleTest, ReducesAfterItsPatience) {
  EXPECT_EQ(ratesOf(halving(2), {5, 4, 4, 4, 3, 3, 3}), (std::vector<double>{1, 1, 1, 0.5, 0.5, 0.5, 0.25}));
  EXPECT_EQ(ratesOf(halving(1), {5, 4, 4, 4}), (std::vector<double>{1, 1, 0.5, 0.25}));
}

TEST(PlateauRuleTest, ASmallImprovementIsNone) {
  ReduceOnPlateau rule = halving(1);
  EXPECT_EQ(ratesOf(rule, {1, 0.99995, 0.9998}), (std::vector<double>{1, 0.5, 0.5}));
  rule.minDelta = 0.5;
  EXPECT_EQ(ratesOf(rule, {5, 4.6, 4.4}), (std::vector<double>{1, 0.5, 0.5}));
}

TEST(PlateauRuleTest, WaitsInItsCooldown) {
  ReduceOnPlateau rule = halving(2);
  rule.cooldown = 2;
  // By the steps of Keras's callback: reduced after epochs 3, 6 and 9: in the first epochs after a reduction nothing is
  // counted, but the last one of the cooldown is.
  EXPECT_EQ(ratesOf(rule, {5, 5, 5, 5, 5, 5, 5, 5, 5}),
            (std::vector<double>{1, 1, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25, 0.125}));
}

TEST(PlateauRuleTest, StopsAtTheLeastRate) {
  ReduceOnPlateau rule = halving(1);
  rule.minRate = 0.3;
  EXPECT_EQ(ratesOf(rule, {5, 5, 5, 5}), (std::vector<double>{1, 0.5, 0.3, 0.3}));
}

TEST(PlateauRuleTest, SomeNumbersShouldRise) {
  ReduceOnPlateau rule = halving(1);
  rule.monitor = "val_accuracy";
  EXPECT_EQ(ratesOf(rule, {5, 4, 3, 3}), (std::vector<double>{1, 1, 1, 0.5}));
  EXPECT_EQ(ratesOf(halving(1), {NAN, 5, NAN}), (std::vector<double>{1, 1, 0.5}));
  rule.monitor = "val_acc";
  EXPECT_EQ(complaintOf([&] { ratesOf(rule, {1}); }).text, "on_plateau watches 'val_acc', which is not measured");
}

TEST(PlateauRuleTest, GoesOnFromItsState) {
  PlateauRule whole(halving(2), true), first(halving(2), true), second(halving(2), true);
  auto epoch = [](double loss) { return fit::Epoch{1, 0, {}, {{"loss", loss}}}; };
  for (double loss : {3.0, 3.0}) {
    whole.observe(epoch(loss), 1);
    first.observe(epoch(loss), 1);
  }
  second.resume(first.state());
  EXPECT_EQ(second.observe(epoch(3), 1), 0.5);
  EXPECT_EQ(whole.observe(epoch(3), 1), 0.5);
}

TEST(LearningRateTestTest, SuggestsWhereTheLossFallsFastest) {
  fit::RateTest test;
  for (int i = 0; i <= 60; ++i) { // from 1e-6 to 1: falls around 1e-3, rises from 1e-1 on
    double place = -6 + 0.1 * i, loss = 1 / (1 + std::exp(4 * (place + 3))) + (place > -1 ? (place + 1) * 3 : 0);
    test.steps.push_back({std::pow(10, place), loss, loss});
  }
  fit::suggestRate(test);
  ASSERT_TRUE(test.suggestion);
  EXPECT_NEAR(std::log10(*test.suggestion), -3, 0.05);
  EXPECT_NEAR(std::log10(test.lowest), -1, 0.11);
  EXPECT_EQ(test.table().substr(0, 39), "step\tlearning_rate\tloss\tsmoothed_loss\n1");
  EXPECT_NE(fit::svgChart(test.chart()).find(">0.001<"), std::string::npos);
  for (fit::RateStep &step : test.steps)
    step.smoothed = 1 + step.rate;
  test.suggestion.reset();
  fit::suggestRate(test);
  EXPECT_FALSE(test.suggestion); // it only rises
  EXPECT_FALSE(fit::RateTest().chart().title.empty());
}

TEST(LearningRateTestTest, RangesGoUp) {
  EXPECT_EQ(fit::RateRange::parse("").low, 1e-6);
  EXPECT_EQ(fit::RateRange::parse("1e-4..10").high, 10);
  for (const char *wrong : {"1", "1..", "..1", "0..1", "-1..1", "1..1", "2..1", "a..b", "1..inf", "nan..1"})
    EXPECT_EQ(complaintOf([&] { fit::RateRange::parse(wrong); }).code, fit::ExitCode::Usage) << wrong;
}

} // namespace
} // namespace dlc::test
