#include "tools/fit/RowStorage.h"
#include "tools/fit/NumberText.h"
#include "tools/fit/Problem.h"
#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <new>
#include <string>
#include <sys/mman.h>
#include <unistd.h>
#include <utility>

namespace dlc::fit {
namespace {

constexpr size_t kGrowth = size_t(64) << 20; // at least; and an eighth

// Large files belong into /var/tmp, /tmp may be memory.
std::string temporaryFolder() {
  const char *given = std::getenv("TMPDIR");
  return given && *given ? given : access("/var/tmp", W_OK | X_OK) == 0 ? "/var/tmp" : "/tmp";
}

[[noreturn]] void fail(size_t size, int code) {
  throw Problem(ExitCode::Io, temporaryFolder(),
                "cannot keep " + bytesText(size) + " of examples in a temporary file: " + std::strerror(code),
                code == ENOSPC || code == EDQUOT || code == EFBIG
                    ? "make room there, or name a folder on a larger disk with TMPDIR"
                    : "name a folder that you may write to with TMPDIR");
}

// Closed unless somebody takes it.
struct TemporaryFile {
  int number;
  ~TemporaryFile() {
    if (number >= 0)
      close(number);
  }
};

int openFile(size_t size) {
  std::string folder = temporaryFolder();
  int file = open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (file >= 0)
    return file;
  std::string name = folder + "/dlc-examples-XXXXXX"; // not every file system has files without names
  file = mkostemp(name.data(), O_CLOEXEC);
  if (file < 0)
    fail(size, errno);
  unlink(name.c_str());
  return file;
}

} // namespace

RowStorage::~RowStorage() {
  if (mapped)
    munmap(mapped, capacity);
  if (file >= 0)
    close(file);
}

void RowStorage::swap(RowStorage &other) noexcept {
  std::swap(memory, other.memory);
  std::swap(file, other.file);
  std::swap(mapped, other.mapped);
  std::swap(used, other.used);
  std::swap(capacity, other.capacity);
  std::swap(written, other.written);
  mappedBlocks = other.mappedBlocks.exchange(mappedBlocks);
  lastBlock = other.lastBlock.exchange(lastBlock);
}

void RowStorage::grow(size_t size) {
  constexpr size_t kLargest = size_t(1) << 46;
  if (size > kLargest)
    throw std::bad_alloc();
  size_t larger = std::max(size, capacity + std::max(kGrowth, capacity / 8));
  larger = (larger + kBlock - 1) / kBlock * kBlock;
  // Until all has worked the bytes are where they were: in memory, or in the part of the file that is mapped.
  TemporaryFile opened = {file < 0 ? openFile(larger) : -1};
  int grown = file < 0 ? opened.number : file, code;
  // Blocks that are missing when a page is written would end the process.
  while ((code = posix_fallocate(grown, static_cast<off_t>(capacity), static_cast<off_t>(larger - capacity))) ==
         EINTR) {
  }
  if (code)
    fail(larger, code);
  void *moved = mapped ? mremap(mapped, capacity, larger, MREMAP_MAYMOVE)
                       : mmap(nullptr, larger, PROT_READ | PROT_WRITE, MAP_SHARED, grown, 0);
  if (moved == MAP_FAILED)
    throw std::bad_alloc();
  mapped = static_cast<char *>(moved);
  capacity = larger;
  if (file >= 0)
    return;
  file = std::exchange(opened.number, -1);
  used = memory.size();
  if (used)
    std::memcpy(mapped, memory.data(), used);
  memory = AlignedBuffer();
}

void RowStorage::resize(size_t size) {
  if (file < 0 && size <= kInMemory)
    return memory.resize(size);
  if (size > capacity)
    grow(size);
  if (size < used) // the file's new bytes are zero, those that were used are not
    std::memset(mapped + size, 0, used - size);
  used = size;
  written = std::min(written, used); // what comes behind is written again
}

char *RowStorage::extend(size_t size) {
  if (file < 0 && size <= kInMemory - memory.size())
    return memory.extend(size);
  size_t begin = this->size(), end = begin + size;
  if (end < begin)
    throw std::bad_alloc();
  if (end > capacity)
    grow(end);
  used = end;
  if (begin - written >= kGrowth) { // what lies before is finished
    sync_file_range(file, static_cast<off_t>(written), static_cast<off_t>(begin - written), SYNC_FILE_RANGE_WRITE);
    written = begin;
    release();
  }
  return mapped + begin;
}

void RowStorage::read(size_t offset, size_t size, char *to) const {
  if (file < 0) {
    std::memcpy(to, memory.data() + offset, size);
    return;
  }
  while (size) {
    ssize_t got = pread(file, to, size, static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR)
      continue;
    if (got <= 0)
      throw Problem(ExitCode::Io, temporaryFolder(),
                    std::string("cannot read the temporary file of examples: ") + std::strerror(got ? errno : EIO));
    offset += static_cast<size_t>(got);
    size -= static_cast<size_t>(got);
    to += got;
  }
}

void RowStorage::release() const {
  if (file < 0)
    return;
  mappedBlocks = 0;
  madvise(mapped, capacity, MADV_DONTNEED); // of a shared file: only this process forgets where its pages are
}

} // namespace dlc::fit
