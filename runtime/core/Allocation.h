// The only two places where the runtime asks for memory, so that a test can replace this object file and let the n-th
// request fail. Only loading and saving allocate; calls never do.
#ifndef DLC_RUNTIME_CORE_ALLOCATION_H
#define DLC_RUNTIME_CORE_ALLOCATION_H

#include <cstddef>

namespace dlc::runtime {

/// Zeroed bytes, aligned for any scalar; null when there are none.
void *allocateBytes(size_t size);
void releaseBytes(void *bytes);

} // namespace dlc::runtime

#endif
