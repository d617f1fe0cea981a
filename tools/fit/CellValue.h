// The text of one cell as a number.
#ifndef DLC_TOOLS_FIT_CELLVALUE_H
#define DLC_TOOLS_FIT_CELLVALUE_H

#include "dlc/dlc.h"
#include <cstddef>
#include <string_view>

namespace dlc::fit {

size_t bytesOf(dlc_dtype dtype);
const char *nameOf(dlc_dtype dtype);
/// f32 and f64; numbers of the other dtypes that tables can fill (i8 … i64, bool) are whole.
bool isFloat(dlc_dtype dtype);

enum class CellFault {
  None,
  Missing,     // empty, or a usual mark of a missing value: NA, N/A, null, ?, -
  NotFinite,   // NaN, inf
  NotANumber,  // text
  NotWhole,    // 1.5 where a whole number belongs
  OutOfRange,  // does not fit into the dtype
};

/// Reads a number; spaces around it are ignored. For floats, Missing and NotFinite store NaN (or the infinity).
CellFault parseCell(std::string_view cell, dlc_dtype dtype, void *to);

} // namespace dlc::fit

#endif
