// Integer arithmetic on numbers that a file or a caller gave: every operation says whether it overflowed.
#ifndef DLC_RUNTIME_CORE_CHECKEDMATH_H
#define DLC_RUNTIME_CORE_CHECKEDMATH_H

#include "runtime/abi/ProgramNumbers.h"

#include <cstdint>

namespace dlc::runtime {

using abi::kAlignment;

template <typename T> [[nodiscard]] bool checkedAdd(T a, T b, T *sum) { return !__builtin_add_overflow(a, b, sum); }
template <typename T> [[nodiscard]] bool checkedMultiply(T a, T b, T *product) {
  return !__builtin_mul_overflow(a, b, product);
}

/// Rounds up to a multiple of \p unit, a power of two.
[[nodiscard]] inline bool checkedRoundUp(uint64_t value, uint64_t unit, uint64_t *rounded) {
  if (!checkedAdd(value, unit - 1, rounded))
    return false;
  *rounded &= ~(unit - 1);
  return true;
}

/// Whether [offset, offset + size) lies inside [0, limit).
inline bool isInside(uint64_t offset, uint64_t size, uint64_t limit) { return size <= limit && offset <= limit - size; }

} // namespace dlc::runtime

#endif
