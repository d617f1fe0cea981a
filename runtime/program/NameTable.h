// Finds things by name: sorted names, searched by halves.
#ifndef DLC_RUNTIME_PROGRAM_NAMETABLE_H
#define DLC_RUNTIME_PROGRAM_NAMETABLE_H

#include "runtime/core/Arena.h"

#include <cstdint>

namespace dlc::runtime {

class NameTable {
public:
  /// Room for \p count names in \p arena; false when out of memory.
  bool reserve(Arena &arena, uint32_t count);
  void add(const char *name, uint32_t index) { entries_[count_++] = {name, index}; }
  /// Sorts; returns a name that was added twice, or null.
  const char *finish();
  /// The index added with \p name, or -1.
  int32_t find(const char *name) const;

private:
  struct Entry {
    const char *name;
    uint32_t index;
  };
  static int compare(const void *left, const void *right);

  Entry *entries_ = nullptr;
  uint32_t count_ = 0;
};

} // namespace dlc::runtime

#endif
