// Bytes of a file, uncompressed on the fly.
#ifndef DLC_TOOLS_FIT_BYTESOURCE_H
#define DLC_TOOLS_FIT_BYTESOURCE_H

#include <memory>
#include <string>

struct gzFile_s;

namespace dlc::fit {

/// Reads a plain or a gzip file (recognized by its contents, not by its name); "-" is standard input.
class ByteSource {
public:
  /// Throws a Problem (Io): missing, not readable, a directory where \p kind is expected.
  explicit ByteSource(const std::string &path, const std::string &kind = "a table");

  /// Fills up to \p size bytes; 0 at the end. Throws a Problem: truncated or damaged gzip data (BadInput), read
  /// errors (Io).
  size_t read(char *to, size_t size);
  const std::string &path() const { return name; }

private:
  struct Close {
    void operator()(gzFile_s *file) const;
  };
  std::string name;
  std::unique_ptr<gzFile_s, Close> file;
};

/// The whole of a file as it is, also if it is compressed; at most \p limit bytes.
std::string readWhole(const std::string &path, size_t limit = size_t(1) << 30);

} // namespace dlc::fit

#endif
