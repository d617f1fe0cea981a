// Numbers of one dtype as another one.
#ifndef DLC_TOOLS_FIT_CONVERTELEMENTS_H
#define DLC_TOOLS_FIT_CONVERTELEMENTS_H

#include "dlc/dlc.h"
#include <cstddef>

namespace dlc::fit {

/// As a cast in C does it; that the values fit has been checked before. Both are dtypes that a port can have, or u8.
void convertElements(const char *from, dlc_dtype fromType, char *to, dlc_dtype toType, size_t count);

} // namespace dlc::fit

#endif
