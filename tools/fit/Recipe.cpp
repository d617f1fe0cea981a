#include "tools/fit/Recipe.h"
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

json entry(const json &recipe, const char *key) { return recipe.contains(key) ? recipe[key] : json(); }

} // namespace

Recipe parseRecipe(const json &given) {
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
  recipe.loss = nameOf(loss);
  recipe.initFrom = nameOf(entry(source, "init_from"));
  recipe.optimizer = nameOf(entry(source, "optimizer"));
  recipe.metrics = namesOf(entry(source, "metrics"));
  json data = entry(source, "data");
  recipe.classNames = namesOf(data.is_object() ? entry(data, "classes") : json());
  recipe.earlyStopping = earlyStoppingOf(entry(source, "early_stopping"));
  recipe.data = parseDataSpec("data", data);
  recipe.test = parseDataSpec("test", entry(source, "test"));
  recipe.validation = parseDataSpec("validation", entry(source, "validation"));
  recipe.json = std::move(source);
  return recipe;
}

bool overrideRecipe(json &recipe, const std::string &key, const std::string &value) {
  static const char *const keys[] = {"epochs", "batch_size", "seed", "validation_split", "shuffle"};
  if (std::none_of(std::begin(keys), std::end(keys), [&](const char *known) { return key == known; }))
    return false;
  json parsed = json::parse(value, nullptr, false);
  if (parsed.is_discarded())
    throw Problem(ExitCode::Usage, "--set " + key + "=" + value, "expected a number, true or false");
  recipe[key] = parsed;
  return true;
}

} // namespace dlc::fit
