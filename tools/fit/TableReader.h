// Tables of text: TSV, CSV (also with semicolons), plain or gzip, one header line. Streams: one row is in memory.
#ifndef DLC_TOOLS_FIT_TABLEREADER_H
#define DLC_TOOLS_FIT_TABLEREADER_H

#include "tools/fit/ByteSource.h"
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace dlc::fit {

/// Cells may be quoted as in RFC 4180 ("a ""b"", c", with newlines). A byte order mark, CR LF and empty lines at the
/// end are accepted. The delimiter is a tab for .tsv, a comma for .csv, unless the header has none of it and has
/// another of tab, comma and semicolon; for other suffixes it is the most frequent of them in the header.
class TableReader {
public:
  /// Reads the header. Throws a Problem: unreadable, empty, no header, a name twice, not text.
  explicit TableReader(const std::string &path);

  const std::vector<std::string> &header() const { return names; }
  const std::string &path() const { return source.path(); }

  /// The cells of the next row, as many as the header has; the views live until the next call. False at the end.
  /// Throws a Problem for a ragged row.
  bool nextRow(std::vector<std::string_view> &cells);

  /// Line of the file, from 1, where the last row began.
  uint64_t line() const { return rowLine; }

private:
  bool nextLine(std::string_view &line);
  size_t endOfLine();
  bool fill();
  void split(std::string_view line, std::vector<std::string_view> &cells);
  std::string_view quotedCell(std::string_view line, size_t &position);
  void chooseDelimiter(std::string_view line);
  void checkHeader() const;
  [[noreturn]] void ragged(size_t found, bool blank) const;
  [[noreturn]] void fail(uint64_t line, const std::string &text, const std::string &remedy = "") const;

  ByteSource source;
  std::vector<char> buffer;
  size_t begin = 0, end = 0; // the unread part of the buffer
  bool finished = false;
  uint64_t nextLineNumber = 1, rowLine = 0;
  char delimiter = '\t';
  std::vector<std::string> names;
  std::deque<std::string> unquoted; // cells with doubled quotes, of the last row
  uint64_t blankLines = 0;          // seen since the last row
};

} // namespace dlc::fit

#endif
