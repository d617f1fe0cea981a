#include "tools/fit/TableColumns.h"
#include "tools/fit/CellValue.h"
#include "tools/fit/ClassLabels.h"
#include "tools/fit/NearestName.h"
#include "tools/fit/NumberText.h"
#include "tools/fit/Problem.h"
#include "tools/fit/TableReader.h"
#include <algorithm>

namespace dlc::fit {
namespace {

// One selection while its table is read.
struct Gatherer {
  const ColumnSelection *selection;
  std::vector<size_t> indices;
  Matrix matrix;
  ClassLabels labels;
  bool takesLabels = false;
};

std::string faultText(CellFault fault, std::string_view cell, dlc_dtype dtype) {
  std::string found = "'" + quotable(cell) + "'";
  switch (fault) {
  case CellFault::Missing:
    return cell.empty() ? "the cell is empty" : "the value is missing (" + found + ")";
  case CellFault::NotFinite:
    return "expected a finite number, found " + found;
  case CellFault::NotWhole:
    return std::string("expected a whole number (") + nameOf(dtype) + "), found " + found;
  case CellFault::OutOfRange:
    return found + " does not fit into " + nameOf(dtype);
  default:
    return "expected a number, found " + found;
  }
}

std::string faultRemedy(CellFault fault, std::string_view cell, const Gatherer &gatherer, const std::string &column) {
  bool canBeNan = isFloat(gatherer.matrix.dtype);
  if (fault == CellFault::Missing || fault == CellFault::NotFinite)
    return canBeNan ? "fill or remove it, or let NaN through with --allow-nan" : "fill or remove it";
  if (fault == CellFault::OutOfRange)
    return gatherer.matrix.dtype == DLC_F32 ? "scale the column: the largest number of f32 is 3.4e38"
                                            : "correct the cell";
  if (fault == CellFault::NotWhole)
    return "correct the cell, or declare " + gatherer.selection->purpose + " with numbers of f32";
  if (std::count(cell.begin(), cell.end(), ',') == 1)
    return "write decimals with a point, thousands without a mark";
  if (gatherer.indices.size() == 1 && canBeNan)
    return "a column of class names needs a whole-number target: train M(" + gatherer.selection->purpose +
           ": i32[batch])";
  return "correct the cell, or leave the column out: in the recipe " + gatherer.selection->purpose + " = [\"-" +
         quotable(column) + "\"], on the command line " + gatherer.selection->purpose + "=FILE:-" + quotable(column);
}

void readCells(Gatherer &gatherer, const TableReader &reader, const std::vector<std::string_view> &cells,
               const TableOptions &options) {
  Matrix &matrix = gatherer.matrix;
  size_t width = bytesOf(matrix.dtype);
  char *to = matrix.data.extend(width * gatherer.indices.size());
  for (size_t index : gatherer.indices) {
    CellFault fault = parseCell(cells[index], matrix.dtype, to);
    to += width;
    if (fault == CellFault::None)
      continue;
    bool absent = fault == CellFault::Missing || fault == CellFault::NotFinite;
    if (absent && options.allowNan && isFloat(matrix.dtype)) {
      ++matrix.missingCells;
      continue;
    }
    throw Problem(ExitCode::BadInput,
                  matrix.file + ":" + std::to_string(reader.line()) + ":" + quotable(reader.header()[index]),
                  faultText(fault, cells[index], matrix.dtype),
                  faultRemedy(fault, cells[index], gatherer, reader.header()[index]));
  }
}

Gatherer makeGatherer(const TableReader &reader, const ColumnSelection &selection) {
  Gatherer gatherer;
  gatherer.selection = &selection;
  gatherer.indices = findColumns(reader.path(), reader.header(), selection);
  gatherer.matrix.file = reader.path();
  gatherer.matrix.dtype = selection.dtype;
  gatherer.matrix.data.resize(0);
  return gatherer;
}

// A selection without names takes what no other one names.
void takeTheRest(std::vector<Gatherer> &gatherers, const RowSelection &rows, size_t columnCount) {
  const Gatherer *greedy = nullptr;
  for (const Gatherer &gatherer : gatherers) {
    if (!gatherer.selection->columns.empty())
      continue;
    if (greedy)
      throw Problem(ExitCode::BadInput, gatherer.matrix.file,
                    greedy->selection->purpose + " and " + gatherer.selection->purpose +
                        " both take all columns of this file",
                    "name the columns of one of them: " + gatherer.selection->purpose + "=FILE:column");
    greedy = &gatherer;
  }
  std::vector<bool> named(columnCount);
  for (const Gatherer &gatherer : gatherers)
    for (size_t index : gatherer.indices)
      named[index] = true;
  for (size_t index : rows.columns())
    named[index] = true;
  for (Gatherer &gatherer : gatherers)
    if (gatherer.selection->columns.empty())
      for (size_t i = 0; i < columnCount; ++i)
        if (!named[i])
          gatherer.indices.push_back(i);
}

size_t indexOf(const std::vector<std::string> &header, std::string_view name) {
  return static_cast<size_t>(std::find(header.begin(), header.end(), name) - header.begin());
}

} // namespace

std::vector<size_t> findColumns(const std::string &path, const std::vector<std::string> &header,
                                const ColumnSelection &selection) {
  // An ignored column may be absent: a table to predict from has no target.
  auto find = [&](std::string_view name) {
    size_t index = indexOf(header, name);
    if (index == header.size() && !selection.ignored)
      throw Problem(ExitCode::BadInput, path + ":1",
                    selection.purpose + ": there is no column '" + quotable(name) + "'",
                    suggestName(name, header, "the columns are "));
    return index;
  };
  std::vector<size_t> indices;
  std::vector<bool> left(header.size());
  bool excludes = false;
  for (const std::string &name : selection.columns) {
    size_t dots = name.find("..");
    if (indexOf(header, name) < header.size()) {
      indices.push_back(indexOf(header, name));
    } else if (dots != std::string::npos) {
      size_t first = find(name.substr(0, dots)), last = find(name.substr(dots + 2));
      if (last < first && first < header.size())
        throw Problem(ExitCode::BadInput, path, selection.purpose + ": in " + name + " the first column comes last");
      for (size_t i = first; i <= last && last < header.size(); ++i)
        indices.push_back(i);
    } else if (name.size() > 1 && name[0] == '-') {
      size_t index = find(name.substr(1));
      if (index < header.size())
        left[index] = true;
      excludes = true;
    } else {
      find(name);
    }
  }
  if (excludes && indices.empty())
    for (size_t i = 0; i < header.size(); ++i)
      indices.push_back(i);
  indices.erase(std::remove_if(indices.begin(), indices.end(), [&](size_t i) { return left[i]; }), indices.end());
  return indices;
}

std::vector<Matrix> readTable(const std::string &path, const std::vector<ColumnSelection> &selections,
                              const TableOptions &options) {
  TableReader reader(path);
  std::vector<Gatherer> gatherers;
  for (const ColumnSelection &selection : selections)
    gatherers.push_back(makeGatherer(reader, selection));
  RowSelection selection = options.rows;
  selection.bind(reader.path(), reader.header());
  takeTheRest(gatherers, selection, reader.header().size());
  for (Gatherer &gatherer : gatherers) {
    gatherer.takesLabels = gatherer.selection->labels && gatherer.indices.size() == 1;
    for (size_t index : gatherer.indices)
      gatherer.matrix.columns.push_back(reader.header()[index]);
  }
  std::vector<std::string_view> cells;
  int64_t rows = 0;
  while (reader.nextRow(cells)) {
    RowSelection::Answer answer = selection.next(cells);
    if (answer == RowSelection::Answer::Done)
      break;
    if (answer == RowSelection::Answer::Skip)
      continue;
    ++rows;
    for (Gatherer &gatherer : gatherers) {
      if (gatherer.selection->ignored)
        continue;
      if (gatherer.takesLabels)
        gatherer.labels.add(cells[gatherer.indices[0]], reader.line());
      else
        readCells(gatherer, reader, cells, options);
    }
  }
  if (rows || !selection.isAll())
    selection.finish(reader.path());
  if (!rows)
    throw Problem(ExitCode::BadInput, reader.path(), "the table has a header, but no rows",
                  "write one row per example below the header");
  std::vector<Matrix> matrices;
  for (Gatherer &gatherer : gatherers) {
    gatherer.matrix.rows = rows;
    gatherer.matrix.firstLine = selection.isAll() ? 2 : 0;
    if (gatherer.takesLabels && !gatherer.selection->ignored)
      gatherer.labels.finish(gatherer.matrix, gatherer.selection->knownLabels);
    matrices.push_back(std::move(gatherer.matrix));
  }
  return matrices;
}

} // namespace dlc::fit
