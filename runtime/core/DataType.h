// Element types of tensors.
#ifndef DLC_RUNTIME_CORE_DATATYPE_H
#define DLC_RUNTIME_CORE_DATATYPE_H

#include "runtime/core/Api.h"

namespace dlc::runtime {

/// Bytes of one element, a power of two; 0 for a number that is no dtype.
uint32_t bytesOf(dlc_dtype dtype);
/// "f32"; "?" for a number that is no dtype.
const char *nameOf(dlc_dtype dtype);

} // namespace dlc::runtime

#endif
