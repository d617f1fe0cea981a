// When training stops, and which epoch was the best.
#include "tools/fit/EarlyStoppingRule.h"
#include "test/unit/tools/fit/Complaint.h"
#include <cmath>

namespace dlc::test {
namespace {

using fit::EarlyStoppingRule;
using Verdict = EarlyStoppingRule::Verdict;

fit::Epoch epoch(int64_t number, double valLoss, double valAccuracy = 0) {
  return {number, 0.0, {{"loss", -valLoss}}, {{"loss", valLoss}, {"accuracy", valAccuracy}}};
}

// "B" best, "." go on, "S" stop.
std::string verdicts(EarlyStoppingRule &rule, const std::vector<double> &values, int64_t first = 1) {
  std::string text;
  for (double value : values) {
    Verdict verdict = rule.observe(epoch(first++, value, value));
    text += verdict == Verdict::Best ? 'B' : verdict == Verdict::Stop ? 'S' : '.';
  }
  return text;
}

TEST(EarlyStoppingRuleTest, StopsAfterItsPatience) {
  EarlyStoppingRule rule({2, ""}, true);
  EXPECT_EQ(rule.monitor(), "val_loss");
  EXPECT_EQ(verdicts(rule, {3, 2, 2.5, 1, 1, 1.5}), "BB.B.S"); // an equal value is no improvement
  EXPECT_EQ(rule.bestEpoch(), 4);
  EXPECT_EQ(rule.bestValue(), 1);
}

TEST(EarlyStoppingRuleTest, PatienceOfZeroStopsAtOnce) {
  EarlyStoppingRule rule({0, ""}, true);
  EXPECT_EQ(verdicts(rule, {3, 2, 2}), "BBS");
}

TEST(EarlyStoppingRuleTest, AccuracyShouldRise) {
  EarlyStoppingRule rule({1, "val_accuracy"}, true);
  EXPECT_EQ(verdicts(rule, {0.5, 0.7, 0.6}), "BBS");
  EXPECT_EQ(rule.bestEpoch(), 2);
  for (const char *name : {"accuracy", "val_auc", "f1", "val_mcc", "r2", "sensitivity", "top_k_accuracy"})
    EXPECT_TRUE(fit::isLargerBetter(name)) << name;
  for (const char *name : {"loss", "val_loss", "mse", "val_mae", "rmse"})
    EXPECT_FALSE(fit::isLargerBetter(name)) << name;
}

TEST(EarlyStoppingRuleTest, ANanIsBeatenByEverythingAndBeatsNothing) {
  EarlyStoppingRule rule({2, ""}, true);
  EXPECT_EQ(verdicts(rule, {NAN, 5, NAN, NAN}), "BB.S");
  EXPECT_EQ(rule.bestEpoch(), 2);
  EarlyStoppingRule hopeless({2, ""}, true);
  EXPECT_EQ(verdicts(hopeless, {NAN, NAN, NAN}), "B.S");
}

TEST(EarlyStoppingRuleTest, GoesOnWhereAnotherRuleStopped) {
  EarlyStoppingRule rule({3, ""}, true);
  rule.resume(5, 4, 1.0); // waited for one epoch
  EXPECT_EQ(verdicts(rule, {2, 2}, 6), ".S");
  EXPECT_EQ(rule.bestEpoch(), 4);
}

TEST(EarlyStoppingRuleTest, WatchesTheTrainingLossWithoutValidationData) {
  EarlyStoppingRule rule({1, ""}, false);
  EXPECT_EQ(rule.monitor(), "loss");
  EXPECT_EQ(verdicts(rule, {1, 2, 1}), "BBS"); // the training loss is the negative one
}

TEST(EarlyStoppingRuleTest, SaysWhatIsMeasured) {
  EarlyStoppingRule rule({1, "val_acuracy"}, true);
  Complaint found = complaintOf([&] { rule.observe(epoch(1, 2)); });
  EXPECT_EQ(found.place, "recipe");
  EXPECT_EQ(found.text, "early_stopping watches 'val_acuracy', which is not measured");
  EXPECT_EQ(found.remedy, "did you mean 'val_accuracy'? measured are loss, val_loss, val_accuracy");
  Complaint without = complaintOf([] { EarlyStoppingRule({1, "val_loss"}, false); });
  EXPECT_EQ(without.text, "early_stopping watches 'val_loss', which is not measured without validation data");
  EXPECT_EQ(without.remedy, "set validation_split = 0.2 or validation = table(…)");
}

} // namespace
} // namespace dlc::test
