// A column of class numbers or class names.
#ifndef DLC_TOOLS_FIT_CLASSLABELS_H
#define DLC_TOOLS_FIT_CLASSLABELS_H

#include "tools/fit/Matrix.h"
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace dlc::fit {

/// Collects the cells of the column; whether they are numbers or names is known only at the end.
class ClassLabels {
public:
  void add(std::string_view cell, uint64_t line);

  /// Fills \p matrix: numbers as they are; names by their place in \p known, or sorted if that is empty (the names go
  /// to matrix.labels). Throws a Problem: numbers and names mixed, a name that \p known lacks, an empty cell.
  void finish(Matrix &matrix, const std::vector<std::string> &known) const;

private:
  struct Distinct {
    std::string text;
    uint64_t line; // where it came first
  };
  std::vector<int64_t> valuesOf(const Matrix &matrix, const std::vector<std::string> &known,
                                std::vector<std::string> &labels) const;
  std::vector<uint32_t> rows; // index into distinct
  std::vector<Distinct> distinct;
  std::unordered_map<std::string, uint32_t> indexOf;
};

} // namespace dlc::fit

#endif
