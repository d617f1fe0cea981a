#include "tools/fit/NearestName.h"
#include "tools/fit/NumberText.h"
#include <algorithm>
#include <cctype>

namespace dlc::fit {
namespace {

// Distances are doubled, so that a difference of case can cost a half.
int substitutionCost(char a, char b) {
  if (a == b)
    return 0;
  auto lower = [](char c) { return std::tolower(static_cast<unsigned char>(c)); };
  return lower(a) == lower(b) ? 1 : 2;
}

int distance(std::string_view a, std::string_view b) {
  std::vector<int> beforeLast(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j)
    last[j] = static_cast<int>(2 * j);
  for (size_t i = 1; i <= a.size(); ++i) {
    row[0] = static_cast<int>(2 * i);
    for (size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({last[j] + 2, row[j - 1] + 2, last[j - 1] + substitutionCost(a[i - 1], b[j - 1])});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        row[j] = std::min(row[j], beforeLast[j - 2] + 2);
    }
    std::swap(beforeLast, last);
    std::swap(last, row);
  }
  return last[b.size()];
}

} // namespace

std::string nearestName(std::string_view wanted, const std::vector<std::string> &names) {
  const std::string *best = nullptr;
  int bestDistance = 0;
  for (const std::string &name : names) {
    // The difference of the lengths is a lower bound; it keeps tables of thousands of columns cheap.
    size_t longer = std::max(wanted.size(), name.size()), shorter = std::min(wanted.size(), name.size());
    int allowed = longer < 2 ? 1 : static_cast<int>(2 * std::max<size_t>(1, longer / 3)); // `b` does not suggest `a`
    if (longer > 256 || static_cast<int>(2 * (longer - shorter)) > allowed)
      continue;
    int found = distance(wanted, name);
    if (found <= allowed && (!best || found < bestDistance)) {
      best = &name;
      bestDistance = found;
    }
  }
  return best ? *best : std::string();
}

std::string listNames(const std::vector<std::string> &names, size_t limit) {
  std::string text;
  for (size_t i = 0; i < names.size() && i < limit; ++i)
    text += (i ? ", " : "") + quotable(names[i]);
  if (names.size() > limit)
    text += " and " + std::to_string(names.size() - limit) + " more";
  return text;
}

std::string suggestName(std::string_view wanted, const std::vector<std::string> &names, const std::string &what) {
  std::string nearest = nearestName(wanted, names), text;
  if (!nearest.empty())
    text = "did you mean '" + quotable(nearest) + "'? ";
  return text + what + (names.empty() ? "none" : listNames(names));
}

} // namespace dlc::fit
