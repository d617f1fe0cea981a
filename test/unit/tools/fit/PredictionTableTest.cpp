// Predictions as a table.
#include "tools/fit/PredictionTable.h"
#include "test/unit/tools/fit/Examples.h"
#include <cmath>
#include <gtest/gtest.h>

namespace dlc::test {
namespace {

using fit::predictionTable;

TEST(PredictionTableTest, AQuantityIsOneColumn) {
  EXPECT_EQ(predictionTable(recipeOf("mse"), {predictionsOf({double(0.1f), -2})}), "p\n0.1\n-2\n");
}

TEST(PredictionTableTest, ClassesFollowTheirScores) {
  EXPECT_EQ(predictionTable(recipeOf("binary_crossentropy"), {predictionsOf({0.25, 0.75})}),
            "p\tclass\n0.25\t0\n0.75\t1\n");
  EXPECT_EQ(predictionTable(recipeOf("binary_crossentropy"), {predictionsOf({0.25, -3})}),
            "p\tclass\n0.25\t1\n-3\t0\n"); // logits
  EXPECT_EQ(predictionTable(recipeOf("binary_crossentropy"), {predictionsOf({NAN, 0.5})}),
            "p\tclass\nnan\tNA\n0.5\t0\n");
}

TEST(PredictionTableTest, ColumnsHaveTheNamesOfTheClasses) {
  fit::Recipe recipe =
      fit::parseRecipe({{"loss", "categorical_crossentropy"}, {"data", {{"x", "X.tsv"}, {"classes", {"ALL", "AML"}}}}});
  EXPECT_EQ(predictionTable(recipe, {predictionsOf({0.25, 0.75}, 2)}), "p_ALL\tp_AML\tclass\n0.25\t0.75\tAML\n");
  EXPECT_EQ(predictionTable(recipe, {predictionsOf({1, 2, 4}, 3)}), "p_0\tp_1\tp_2\tclass\n1\t2\t4\t2\n");
}

TEST(PredictionTableTest, OutputsStandSideBySide) {
  fit::Predictions second = predictionsOf({16777217, 3});
  second.name = "count";
  second.dtype = DLC_I32;
  EXPECT_EQ(predictionTable(recipeOf("my_loss"), {predictionsOf({1, 2, 3, 4}, 2), second}),
            "p_0\tp_1\tcount\n1\t2\t16777217\n3\t4\t3\n");
  EXPECT_EQ(predictionTable(recipeOf("mse"), {}), "\n");
}

} // namespace
} // namespace dlc::test
