// Looks for NaN and infinity in memory.
#ifndef DLC_RUNTIME_EXEC_FINITECHECK_H
#define DLC_RUNTIME_EXEC_FINITECHECK_H

#include "runtime/core/Api.h"

namespace dlc::runtime {

struct NotFinite {
  uint64_t element;
  bool isNan;
};

/// Whether all elements are finite; integers always are. Otherwise \p found is the first that is not.
bool allFinite(const void *data, uint64_t bytes, dlc_dtype dtype, NotFinite *found);

} // namespace dlc::runtime

#endif
