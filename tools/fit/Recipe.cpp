#include "tools/fit/Recipe.h"
#include "tools/fit/NumberText.h"
#include "tools/fit/Problem.h"
#include <algorithm>
#include <cmath>

namespace dlc::fit {
namespace {

using nlohmann::json;

[[noreturn]] void fail(const std::string &key, const std::string &expected, const json &found) {
  throw Problem(ExitCode::BadInput, "recipe", key + " must be " + expected + ", found " + found.dump(),
                "change it in the train block or with --set " + key + "=…");
}

int64_t wholeNumber(const json &recipe, const char *key, int64_t fallback, int64_t least, int64_t most = INT64_MAX) {
  if (!recipe.contains(key) || recipe[key].is_null())
    return fallback;
  const json &value = recipe[key];
  // A double below 2^53 in size is whole if it stays itself; a larger one is no count.
  bool whole =
      value.is_number_float()
          ? value.get<double>() == std::floor(value.get<double>()) && std::abs(value.get<double>()) < 9007199254740992.0
          : value.is_number_integer() && (!value.is_number_unsigned() || value.get<uint64_t>() <= uint64_t(INT64_MAX));
  if (!whole || value.get<int64_t>() < least || value.get<int64_t>() > most)
    fail(key,
         "a whole number of at least " + std::to_string(least) +
             (most < INT64_MAX ? " and at most " + std::to_string(most) : ""),
         value);
  return value.get<int64_t>();
}

std::string nameOf(const json &value) {
  if (value.is_string())
    return value;
  return value.is_null() ? "" : value.dump();
}

std::vector<std::string> namesOf(const json &value) {
  std::vector<std::string> names;
  if (value.is_array())
    for (const json &item : value)
      names.push_back(nameOf(item));
  return names;
}

std::optional<EarlyStopping> earlyStoppingOf(const json &value) {
  if (value.is_null() || value == false)
    return std::nullopt;
  EarlyStopping rule;
  if (value.is_number_integer()) {
    rule.patience = value;
  } else if (value.is_object()) {
    rule.patience = wholeNumber(value, value.contains("patience") ? "patience" : "epochs", 3, 0);
    if (value.contains("monitor"))
      rule.monitor = nameOf(value["monitor"]);
  } else {
    fail("early_stopping", "patience(epochs, monitor = val_loss)", value);
  }
  return rule;
}

double realNumber(const json &record, const char *key, double fallback, double least, double most) {
  if (!record.contains(key) || record[key].is_null())
    return fallback;
  if (!record[key].is_number() || !(record[key] >= least && record[key] <= most))
    fail(std::string("on_plateau: ") + key, "a number from " + numberText(least) + " to " + numberText(most),
         record[key]);
  return record[key];
}

std::optional<ReduceOnPlateau> onPlateauOf(const json &value) {
  if (value.is_null() || value == false)
    return std::nullopt;
  if (!value.is_object())
    fail("on_plateau", "reduce_on_plateau(factor = 0.1, patience = 10)", value);
  constexpr double kMost = 1e300;
  ReduceOnPlateau rule;
  rule.factor = realNumber(value, "factor", rule.factor, 1e-300, 1);
  rule.patience = wholeNumber(value, "patience", rule.patience, 0);
  rule.minDelta = realNumber(value, "min_delta", rule.minDelta, 0, kMost);
  rule.minRate = realNumber(value, "min_lr", rule.minRate, 0, kMost);
  rule.cooldown = wholeNumber(value, "cooldown", rule.cooldown, 0);
  if (value.contains("monitor"))
    rule.monitor = nameOf(value["monitor"]);
  return rule;
}

// A file, or weights(file, map, skip_mismatch).
void readInitFrom(const json &value, Recipe &recipe) {
  if (!value.is_object()) {
    recipe.initFrom = nameOf(value);
    return;
  }
  auto text = [&](const char *key) {
    if (!value.contains(key))
      return std::string();
    if (!value[key].is_string())
      fail(std::string("init_from: ") + key, "the name of a file", value[key]);
    return value[key].get<std::string>();
  };
  recipe.initFrom = text("file");
  recipe.initNames = text("map");
  if (recipe.initFrom.empty())
    fail("init_from", "weights(\"model.safetensors\")", value);
  if (!value.contains("skip_mismatch"))
    return;
  if (!value["skip_mismatch"].is_boolean())
    fail("init_from: skip_mismatch", "true or false", value["skip_mismatch"]);
  recipe.initSkipsMismatch = value["skip_mismatch"];
}

json entry(const json &recipe, const char *key) { return recipe.contains(key) ? recipe[key] : json(); }

} // namespace

Recipe parseRecipe(const json &given, const std::vector<std::string> &portNames) {
  Recipe recipe;
  json source = given.is_object() ? given : json::object();
  constexpr int64_t kMost = int64_t(1) << 40; // as the options of the command line
  recipe.epochs = wholeNumber(source, "epochs", 1, 0, kMost);
  recipe.batchSize = wholeNumber(source, "batch_size", 32, 1, kMost);
  recipe.seed = wholeNumber(source, "seed", 0, INT64_MIN);
  json split = entry(source, "validation_split"), shuffle = entry(source, "shuffle"), loss = entry(source, "loss");
  if (!split.is_null()) {
    if (!split.is_number() || split < 0.0 || split >= 1.0)
      fail("validation_split", "a number from 0 up to, not including, 1", split);
    recipe.validationSplit = split;
  }
  if (!shuffle.is_null()) {
    if (!shuffle.is_boolean())
      fail("shuffle", "true or false", shuffle);
    recipe.shuffle = shuffle;
  }
  json byChance = entry(source, "validation_shuffle");
  if (!byChance.is_null() && !byChance.is_boolean())
    fail("validation_shuffle", "true or false", byChance);
  recipe.validationShuffle = byChance == true;
  recipe.loss = nameOf(loss);
  readInitFrom(entry(source, "init_from"), recipe);
  recipe.optimizer = nameOf(entry(source, "optimizer"));
  recipe.metrics = namesOf(entry(source, "metrics"));
  recipe.fixed = namesOf(entry(source, "fixed"));
  json data = entry(source, "data");
  recipe.earlyStopping = earlyStoppingOf(entry(source, "early_stopping"));
  recipe.onPlateau = onPlateauOf(entry(source, "on_plateau"));
  recipe.folds = wholeNumber(source, "folds", 0, 2, kMost);
  recipe.data = parseDataSpec("data", data, portNames);
  recipe.test = parseDataSpec("test", entry(source, "test"), portNames);
  recipe.validation = parseDataSpec("validation", entry(source, "validation"), portNames);
  bool isLearned = recipe.data.options.contains(kLearnedClasses);
  recipe.classNames = namesOf(entry(recipe.data.options, isLearned ? kLearnedClasses : "classes"));
  if (data.is_object() && data.contains(kLearnedWords)) // thousands
    source["data"].erase(kLearnedWords);
  recipe.json = std::move(source);
  return recipe;
}

bool overrideRecipe(json &recipe, const std::string &key, const std::string &value) {
  static const char *const keys[] = {"epochs",           "batch_size",         "seed",
                                     "validation_split", "validation_shuffle", "shuffle"};
  if (std::none_of(std::begin(keys), std::end(keys), [&](const char *known) { return key == known; }))
    return false;
  json parsed = json::parse(value, nullptr, false);
  if (parsed.is_discarded())
    throw Problem(ExitCode::Usage, "--set " + key + "=" + value, "expected a number, true or false");
  recipe[key] = parsed;
  return true;
}

} // namespace dlc::fit
