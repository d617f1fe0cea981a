#include "tools/fit/TextRows.h"
#include "tools/fit/NumberText.h"
#include "tools/fit/Problem.h"
#include "tools/fit/TableColumns.h"
#include <algorithm>

namespace dlc::fit {
namespace {

bool endsWith(std::string_view text, std::string_view suffix) {
  return text.size() >= suffix.size() && text.substr(text.size() - suffix.size()) == suffix;
}

} // namespace

TextForm textFormOf(const std::string &path, bool namesColumns, bool mayBeFasta) {
  if (mayBeFasta && path != "-") {
    LineReader lines(path);
    std::string_view line;
    if (lines.next(line) && !line.empty() && line[0] == '>')
      return TextForm::Fasta;
  }
  std::string_view name = path;
  if (endsWith(name, ".gz"))
    name.remove_suffix(3);
  return namesColumns && !endsWith(name, ".txt") ? TextForm::Table : TextForm::Lines;
}

TextRows::TextRows(const std::string &path, TextForm form, const std::vector<std::string> &columns,
                   const std::vector<std::string> &purposes, RowSelection selection)
    : path(path), form(form), rows(std::move(selection)) {
  if (form != TextForm::Table) {
    if (rows.hasConditions())
      throw Problem(ExitCode::BadInput, path, "`where` chooses rows of a table, this is none",
                    "name the column of the examples, column = \"…\", or leave `where` out");
    lines.emplace(path);
    return;
  }
  table.emplace(path);
  for (size_t i = 0; i < columns.size(); ++i) {
    ColumnSelection selected;
    selected.purpose = purposes[i];
    selected.columns = {columns[i]};
    std::vector<size_t> found = findColumns(table->path(), table->header(), selected);
    if (found.size() != 1)
      throw Problem(ExitCode::BadInput, path,
                    purposes[i] + ": expected one column, found '" + quotable(columns[i]) + "'");
    indices.push_back(found[0]);
  }
  rows.bind(table->path(), table->header());
}

bool TextRows::nextSequence() {
  std::string_view line;
  while (lines->next(line) && line.empty()) {
  }
  if (line.empty())
    return false;
  if (line[0] != '>')
    throw Problem(ExitCode::BadInput, lines->place(),
                  "expected a line that begins with '>', found '" + quotable(line) + "'",
                  "in FASTA a line with '>' and a name comes before each sequence");
  firstLine = lines->number();
  id = line.substr(1, line.find_first_of(" \t", 1) - 1);
  sequence.clear();
  pieces.clear();
  while (lines->next(line)) {
    if (!line.empty() && line[0] == '>') {
      lines->unread();
      break;
    }
    pieces.emplace_back(sequence.size(), lines->number());
    sequence += line;
  }
  text = sequence;
  return true;
}

bool TextRows::nextText() {
  if (form == TextForm::Table) {
    if (!table->nextRow(cells))
      return false;
    firstLine = table->line();
    return true;
  }
  if (form == TextForm::Fasta)
    return nextSequence();
  if (!lines->next(text))
    return false;
  firstLine = lines->number();
  return true;
}

bool TextRows::next() {
  while (nextText()) {
    RowSelection::Answer answer = rows.next(cells);
    if (answer == RowSelection::Answer::Skip)
      continue;
    if (answer == RowSelection::Answer::Done)
      return false;
    ++count;
    return true;
  }
  if (!count && rows.isAll())
    throw Problem(ExitCode::BadInput, path,
                  form == TextForm::Table ? "the table has a header, but no rows" : "the file is empty",
                  "expected one example on each line");
  rows.finish(path);
  if (!count)
    throw Problem(ExitCode::BadInput, path, "`rows` begins behind the last example", "lower the range");
  return false;
}

std::string TextRows::place(size_t index, size_t offset) const {
  std::string column = std::to_string(offset + 1);
  if (form == TextForm::Table)
    return path + ":" + std::to_string(firstLine) + ":" + quotable(table->header()[indices[index]]) + ", place " +
           column;
  uint64_t line = firstLine;
  if (form == TextForm::Fasta)
    for (const auto &[begin, number] : pieces)
      if (begin <= offset) {
        line = number;
        column = std::to_string(offset - begin + 1);
      }
  return path + ":" + std::to_string(line) + ":" + column;
}

} // namespace dlc::fit
