// Columns of a table, or other examples, as numbers.
#ifndef DLC_TOOLS_FIT_MATRIX_H
#define DLC_TOOLS_FIT_MATRIX_H

#include "dlc/dlc.h"
#include "tools/fit/RowStorage.h"
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace dlc::fit {

/// Dense, row-major, of one dtype.
struct Matrix {
  std::string file;
  std::vector<std::string> columns; // their names; empty if they have none
  dlc_dtype dtype = DLC_F32;
  int64_t rows = 0;
  RowStorage data;
  std::vector<std::string> labels;                     // if the only column held text: its values by class number
  int64_t missingCells = 0;                            // now NaN; only with TableOptions::allowNan
  int64_t unnamed = 0;                                 // columns without names: pixels, places of a sequence
  std::shared_ptr<const std::vector<int64_t>> origins; // the number of each row in its file; null: in its order
  int64_t firstLine = 2; // of the file, that of row 0 where every row is a line; 0: rows are no lines

  int64_t width() const { return columns.empty() ? unnamed : static_cast<int64_t>(columns.size()); }
  int64_t origin(int64_t row) const { return origins ? (*origins)[static_cast<size_t>(row)] : row; }
  /// For messages: "data.csv:12" or "images.idx, example 11".
  std::string place(int64_t row) const;
  /// Element as a double; for checks and measures, not for inner loops.
  double at(int64_t row, int64_t column) const;
  /// For loops over many rows with at(), so that these do not stay in memory.
  void rowTouched(int64_t row) const;
};

} // namespace dlc::fit

#endif
