// Arrays of NumPy as examples: one .npy file for each port, or the arrays of one .npz file.
#include "tools/fit/CellValue.h"
#include "tools/fit/ConvertElements.h"
#include "tools/fit/ExampleReader.h"
#include "tools/fit/NearestName.h"
#include "tools/fit/NumberText.h"
#include "tools/fit/Problem.h"
#include "tools/fit/RowSelection.h"
#include "tools/fit/weights/WeightsFile.h"
#include <algorithm>
#include <cmath>

namespace dlc::fit {
namespace {

// What elements are kept as until a batch is gathered: bytes stay bytes, fractions get the port's type.
dlc_dtype keptType(ElementType type, dlc_dtype port) {
  switch (type) {
  case ElementType::U8:
  case ElementType::Bool:
    return DLC_U8;
  case ElementType::I8:
    return DLC_I8;
  case ElementType::I32:
  case ElementType::I16:
  case ElementType::U16:
    return DLC_I32;
  case ElementType::I64:
  case ElementType::U64:
  case ElementType::U32:
    return DLC_I64;
  default:
    return port;
  }
}

class ArrayOfPort {
public:
  ArrayOfPort(const WeightsFile &file, const ReaderInput &input, const WantedPort &wanted)
      : file(file), input(input), port(*wanted.port), index(find(wanted)), tensor(file.tensors()[index]) {}

  PortData read();

private:
  size_t find(const WantedPort &wanted) const;
  void chooseRows();
  void checkValues(Matrix &matrix, int64_t begin, int64_t count) const;
  [[noreturn]] void fail(const std::string &text, const std::string &remedy) const {
    throw Problem(ExitCode::BadInput, file.path(), "array " + quotable(tensor.name) + ": " + text, remedy);
  }

  const WeightsFile &file;
  const ReaderInput &input;
  const dlc_port &port;
  size_t index;
  const WeightTensor &tensor;
  int64_t first = 0, end = 0;
};

// The array that is named, that of the port's name, or the only one.
size_t ArrayOfPort::find(const WantedPort &wanted) const {
  const std::vector<WeightTensor> &all = file.tensors();
  if (file.format() == "npy") // it has the name of its file
    return 0;
  std::string name = wanted.columns.empty() ? port.name : wanted.columns.front();
  std::vector<std::string> names;
  for (const WeightTensor &each : all)
    names.push_back(each.name);
  auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end() && all.size() == 1 && wanted.columns.empty())
    return 0;
  if (found == names.end() || wanted.columns.size() > 1)
    throw Problem(ExitCode::BadInput, file.path(),
                  wanted.columns.size() > 1 ? std::string(port.name) + " takes one array, found several names"
                                            : "there is no array '" + quotable(name) + "' for " + port.name,
                  suggestName(name, names, "the file has ") + "; name it as " + port.name + " = \"NAME\"");
  return static_cast<size_t>(found - names.begin());
}

void ArrayOfPort::chooseRows() {
  if (tensor.shape.empty())
    fail("is a single number, expected examples along the first axis", "give an array of at least one axis");
  RowSelection rows(input.spec);
  auto examples = static_cast<int64_t>(tensor.shape[0]);
  if (!examples)
    fail("holds no examples", "give another file");
  first = rows.first();
  end = rows.last() < 0 ? examples : rows.last();
  if (first >= examples || end > examples)
    fail("rows = [" + std::to_string(first) + ", " + std::to_string(rows.last()) + "], but there are only " +
             plural(examples, "example"),
         "lower the end of the range");
}

// Of the last \p count numbers.
void ArrayOfPort::checkValues(Matrix &matrix, int64_t begin, int64_t count) const {
  if (isFloat(port.dtype) && !isFloat(matrix.dtype))
    return;
  double least = port.dtype == DLC_I8 ? -128 : port.dtype == DLC_I32 ? -2147483648.0 : -9.3e18;
  double greatest = port.dtype == DLC_I8 ? 127 : port.dtype == DLC_I32 ? 2147483647.0 : 9.3e18;
  for (int64_t i = begin; i < begin + count; ++i) {
    double value = matrix.at(0, i);
    bool isBad = isFloat(port.dtype) ? !std::isfinite(value) : value < least || value > greatest;
    if (!isBad)
      continue;
    if (isFloat(port.dtype) && input.options.allowNan) {
      ++matrix.missingCells;
      continue;
    }
    std::string found = "example " + std::to_string(first + i / matrix.width() + 1) + " holds " + numberText(value, 6);
    if (isFloat(port.dtype))
      fail(found + ", expected finite numbers", "correct the file, or let NaN through with --allow-nan");
    fail(found + ", which does not fit into " + port.name + " (" + nameOf(port.dtype) + ")",
         std::string("declare ") + port.name + " with a larger type");
  }
}

PortData ArrayOfPort::read() {
  chooseRows();
  std::vector<uint64_t> exampleShape(tensor.shape.begin() + 1, tensor.shape.end());
  auto elements = static_cast<int64_t>(*tensorBytes(ElementType::U8, exampleShape));
  bool isWhole = tensor.type >= ElementType::I64;
  if (!isWhole && !isFloat(port.dtype))
    fail("holds " + std::string(nameOf(tensor.type)) + ", but " + port.name + " takes whole numbers (" +
             nameOf(port.dtype) + ")",
         "declare " + std::string(port.name) + " with numbers of f32");
  PortData data = emptyPort(port);
  setRowShape(data, port, file.path(), elements,
              "array " + quotable(tensor.name) + ", " + tensorType(tensor.type, tensor.shape) + ", that is " +
                  plural(elements, "number") + " for an example");
  Matrix &matrix = data.values;
  if (port.role == 1 && elements == 1)
    matrix.columns = {port.name};
  matrix.dtype = keptType(tensor.type, port.dtype);
  matrix.rows = end - first;
  auto size = static_cast<uint64_t>(bytesOf(tensor.type)), width = static_cast<uint64_t>(elements);
  uint64_t wantedBegin = static_cast<uint64_t>(first) * width * size,
           wantedEnd = static_cast<uint64_t>(end) * width * size;
  uint64_t offset = 0; // of the piece
  file.loadPieces(index, [&](std::string_view piece) {
    uint64_t begin = std::clamp(wantedBegin, offset, offset + piece.size());
    uint64_t stop = std::clamp(wantedEnd, offset, offset + piece.size());
    std::string_view wanted = piece.substr(begin - offset, stop - begin);
    offset += piece.size();
    if (wanted.empty())
      return;
    auto count = static_cast<int64_t>(wanted.size() / size), done = static_cast<int64_t>((begin - wantedBegin) / size);
    char *to = matrix.data.extend(static_cast<size_t>(count) * bytesOf(matrix.dtype));
    if (std::optional<size_t> fault = convertWeights(wanted, tensor.type, matrix.dtype, to))
      fail("element " + std::to_string(done + static_cast<int64_t>(*fault)) + " does not fit into " +
               nameOf(matrix.dtype),
           "save the array with a smaller type");
    checkValues(matrix, done, count);
  });
  return data;
}

} // namespace

ReaderOutput readArrays(const ReaderInput &input) {
  std::unique_ptr<WeightsFile> file = WeightsFile::open(input.source.file);
  if (file->format() != "npy" && file->format() != "npz")
    throw Problem(ExitCode::BadInput, file->path(), "expected arrays of NumPy, found a file of " + file->format(),
                  "give a .npy or .npz file");
  ReaderOutput output;
  for (const WantedPort &wanted : input.ports)
    output.ports.push_back(ArrayOfPort(*file, input, wanted).read());
  return output;
}

} // namespace dlc::fit
