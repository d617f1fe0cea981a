// What a recipe tells a reader besides its files, by name and with its kind checked.
#ifndef DLC_TOOLS_FIT_READEROPTIONS_H
#define DLC_TOOLS_FIT_READEROPTIONS_H

#include "tools/fit/DataSpec.h"
#include <cstdint>
#include <optional>
#include <utility>

namespace dlc::fit {

/// Throws a Problem for a value of another kind, as --set or a damaged program can bring it.
class ReaderOptions {
public:
  explicit ReaderOptions(const DataSpec &spec) : spec(spec) {}

  bool has(const char *key) const { return spec.options.contains(key) && !spec.options[key].is_null(); }
  /// nullopt: not given.
  std::optional<int64_t> number(const char *key, int64_t least) const;
  /// [a, b], both at least \p least.
  std::optional<std::pair<int64_t, int64_t>> pair(const char *key, int64_t least) const;
  std::string text(const char *key, const std::string &fallback = "") const;
  /// One string or a list of them; empty: not given.
  std::vector<std::string> texts(const char *key) const;
  /// One of \p choices; the first one: not given.
  std::string choice(const char *key, const std::vector<std::string> &choices) const;
  [[noreturn]] void fail(const char *key, const std::string &expected) const;

private:
  int64_t whole(const char *key, const nlohmann::json &value, int64_t least, const std::string &expected) const;
  const DataSpec &spec;
};

} // namespace dlc::fit

#endif
