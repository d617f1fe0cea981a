#include "tools/fit/ClassLabels.h"
#include "tools/fit/CellValue.h"
#include "tools/fit/NearestName.h"
#include "tools/fit/NumberText.h"
#include "tools/fit/Problem.h"
#include <algorithm>
#include <cstring>

namespace dlc::fit {

void ClassLabels::add(std::string_view cell, uint64_t line) {
  auto [entry, isNew] = indexOf.emplace(std::string(cell), static_cast<uint32_t>(distinct.size()));
  if (isNew)
    distinct.push_back({entry->first, line});
  rows.push_back(entry->second);
}

std::vector<int64_t> ClassLabels::valuesOf(const Matrix &matrix, const std::vector<std::string> &known,
                                           std::vector<std::string> &labels) const {
  auto place = [&](const Distinct &cell) {
    return matrix.file + ":" + std::to_string(cell.line) + ":" + quotable(matrix.columns[0]);
  };
  std::vector<int64_t> values(distinct.size());
  const Distinct *name = nullptr, *number = nullptr;
  for (size_t i = 0; i < distinct.size(); ++i) {
    CellFault fault = parseCell(distinct[i].text, DLC_I64, &values[i]);
    if (fault == CellFault::Missing)
      throw Problem(ExitCode::BadInput, place(distinct[i]), "the class is missing",
                    "fill in the cell or remove the row");
    if (fault == CellFault::NotWhole || fault == CellFault::OutOfRange || fault == CellFault::NotFinite)
      throw Problem(ExitCode::BadInput, place(distinct[i]),
                    "expected a class, as a whole number or a name, found '" + quotable(distinct[i].text) + "'");
    if (fault == CellFault::NotANumber && !isPrintable(distinct[i].text))
      throw Problem(ExitCode::BadInput, place(distinct[i]),
                    "expected the name of a class in UTF-8, found '" + quotable(distinct[i].text) + "'",
                    "save the table as UTF-8");
    const Distinct *&kind = fault == CellFault::None ? number : name;
    if (!kind)
      kind = &distinct[i];
  }
  if (!name)
    return values;
  if (number)
    throw Problem(ExitCode::BadInput, place(*std::max(name, number)),
                  std::string("expected a class ") + (name < number ? "name" : "number") + " as in line " +
                      std::to_string(std::min(name, number)->line) + ", found '" +
                      quotable(std::max(name, number)->text) + "'");
  labels = known;
  if (known.empty()) {
    for (const Distinct &cell : distinct)
      labels.push_back(cell.text);
    std::sort(labels.begin(), labels.end());
  }
  for (size_t i = 0; i < distinct.size(); ++i) {
    auto found = std::find(labels.begin(), labels.end(), distinct[i].text);
    if (found == labels.end())
      throw Problem(ExitCode::BadInput, place(distinct[i]), "unknown class '" + quotable(distinct[i].text) + "'",
                    suggestName(distinct[i].text, labels, "the program knows "));
    values[i] = found - labels.begin();
  }
  return values;
}

void ClassLabels::finish(Matrix &matrix, const std::vector<std::string> &known) const {
  std::vector<int64_t> values = valuesOf(matrix, known, matrix.labels);
  size_t width = bytesOf(matrix.dtype);
  char *to = matrix.data.extend(width * rows.size());
  for (uint32_t row : rows) {
    if (parseCell(std::to_string(values[row]), matrix.dtype, to) != CellFault::None)
      throw Problem(ExitCode::BadInput,
                    matrix.file + ":" + std::to_string(distinct[row].line) + ":" + quotable(matrix.columns[0]),
                    "'" + quotable(distinct[row].text) + "' does not fit into " + nameOf(matrix.dtype));
    to += width;
  }
}

} // namespace dlc::fit
