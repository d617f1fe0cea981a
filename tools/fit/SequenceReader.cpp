// Sequences of ids, letters or words as rows of one length, padded and cut as Keras's pad_sequences does.
#include "tools/fit/CellValue.h"
#include "tools/fit/ClassLabels.h"
#include "tools/fit/ExampleReader.h"
#include "tools/fit/NumberText.h"
#include "tools/fit/Problem.h"
#include "tools/fit/ReaderOptions.h"
#include "tools/fit/TextRows.h"
#include "tools/fit/Tokenizer.h"
#include <algorithm>
#include <cmath>

namespace dlc::fit {
namespace {

enum class Role { Sequence, Length, Label };

// A port while its file is read.
struct Column {
  const WantedPort *wanted;
  Role role;
  PortData data;
  int64_t length = 0; // of a sequence
  ClassLabels labels;
};

class SequenceFile {
public:
  explicit SequenceFile(const ReaderInput &input);
  ReaderOutput read();

private:
  void addColumn(const WantedPort &wanted);
  int64_t lengthFor(const dlc_port &port) const;
  TextRows open() const;
  void learnWords();
  void readSequence(const TextRows &rows, size_t index);
  void readLabel(const TextRows &rows, size_t index);
  void store(Column &column, const int32_t *ids, size_t count);
  std::string columnOf(const Column &column) const;

  const ReaderInput &input;
  ReaderOptions options;
  std::vector<Column> columns;
  std::unique_ptr<Tokenizer> tokenizer;
  std::string words, pad, truncate;
  TextForm form = TextForm::Lines;
  std::vector<int32_t> ids;
  int64_t trueLength = 0; // of the last sequence
};

SequenceFile::SequenceFile(const ReaderInput &input) : input(input), options(input.spec) {
  pad = options.choice("pad", {"left", "right"});
  truncate = options.choice("truncate", {"left", "right", "none"});
  for (const WantedPort &wanted : input.ports)
    addColumn(wanted);
  bool namesColumns = std::any_of(columns.begin(), columns.end(), [&](const Column &column) {
    return column.role != Role::Length && !columnOf(column).empty();
  });
  bool hasSequence =
      std::any_of(columns.begin(), columns.end(), [](const Column &column) { return column.role == Role::Sequence; });
  form = textFormOf(input.source.file, namesColumns, input.spec.reader == "letters" && hasSequence);
  for (Column &column : columns) {
    if (form == TextForm::Table && column.role == Role::Label)
      column.data.values.columns = {columnOf(column)};
    bool isShared = column.role == Role::Label && hasSequence;
    if (isShared && form != TextForm::Table)
      throw Problem(
          ExitCode::BadInput, input.source.file, "nothing says where target " + column.data.name + " comes from",
          "name the column of a table with label = \"…\", or a file with one label on each line: " + column.data.name +
              " = \"FILE\"");
    if (form == TextForm::Table && column.role != Role::Length && columnOf(column).empty())
      throw Problem(ExitCode::BadInput, input.source.file, "nothing says which column is " + column.data.name,
                    std::string("name it: ") + (column.role == Role::Label ? "label" : "column") + " = \"…\"");
  }
}

void SequenceFile::addColumn(const WantedPort &wanted) {
  const dlc_port &port = *wanted.port;
  Column column{&wanted, Role::Sequence, emptyPort(port), 0, {}};
  if (options.text("lengths") == port.name)
    column.role = Role::Length;
  else if (isLabel(port))
    column.role = Role::Label;
  column.data.values.file = input.source.file;
  if (column.role == Role::Sequence) {
    column.length = lengthFor(port);
    setRowShape(column.data, port, input.source.file, column.length, "sequences of " + std::to_string(column.length));
  } else {
    setRowShape(column.data, port, input.source.file, 1, "one number for an example");
    column.data.values.dtype = column.role == Role::Length ? DLC_I32 : port.dtype;
    column.data.values.columns = {port.name};
  }
  columns.push_back(std::move(column));
}

// Of the type, or of the recipe where that leaves it open.
int64_t SequenceFile::lengthFor(const dlc_port &port) const {
  std::optional<int64_t> fixed = fixedElements(port), given = options.number("length", 1);
  std::string what = std::string(port.role == 1 ? "target " : "input ") + port.name + " (" + portType(port) + ")";
  if (!fixed && !given)
    throw Problem(ExitCode::BadInput, input.source.file, "nothing says how long the sequences for " + what + " are",
                  "write " + input.spec.reader + "(…, length = 200)");
  if (port.rank < 2 || (fixed && given && *fixed != *given))
    throw Problem(ExitCode::BadInput, input.source.file,
                  what + " does not take sequences" + (given ? " of length " + std::to_string(*given) : std::string()),
                  "declare it as " + std::string(port.name) + ": i32[batch, " + std::to_string(given.value_or(200)) +
                      "]");
  return given ? *given : *fixed;
}

// A column of a table, or "".
std::string SequenceFile::columnOf(const Column &column) const {
  if (!column.wanted->columns.empty())
    return column.wanted->columns[0];
  return options.text(column.role == Role::Label ? "label" : "column");
}

TextRows SequenceFile::open() const {
  std::vector<std::string> names, purposes;
  std::string sequence;
  for (const Column &column : columns)
    if (column.role == Role::Sequence)
      sequence = columnOf(column);
  for (const Column &column : columns) {
    names.push_back(column.role == Role::Length ? sequence : columnOf(column));
    purposes.push_back(column.data.name);
  }
  return TextRows(input.source.file, form, names, purposes, RowSelection(input.spec));
}

// From the rows that are for training; the file is read once more for them.
void SequenceFile::learnWords() {
  words = options.text(kLearnedWords, input.options.words);
  if (input.spec.reader != "text")
    return;
  int64_t size = options.number("vocabulary", kFirstWord + 1).value_or(0);
  if (!size)
    throw Problem(ExitCode::BadInput, "recipe", "text: no size of the vocabulary is given",
                  "write vocabulary = 10000: ids are below it");
  if (!words.empty())
    return;
  if (input.source.file == "-")
    throw Problem(ExitCode::BadInput, "standard input", "a vocabulary is made from a file, which is read twice",
                  "give the name of a file");
  size_t text = 0;
  while (text < columns.size() && columns[text].role != Role::Sequence)
    ++text;
  if (text == columns.size())
    return;
  int64_t count = 0, kept = 0;
  if (input.options.validationSplit > 0) {
    for (TextRows rows = open(); rows.next();)
      ++count;
    kept = trainingRows(count, input.options.validationSplit);
  }
  VocabularyBuilder builder;
  int64_t row = 0;
  for (TextRows rows = open(); (!count || row < kept) && rows.next(); ++row)
    builder.add(rows.cell(text), [&](size_t offset) { return rows.place(text, offset); });
  words = builder.words(size - kFirstWord);
}

void SequenceFile::store(Column &column, const int32_t *from, size_t count) {
  Matrix &matrix = column.data.values;
  auto length = static_cast<size_t>(column.length);
  size_t first = pad == "left" ? length - count : 0;
  char *to = matrix.data.extend(length * bytesOf(matrix.dtype));
  std::memset(to, 0, length * bytesOf(matrix.dtype));
  for (size_t i = 0; i < count; ++i)
    if (matrix.dtype == DLC_U8)
      reinterpret_cast<uint8_t *>(to)[first + i] = static_cast<uint8_t>(from[i]);
    else
      reinterpret_cast<int32_t *>(to)[first + i] = from[i];
}

void SequenceFile::readSequence(const TextRows &rows, size_t index) {
  Column &column = columns[index];
  auto place = [&](size_t offset) { return rows.place(index, offset); };
  ids.clear();
  tokenizer->encode(rows.cell(index), place, ids);
  if (ids.empty())
    throw Problem(ExitCode::BadInput, input.source.file + ":" + std::to_string(rows.line()), "the sequence is empty",
                  "remove the line, in every file of the data set");
  auto limit = static_cast<size_t>(column.length);
  if (ids.size() > limit && truncate == "none")
    throw Problem(ExitCode::BadInput, input.source.file + ":" + std::to_string(rows.line()),
                  "the sequence has " + std::to_string(ids.size()) + " " + tokenizer->units() +
                      ", more than length = " + std::to_string(limit),
                  "raise length in the recipe and the model, or cut with truncate = \"left\" (the end is kept) or "
                  "\"right\"");
  if (column.data.dtype == DLC_I8 && *std::max_element(ids.begin(), ids.end()) > 127)
    throw Problem(ExitCode::BadInput, input.source.file + ":" + std::to_string(rows.line()),
                  "an id is larger than 127 and does not fit into " + column.data.name + " (i8)", "declare it as i32");
  size_t count = std::min(ids.size(), limit);
  trueLength = static_cast<int64_t>(count);
  store(column, ids.data() + (truncate == "left" ? ids.size() - count : 0), count);
}

void SequenceFile::readLabel(const TextRows &rows, size_t index) {
  Column &column = columns[index];
  Matrix &matrix = column.data.values;
  std::string_view cell = rows.cell(index);
  if (!isFloat(column.data.dtype)) {
    column.labels.add(cell, rows.line());
    return;
  }
  CellFault fault = parseCell(cell, matrix.dtype, matrix.data.extend(bytesOf(matrix.dtype)));
  bool isAbsent = fault == CellFault::Missing || fault == CellFault::NotFinite;
  if (isAbsent && input.options.allowNan)
    ++matrix.missingCells;
  else if (fault != CellFault::None)
    throw Problem(ExitCode::BadInput,
                  matrix.file + ":" + std::to_string(rows.line()) + ":" + quotable(matrix.columns[0]),
                  "expected a number, found '" + quotable(cell) + "'",
                  "class names need a whole-number target: train M(" + column.data.name + ": i32[batch])");
}

ReaderOutput SequenceFile::read() {
  learnWords();
  tokenizer = makeTokenizer(input.spec, words);
  for (Column &column : columns)
    if (column.role == Role::Sequence)
      column.data.values.dtype = tokenizer->largest().value_or(INT32_MAX) < 256 ? DLC_U8 : DLC_I32;
  ReaderOutput output;
  output.words = input.spec.reader == "text" ? words : "";
  TextRows rows = open();
  int64_t count = 0;
  for (; rows.next(); ++count) {
    for (size_t i = 0; i < columns.size(); ++i)
      if (columns[i].role == Role::Sequence)
        readSequence(rows, i);
      else if (columns[i].role == Role::Label)
        readLabel(rows, i);
    for (Column &column : columns)
      if (column.role == Role::Length)
        *reinterpret_cast<int32_t *>(column.data.values.data.extend(sizeof(int32_t))) =
            static_cast<int32_t>(trueLength);
    if (rows.hasNames())
      output.names.names.push_back(rows.name());
  }
  output.names.title = "id";
  for (Column &column : columns) {
    Matrix &matrix = column.data.values;
    matrix.rows = count;
    matrix.firstLine = form == TextForm::Lines && RowSelection(input.spec).isAll() ? 1 : 0;
    if (column.role == Role::Label && !isFloat(column.data.dtype))
      column.labels.finish(matrix, input.options.classNames);
    output.ports.push_back(std::move(column.data));
  }
  return output;
}

} // namespace

ReaderOutput readSequences(const ReaderInput &input) {
  if (!input.source.further.empty())
    throw Problem(ExitCode::BadInput, "recipe", input.spec.reader + " takes one file for an input or target");
  return SequenceFile(input).read();
}

} // namespace dlc::fit
