// The bytes of a program file in memory: mapped from the file or copied.
#ifndef DLC_RUNTIME_PROGRAM_FILEIMAGE_H
#define DLC_RUNTIME_PROGRAM_FILEIMAGE_H

#include "runtime/core/Api.h"

namespace dlc::runtime {

/// A mapping of whole pages; unmapped when it goes. Not writable, except while it is being filled.
class Mapping {
public:
  Mapping() = default;
  Mapping(const Mapping &) = delete;
  Mapping &operator=(const Mapping &) = delete;
  ~Mapping();

  const uint8_t *bytes() const { return bytes_; }
  uint64_t size() const { return size_; }

  /// Maps a regular file. Errors name the file and say what the system said.
  dlc_status mapFile(const char *path, dlc_error *error);
  /// Copies \p size bytes into pages of its own.
  dlc_status copyFrom(const void *bytes, uint64_t size, dlc_error *error);
  /// Makes [offset, offset + size) executable and not writable; false (and errno) when the system refuses, or
  /// when its pages are larger than those of the file.
  bool makeExecutable(uint64_t offset, uint64_t size);

private:
  uint8_t *bytes_ = nullptr;
  uint64_t size_ = 0;
};

} // namespace dlc::runtime

#endif
