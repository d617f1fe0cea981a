// The idx format: two zero bytes, type, rank, the sizes as 32 bits, the numbers; all big-endian.
#include "tools/fit/ByteSource.h"
#include "tools/fit/CellValue.h"
#include "tools/fit/ConvertElements.h"
#include "tools/fit/ExampleReader.h"
#include "tools/fit/NumberText.h"
#include "tools/fit/Problem.h"
#include "tools/fit/RowSelection.h"
#include <algorithm>
#include <cmath>

namespace dlc::fit {
namespace {

struct IdxType {
  const char *name;
  size_t bytes;
};

// By the type byte; null name: unknown.
IdxType typeOf(unsigned char code) {
  switch (code) {
  case 0x08:
    return {"u8", 1};
  case 0x09:
    return {"i8", 1};
  case 0x0B:
    return {"i16", 2};
  case 0x0C:
    return {"i32", 4};
  case 0x0D:
    return {"f32", 4};
  case 0x0E:
    return {"f64", 8};
  default:
    return {nullptr, 0};
  }
}

class IdxFile {
public:
  explicit IdxFile(const std::string &path) : source(path, "an idx file") { readHeader(); }

  int64_t examples() const { return sizes[0]; }
  int64_t elements() const { return exampleElements; } // of one example
  const char *typeName() const { return type.name; }
  std::string sizeText() const;
  void skip(int64_t count);
  /// One example after the other; \p to: elements() numbers of dtype().
  void read(char *to);
  /// Bytes for which a type of the language is missing are read as a larger one.
  dlc_dtype dtype() const;
  void checkEnd();
  [[noreturn]] void fail(const std::string &text, const std::string &remedy = "copy or download the file again") const {
    throw Problem(ExitCode::BadInput, source.path(), text, remedy);
  }

private:
  void readHeader();
  bool readFully(char *to, size_t size);
  void readExample();
  ByteSource source;
  IdxType type = {};
  std::vector<int64_t> sizes;
  int64_t exampleElements = 1, done = 0;
  std::vector<char> bytes; // of one example, as in the file
};

bool IdxFile::readFully(char *to, size_t size) {
  size_t got = 0;
  while (got < size) {
    size_t more = source.read(to + got, size - got);
    if (!more)
      return false;
    got += more;
  }
  return true;
}

void IdxFile::readHeader() {
  unsigned char head[4] = {};
  if (!readFully(reinterpret_cast<char *>(head), 1))
    fail("the file is empty", "expected an idx file as of MNIST");
  if (!readFully(reinterpret_cast<char *>(head) + 1, 3) || head[0] || head[1] || !typeOf(head[2]).name || !head[3])
    fail("this is not an idx file: it does not begin with two zero bytes, a type and a number of axes",
         "give an idx file, plain or compressed by gzip, or read it as a table");
  type = typeOf(head[2]);
  for (int axis = 0; axis < head[3]; ++axis) {
    unsigned char size[4];
    if (!readFully(reinterpret_cast<char *>(size), 4))
      fail("the file ends within its header");
    sizes.push_back(int64_t(size[0]) << 24 | int64_t(size[1]) << 16 | int64_t(size[2]) << 8 | size[3]);
  }
  // The examples need not fit into memory, one must.
  constexpr int64_t kMostElements = int64_t(1) << 28;
  for (size_t axis = 1; axis < sizes.size(); ++axis) {
    if (sizes[axis] == 0)
      fail("its header says that examples are empty: " + sizeText());
    if (sizes[axis] > kMostElements / exampleElements)
      fail("its header says that an example has more than 2^28 numbers: " + sizeText());
    exampleElements *= sizes[axis];
  }
  if (sizes[0] == 0)
    fail("the file holds no examples", "give another file");
}

std::string IdxFile::sizeText() const {
  std::string text;
  for (int64_t size : sizes)
    text += (text.empty() ? "" : " x ") + std::to_string(size);
  return text;
}

dlc_dtype IdxFile::dtype() const {
  std::string name = type.name;
  return name == "u8" ? DLC_U8 : name == "i8" ? DLC_I8 : name == "f32" ? DLC_F32 : name == "f64" ? DLC_F64 : DLC_I32;
}

void IdxFile::readExample() {
  bytes.resize(static_cast<size_t>(exampleElements) * type.bytes);
  if (!readFully(bytes.data(), bytes.size()))
    fail("the file ends after " + std::to_string(done) + " of its " + std::to_string(sizes[0]) + " examples");
  ++done;
}

void IdxFile::skip(int64_t count) {
  for (int64_t i = 0; i < count; ++i)
    readExample();
}

void IdxFile::read(char *to) {
  readExample();
  if (type.bytes == 1) {
    std::memcpy(to, bytes.data(), bytes.size());
    return;
  }
  for (size_t begin = 0; begin < bytes.size(); begin += type.bytes)
    std::reverse(bytes.begin() + static_cast<std::ptrdiff_t>(begin),
                 bytes.begin() + static_cast<std::ptrdiff_t>(begin + type.bytes));
  if (type.bytes != 2) {
    std::memcpy(to, bytes.data(), bytes.size());
    return;
  }
  for (size_t i = 0; i < bytes.size() / 2; ++i) {
    int16_t value;
    std::memcpy(&value, bytes.data() + 2 * i, 2);
    reinterpret_cast<int32_t *>(to)[i] = value;
  }
}

void IdxFile::checkEnd() {
  char one;
  if (readFully(&one, 1))
    fail("the file goes on behind the " + std::to_string(sizes[0]) + " examples that its header announces");
}

double leastOf(dlc_dtype dtype) { return dtype == DLC_I8 ? -128 : dtype == DLC_I32 ? -2147483648.0 : -9.3e18; }
double greatestOf(dlc_dtype dtype) { return dtype == DLC_I8 ? 127 : dtype == DLC_I32 ? 2147483647.0 : 9.2e18; }

// Of one example, as it was read.
void checkValues(const IdxFile &file, Matrix &matrix, const PortData &port, bool allowNan, int64_t example) {
  bool keepsAll = isFloat(port.dtype) && !isFloat(matrix.dtype);
  if (keepsAll || (matrix.dtype == port.dtype && !isFloat(port.dtype)))
    return;
  for (int64_t i = 0; i < matrix.width(); ++i) {
    double value = matrix.at(matrix.rows - 1, i);
    std::string found = "example " + std::to_string(example + 1) + " holds " + numberText(value, 6);
    if (isFloat(port.dtype) && std::isfinite(value))
      continue;
    if (isFloat(port.dtype) && allowNan) {
      ++matrix.missingCells;
      continue;
    }
    if (isFloat(port.dtype))
      file.fail(found + ", expected finite numbers", "correct the file, or let NaN through with --allow-nan");
    if (value < leastOf(port.dtype) || value > greatestOf(port.dtype))
      file.fail(found + ", which does not fit into " + port.name + " (" + nameOf(port.dtype) + ")",
                "declare " + port.name + " as i32");
  }
}

PortData readPort(const ReaderInput &input, const dlc_port &port) {
  IdxFile file(input.source.file);
  PortData data = emptyPort(port);
  Matrix &matrix = data.values;
  setRowShape(data, port, input.source.file, file.elements(),
              file.sizeText() + " numbers, that is " + plural(file.elements(), "number") + " for an example");
  if (port.role == 1 && file.elements() == 1)
    matrix.columns = {port.name};
  dlc_dtype stored = file.dtype();
  if (isFloat(stored) && !isFloat(port.dtype))
    file.fail(std::string("the file holds ") + file.typeName() + ", but " + port.name + " takes whole numbers (" +
                  nameOf(port.dtype) + ")",
              "declare " + data.name + " with numbers of f32");
  // Fractions are kept in the port's type; a byte stays a byte.
  matrix.dtype = isFloat(stored) ? port.dtype : stored;
  RowSelection rows(input.spec);
  int64_t end = rows.last() < 0 ? file.examples() : std::min(rows.last(), file.examples());
  file.skip(std::min(rows.first(), end));
  std::vector<char> example(static_cast<size_t>(file.elements()) * bytesOf(stored));
  for (int64_t i = rows.first(); i < end; ++i) {
    file.read(example.data());
    char *to = matrix.data.extend(static_cast<size_t>(file.elements()) * bytesOf(matrix.dtype));
    convertElements(example.data(), stored, to, matrix.dtype, static_cast<size_t>(file.elements()));
    ++matrix.rows;
    checkValues(file, matrix, data, input.options.allowNan, i);
  }
  if (rows.first() >= file.examples() || rows.last() > file.examples())
    file.fail("rows = [" + std::to_string(rows.first()) + ", " + std::to_string(rows.last()) +
                  "], but there are only " + plural(file.examples(), "example"),
              "lower the end of the range");
  if (end == file.examples())
    file.checkEnd();
  return data;
}

} // namespace

ReaderOutput readIdx(const ReaderInput &input) {
  ReaderOutput output;
  for (const WantedPort &wanted : input.ports)
    output.ports.push_back(readPort(input, *wanted.port));
  return output;
}

} // namespace dlc::fit
