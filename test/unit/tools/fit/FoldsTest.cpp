// Which rows are held out.
#include "tools/fit/Folds.h"
#include "test/unit/tools/fit/Complaint.h"
#include "test/unit/tools/fit/Examples.h"
#include "test/unit/tools/fit/TemporaryFolder.h"
#include <algorithm>
#include <numeric>
#include <set>

namespace dlc::test {
namespace {

class FoldsTest : public testing::Test {
protected:
  // The sample's dataset with these targets.
  fit::Dataset dataOf(const std::vector<double> &targets, dlc_dtype dtype = DLC_F32) {
    schema::ProgramT header = sampleWithTarget(dtype, dtype == DLC_F32 ? 1 : 0);
    program.emplace(programOf(header));
    const schema::FunctionT &step = *header.functions[1];
    int64_t columns = program->function(step.name).inputs[0].dims[1].fixed;
    std::string table = "t", rest;
    std::vector<std::string> names;
    for (int64_t i = 0; i < columns; ++i) {
      names.push_back("c" + std::to_string(i));
      table += "\t" + names.back();
      rest += "\t1";
    }
    for (double target : targets)
      table += "\n" + std::to_string(static_cast<int>(target)) + rest;
    fit::DataSpec spec;
    spec.name = "data";
    std::string file = folder.write("t.tsv", table + "\n");
    spec.ports[step.inputs[0]->name] = {file, names, true};
    spec.ports[step.inputs[1]->name] = {file, {"t"}, true};
    return fit::Dataset::read(*program, step.name, spec, {});
  }
  static fit::Recipe custom() { return fit::parseRecipe({{"loss", "my_loss"}}); }
  TemporaryFolder folder;
  std::optional<fit::Program> program;
};

std::vector<int64_t> all(const std::vector<std::vector<int64_t>> &folds) {
  std::vector<int64_t> rows;
  for (const std::vector<int64_t> &fold : folds)
    rows.insert(rows.end(), fold.begin(), fold.end());
  std::sort(rows.begin(), rows.end());
  return rows;
}

TEST_F(FoldsTest, EachRowIsHeldOutOnceAndClassesAreSpread) {
  std::vector<double> targets;
  for (int i = 0; i < 23; ++i)
    targets.push_back(i % 4 == 0 ? 1 : 0); // 6 of 23
  fit::Dataset data = dataOf(targets);
  auto folds = fit::makeFolds(data, recipeOf("binary_crossentropy"), 3, 5);
  ASSERT_EQ(folds.size(), 3u);
  std::vector<int64_t> rows(23);
  std::iota(rows.begin(), rows.end(), 0);
  EXPECT_EQ(all(folds), rows);
  for (const std::vector<int64_t> &fold : folds) {
    EXPECT_TRUE(fold.size() == 7 || fold.size() == 8);
    EXPECT_TRUE(std::is_sorted(fold.begin(), fold.end()));
    EXPECT_EQ(std::count_if(fold.begin(), fold.end(), [&](int64_t row) { return row % 4 == 0; }), 2);
  }
  EXPECT_EQ(folds, fit::makeFolds(data, recipeOf("binary_crossentropy"), 3, 5));
  EXPECT_NE(folds, fit::makeFolds(data, recipeOf("binary_crossentropy"), 3, 6));
}

TEST_F(FoldsTest, TheLossOrTheValuesSayWhatAClassIs) {
  fit::Dataset zeroOne = dataOf({0, 1, 1, 0}), counts = dataOf({3, 1, 2, 5});
  EXPECT_EQ(fit::classesOfRows(zeroOne, custom()), (std::vector<int64_t>{0, 1, 1, 0}));
  EXPECT_TRUE(fit::classesOfRows(zeroOne, recipeOf("mse")).empty());
  EXPECT_TRUE(fit::classesOfRows(counts, custom()).empty());
  fit::Dataset whole = dataOf({3, 1, 2, 3}, DLC_I32);
  EXPECT_EQ(fit::classesOfRows(whole, custom()), (std::vector<int64_t>{3, 1, 2, 3}));
}

TEST_F(FoldsTest, ASplitByChanceHasItsShareOfEachClass) {
  std::vector<double> targets;
  for (int i = 0; i < 40; ++i)
    targets.push_back(i >= 30 ? 1 : 0); // sorted: the last rows are of one class
  fit::Dataset data = dataOf(targets);
  fit::Recipe recipe = recipeOf("binary_crossentropy");
  recipe.validationSplit = 0.25;
  auto origins = [&] {
    std::vector<int64_t> rows;
    for (int64_t row = 0; row < data.rows(); ++row)
      rows.push_back(data.target()->values.origin(row));
    return rows;
  };
  fit::shuffleForSplit(data, recipe, 5);
  std::vector<int64_t> first = origins();
  EXPECT_TRUE(std::is_sorted(first.begin(), first.begin() + 30));
  EXPECT_TRUE(std::is_sorted(first.begin() + 30, first.end()));
  int64_t positive = std::count_if(first.begin() + 30, first.end(), [](int64_t row) { return row >= 30; });
  EXPECT_TRUE(positive == 2 || positive == 3) << positive;
  std::vector<int64_t> sorted = first, rows(40);
  std::sort(sorted.begin(), sorted.end());
  std::iota(rows.begin(), rows.end(), 0);
  EXPECT_EQ(sorted, rows);
  for (int64_t row = 0; row < 40; ++row)
    EXPECT_EQ(data.target()->values.at(row, 0), first[static_cast<size_t>(row)] >= 30 ? 1 : 0);
  EXPECT_EQ(data.target()->values.place(0), folder.path("t.tsv") + ":" + std::to_string(first[0] + 2));
  fit::shuffleForSplit(data, recipe, 6); // of the file's order, whatever was before
  EXPECT_NE(origins(), first);
  fit::shuffleForSplit(data, recipe, 5);
  EXPECT_EQ(origins(), first);
  data.restoreOrder();
  EXPECT_EQ(origins(), rows);
}

TEST_F(FoldsTest, ASplitByChanceOfQuantities) {
  fit::Dataset data = dataOf({3, 1, 2, 5, 4});
  fit::Recipe recipe = recipeOf("mse");
  recipe.validationSplit = 0.4;
  std::vector<double> last;
  for (int64_t seed = 0; seed < 8; ++seed) {
    fit::shuffleForSplit(data, recipe, seed);
    last.push_back(data.target()->values.at(4, 0));
  }
  EXPECT_GT(std::set<double>(last.begin(), last.end()).size(), 1u);
}

TEST_F(FoldsTest, SaysWhyThereAreTooMany) {
  fit::Dataset data = dataOf({0, 0, 0, 1, 1});
  auto faultOf = [&](const char *loss, int64_t folds) {
    return complaintOf([&] { fit::makeFolds(data, recipeOf(loss), folds, 1); }).text;
  };
  EXPECT_EQ(faultOf("mse", 1), "a cross-validation needs at least 2 folds");
  EXPECT_EQ(faultOf("mse", 6), "6 folds of 5 rows leave some without a row");
  EXPECT_EQ(faultOf("binary_crossentropy", 3),
            "class 1 has 2 rows, fewer than there are folds (3), and each fold needs one");
  EXPECT_EQ(fit::makeFolds(data, recipeOf("mse"), 5, 1).size(), 5u);
}

TEST_F(FoldsTest, TrainingRowsComeFirst) {
  EXPECT_EQ(fit::foldOrder(6, {1, 4}), (std::vector<int64_t>{0, 2, 3, 5, 1, 4}));
}

} // namespace
} // namespace dlc::test
