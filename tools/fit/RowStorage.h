// The numbers of all examples: in memory as long as they are few, else in a temporary file that the system pages.
#ifndef DLC_TOOLS_FIT_ROWSTORAGE_H
#define DLC_TOOLS_FIT_ROWSTORAGE_H

#include "tools/fit/AlignedBuffer.h"
#include <atomic>
#include <cstdint>

namespace dlc::fit {

/// As AlignedBuffer. What is larger than kInMemory lies in an unlinked file in $TMPDIR (else /var/tmp), mapped: its
/// pages are no memory of the process, the system writes and drops them as it needs room. Disk space is taken before
/// it is used. Throws a Problem (Io): no folder for such files, a full disk.
class RowStorage {
public:
  static constexpr size_t kInMemory = size_t(32) << 20;

  RowStorage() = default;
  explicit RowStorage(size_t size) { resize(size); }
  RowStorage(RowStorage &&other) noexcept { swap(other); }
  RowStorage &operator=(RowStorage &&other) noexcept {
    swap(other);
    return *this;
  }
  ~RowStorage();

  char *data() { return file < 0 ? memory.data() : mapped; }
  const char *data() const { return file < 0 ? memory.data() : mapped; }
  size_t size() const { return file < 0 ? memory.size() : used; }
  bool isInFile() const { return file >= 0; }

  /// New bytes are zero. Never null afterwards.
  void resize(size_t size);
  /// Room for \p size more bytes at the end, not initialized; they count as used. Ends what data() was.
  char *extend(size_t size);

  /// Copies bytes that are there; of a file without mapping them. Throws a Problem (Io): the disk fails.
  void read(size_t offset, size_t size, char *to) const;
  /// To be said of bytes that were read or written through data(), by any thread: when many pages are mapped, they are
  /// given back. Their contents stay.
  void touched(size_t offset, size_t size) const {
    if (file < 0)
      return;
    size_t first = offset / kBlock, last = (offset + size) / kBlock;
    if (lastBlock.load(std::memory_order_relaxed) == last && first == last)
      return;
    lastBlock.store(last, std::memory_order_relaxed);
    if (mappedBlocks.fetch_add(last - first + 1, std::memory_order_relaxed) >= kMostMappedBlocks)
      release();
  }
  /// Gives all pages back to the system.
  void release() const;

private:
  static constexpr size_t kBlock = size_t(64) << 10; // what the system maps at once around a page
  static constexpr size_t kMostMappedBlocks = size_t(1) << 10;
  void swap(RowStorage &other) noexcept;
  void grow(size_t size);

  AlignedBuffer memory; // empty if there is a file
  int file = -1;
  char *mapped = nullptr;
  size_t used = 0, capacity = 0, written = 0; // up to `written`, the system has been told to write
  mutable std::atomic<size_t> mappedBlocks{0}, lastBlock{SIZE_MAX};
};

} // namespace dlc::fit

#endif
