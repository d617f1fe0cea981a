// Texts, one for each example: lines of a file, columns of a table, or sequences in FASTA.
#ifndef DLC_TOOLS_FIT_TEXTROWS_H
#define DLC_TOOLS_FIT_TEXTROWS_H

#include "tools/fit/LineReader.h"
#include "tools/fit/RowSelection.h"
#include "tools/fit/TableReader.h"
#include <memory>
#include <optional>

namespace dlc::fit {

enum class TextForm { Lines, Table, Fasta };

/// FASTA begins with '>'; a table is what columns are named for, unless its name ends in .txt.
TextForm textFormOf(const std::string &path, bool namesColumns, bool mayBeFasta);

class TextRows {
public:
  /// \p columns: of a table; a line or a sequence has only one cell. \p purposes: what needs them, for messages. Throws
  /// a Problem: no such column.
  TextRows(const std::string &path, TextForm form, const std::vector<std::string> &columns,
           const std::vector<std::string> &purposes, RowSelection rows);

  /// False at the end of the rows that are selected. Throws a Problem: there are fewer of them, or none.
  bool next();
  std::string_view cell(size_t index) const { return form == TextForm::Table ? cells[indices[index]] : text; }
  uint64_t line() const { return firstLine; } // where the row begins
  /// Of a byte of the cell: "x.txt:3:17", "x.tsv:3:sequence, place 17".
  std::string place(size_t index, size_t offset) const;
  /// Of the sequence; "" where there are none.
  const std::string &name() const { return id; }
  bool hasNames() const { return form == TextForm::Fasta; }

private:
  bool nextText();
  bool nextSequence();
  std::string path;
  TextForm form;
  RowSelection rows;
  std::optional<LineReader> lines;
  std::optional<TableReader> table;
  std::vector<size_t> indices;
  std::vector<std::string_view> cells;
  std::string_view text;
  std::string sequence, id;
  std::vector<std::pair<size_t, uint64_t>> pieces; // where a line of the sequence begins in it, and which line that is
  uint64_t firstLine = 0;
  int64_t count = 0;
};

} // namespace dlc::fit

#endif
