#include "tools/fit/TableReader.h"
#include "tools/fit/NumberText.h"
#include "tools/fit/Problem.h"
#include <algorithm>
#include <cctype>
#include <cstring>
#include <unordered_map>

namespace dlc::fit {
namespace {

constexpr size_t kChunk = size_t(1) << 18;
// A table of 10 million columns has lines of about 100 MB; what is longer is some other kind of file.
constexpr size_t kLongestLine = size_t(1) << 28;

bool endsWith(const std::string &text, std::string_view suffix) {
  return text.size() >= suffix.size() && text.compare(text.size() - suffix.size(), suffix.size(), suffix) == 0;
}

bool looksLikeNumber(const std::string &text) {
  if (text.empty() || !std::strchr("+-.0123456789", text[0]))
    return false;
  char *end = nullptr;
  std::strtod(text.c_str(), &end);
  return *end == 0;
}

// Names that count the columns, 0 1 2 … or 1 2 3 …, as some tools write them.
bool countsColumns(const std::vector<std::string> &names) {
  if (names.size() < 2 || (names[0] != "0" && names[0] != "1"))
    return false;
  size_t first = names[0] == "0" ? 0 : 1;
  for (size_t i = 0; i < names.size(); ++i)
    if (names[i] != std::to_string(i + first))
      return false;
  return true;
}

} // namespace

TableReader::TableReader(const std::string &path) : source(path), buffer(kChunk) {
  std::string_view line;
  if (!nextLine(line))
    fail(0, "the file is empty", "expected a header line with column names, then one row per example");
  if (line.substr(0, 3) == "\xEF\xBB\xBF")
    line.remove_prefix(3);
  chooseDelimiter(line);
  std::vector<std::string_view> cells;
  split(line, cells);
  for (std::string_view cell : cells)
    names.emplace_back(cell);
  checkHeader();
}

void TableReader::fail(uint64_t line, const std::string &text, const std::string &remedy) const {
  throw Problem(ExitCode::BadInput, path() + (line ? ":" + std::to_string(line) : ""), text, remedy);
}

void TableReader::chooseDelimiter(std::string_view line) {
  auto count = [&](char c) { return std::count(line.begin(), line.end(), c); };
  std::string name = path();
  if (endsWith(name, ".gz"))
    name.resize(name.size() - 3);
  char preferred = endsWith(name, ".csv") ? ',' : '\t';
  delimiter = preferred;
  bool decided = (endsWith(name, ".csv") || endsWith(name, ".tsv")) && count(preferred) > 0;
  for (char candidate : {'\t', ',', ';'})
    if (!decided && count(candidate) > count(delimiter))
      delimiter = candidate;
}

void TableReader::checkHeader() const {
  bool blank = std::all_of(names.begin(), names.end(), [](const std::string &name) { return name.empty(); });
  if (blank)
    fail(1, "the first line is empty", "expected a header line with column names");
  if (std::all_of(names.begin(), names.end(), looksLikeNumber) && !countsColumns(names))
    fail(1, "the first line holds numbers (" + quotable(names[0]) + (names.size() > 1 ? ", …" : "") + "), not names",
         "add a header line with one name per column");
  std::unordered_map<std::string_view, size_t> seen;
  for (size_t i = 0; i < names.size(); ++i) {
    if (names[i].find('\r') != std::string::npos)
      fail(1, "the lines end in carriage returns alone", "write them with newlines: tr '\\r' '\\n'");
    if (!isPrintable(names[i]))
      fail(1, "column " + std::to_string(i + 1) + " has a name that is not UTF-8 text: '" + quotable(names[i]) + "'",
           "save the table as UTF-8");
    auto [entry, isNew] = seen.emplace(names[i], i);
    if (!isNew)
      fail(1,
           "columns " + std::to_string(entry->second + 1) + " and " + std::to_string(i + 1) + " are both named '" +
               quotable(names[i]) + "'",
           "rename one of them in the header");
  }
}

// Moves the unread part to the front and reads more behind it; false at the end of the file.
bool TableReader::fill() {
  if (finished)
    return false;
  std::memmove(buffer.data(), buffer.data() + begin, end - begin);
  end -= begin;
  begin = 0;
  if (end == buffer.size()) {
    if (buffer.size() >= kLongestLine)
      fail(nextLineNumber, "the line is longer than " + bytesText(kLongestLine), "is this file a table of text?");
    buffer.resize(buffer.size() * 2);
  }
  size_t got = source.read(buffer.data() + end, buffer.size() - end);
  if (const auto *zero = static_cast<const char *>(std::memchr(buffer.data() + end, 0, got)))
    fail(nextLineNumber + static_cast<uint64_t>(std::count<const char *>(buffer.data(), zero, '\n')),
         "found a zero byte: this is not a table of text", "expected TSV or CSV in UTF-8, plain or compressed by gzip");
  end += got;
  finished = got == 0;
  return !finished;
}

// Length of the next line without its end; newlines inside quotes belong to it. The line is in the buffer then.
size_t TableReader::endOfLine() {
  size_t scanned = 0, quotes = 0;
  while (true) {
    const char *start = buffer.data() + begin;
    const auto *newline = static_cast<const char *>(std::memchr(start + scanned, '\n', end - begin - scanned));
    size_t length = newline ? static_cast<size_t>(newline - start) : end - begin;
    quotes += static_cast<size_t>(std::count(start + scanned, start + length, '"'));
    if (newline && quotes % 2 == 0)
      return length;
    scanned = newline ? length + 1 : length;
    if (newline)
      continue;
    if (!fill()) {
      if (quotes % 2)
        fail(nextLineNumber, "a quote (\") is opened and never closed", "close it, or double the quotes inside a cell");
      return length;
    }
  }
}

bool TableReader::nextLine(std::string_view &line) {
  if (begin == end && !fill())
    return false;
  size_t length = endOfLine();
  line = std::string_view(buffer.data() + begin, length);
  begin += std::min(length + 1, end - begin);
  rowLine = nextLineNumber;
  nextLineNumber += 1 + static_cast<uint64_t>(std::count(line.begin(), line.end(), '\n'));
  if (!line.empty() && line.back() == '\r')
    line.remove_suffix(1);
  return true;
}

// A cell that begins with a quote; position is behind it afterwards.
std::string_view TableReader::quotedCell(std::string_view line, size_t &position) {
  size_t first = ++position, doubled = 0;
  while (true) {
    position = line.find('"', position);
    if (position == std::string_view::npos)
      fail(rowLine, "a quote (\") is opened and never closed in its cell", "close it, or double the quotes inside");
    if (position + 1 >= line.size() || line[position + 1] != '"')
      break;
    ++doubled;
    position += 2;
  }
  std::string_view cell = line.substr(first, position - first);
  if (++position < line.size() && line[position] != delimiter)
    fail(rowLine, "found '" + quotable(line.substr(position), 10) + "' behind a closing quote",
         "double the quotes inside a cell");
  if (!doubled)
    return cell;
  std::string &text = unquoted.emplace_back();
  for (size_t i = 0; i < cell.size(); ++i) {
    text += cell[i];
    if (cell[i] == '"')
      ++i;
  }
  return text;
}

void TableReader::split(std::string_view line, std::vector<std::string_view> &cells) {
  cells.clear();
  unquoted.clear();
  for (size_t position = 0;; ++position) {
    if (position < line.size() && line[position] == '"') {
      cells.push_back(quotedCell(line, position));
    } else {
      const void *found =
          position < line.size() ? std::memchr(line.data() + position, delimiter, line.size() - position) : nullptr;
      size_t stop = found ? static_cast<size_t>(static_cast<const char *>(found) - line.data()) : line.size();
      cells.push_back(line.substr(position, stop - position));
      position = stop;
    }
    if (position >= line.size())
      return;
  }
}

void TableReader::ragged(size_t found, bool blank) const {
  std::string remedy = "a quote or a delimiter inside a cell must be quoted";
  if (found == names.size() + 1)
    remedy = "if the rows have names (R's write.table), write them with col.names = NA or leave them out";
  fail(rowLine,
       "expected " + plural(static_cast<int64_t>(names.size()), "cell") + " as in the header, found " +
           (blank ? "an empty line" : std::to_string(found)),
       blank ? "remove the line" : remedy);
}

bool TableReader::nextRow(std::vector<std::string_view> &cells) {
  std::string_view line;
  while (nextLine(line)) {
    if (line.empty()) {
      ++blankLines; // an error only if a row follows
      continue;
    }
    if (blankLines) {
      rowLine -= blankLines;
      ragged(0, true);
    }
    split(line, cells);
    if (cells.size() != names.size())
      ragged(cells.size(), false);
    return true;
  }
  return false;
}

} // namespace dlc::fit
