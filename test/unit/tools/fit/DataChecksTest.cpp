// What looks wrong in the examples, and what to do about it.
#include "tools/fit/DataChecks.h"
#include "test/unit/tools/fit/Complaint.h"
#include "test/unit/tools/fit/Examples.h"
#include "test/unit/tools/fit/TemporaryFolder.h"
#include <cmath>

namespace dlc::test {
namespace {

using fit::CheckOptions;
using fit::Finding;

class DataChecksTest : public testing::Test {
protected:
  void SetUp() override {
    if (!canRunSample())
      GTEST_SKIP() << "the sample has code for x86-64";
  }
  /// Four columns of x and the columns of the target behind them.
  std::vector<Finding> check(const std::string &rows, const CheckOptions &options, dlc_dtype dtype = DLC_F32,
                             bool oneHot = false, bool allowNan = false) {
    std::string file = folder.write("d.csv", (oneHot ? "a,b,c,d,p,q\n" : "a,b,c,d,t\n") + rows);
    fit::Program program = programOf(sampleWithTarget(dtype, oneHot ? 2 : 0));
    fit::DataSpec spec{"data", {{"x", {file, {"a..d"}}}, {"t", {file, {oneHot ? "p..q" : "t"}}}}};
    return fit::checkData(fit::Dataset::read(program, "train_step", spec, {allowNan, {}}), options);
  }
  Complaint complaint(const std::string &rows, const CheckOptions &options, dlc_dtype dtype = DLC_F32) {
    return complaintOf([&] { check(rows, options, dtype); });
  }
  /// Rows with harmless inputs and these targets.
  static std::string rowsWith(const std::vector<std::string> &targets) {
    std::string rows;
    for (size_t i = 0; i < targets.size(); ++i)
      rows += std::string(i % 2 ? "1,2,3,4," : "2,1,4,3,") + targets[i] + "\n";
    return rows;
  }
  std::string line(int number) { return folder.path("d.csv") + ":" + std::to_string(number) + ":t"; }
  TemporaryFolder folder;
};

TEST_F(DataChecksTest, GoodDataGiveNoFindings) {
  EXPECT_TRUE(check(rowsWith({"0", "1"}), {"binary_crossentropy"}).empty());
  EXPECT_TRUE(check(rowsWith({"0", "2"}), {"sparse_categorical_crossentropy", 3}, DLC_I32).empty());
  EXPECT_TRUE(check(rowsWith({"0,1", "0.25,0.75"}), {"categorical_crossentropy", 2}, DLC_F32, true).empty());
  EXPECT_TRUE(check(rowsWith({"-500", "900"}), {"mse"}).empty());
}

TEST_F(DataChecksTest, BinaryTargetsAreZeroAndOne) {
  Complaint two = complaint(rowsWith({"1", "2"}), {"binary_crossentropy"});
  EXPECT_EQ(two.place, line(3));
  EXPECT_EQ(two.text, "binary_crossentropy expects targets between 0 and 1, found 2");
  EXPECT_EQ(two.remedy, "use the labels 0 and 1, not 1 and 2; for more classes use sparse_categorical_crossentropy");
  EXPECT_EQ(complaint(rowsWith({"1", "-1"}), {"binary_crossentropy"}).remedy, "use the labels 0 and 1, not -1 and 1");
  EXPECT_EQ(complaint(rowsWith({"1", "7"}), {"binary_crossentropy"}).remedy,
            "use the labels 0 and 1; for more classes use sparse_categorical_crossentropy with y: i32[batch]");
  EXPECT_EQ(complaint(rowsWith({"1", "2.5"}), {"binary_crossentropy"}).remedy,
            "use the labels 0 and 1; to predict a quantity use the loss mse");
}

TEST_F(DataChecksTest, ClassNumbersFitTheModel) {
  CheckOptions options{"sparse_categorical_crossentropy", 3};
  Complaint fromOne = complaint(rowsWith({"1", "3"}), options, DLC_I32);
  EXPECT_EQ(fromOne.place, line(3));
  EXPECT_EQ(fromOne.text, "expected a class number from 0 to 2, found 3");
  EXPECT_EQ(fromOne.remedy, "class numbers start at 0; or give the last layer one unit more");
  EXPECT_EQ(complaint(rowsWith({"1", "-1"}), options, DLC_I32).remedy,
            "the model predicts 3 classes: correct the label or the last layer");
}

TEST_F(DataChecksTest, ClassNumbersLeaveNoGap) {
  CheckOptions options{"sparse_categorical_crossentropy", 3};
  Complaint gap = complaint(rowsWith({"0", "1", "3"}), options, DLC_I32);
  EXPECT_EQ(gap.place, line(4));
  EXPECT_EQ(gap.text, "expected a class number from 0 to 2, found 3, while no example has 2");
  EXPECT_EQ(gap.remedy, "number the classes from 0 on without a gap");
  options.learns = true;
  std::vector<Finding> found = check(rowsWith({"1", "2"}), options, DLC_I32);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].text, "no example has the class 0 of the 3 that the model predicts");
  EXPECT_TRUE(check(rowsWith({"0", "1", "2"}), options, DLC_I32).empty());
}

TEST_F(DataChecksTest, ClassNamesFitTheModel) {
  Complaint found = complaint(rowsWith({"a", "b", "c"}), {"sparse_categorical_crossentropy", 2}, DLC_I32);
  EXPECT_EQ(found.place, folder.path("d.csv"));
  EXPECT_EQ(found.text, "found 3 classes, but the model predicts 2");
  EXPECT_EQ(found.remedy, "make the last layer dense(3, softmax)");
}

TEST_F(DataChecksTest, OneHotRowsSumToOne) {
  std::vector<Finding> found = check(rowsWith({"0,1", "1,1", "1,1"}), {"categorical_crossentropy", 2}, DLC_F32, true);
  ASSERT_EQ(found.size(), 1u); // the first one only
  EXPECT_EQ(found[0].level, Finding::Level::Warning);
  EXPECT_EQ(found[0].text, line(3) +
                               ": the target's row sums to 2, categorical_crossentropy expects probabilities that "
                               "sum to 1");
  EXPECT_EQ(found[0].remedy, "for a column of class numbers use sparse_categorical_crossentropy with y: i32[batch]");
}

TEST_F(DataChecksTest, WarnsOfLargeValuesAndUnequalScales) {
  std::vector<Finding> found = check("5000,2,3,4,0\n3000,1,4,3,1\n", {"mse"});
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].level, Finding::Level::Warning);
  EXPECT_EQ(found[0].text, "values of x go up to 5e+03, and the scales of its columns differ by orders of magnitude "
                           "(standard deviations from 0.5 to 1e+03): training on them is slow or fails");
  EXPECT_EQ(found[0].remedy, "let the model standardize its inputs: x |> standardize() |> …");
  found = check("0.1,900,0.3,0.4,0\n0.2,-900,0.4,0.3,1\n", {"mse"});
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].text, "the scales of x's columns differ by orders of magnitude (standard deviations from 0.05 to "
                           "9e+02): training on them is slow or fails");
  EXPECT_TRUE(check("5000,2,3,4,0\n3000,1,4,3,1\n", {"mse", 0, true}).empty()); // the model looks for itself
}

TEST_F(DataChecksTest, TellsOfConstantColumns) {
  std::vector<Finding> found = check("1,2,3,4,0\n1,1,4,3,1\n", {"mse"});
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].level, Finding::Level::Info);
  EXPECT_EQ(found[0].text, "1 column of x of 4 is constant and tells nothing (a)");
  EXPECT_EQ(check("1,2,3,4,0\n1,2,3,4,1\n", {"mse"})[0].text,
            "4 columns of x of 4 are constant and tell nothing (a, b, c, …)");
  EXPECT_TRUE(check("1,2,3,4,0\n", {"mse"}).empty()); // one row is always constant
}

TEST_F(DataChecksTest, CountsCellsThatAreNotFinite) {
  std::vector<Finding> found = check("1,,3,4,0\n2,1,4,inf,1\n3,2,1,1,1\n", {"mse"}, DLC_F32, false, true);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].text, "2 cells without a finite number: what they reach becomes NaN");
  EXPECT_EQ(found[0].remedy, "fill them before training; --allow-nan only lets them in");
}

TEST(SummarizeColumnsTest, LooksAtFiniteValues) {
  // Column p: 1, 3 of mean 2 and deviation 1; column q: 1e8 + {0, 2}, where a sum of squares would lose them.
  fit::PortData port = targetOf(DLC_F64, {"p", "q"}, {1, 1e8, NAN, INFINITY, 3, 1e8 + 2});
  std::vector<fit::ColumnSummary> found = fit::summarizeColumns(port);
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].finite, 2);
  EXPECT_DOUBLE_EQ(found[0].mean, 2);
  EXPECT_DOUBLE_EQ(found[0].deviation, 1);
  EXPECT_EQ(found[0].least, 1);
  EXPECT_EQ(found[0].greatest, 3);
  EXPECT_DOUBLE_EQ(found[1].deviation, 1);
}

} // namespace
} // namespace dlc::test
