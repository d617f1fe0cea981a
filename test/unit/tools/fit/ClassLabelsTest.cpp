// Columns of classes: numbers as they are, names by their order.
#include "test/unit/tools/fit/Complaint.h"
#include "test/unit/tools/fit/TemporaryFolder.h"
#include "tools/fit/TableColumns.h"

namespace dlc::test {
namespace {

using fit::Matrix;
using Names = std::vector<std::string>;

class ClassLabelsTest : public testing::Test {
protected:
  Matrix read(const std::string &cells, const Names &known = {}, dlc_dtype dtype = DLC_I32) {
    return std::move(
        fit::readTable(folder.write("y.csv", "class\n" + cells), {{"y", {"class"}, dtype, true, known}})[0]);
  }
  Complaint complaint(const std::string &cells, const Names &known = {}, dlc_dtype dtype = DLC_I32) {
    return complaintOf([&] { read(cells, known, dtype); });
  }
  std::vector<int> classes(const std::string &cells, const Names &known = {}) {
    Matrix matrix = read(cells, known);
    std::vector<int> all;
    for (int64_t row = 0; row < matrix.rows; ++row)
      all.push_back(static_cast<int>(matrix.at(row, 0)));
    return all;
  }
  std::string line(int number) { return folder.path("y.csv") + ":" + std::to_string(number) + ":class"; }
  TemporaryFolder folder;
};

TEST_F(ClassLabelsTest, TakesNumbersAsTheyAre) {
  EXPECT_EQ(classes("3\n0\n3\n2.0\n"), (std::vector<int>{3, 0, 3, 2}));
  EXPECT_TRUE(read("3\n0\n").labels.empty());
}

TEST_F(ClassLabelsTest, NumbersNamesInTheirOrder) {
  EXPECT_EQ(classes("virginica\nsetosa\nversicolor\nsetosa\n"), (std::vector<int>{2, 0, 1, 0}));
  EXPECT_EQ(read("virginica\nsetosa\nversicolor\n").labels, (Names{"setosa", "versicolor", "virginica"}));
}

TEST_F(ClassLabelsTest, KeepsTheOrderOfATrainedProgram) {
  EXPECT_EQ(classes("AML\nALL\n", {"CLL", "AML", "ALL"}), (std::vector<int>{1, 2}));
  EXPECT_EQ(read("AML\n", {"CLL", "AML", "ALL"}).labels, (Names{"CLL", "AML", "ALL"}));
}

TEST_F(ClassLabelsTest, NamesAnUnknownClass) {
  Complaint found = complaint("ALL\nAMM\n", {"ALL", "AML"});
  EXPECT_EQ(found.place, line(3));
  EXPECT_EQ(found.text, "unknown class 'AMM'");
  EXPECT_EQ(found.remedy, "did you mean 'AML'? the program knows ALL, AML");
}

TEST_F(ClassLabelsTest, RefusesNumbersAmongNames) {
  Complaint number = complaint("ALL\nAML\n1\n");
  EXPECT_EQ(number.place, line(4));
  EXPECT_EQ(number.text, "expected a class name as in line 2, found '1'");
  EXPECT_EQ(complaint("0\nALL\n").text, "expected a class number as in line 2, found 'ALL'");
}

TEST_F(ClassLabelsTest, RefusesCellsThatAreNoClass) {
  EXPECT_EQ(complaint("ALL\nNA\n").text, "the class is missing");
  EXPECT_EQ(complaint("ALL\nNA\n").place, line(3));
  EXPECT_EQ(complaint("0.5\n").text, "expected a class, as a whole number or a name, found '0.5'");
  EXPECT_EQ(complaint("nan\n").text, "expected a class, as a whole number or a name, found 'nan'");
  EXPECT_EQ(complaint("gr\xF6n\n").text, "expected the name of a class in UTF-8, found 'gr\\xf6n'");
  EXPECT_EQ(complaint("1\n300\n", {}, DLC_I8).text, "'300' does not fit into i8");
  EXPECT_EQ(complaint("1\n300\n", {}, DLC_I8).place, line(3));
}

} // namespace
} // namespace dlc::test
