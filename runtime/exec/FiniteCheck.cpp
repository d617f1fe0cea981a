#include "runtime/exec/FiniteCheck.h"

#include <cstring>

namespace dlc::runtime {
namespace {

// A float is not finite when all bits of its exponent are set, and NaN when a bit of its fraction is set as well.
template <typename Word> bool scan(const void *data, uint64_t bytes, Word exponent, Word fraction, NotFinite *found) {
  auto *elements = static_cast<const uint8_t *>(data);
  for (uint64_t i = 0, count = bytes / sizeof(Word); i < count; ++i) {
    Word word;
    memcpy(&word, elements + i * sizeof word, sizeof word);
    if ((word & exponent) == exponent) {
      *found = {i, (word & fraction) != 0};
      return false;
    }
  }
  return true;
}

} // namespace

bool allFinite(const void *data, uint64_t bytes, dlc_dtype dtype, NotFinite *found) {
  switch (dtype) {
  case DLC_F32:
    return scan<uint32_t>(data, bytes, 0x7F800000, 0x007FFFFF, found);
  case DLC_F64:
    return scan<uint64_t>(data, bytes, 0x7FF0000000000000, 0x000FFFFFFFFFFFFF, found);
  case DLC_F16:
    return scan<uint16_t>(data, bytes, 0x7C00, 0x03FF, found);
  case DLC_BF16:
    return scan<uint16_t>(data, bytes, 0x7F80, 0x007F, found);
  }
  return true;
}

} // namespace dlc::runtime
