// XXH3-64, the hash of segments. Finds damage, not malice: signatures are another thing.
#ifndef DLC_RUNTIME_CORE_HASH_H
#define DLC_RUNTIME_CORE_HASH_H

#include <cstddef>
#include <cstdint>

namespace dlc::runtime {

uint64_t hashBytes(const void *bytes, size_t size);

} // namespace dlc::runtime

#endif
