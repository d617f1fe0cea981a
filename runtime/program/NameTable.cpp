#include "runtime/program/NameTable.h"

#include <cstdlib>
#include <cstring>

namespace dlc::runtime {

bool NameTable::reserve(Arena &arena, uint32_t count) {
  entries_ = arena.array<Entry>(count);
  return entries_ != nullptr;
}

int NameTable::compare(const void *left, const void *right) {
  return strcmp(static_cast<const Entry *>(left)->name, static_cast<const Entry *>(right)->name);
}

const char *NameTable::finish() {
  qsort(entries_, count_, sizeof(Entry), compare);
  for (uint32_t i = 1; i < count_; ++i)
    if (!compare(&entries_[i - 1], &entries_[i]))
      return entries_[i].name;
  return nullptr;
}

int32_t NameTable::find(const char *name) const {
  Entry key = {name, 0};
  if (!count_)
    return -1;
  auto *found = static_cast<const Entry *>(bsearch(&key, entries_, count_, sizeof(Entry), compare));
  return found ? int32_t(found->index) : -1;
}

} // namespace dlc::runtime
