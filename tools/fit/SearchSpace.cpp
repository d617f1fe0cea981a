#include "tools/fit/SearchSpace.h"
#include "tools/fit/NumberText.h"
#include "tools/fit/Problem.h"
#include "tools/fit/Shuffle.h"
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <set>

namespace dlc::fit {
namespace {

constexpr size_t kMostTrials = 10000;
// Apart from the order of rows and the model's draws, which use other third words.
constexpr uint32_t kSearch = 0x53454152;

[[noreturn]] void fail(const std::string &text, const std::string &problem, const std::string &remedy) {
  throw Problem(ExitCode::Usage, "--try " + quotable(text, 60), problem, remedy);
}

std::string trimmed(const std::string &text) {
  size_t begin = text.find_first_not_of(" \t"), end = text.find_last_not_of(" \t");
  return begin == std::string::npos ? "" : text.substr(begin, end + 1 - begin);
}

// At commas outside of brackets and quotes.
std::vector<std::string> splitValues(const std::string &list) {
  std::vector<std::string> values(1);
  int depth = 0;
  bool quoted = false;
  for (char c : list) {
    quoted ^= c == '"';
    depth += !quoted && (c == '(' || c == '[' || c == '{');
    depth -= !quoted && (c == ')' || c == ']' || c == '}');
    if (c == ',' && !quoted && depth == 0)
      values.emplace_back();
    else
      values.back() += c;
  }
  for (std::string &value : values)
    value = trimmed(value);
  return values;
}

std::optional<double> numberIn(const std::string &text) {
  char *end = nullptr;
  double value = std::strtod(text.c_str(), &end);
  bool isNumber = !text.empty() && !*end && std::isfinite(value);
  return isNumber ? std::optional<double>(value) : std::nullopt;
}

bool isWholeText(const std::string &text) { return text.find_first_not_of("+-0123456789") == std::string::npos; }

std::optional<SearchAxis::Range> rangeOf(const std::string &text, const std::string &value) {
  size_t dots = value.find("..");
  if (dots == std::string::npos)
    return std::nullopt;
  std::string low = trimmed(value.substr(0, dots)), high = trimmed(value.substr(dots + 2));
  std::optional<double> from = numberIn(low), to = numberIn(high);
  if (!from || !to)
    return std::nullopt;
  if (!(*from < *to))
    fail(text, "the range ends before it begins", "write the smaller number first: 1e-4..1e-1");
  bool isLogarithmic = *from > 0 && *to / *from >= 10 * (1 - 1e-12);
  return SearchAxis::Range{*from, *to, isWholeText(low) && isWholeText(high), isLogarithmic};
}

// Uniform in [0, 1).
double draw(int64_t seed, uint64_t attempt, uint32_t axis) {
  auto bits = static_cast<uint64_t>(seed);
  std::array<uint32_t, 4> words =
      philox({static_cast<uint32_t>(attempt), static_cast<uint32_t>(attempt >> 32), kSearch, axis},
             {static_cast<uint32_t>(bits), static_cast<uint32_t>(bits >> 32)});
  return static_cast<double>((uint64_t(words[1]) << 32 | words[0]) >> 11) * 0x1p-53;
}

std::string valueAt(const SearchAxis &axis, double place) {
  if (!axis.range)
    return axis
        .values[std::min(axis.values.size() - 1, static_cast<size_t>(place * static_cast<double>(axis.values.size())))];
  const SearchAxis::Range &range = *axis.range;
  double low = range.low, high = range.isWhole ? range.high + 1 : range.high; // each whole number has a unit of length
  double value = range.isLogarithmic ? low * std::pow(high / low, place) : low + (high - low) * place;
  if (range.isWhole)
    return std::to_string(static_cast<int64_t>(std::min(std::floor(value), range.high)));
  return numberText(std::clamp(value, range.low, range.high), 4);
}

} // namespace

SearchAxis parseSearchAxis(const std::string &text) {
  size_t equals = text.find('=');
  SearchAxis axis;
  axis.name = trimmed(text.substr(0, equals));
  if (equals == std::string::npos || axis.name.empty())
    fail(text, "expected NAME=VALUE,VALUE", "write --try optimizer.learning_rate=1e-4,1e-3");
  axis.values = splitValues(text.substr(equals + 1));
  if (axis.values.size() == 1 && axis.values[0].empty())
    fail(text, "nothing to try for " + axis.name, "write --try " + axis.name + "=VALUE,VALUE");
  std::set<std::string> seen;
  for (const std::string &value : axis.values) {
    if (value.empty())
      fail(text, "a value of the list is empty", "leave out the comma");
    if (!seen.insert(value).second)
      fail(text, "the value " + quotable(value) + " is given twice", "give each value once");
  }
  if (axis.values.size() > 1)
    return axis;
  axis.range = rangeOf(text, axis.values[0]);
  if (axis.range) {
    size_t dots = axis.values[0].find("..");
    axis.values = {trimmed(axis.values[0].substr(0, dots)), trimmed(axis.values[0].substr(dots + 2))};
  }
  return axis;
}

std::vector<Trial> gridTrials(const std::vector<SearchAxis> &axes) {
  std::vector<Trial> trials(1);
  for (const SearchAxis &axis : axes) {
    if (axis.range)
      fail(axis.name + "=" + axis.values[0] + ".." + axis.values[1], "a range has no end of values to try",
           "draw from it with --random 20, or give a list: " + axis.name + "=" + axis.values[0] + "," + axis.values[1]);
    std::vector<Trial> longer;
    if (trials.size() * axis.values.size() > kMostTrials)
      throw Problem(ExitCode::Usage, "--try", "these are more than 10,000 combinations",
                    "try some of them: --random 100");
    for (const Trial &trial : trials)
      for (const std::string &value : axis.values) {
        longer.push_back(trial);
        longer.back().emplace_back(axis.name, value);
      }
    trials = std::move(longer);
  }
  return trials;
}

std::vector<Trial> randomTrials(const std::vector<SearchAxis> &axes, int64_t count, int64_t seed) {
  std::vector<Trial> trials;
  std::set<Trial> seen;
  uint64_t attempt = 0;
  for (int missed = 0; static_cast<int64_t>(trials.size()) < count && missed < 1000; ++attempt) {
    Trial trial;
    for (size_t i = 0; i < axes.size(); ++i)
      trial.emplace_back(axes[i].name, valueAt(axes[i], draw(seed, attempt, static_cast<uint32_t>(i))));
    bool isNew = seen.insert(trial).second;
    missed = isNew ? 0 : missed + 1;
    if (isNew)
      trials.push_back(std::move(trial));
  }
  return trials;
}

} // namespace dlc::fit
