// Tables for terminals: columns as wide as their widest cell.
#ifndef DLC_TOOLS_FIT_ALIGNEDTABLE_H
#define DLC_TOOLS_FIT_ALIGNEDTABLE_H

#include <string>
#include <vector>

namespace dlc::fit {

class AlignedTable {
public:
  /// One letter per column: 'l' left, 'r' right.
  explicit AlignedTable(std::string alignment) : alignment(std::move(alignment)) {}
  void row(std::vector<std::string> cells) { rows.push_back(std::move(cells)); }
  bool empty() const { return rows.empty(); }
  /// \p indent: spaces before each line. Columns are two spaces apart; no spaces at the ends of lines.
  std::string text(size_t indent = 0) const;

private:
  std::string alignment;
  std::vector<std::vector<std::string>> rows;
};

/// Columns that a terminal needs for UTF-8 text, without wide characters.
size_t displayWidth(const std::string &text);

} // namespace dlc::fit

#endif
