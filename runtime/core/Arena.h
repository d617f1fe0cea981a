// Memory of a loaded program's tables: taken in blocks, given back all at once.
#ifndef DLC_RUNTIME_CORE_ARENA_H
#define DLC_RUNTIME_CORE_ARENA_H

#include "runtime/core/CheckedMath.h"

#include <cstddef>
#include <type_traits>

namespace dlc::runtime {

class Arena {
public:
  Arena() = default;
  Arena(const Arena &) = delete;
  Arena &operator=(const Arena &) = delete;
  ~Arena();

  /// Zeroed bytes, 16-byte aligned, never null for size 0; null when out of memory.
  void *allocate(size_t size);

  /// \p count zeroed elements of a plain type.
  template <typename T> T *array(uint64_t count) {
    static_assert(std::is_trivially_destructible<T>::value, "the arena runs no destructors");
    uint64_t bytes;
    if (!checkedMultiply<uint64_t>(count, sizeof(T), &bytes))
      return nullptr;
    return static_cast<T *>(allocate(bytes));
  }

private:
  struct Block {
    Block *previous;
    size_t used, size; // of the bytes that follow
  };
  Block *last_ = nullptr;
};

} // namespace dlc::runtime

#endif
