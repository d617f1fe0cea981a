#include "runtime/program/TemporaryFile.h"

#include "runtime/core/Allocation.h"
#include "runtime/core/Failure.h"
#include "runtime/core/TextBuilder.h"

#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace dlc::runtime {
namespace {

constexpr size_t kSuffixBytes = 64; // ".", process, "-", number, ".tmp"

// Two threads of one process may save beside each other.
uint32_t nextNumber() {
  static uint32_t counter;
  return __atomic_fetch_add(&counter, 1, __ATOMIC_RELAXED);
}

} // namespace

TemporaryFile::~TemporaryFile() {
  if (file_ >= 0)
    close(file_);
  if (temporary_ && *temporary_)
    unlink(temporary_);
  releaseBytes(temporary_);
  releaseBytes(path_);
}

dlc_status TemporaryFile::ioError(dlc_error *error, const char *action) {
  char words[128];
  const char *reason = systemErrorText(errno, words, sizeof words);
  return fail(error, DLC_IO_ERROR, "cannot %s %s: %s", action, path_, reason);
}

dlc_status TemporaryFile::createBeside(const char *path, dlc_error *error) {
  struct stat target;
  bool exists = !stat(path, &target);
  if (exists && !S_ISREG(target.st_mode))
    return fail(error, DLC_IO_ERROR, "cannot write %s: it is not a regular file", path);
  size_t size = PATH_MAX + strlen(path) + kSuffixBytes;
  path_ = static_cast<char *>(allocateBytes(size));
  temporary_ = static_cast<char *>(allocateBytes(size));
  if (!path_ || !temporary_)
    return fail(error, DLC_OUT_OF_MEMORY, "no memory to save %s", path);
  if (!exists || !realpath(path, path_))
    strcpy(path_, path);
  // Keeps the permissions of the file that is replaced.
  mode_t mode = exists ? target.st_mode & 0777 : 0666;
  for (int attempt = 0; attempt < 100; ++attempt) {
    TextBuilder(temporary_, size) << path_ << "." << int64_t(getpid()) << "-" << int64_t(nextNumber()) << ".tmp";
    file_ = open(temporary_, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (file_ >= 0 || errno != EEXIST)
      break; // one left behind by a process that died keeps its name
  }
  if (file_ < 0) {
    *temporary_ = '\0';
    return ioError(error, "write");
  }
  if (exists)
    (void)!fchmod(file_, mode); // the umask took bits away; not being able to put them back is no reason to fail
  return DLC_OK;
}

dlc_status TemporaryFile::write(const void *bytes, uint64_t size, dlc_error *error) {
  auto *next = static_cast<const uint8_t *>(bytes);
  while (size) {
    // Linux writes at most 2 GiB at once.
    size_t portion = size < (uint64_t(1) << 30) ? size_t(size) : size_t(1) << 30;
    ssize_t written = ::write(file_, next, portion);
    if (written < 0 && errno == EINTR)
      continue;
    if (written < 0)
      return ioError(error, "write");
    next += written;
    size -= uint64_t(written);
  }
  return DLC_OK;
}

// Makes the rename itself last. Not every file system can; the file is whole either way.
void TemporaryFile::syncFolder() {
  char *slash = strrchr(path_, '/');
  if (slash)
    slash[slash == path_] = '\0';
  int folder = open(slash ? path_ : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0)
    return;
  fsync(folder);
  close(folder);
}

dlc_status TemporaryFile::moveIntoPlace(dlc_error *error) {
  if (fsync(file_))
    return ioError(error, "write");
  // Some file systems report a full disk only here.
  int closed = close(file_);
  file_ = -1;
  if (closed)
    return ioError(error, "write");
  if (rename(temporary_, path_))
    return ioError(error, "replace");
  *temporary_ = '\0';
  syncFolder();
  return DLC_OK;
}

} // namespace dlc::runtime
