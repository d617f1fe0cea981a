// Columns that become matrices: selections, and faults of cells with file, line and column.
#include "tools/fit/TableColumns.h"
#include "test/unit/tools/fit/Complaint.h"
#include "test/unit/tools/fit/TemporaryFolder.h"
#include <cmath>

namespace dlc::test {
namespace {

using fit::ColumnSelection;
using fit::findColumns;
using fit::Matrix;
using fit::readTable;

using Indices = std::vector<size_t>;
using Numbers = std::vector<double>;

const std::vector<std::string> kHeader = {"id", "g1", "g2", "g3", "class"};

Indices find(const std::vector<std::string> &columns, bool ignored = false) {
  return findColumns("t.csv", kHeader, {"x", columns, DLC_F32, false, {}, ignored});
}

Numbers numbersOf(const Matrix &matrix) {
  Numbers all;
  for (int64_t row = 0; row < matrix.rows; ++row)
    for (size_t column = 0; column < matrix.columns.size(); ++column)
      all.push_back(matrix.at(row, static_cast<int64_t>(column)));
  return all;
}

class TableColumnsTest : public testing::Test {
protected:
  std::vector<Matrix> read(const std::string &text, const std::vector<ColumnSelection> &selections,
                           bool allowNan = false) {
    return readTable(folder.write("t.csv", text), selections, {allowNan});
  }
  Complaint complaint(const std::string &text, const ColumnSelection &selection, bool allowNan = false) {
    return complaintOf([&] { read(text, {selection}, allowNan); });
  }
  TemporaryFolder folder;
};

TEST_F(TableColumnsTest, FindsNamesRangesAndExclusions) {
  EXPECT_EQ(find({}), (Indices{}));
  EXPECT_EQ(find({"g3", "id"}), (Indices{3, 0}));
  EXPECT_EQ(find({"g1..g3"}), (Indices{1, 2, 3}));
  EXPECT_EQ(find({"g2..g2"}), (Indices{2}));
  EXPECT_EQ(find({"-id", "-class"}), (Indices{1, 2, 3}));
  EXPECT_EQ(find({"g1..class", "-g2"}), (Indices{1, 3, 4}));
}

TEST_F(TableColumnsTest, PrefersNamesOfTheHeader) {
  std::vector<std::string> header = {"a", "-a", "a..b", "b"};
  EXPECT_EQ(findColumns("t", header, {"x", {"-a"}}), (Indices{1}));
  EXPECT_EQ(findColumns("t", header, {"x", {"a..b"}}), (Indices{2}));
}

TEST_F(TableColumnsTest, SuggestsTheNearestName) {
  Complaint found = complaintOf([] { find({"clas"}); });
  EXPECT_EQ(found.place, "t.csv:1");
  EXPECT_EQ(found.text, "x: there is no column 'clas'");
  EXPECT_EQ(found.remedy, "did you mean 'class'? the columns are id, g1, g2, g3, class");
  EXPECT_EQ(complaintOf([] { find({"-klass"}); }).text, "x: there is no column 'klass'");
  EXPECT_EQ(complaintOf([] { find({"g1..g9"}); }).text, "x: there is no column 'g9'");
  EXPECT_EQ(complaintOf([] { find({"g3..g1"}); }).text, "x: in g3..g1 the first column comes last");
}

TEST_F(TableColumnsTest, IgnoredColumnsMayBeAbsent) {
  EXPECT_EQ(find({"class", "weight"}, true), (Indices{4}));
  EXPECT_EQ(find({"g2..class"}, true), (Indices{2, 3, 4}));
  EXPECT_EQ(find({"g2..weight"}, true), (Indices{}));
  EXPECT_EQ(find({"weight..g2"}, true), (Indices{}));
  EXPECT_EQ(find({"-class"}, true), (Indices{0, 1, 2, 3}));
  EXPECT_EQ(find({"-weight"}, true), (Indices{0, 1, 2, 3, 4}));
}

TEST_F(TableColumnsTest, GivesTheRestToTheSelectionWithoutNames) {
  std::vector<Matrix> all = read("a,b,c\n1,2,3\n4,5,6\n", {{"x", {}}, {"y", {"b"}, DLC_I32}});
  EXPECT_EQ(numbersOf(all[0]), (Numbers{1, 3, 4, 6}));
  EXPECT_EQ(all[0].columns, (std::vector<std::string>{"a", "c"}));
  EXPECT_EQ(numbersOf(all[1]), (Numbers{2, 5}));
  EXPECT_EQ(all[1].dtype, DLC_I32);
  EXPECT_EQ(all[1].rows, 2);
}

TEST_F(TableColumnsTest, KeepsIgnoredColumnsFromTheRest) {
  std::vector<Matrix> all = read("a,b,c,d\n1,x,y,4\n", {{"x", {}}, {"y", {"b..c"}, DLC_I64, false, {}, true}});
  EXPECT_EQ(numbersOf(all[0]), (Numbers{1, 4}));
}

TEST_F(TableColumnsTest, RefusesTwoSelectionsOfTheRest) {
  Complaint found = complaintOf([&] { read("a,b\n1,2\n", {{"x", {}}, {"y", {}}}); });
  EXPECT_EQ(found.text, "x and y both take all columns of this file");
  EXPECT_EQ(found.remedy, "name the columns of one of them: y=FILE:column");
}

TEST_F(TableColumnsTest, NamesTheCellThatHoldsText) {
  Complaint many = complaint("age,sex\n1,2\n3,male\n", {"x", {}});
  EXPECT_EQ(many.place, folder.path("t.csv") + ":3:sex");
  EXPECT_EQ(many.text, "expected a number, found 'male'");
  EXPECT_EQ(many.remedy, "correct the cell, or leave the column out: in the recipe x = [\"-sex\"], on the command line "
                         "x=FILE:-sex");
  EXPECT_EQ(complaint("sex\nmale\n", {"y", {}}).remedy,
            "a column of class names needs a whole-number target: train M(y: i32[batch])");
  EXPECT_EQ(complaint("a;b\n1;1,5\n", {"x", {}}).remedy, "write decimals with a point, thousands without a mark");
}

TEST_F(TableColumnsTest, NamesTheCellThatIsEmptyOrNotFinite) {
  Complaint empty = complaint("a,b\n1,\n", {"x", {}});
  EXPECT_EQ(empty.place, folder.path("t.csv") + ":2:b");
  EXPECT_EQ(empty.text, "the cell is empty");
  EXPECT_EQ(empty.remedy, "fill or remove it, or let NaN through with --allow-nan");
  EXPECT_EQ(complaint("a,b\n1,NA\n", {"x", {}}).text, "the value is missing ('NA')");
  EXPECT_EQ(complaint("a,b\n1,inf\n", {"x", {}}).text, "expected a finite number, found 'inf'");
  EXPECT_EQ(complaint("a,b\n1,\n", {"x", {}, DLC_I32}, true).remedy, "fill or remove it");
}

TEST_F(TableColumnsTest, LetsNanThroughWhereItIsAllowed) {
  Matrix matrix = std::move(read("a,b\n,NaN\ninf,4\n", {{"x", {}}}, true)[0]);
  EXPECT_EQ(matrix.missingCells, 3);
  EXPECT_TRUE(std::isnan(matrix.at(0, 0)));
  EXPECT_TRUE(std::isnan(matrix.at(0, 1)));
  EXPECT_EQ(matrix.at(1, 0), INFINITY);
  EXPECT_EQ(matrix.at(1, 1), 4);
  EXPECT_EQ(complaint("a\nmale\n", {"x", {}}, true).text, "expected a number, found 'male'");
}

TEST_F(TableColumnsTest, NamesTheCellThatDoesNotFit) {
  Complaint large = complaint("a,b\n1,4e38\n", {"x", {}});
  EXPECT_EQ(large.text, "'4e38' does not fit into f32");
  EXPECT_EQ(large.remedy, "scale the column: the largest number of f32 is 3.4e38");
  Complaint broken = complaint("a,b\n1,1.5\n", {"y", {}, DLC_I32});
  EXPECT_EQ(broken.text, "expected a whole number (i32), found '1.5'");
  EXPECT_EQ(broken.remedy, "correct the cell, or declare y with numbers of f32");
  EXPECT_EQ(complaint("a,b\n1,3000000000\n", {"y", {}, DLC_I32}).text, "'3000000000' does not fit into i32");
}

TEST_F(TableColumnsTest, RefusesATableWithoutRows) {
  Complaint found = complaint("a,b\n", {"x", {}});
  EXPECT_EQ(found.place, folder.path("t.csv"));
  EXPECT_EQ(found.text, "the table has a header, but no rows");
  EXPECT_EQ(found.remedy, "write one row per example below the header");
}

} // namespace
} // namespace dlc::test
