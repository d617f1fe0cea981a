#include "tools/fit/RowSelection.h"
#include "tools/fit/NearestName.h"
#include "tools/fit/NumberText.h"
#include "tools/fit/Problem.h"
#include "tools/fit/ReaderOptions.h"
#include <algorithm>

namespace dlc::fit {

RowSelection::RowSelection(const DataSpec &spec) {
  ReaderOptions options(spec);
  if (auto range = options.pair("rows", 0)) {
    std::tie(begin, end) = *range;
    if (begin >= end)
      options.fail("rows", "[begin, end] with begin < end");
  }
  for (const std::string &text : options.texts("where")) {
    size_t equals = text.find('=');
    if (equals == 0 || equals == std::string::npos)
      options.fail("where", "\"column=value\"");
    conditions.push_back({text.substr(0, equals), text.substr(equals + 1)});
  }
}

void RowSelection::bind(const std::string &path, const std::vector<std::string> &header) {
  indices.clear();
  for (const Condition &condition : conditions) {
    auto column = std::find(header.begin(), header.end(), condition.column);
    if (column == header.end())
      throw Problem(ExitCode::BadInput, path + ":1", "where: there is no column '" + quotable(condition.column) + "'",
                    suggestName(condition.column, header, "the columns are "));
    indices.push_back(static_cast<size_t>(column - header.begin()));
  }
}

RowSelection::Answer RowSelection::next(const std::vector<std::string_view> &cells) {
  if (end >= 0 && matched >= end)
    return Answer::Done;
  constexpr size_t kShown = 8;
  for (size_t i = 0; i < indices.size(); ++i) {
    if (i == 0 && found.size() < kShown)
      found.emplace(cells[indices[0]]);
    if (cells[indices[i]] != conditions[i].value)
      return Answer::Skip;
  }
  return matched++ < begin ? Answer::Skip : Answer::Take;
}

void RowSelection::finish(const std::string &path) const {
  if (!matched && !conditions.empty()) {
    std::vector<std::string> values;
    for (const std::string &value : found)
      values.push_back(quotable(value));
    throw Problem(ExitCode::BadInput, path,
                  "no row has " + conditions[0].column + " = '" + quotable(conditions[0].value) + "'" +
                      (conditions.size() > 1 ? " and what else `where` asks for" : ""),
                  suggestName(conditions[0].value, values, "its values are "));
  }
  if (matched < end)
    throw Problem(ExitCode::BadInput, path,
                  "rows = [" + std::to_string(begin) + ", " + std::to_string(end) + "], but there are only " +
                      plural(matched, "example"),
                  "lower the end of the range");
}

} // namespace dlc::fit
