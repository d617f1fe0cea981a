// Suggestions for names that do not exist.
#ifndef DLC_TOOLS_FIT_NEARESTNAME_H
#define DLC_TOOLS_FIT_NEARESTNAME_H

#include <string>
#include <string_view>
#include <vector>

namespace dlc::fit {

/// The name that is closest to \p wanted by edit distance (Levenshtein, neighbours swapped count as one, case as a
/// half), or nothing when no name is close: more than a third of the letters would have to change.
std::string nearestName(std::string_view wanted, const std::vector<std::string> &names);

/// "a, b, c", or "a, b, c and 12 more" when there are more than \p limit.
std::string listNames(const std::vector<std::string> &names, size_t limit = 12);

/// "did you mean 'x'?; there are a, b, c": both parts where they make sense.
std::string suggestName(std::string_view wanted, const std::vector<std::string> &names, const std::string &what);

} // namespace dlc::fit

#endif
