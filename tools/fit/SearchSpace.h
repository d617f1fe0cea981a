// What a search over settings tries.
#ifndef DLC_TOOLS_FIT_SEARCHSPACE_H
#define DLC_TOOLS_FIT_SEARCHSPACE_H

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace dlc::fit {

/// One setting with the values to try: a list, or a range to draw from.
struct SearchAxis {
  struct Range {
    double low, high;
    bool isWhole;       // both ends are whole numbers: so is what is drawn
    bool isLogarithmic; // the ends are positive and a factor of ten apart, or more
  };
  std::string name;
  std::vector<std::string> values; // as they are written; of a range: its ends
  std::optional<Range> range;
};

/// "units=8,16,32", "optimizer.learning_rate=1e-4..1e-1"; a comma within brackets or quotes does not separate. Throws a
/// Problem (Usage): no name, an empty list or value, a value twice, a range that ends before it begins.
SearchAxis parseSearchAxis(const std::string &text);

/// The settings of one trial: names and values as text.
using Trial = std::vector<std::pair<std::string, std::string>>;

/// Every combination, the last axis changes fastest. Throws a Problem (Usage): an axis is a range, or there are more
/// than 10,000.
std::vector<Trial> gridTrials(const std::vector<SearchAxis> &axes);

/// \p count different combinations, a function of the seed; fewer if there are not so many. Numbers from a range have
/// four significant digits, so that they are what they are shown as.
std::vector<Trial> randomTrials(const std::vector<SearchAxis> &axes, int64_t count, int64_t seed);

} // namespace dlc::fit

#endif
