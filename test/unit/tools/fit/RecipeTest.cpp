// Recipes: defaults, kinds and ranges of values, changes from the command line.
#include "tools/fit/Recipe.h"
#include "test/unit/tools/fit/Complaint.h"

namespace dlc::test {
namespace {

using fit::parseRecipe;
using fit::Recipe;
using nlohmann::json;

Complaint complaint(const char *text) {
  return complaintOf([&] { parseRecipe(json::parse(text)); });
}

TEST(RecipeTest, DefaultsAreThoseOfKeras) {
  Recipe recipe = parseRecipe(nullptr);
  EXPECT_EQ(recipe.epochs, 1);
  EXPECT_EQ(recipe.batchSize, 32);
  EXPECT_EQ(recipe.validationSplit, 0);
  EXPECT_TRUE(recipe.shuffle);
  EXPECT_FALSE(recipe.earlyStopping);
  EXPECT_TRUE(recipe.data.empty());
}

TEST(RecipeTest, ReadsAllOfIt) {
  Recipe recipe = parseRecipe(json::parse(R"({"epochs": 20, "batch_size": 8.0, "seed": -1, "validation_split": 0.25,
    "shuffle": false, "loss": "mse", "optimizer": "adam", "metrics": ["mae", "r2"], "init_from": "old.dlm",
    "early_stopping": {"patience": 5, "monitor": "val_r2"},
    "data": {"x": "X.tsv", "y": "y.tsv", "classes": ["ALL", "AML"]}, "test": {"x": "T.tsv"}})"));
  EXPECT_EQ(recipe.epochs, 20);
  EXPECT_EQ(recipe.batchSize, 8);
  EXPECT_EQ(recipe.seed, -1);
  EXPECT_EQ(recipe.validationSplit, 0.25);
  EXPECT_FALSE(recipe.shuffle);
  EXPECT_EQ(recipe.loss, "mse");
  EXPECT_EQ(recipe.metrics, (std::vector<std::string>{"mae", "r2"}));
  EXPECT_EQ(recipe.classNames, (std::vector<std::string>{"ALL", "AML"}));
  EXPECT_EQ(recipe.initFrom, "old.dlm");
  EXPECT_EQ(recipe.earlyStopping->patience, 5);
  EXPECT_EQ(recipe.earlyStopping->monitor, "val_r2");
  EXPECT_EQ(recipe.data.ports.size(), 2u);
  EXPECT_EQ(recipe.test.ports.at("x").file, "T.tsv");
}

TEST(RecipeTest, KnowsFoldsAndPlateaus) {
  Recipe recipe = parseRecipe({{"folds", 5},
                               {"on_plateau", {{"factor", 0.5}, {"patience", 3}, {"monitor", "val_f1"}, {"min_lr", 1e-5}}},
                               {"fixed", {"optimizer.momentum"}}});
  EXPECT_EQ(recipe.folds, 5);
  ASSERT_TRUE(recipe.onPlateau);
  EXPECT_EQ(recipe.onPlateau->factor, 0.5);
  EXPECT_EQ(recipe.onPlateau->patience, 3);
  EXPECT_EQ(recipe.onPlateau->monitor, "val_f1");
  EXPECT_EQ(recipe.onPlateau->minRate, 1e-5);
  EXPECT_EQ(recipe.onPlateau->minDelta, 1e-4);
  EXPECT_EQ(recipe.fixed, std::vector<std::string>{"optimizer.momentum"});
  EXPECT_EQ(parseRecipe({}).folds, 0);
  EXPECT_EQ(complaint(R"({"folds": 1})").text,
            "folds must be a whole number of at least 2 and at most 1099511627776, found 1");
  EXPECT_EQ(complaint(R"({"on_plateau": 3})").text,
            "on_plateau must be reduce_on_plateau(factor = 0.1, patience = 10), found 3");
  EXPECT_EQ(complaint(R"({"on_plateau": {"factor": "x"}})").text,
            "on_plateau: factor must be a number from 1e-300 to 1, found \"x\"");
}

TEST(RecipeTest, EarlyStoppingHasShortForms) {
  EXPECT_EQ(parseRecipe({{"early_stopping", 4}}).earlyStopping->patience, 4);
  EXPECT_FALSE(parseRecipe({{"early_stopping", false}}).earlyStopping);
  EXPECT_EQ(complaint(R"({"early_stopping": true})").text,
            "early_stopping must be patience(epochs, monitor = val_loss), found true");
}

TEST(RecipeTest, RefusesNumbersOutOfRange) {
  Complaint found = complaint(R"({"batch_size": 0})");
  EXPECT_EQ(found.place, "recipe");
  EXPECT_EQ(found.text, "batch_size must be a whole number of at least 1 and at most 1099511627776, found 0");
  EXPECT_EQ(found.remedy, "change it in the train block or with --set batch_size=…");
  for (const char *text : {R"({"epochs": -1})", R"({"epochs": 1.5})", R"({"epochs": "ten"})", R"({"epochs": 1e300})",
                           R"({"epochs": 18446744073709551615})", R"({"epochs": true})"})
    EXPECT_EQ(complaint(text).text.substr(0, 52), "epochs must be a whole number of at least 0 and at m") << text;
  EXPECT_TRUE(parseRecipe(json::parse(R"({"validation_shuffle": true})")).validationShuffle);
  EXPECT_EQ(complaint(R"({"validation_shuffle": 1})").text, "validation_shuffle must be true or false, found 1");
  EXPECT_EQ(complaint(R"({"validation_split": 1})").text,
            "validation_split must be a number from 0 up to, not including, 1, found 1");
  EXPECT_EQ(complaint(R"({"shuffle": 1})").text, "shuffle must be true or false, found 1");
}

TEST(RecipeTest, TheCommandLineChangesTheLoop) {
  json recipe = {{"epochs", 1}};
  EXPECT_TRUE(fit::overrideRecipe(recipe, "epochs", "20"));
  EXPECT_TRUE(fit::overrideRecipe(recipe, "shuffle", "false"));
  EXPECT_FALSE(fit::overrideRecipe(recipe, "loss", "mse")); // has to be compiled again
  EXPECT_EQ(parseRecipe(recipe).epochs, 20);
  EXPECT_FALSE(parseRecipe(recipe).shuffle);
  Complaint found = complaintOf([&] { fit::overrideRecipe(recipe, "epochs", "ten"); });
  EXPECT_EQ(found.code, fit::ExitCode::Usage);
  EXPECT_EQ(found.place, "--set epochs=ten");
  EXPECT_EQ(found.text, "expected a number, true or false");
}

TEST(RecipeTest, WeightsToBeginWith) {
  Recipe recipe = parseRecipe(nlohmann::json::parse(
      R"({"init_from": {"reader": "weights", "file": "w.h5", "map": "n.tsv", "skip_mismatch": true}})"));
  EXPECT_EQ(recipe.initFrom, "w.h5");
  EXPECT_EQ(recipe.initNames, "n.tsv");
  EXPECT_TRUE(recipe.initSkipsMismatch);
  EXPECT_EQ(complaintOf([] { parseRecipe({{"init_from", {{"file", 3}}}}); }).text,
            "init_from: file must be the name of a file, found 3");
  EXPECT_EQ(complaintOf([] { parseRecipe({{"init_from", {{"map", "n.tsv"}}}}); }).text,
            "init_from must be weights(\"model.safetensors\"), found {\"map\":\"n.tsv\"}");
}

} // namespace
} // namespace dlc::test
