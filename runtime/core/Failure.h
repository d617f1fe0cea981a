// Errors go into memory of the caller; nothing is thrown and nothing is allocated.
#ifndef DLC_RUNTIME_CORE_FAILURE_H
#define DLC_RUNTIME_CORE_FAILURE_H

#include "runtime/core/Api.h"

namespace dlc::runtime {

/// A place in the model's source. Strings are never null; line 0 means unknown.
struct Location {
  const char *file = "";
  const char *where = "";
  uint32_t line = 0, column = 0;
};

/// Fills \p error and returns \p code. \p error may be null; it is left alone when its struct_size is too small,
/// since then its fields may not exist. Text that does not fit is cut.
[[gnu::format(printf, 3, 4)]] dlc_status fail(dlc_error *error, dlc_status code, const char *format, ...);

/// The same, with the place in the model's source.
[[gnu::format(printf, 4, 5)]] dlc_status failAt(dlc_error *error, dlc_status code, const Location &location,
                                                const char *format, ...);

/// The system's words for \p errorNumber; \p buffer is room for them.
const char *systemErrorText(int errorNumber, char *buffer, size_t size);

} // namespace dlc::runtime

#endif
