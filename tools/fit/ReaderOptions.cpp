#include "tools/fit/ReaderOptions.h"
#include "tools/fit/Problem.h"
#include <algorithm>
#include <nlohmann/json.hpp>

namespace dlc::fit {

using nlohmann::json;

void ReaderOptions::fail(const char *key, const std::string &expected) const {
  std::string name = spec.name.empty() ? "data" : spec.name;
  throw Problem(ExitCode::BadInput, "recipe",
                name + "." + key + " must be " + expected + ", found " +
                    spec.options[key].dump(-1, ' ', false, json::error_handler_t::replace),
                "change it in the train block or with --set " + name + "." + key + "=…");
}

// Sizes beyond it are no counts of anything that fits into memory.
static constexpr int64_t kMost = int64_t(1) << 40;

int64_t ReaderOptions::whole(const char *key, const json &value, int64_t least, const std::string &expected) const {
  if (!value.is_number_integer() || (value.is_number_unsigned() && value.get<uint64_t>() > uint64_t(kMost)) ||
      value.get<int64_t>() < least || value.get<int64_t>() > kMost)
    fail(key, expected);
  return value.get<int64_t>();
}

std::optional<int64_t> ReaderOptions::number(const char *key, int64_t least) const {
  if (!has(key))
    return std::nullopt;
  return whole(key, spec.options[key], least, "a whole number of at least " + std::to_string(least));
}

std::optional<std::pair<int64_t, int64_t>> ReaderOptions::pair(const char *key, int64_t least) const {
  if (!has(key))
    return std::nullopt;
  const json &value = spec.options[key];
  std::string expected = "a list of two whole numbers of at least " + std::to_string(least);
  if (!value.is_array() || value.size() != 2)
    fail(key, expected);
  return std::make_pair(whole(key, value[0], least, expected), whole(key, value[1], least, expected));
}

std::string ReaderOptions::text(const char *key, const std::string &fallback) const {
  if (!has(key))
    return fallback;
  if (!spec.options[key].is_string())
    fail(key, "a string");
  return spec.options[key];
}

std::vector<std::string> ReaderOptions::texts(const char *key) const {
  if (!has(key))
    return {};
  const json &value = spec.options[key];
  if (value.is_string())
    return {value.get<std::string>()};
  std::vector<std::string> all;
  if (!value.is_array())
    fail(key, "a string or a list of strings");
  for (const json &item : value) {
    if (!item.is_string())
      fail(key, "a string or a list of strings");
    all.push_back(item);
  }
  return all;
}

std::string ReaderOptions::choice(const char *key, const std::vector<std::string> &choices) const {
  std::string value = text(key, choices.front());
  if (std::find(choices.begin(), choices.end(), value) == choices.end()) {
    std::string all;
    for (const std::string &each : choices)
      all += (all.empty() ? "" : &each == &choices.back() ? " or " : ", ") + ("\"" + each + "\"");
    fail(key, all);
  }
  return value;
}

} // namespace dlc::fit
