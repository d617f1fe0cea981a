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

} // namespace
} // namespace dlc::test
