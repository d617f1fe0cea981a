// The public header with its functions visible outside a shared object; everything else in the runtime is hidden.
#ifndef DLC_RUNTIME_CORE_API_H
#define DLC_RUNTIME_CORE_API_H

#pragma GCC visibility push(default)
#include "runtime/include/dlc/dlc.h"
#pragma GCC visibility pop

#endif
