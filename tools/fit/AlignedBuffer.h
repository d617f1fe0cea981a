// Memory as the runtime wants it: 64-byte aligned. Grows like a vector, without constructing elements.
#ifndef DLC_TOOLS_FIT_ALIGNEDBUFFER_H
#define DLC_TOOLS_FIT_ALIGNEDBUFFER_H

#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <new>
#include <unistd.h>
#include <utility>

namespace dlc::fit {

class AlignedBuffer {
public:
  static constexpr size_t kAlignment = 64;

  AlignedBuffer() = default;
  explicit AlignedBuffer(size_t size) { resize(size); }
  AlignedBuffer(AlignedBuffer &&other) noexcept { swap(other); }
  AlignedBuffer &operator=(AlignedBuffer &&other) noexcept {
    swap(other);
    return *this;
  }
  ~AlignedBuffer() { std::free(bytes); }

  char *data() { return bytes; }
  const char *data() const { return bytes; }
  size_t size() const { return used; }

  /// New bytes are zero. Never null afterwards, so that an empty tensor still has an address.
  void resize(size_t size) {
    if (!bytes || size > capacity)
      grow(size);
    if (size > used)
      std::memset(bytes + used, 0, size - used);
    used = size;
  }
  /// Room for \p size more bytes at the end, not initialized; they count as used.
  char *extend(size_t size) {
    if (!bytes || used + size > capacity)
      grow(used + size > 2 * capacity ? used + size : 2 * capacity);
    used += size;
    return bytes + used - size;
  }

private:
  void swap(AlignedBuffer &other) noexcept {
    std::swap(bytes, other.bytes);
    std::swap(used, other.used);
    std::swap(capacity, other.capacity);
  }
  void grow(size_t size) {
    // Linux promises more memory than there is, and ends the process that uses it.
    static const size_t all = static_cast<size_t>(sysconf(_SC_PHYS_PAGES)) * static_cast<size_t>(sysconf(_SC_PAGESIZE));
    size_t rounded = (size + kAlignment) / kAlignment * kAlignment;
    char *larger = rounded < size || rounded > all ? nullptr : static_cast<char *>(std::aligned_alloc(kAlignment, rounded));
    if (!larger)
      throw std::bad_alloc();
    if (used)
      std::memcpy(larger, bytes, used);
    std::free(bytes);
    bytes = larger;
    capacity = rounded;
  }

  char *bytes = nullptr;
  size_t used = 0, capacity = 0;
};

} // namespace dlc::fit

#endif
