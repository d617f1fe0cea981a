#include "runtime/core/TextBuilder.h"

namespace dlc::runtime {

TextBuilder &TextBuilder::operator<<(const char *text) {
  while (*text && length_ + 1 < size_)
    memory_[length_++] = *text++;
  memory_[length_] = '\0';
  return *this;
}

TextBuilder &TextBuilder::operator<<(int64_t number) {
  char digits[24];
  char *start = digits + sizeof digits;
  *--start = '\0';
  uint64_t magnitude = number < 0 ? 0 - uint64_t(number) : uint64_t(number);
  do
    *--start = char('0' + magnitude % 10);
  while (magnitude /= 10);
  if (number < 0)
    *--start = '-';
  return *this << start;
}

} // namespace dlc::runtime
