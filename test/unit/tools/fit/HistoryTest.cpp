// Histories as tables, and back.
#include "tools/fit/History.h"
#include "test/unit/tools/fit/Complaint.h"
#include "test/unit/tools/fit/TemporaryFolder.h"
#include <cmath>

namespace dlc::test {
namespace {

using fit::Epoch;
using fit::History;

History sample() {
  History history;
  history.add({1, 0.5, {{"loss", 1.0 / 3}, {"accuracy", 0.5}}, {{"loss", 0.1}}});
  history.add({2, 12.25, {{"loss", 5e-324}, {"accuracy", 1}}, {{"loss", INFINITY}}});
  history.add({3, 1, {{"loss", -std::nan("")}, {"accuracy", 1}}, {}});
  return history;
}

TEST(HistoryTest, WritesATable) {
  EXPECT_EQ(sample().table(), "epoch\tseconds\tloss\taccuracy\tval_loss\n"
                              "1\t0.5\t0.3333333333333333\t0.5\t0.1\n"
                              "2\t12.25\t5e-324\t1\tinf\n"
                              "3\t1\tnan\t1\t\n");
  EXPECT_EQ(History().table(), "epoch\tseconds\n");
}

TEST(HistoryTest, ReadsBackWhatItWrote) {
  TemporaryFolder folder;
  std::string path = folder.write("h.tsv", sample().table());
  History again = History::read(path, 3);
  EXPECT_EQ(again.table(), sample().table());
  ASSERT_EQ(again.epochs().size(), 3u);
  EXPECT_EQ(again.epochs()[0].train, sample().epochs()[0].train);
  EXPECT_EQ(again.epochs()[1].validation, sample().epochs()[1].validation);
  EXPECT_EQ(again.epochs()[1].seconds, 12.25);
  EXPECT_TRUE(again.epochs()[2].validation.empty());
  EXPECT_EQ(History::read(path, 2).epochs().size(), 2u);
  EXPECT_TRUE(History::read(path, 0).empty());
}

TEST(HistoryTest, KeepsTheLearningRate) {
  TemporaryFolder folder;
  History history;
  history.add({1, 1, {{"loss", 1}}, {{"loss", 2}}, 0.02});
  history.add({2, 1, {{"loss", 1}}, {{"loss", 2}}, std::nullopt});
  EXPECT_EQ(history.table(), "epoch\tseconds\tloss\tval_loss\tlearning_rate\n1\t1\t1\t2\t0.02\n2\t1\t1\t2\t\n");
  History again = History::read(folder.write("h.tsv", history.table()), 2);
  EXPECT_EQ(again.table(), history.table());
  EXPECT_EQ(again.epochs()[0].learningRate, 0.02);
  EXPECT_FALSE(again.epochs()[0].measure("learning_rate"));
}

TEST(HistoryTest, FindsMeasuresOfBothSets) {
  History history = sample();
  const Epoch &epoch = history.epochs()[0];
  EXPECT_EQ(epoch.measure("loss"), 1.0 / 3);
  EXPECT_EQ(epoch.measure("val_loss"), 0.1);
  EXPECT_EQ(epoch.measure("val_accuracy"), std::nullopt);
  EXPECT_EQ(epoch.measure("val_"), std::nullopt);
}

TEST(HistoryTest, RefusesAnotherTable) {
  TemporaryFolder folder;
  std::string other = folder.write("x.tsv", "age\tsex\tclass\n1\t2\t3\n");
  Complaint found = complaintOf([&] { History::read(other, 9); });
  EXPECT_EQ(found.place, other);
  EXPECT_EQ(found.text, "expected a history with the columns epoch, seconds, loss, …");
  EXPECT_EQ(found.remedy, "give another file with --history");
  std::string broken = folder.write("h.tsv", "epoch\tseconds\tloss\n1\t1\t1\nlast\t1\t1\n");
  found = complaintOf([&] { History::read(broken, 9); });
  EXPECT_EQ(found.place, broken + ":3:epoch");
  EXPECT_EQ(found.text, "expected a number, found 'last'");
}

} // namespace
} // namespace dlc::test
