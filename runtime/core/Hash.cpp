#include "runtime/core/Hash.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace dlc::runtime {

uint64_t hashBytes(const void *bytes, size_t size) { return XXH3_64bits(bytes, size); }

} // namespace dlc::runtime
