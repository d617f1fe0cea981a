// Which rows of a file are examples: `where` chooses by columns, `rows` a range of those that are left.
#ifndef DLC_TOOLS_FIT_ROWSELECTION_H
#define DLC_TOOLS_FIT_ROWSELECTION_H

#include "tools/fit/DataSpec.h"
#include <cstdint>
#include <set>
#include <string_view>

namespace dlc::fit {

class RowSelection {
public:
  RowSelection() = default;
  /// Of `rows = [begin, end]` and `where = "column=value"` (or a list of them). Throws a Problem: another form.
  explicit RowSelection(const DataSpec &spec);

  enum class Answer { Take, Skip, Done };
  /// Finds the columns of `where`. Throws a Problem: no such column.
  void bind(const std::string &path, const std::vector<std::string> &header);
  /// For one row after the other; Done: neither this nor any later one. \p cells: of a table that was bound.
  Answer next(const std::vector<std::string_view> &cells = {});
  /// At the end of the file. Throws a Problem: fewer rows than `rows` says, or none that `where` wants.
  void finish(const std::string &path) const;

  bool isAll() const { return begin == 0 && end < 0 && conditions.empty(); }
  bool hasConditions() const { return !conditions.empty(); }
  /// Columns that choose rows; they are no features.
  const std::vector<size_t> &columns() const { return indices; }
  /// -1: to the end.
  int64_t first() const { return begin; }
  int64_t last() const { return end; }

private:
  struct Condition {
    std::string column, value;
  };
  std::vector<Condition> conditions;
  std::vector<size_t> indices; // of the conditions' columns
  std::set<std::string> found; // some values of the first of them
  int64_t begin = 0, end = -1;
  int64_t matched = 0;
};

} // namespace dlc::fit

#endif
