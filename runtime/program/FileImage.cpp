#include "runtime/program/FileImage.h"

#include "runtime/core/Failure.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace dlc::runtime {
namespace {

dlc_status ioError(dlc_error *error, const char *action, const char *path) {
  char words[128];
  const char *reason = systemErrorText(errno, words, sizeof words);
  return fail(error, DLC_IO_ERROR, "cannot %s %s: %s", action, path, reason);
}

// Hashing reads every byte, so all page table entries are made at once instead of by faults.
#ifdef MAP_POPULATE
constexpr int kPopulate = MAP_POPULATE;
#else
constexpr int kPopulate = 0;
#endif

} // namespace

Mapping::~Mapping() {
  if (bytes_)
    munmap(bytes_, size_);
}

dlc_status Mapping::mapFile(const char *path, dlc_error *error) {
  // O_NONBLOCK: opening a named pipe must fail below, not wait for a writer.
  int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0)
    return ioError(error, "open", path);
  struct stat status;
  dlc_status result = DLC_OK;
  if (fstat(file, &status)) {
    result = ioError(error, "examine", path);
  } else if (!S_ISREG(status.st_mode)) {
    result = fail(error, DLC_IO_ERROR, "cannot read %s: it is not a regular file", path);
  } else if (status.st_size == 0) {
    result = fail(error, DLC_CORRUPT_FILE, "%s: not a dlc program: the file is empty", path);
  } else {
    void *bytes = mmap(nullptr, size_t(status.st_size), PROT_READ, MAP_PRIVATE | kPopulate, file, 0);
    if (bytes == MAP_FAILED) {
      result = ioError(error, "map", path);
    } else {
      bytes_ = static_cast<uint8_t *>(bytes);
      size_ = uint64_t(status.st_size);
    }
  }
  close(file);
  return result;
}

dlc_status Mapping::copyFrom(const void *bytes, uint64_t size, dlc_error *error) {
  void *memory = size > SIZE_MAX ? MAP_FAILED
                                 : mmap(nullptr, size_t(size), PROT_READ | PROT_WRITE,
                                        MAP_PRIVATE | MAP_ANONYMOUS | kPopulate, -1, 0);
  if (memory == MAP_FAILED)
    return fail(error, DLC_OUT_OF_MEMORY, "no memory for a copy of a program of %llu bytes", (unsigned long long)size);
  memcpy(memory, bytes, size_t(size));
  bytes_ = static_cast<uint8_t *>(memory);
  size_ = size;
  if (mprotect(bytes_, size_, PROT_READ))
    return ioError(error, "protect", "the copy of a program");
  return DLC_OK;
}

bool Mapping::makeExecutable(uint64_t offset, uint64_t size) {
  auto page = uint64_t(sysconf(_SC_PAGESIZE));
  if (offset % page) {
    errno = EINVAL;
    return false;
  }
#if !defined(__x86_64__)
  __builtin___clear_cache(reinterpret_cast<char *>(bytes_) + offset, reinterpret_cast<char *>(bytes_) + offset + size);
#endif
  return !mprotect(bytes_ + offset, size_t(size), PROT_READ | PROT_EXEC);
}

} // namespace dlc::runtime
