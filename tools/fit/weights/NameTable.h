// A table that says which variable a tensor of a file belongs to: TSV of two columns, `*` for any text.
#ifndef DLC_TOOLS_FIT_WEIGHTS_NAMETABLE_H
#define DLC_TOOLS_FIT_WEIGHTS_NAMETABLE_H

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dlc::fit {

/// Each line is NAME_IN_FILE, a tab, NAME_OF_VARIABLE. What the first `*` on the left stands for replaces the first on
/// the right, and so on. `-` on the right leaves the tensor out. Empty lines and lines that begin with # do not count.
class NameTable {
public:
  struct Line {
    uint64_t number; // in the file, from 1
    std::string tensor, variable;
  };

  NameTable() = default;
  /// Throws a Problem with the line: not two columns, more `*` on the right than on the left, a left side twice.
  static NameTable read(const std::string &path);

  const std::string &path() const { return file; }
  const std::vector<Line> &lines() const { return all; }

  /// The first line that fits, and the name that it gives; nothing if none fits.
  struct Match {
    const Line *line;
    std::string variable;
  };
  std::optional<Match> find(std::string_view tensor) const;

private:
  std::string file;
  std::vector<Line> all;
};

/// What each `*` of \p pattern stands for in \p text, as short as possible from the left; nothing if it does not fit.
std::optional<std::vector<std::string>> matchPattern(std::string_view pattern, std::string_view text);

} // namespace dlc::fit

#endif
