// Bytes that are read at any place: of a file, which is never in memory as a whole, or of a string.
#ifndef DLC_TOOLS_FIT_WEIGHTS_RANDOMACCESSBYTES_H
#define DLC_TOOLS_FIT_WEIGHTS_RANDOMACCESSBYTES_H

#include <cstdint>
#include <string>

namespace dlc::fit {

class RandomAccessBytes {
public:
  /// For tests: programs read files.
  RandomAccessBytes(std::string bytes) : memory(std::move(bytes)), count(memory.size()) {}
  /// Throws a Problem (Io): cannot be read.
  static RandomAccessBytes ofFile(const std::string &path);
  RandomAccessBytes(RandomAccessBytes &&other) noexcept;
  RandomAccessBytes &operator=(RandomAccessBytes &&) = delete;
  ~RandomAccessBytes();

  uint64_t size() const { return count; } // when it was opened
  /// As many of \p size bytes as there are at \p offset. Throws a Problem (Io): the disk fails.
  size_t read(uint64_t offset, size_t size, char *to) const;
  std::string read(uint64_t offset, size_t size) const;

private:
  std::string memory, path;
  int descriptor = -1;
  uint64_t count;
};

} // namespace dlc::fit

#endif
