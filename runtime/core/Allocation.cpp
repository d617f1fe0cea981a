#include "runtime/core/Allocation.h"

#include <cstdlib>

namespace dlc::runtime {

void *allocateBytes(size_t size) { return calloc(1, size); }
void releaseBytes(void *bytes) { free(bytes); }

} // namespace dlc::runtime
