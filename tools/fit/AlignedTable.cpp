#include "tools/fit/AlignedTable.h"
#include <algorithm>

namespace dlc::fit {

size_t displayWidth(const std::string &text) {
  return static_cast<size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::string AlignedTable::text(size_t indent) const {
  std::vector<size_t> widths(alignment.size());
  for (const auto &cells : rows)
    for (size_t i = 0; i < cells.size() && i < widths.size(); ++i)
      widths[i] = std::max(widths[i], displayWidth(cells[i]));
  std::string text;
  for (const auto &cells : rows) {
    std::string line(indent, ' ');
    for (size_t i = 0; i < cells.size() && i < widths.size(); ++i) {
      std::string padding(widths[i] - displayWidth(cells[i]), ' ');
      line += (i ? "  " : "") + (alignment[i] == 'r' ? padding + cells[i] : cells[i] + padding);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + '\n';
  }
  return text;
}

} // namespace dlc::fit
