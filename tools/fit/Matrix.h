// Columns of a table as numbers.
#ifndef DLC_TOOLS_FIT_MATRIX_H
#define DLC_TOOLS_FIT_MATRIX_H

#include "dlc/dlc.h"
#include "tools/fit/AlignedBuffer.h"
#include <cstdint>
#include <string>
#include <vector>

namespace dlc::fit {

/// Dense, row-major, of one dtype.
struct Matrix {
  std::string file;
  std::vector<std::string> columns;
  dlc_dtype dtype = DLC_F32;
  int64_t rows = 0;
  AlignedBuffer data;
  std::vector<std::string> labels; // if the only column held text: its values by class number
  int64_t missingCells = 0;        // now NaN; only with TableOptions::allowNan

  /// Element as a double; for checks and measures, not for inner loops.
  double at(int64_t row, int64_t column) const;
};

} // namespace dlc::fit

#endif
