// A file that appears under its name whole or not at all.
#ifndef DLC_RUNTIME_PROGRAM_TEMPORARYFILE_H
#define DLC_RUNTIME_PROGRAM_TEMPORARYFILE_H

#include "runtime/core/Api.h"

namespace dlc::runtime {

class TemporaryFile {
public:
  TemporaryFile() = default;
  TemporaryFile(const TemporaryFile &) = delete;
  TemporaryFile &operator=(const TemporaryFile &) = delete;
  /// Removes the file unless it was moved into place.
  ~TemporaryFile();

  /// Creates a file with a name of its own in the folder of \p path. A symbolic link is followed, so that the file
  /// it points to is the one replaced; anything but a regular file is refused.
  dlc_status createBeside(const char *path, dlc_error *error);
  dlc_status write(const void *bytes, uint64_t size, dlc_error *error);
  /// Waits until the bytes are on the disk, then renames.
  dlc_status moveIntoPlace(dlc_error *error);

private:
  dlc_status ioError(dlc_error *error, const char *action);
  void syncFolder();

  char *path_ = nullptr;      // where it shall be
  char *temporary_ = nullptr; // where it is
  int file_ = -1;
};

} // namespace dlc::runtime

#endif
