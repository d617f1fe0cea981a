#include "tools/fit/weights/NameTable.h"
#include "tools/fit/ByteSource.h"
#include "tools/fit/NumberText.h"
#include "tools/fit/Problem.h"
#include <algorithm>
#include <map>

namespace dlc::fit {
namespace {

constexpr size_t kMostBytes = 1 << 26;

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.back() == ' ' || text.back() == '\r'))
    text.remove_suffix(1);
  while (!text.empty() && text.front() == ' ')
    text.remove_prefix(1);
  return text;
}

} // namespace

std::optional<std::vector<std::string>> matchPattern(std::string_view pattern, std::string_view text) {
  std::vector<std::string> captures;
  size_t star = pattern.find('*');
  if (star == std::string_view::npos)
    return pattern == text ? std::optional(captures) : std::nullopt;
  if (text.substr(0, star) != pattern.substr(0, star))
    return std::nullopt;
  // Each piece of plain text at its first place, the last one at the end: if any choice fits, this one does.
  size_t position = star;
  while (star != std::string_view::npos) {
    size_t next = pattern.find('*', star + 1);
    std::string_view piece = pattern.substr(star + 1, next == std::string_view::npos ? next : next - star - 1);
    size_t found = next != std::string_view::npos ? text.find(piece, position)
                   : text.size() >= position + piece.size() && text.substr(text.size() - piece.size()) == piece
                       ? text.size() - piece.size()
                       : std::string_view::npos;
    if (found == std::string_view::npos)
      return std::nullopt;
    captures.emplace_back(text.substr(position, found - position));
    position = found + piece.size();
    star = next;
  }
  return captures;
}

NameTable NameTable::read(const std::string &path) {
  NameTable table;
  table.file = path;
  std::string text = readWhole(path, kMostBytes);
  std::map<std::string, uint64_t> seen;
  uint64_t number = 0;
  for (size_t begin = 0; begin < text.size();) {
    size_t end = std::min(text.find('\n', begin), text.size());
    std::string_view line = trimmed(std::string_view(text).substr(begin, end - begin));
    begin = end + 1;
    ++number;
    if (line.empty() || line[0] == '#')
      continue;
    auto fail = [&](const std::string &what, const std::string &remedy) {
      throw Problem(ExitCode::BadInput, path + ":" + std::to_string(number), what, remedy);
    };
    size_t tab = line.find('\t');
    std::string tensor(trimmed(line.substr(0, tab)));
    std::string variable(tab == std::string_view::npos ? "" : trimmed(line.substr(tab + 1)));
    if (tensor.empty() || variable.empty() || variable.find('\t') != std::string::npos)
      fail("expected two columns, found '" + quotable(line) + "'",
           "write the name in the file of weights, a tab, and the name of the variable");
    if (std::count(variable.begin(), variable.end(), '*') > std::count(tensor.begin(), tensor.end(), '*'))
      fail("'" + quotable(variable) + "' has more * than '" + quotable(tensor) + "'",
           "each * on the right takes what one on the left stands for");
    if (auto [first, isNew] = seen.emplace(tensor, number); !isNew)
      fail("'" + quotable(tensor) + "' is in line " + std::to_string(first->second) + " already",
           "the first line that fits decides; leave one out");
    table.all.push_back({number, std::move(tensor), std::move(variable)});
  }
  return table;
}

std::optional<NameTable::Match> NameTable::find(std::string_view tensor) const {
  for (const Line &line : all)
    if (std::optional<std::vector<std::string>> captures = matchPattern(line.tensor, tensor)) {
      std::string variable;
      size_t next = 0;
      for (char c : line.variable)
        variable += c == '*' ? (*captures)[next++] : std::string(1, c);
      return Match{&line, variable};
    }
  return std::nullopt;
}

} // namespace dlc::fit
