// Lines of a text file, plain or gzip; one is in memory.
#ifndef DLC_TOOLS_FIT_LINEREADER_H
#define DLC_TOOLS_FIT_LINEREADER_H

#include "tools/fit/ByteSource.h"
#include <cstdint>
#include <string_view>
#include <vector>

namespace dlc::fit {

/// A byte order mark, CR LF and empty lines at the end are accepted; other empty lines are lines.
class LineReader {
public:
  explicit LineReader(const std::string &path);

  /// The view lives until the next call. False at the end. Throws a Problem: a line without end, a zero byte.
  bool next(std::string_view &line);
  /// The next call gives the last line again.
  void unread() { isUnread = true; }
  uint64_t number() const { return lineNumber; } // of the last line, from 1
  std::string place() const { return source.path() + ":" + std::to_string(lineNumber); }
  const std::string &path() const { return source.path(); }

private:
  bool nextPhysical();
  ByteSource source;
  std::vector<char> buffer;
  size_t begin = 0, end = 0; // the unread part of the buffer
  bool finished = false, isUnread = false;
  uint64_t lineNumber = 0;
  uint64_t blank = 0; // empty lines that are still to be given, because a line follows them
  std::string_view current, waiting;
  bool isWaiting = false;
};

} // namespace dlc::fit

#endif
