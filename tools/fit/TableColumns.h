// Which columns of a table feed what, and reading them in one pass.
#ifndef DLC_TOOLS_FIT_TABLECOLUMNS_H
#define DLC_TOOLS_FIT_TABLECOLUMNS_H

#include "tools/fit/Matrix.h"
#include "tools/fit/RowSelection.h"
#include <string>
#include <vector>

namespace dlc::fit {

/// Columns that become one matrix. A name of the header; "first..last", a range in the header's order; or "-name",
/// all but that one. Names of the header win. No names: all columns that no other selection of the read names.
struct ColumnSelection {
  std::string purpose; // for messages: "x"
  std::vector<std::string> columns;
  dlc_dtype dtype = DLC_F32;
  bool labels = false; // the column may hold text: classes, numbered in the order of their names
  std::vector<std::string> knownLabels = {}; // the order of a program that was trained before; empty: sort
  bool ignored = false; // only keeps its columns from those selections that take the rest
};

struct TableOptions {
  bool allowNan = false; // empty cells, NaN and infinities are taken as they are
  RowSelection rows = {};
};

/// One matrix per selection. Throws a Problem that names file, line and column.
std::vector<Matrix> readTable(const std::string &path, const std::vector<ColumnSelection> &selections,
                              const TableOptions &options = {});

/// Indices into \p header of a selection's columns; empty if it names none. Throws a Problem: no such column.
std::vector<size_t> findColumns(const std::string &path, const std::vector<std::string> &header,
                                const ColumnSelection &selection);

} // namespace dlc::fit

#endif
