#include "tools/fit/LineReader.h"
#include "tools/fit/NumberText.h"
#include "tools/fit/Problem.h"
#include <cstring>

namespace dlc::fit {

// A genome in one line has a few hundred MB; what is longer is some other kind of file.
static constexpr size_t kLongestLine = size_t(1) << 28;

LineReader::LineReader(const std::string &path) : source(path, "a text file"), buffer(size_t(1) << 16) {}

bool LineReader::nextPhysical() {
  size_t scanned = 0;
  while (true) {
    const char *start = buffer.data() + begin;
    const auto *newline = static_cast<const char *>(std::memchr(start + scanned, '\n', end - begin - scanned));
    if (newline || (finished && begin < end)) {
      size_t length = newline ? static_cast<size_t>(newline - start) : end - begin;
      waiting = std::string_view(start, length);
      begin += length + (newline ? 1 : 0);
      return true;
    }
    if (finished)
      return false;
    scanned = end - begin;
    std::memmove(buffer.data(), start, scanned);
    begin = 0;
    end = scanned;
    if (end == buffer.size()) {
      if (buffer.size() >= kLongestLine)
        throw Problem(ExitCode::BadInput, path() + ":" + std::to_string(lineNumber + blank + 1),
                      "the line is longer than " + bytesText(kLongestLine), "is this a text file?");
      buffer.resize(buffer.size() * 2);
    }
    size_t got = source.read(buffer.data() + end, buffer.size() - end);
    if (std::memchr(buffer.data() + end, 0, got))
      throw Problem(ExitCode::BadInput, path(), "found a zero byte: this is not a text file",
                    "expected text in UTF-8, plain or compressed by gzip");
    end += got;
    finished = got == 0;
  }
}

bool LineReader::next(std::string_view &line) {
  if (isUnread) {
    isUnread = false;
    line = current;
    return true;
  }
  while (!isWaiting) {
    if (!nextPhysical())
      return false;
    if (!waiting.empty() && waiting.back() == '\r')
      waiting.remove_suffix(1);
    if (lineNumber + blank == 0 && waiting.substr(0, 3) == "\xEF\xBB\xBF")
      waiting.remove_prefix(3);
    if (waiting.empty())
      ++blank; // given only if something follows
    else
      isWaiting = true;
  }
  ++lineNumber;
  if (blank) {
    --blank;
    current = {};
  } else {
    current = waiting;
    isWaiting = false;
  }
  line = current;
  return true;
}

} // namespace dlc::fit
