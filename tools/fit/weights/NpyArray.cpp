#include "tools/fit/weights/NpyArray.h"
#include "tools/fit/NumberText.h"
#include "tools/fit/Problem.h"
#include "tools/fit/RowStorage.h"
#include <algorithm>
#include <charconv>
#include <map>

namespace dlc::fit {
namespace {

constexpr std::string_view kMagic = "\x93NUMPY";
constexpr size_t kMostAxes = 32;           // NumPy's own limit
constexpr size_t kPiece = size_t(1) << 20; // bytes; a multiple of every element's

[[noreturn]] void damaged(const std::string &place, const std::string &text) {
  throw Problem(ExitCode::BadInput, place, text, "write it again with numpy.save or numpy.savez");
}

// The header is a Python dictionary of text, truth values and tuples of numbers. This reads just that.
class Literal {
public:
  Literal(std::string_view text, const std::string &place) : text(text), place(place) {}

  std::map<std::string, std::string_view> dictionary() {
    std::map<std::string, std::string_view> entries;
    expect('{');
    while (!accept('}')) {
      std::string key(quoted());
      expect(':');
      size_t begin = skipSpace();
      skipValue();
      if (!entries.emplace(key, text.substr(begin, position - begin)).second)
        fail();
      if (!accept(',')) {
        expect('}');
        break;
      }
    }
    if (skipSpace() != text.size())
      fail();
    return entries;
  }

  std::string_view quoted() {
    char quote = accept('\'') ? '\'' : '"';
    if (quote == '"')
      expect('"');
    size_t end = text.find(quote, position);
    if (end == std::string_view::npos)
      fail();
    std::string_view inner = text.substr(position, end - position);
    position = end + 1;
    return inner;
  }

  std::vector<uint64_t> tuple() {
    std::vector<uint64_t> numbers;
    expect('(');
    while (!accept(')')) {
      skipSpace();
      uint64_t number = 0;
      auto [stop, code] = std::from_chars(text.data() + position, text.data() + text.size(), number);
      if (code != std::errc() || numbers.size() == kMostAxes)
        fail();
      position = static_cast<size_t>(stop - text.data());
      numbers.push_back(number);
      accept('L'); // of Python 2
      if (!accept(',')) {
        expect(')');
        break;
      }
    }
    return numbers;
  }

private:
  size_t skipSpace() {
    while (position < text.size() && (text[position] == ' ' || text[position] == '\n'))
      ++position;
    return position;
  }
  bool accept(char wanted) {
    bool found = skipSpace() < text.size() && text[position] == wanted;
    position += found;
    return found;
  }
  void expect(char wanted) {
    if (!accept(wanted))
      fail();
  }
  // Up to the comma or brace behind it.
  void skipValue() {
    int depth = 0;
    for (; position < text.size(); ++position) {
      char c = text[position];
      if (c == '\'' || c == '"') {
        quoted();
        --position;
      } else if (c == '(' || c == '[') {
        ++depth;
      } else if (c == ')' || c == ']') {
        --depth;
      } else if (depth == 0 && (c == ',' || c == '}')) {
        return;
      }
    }
    fail();
  }
  [[noreturn]] void fail() const { damaged(place, "its header is not that of an array"); }

  std::string_view text;
  const std::string &place;
  size_t position = 0;
};

// Byte order and type, "<f4"; an empty result: something else than numbers.
std::optional<ElementType> readDescription(std::string_view description, bool &isBigEndian, const std::string &place,
                                           NpyOther *other) {
  if (!description.empty() && description[0] == '[') {
    if (!other)
      damaged(place, "holds records with fields; only plain arrays of numbers are read");
    other->what = "records with fields";
    return std::nullopt;
  }
  std::string_view text = Literal(description, place).quoted();
  char order = text.empty() ? '?' : text[0];
  std::string_view name =
      text.substr(std::min<size_t>(text.size(), order == '<' || order == '>' || order == '|' || order == '='));
  isBigEndian = order == '>';
  if (!name.empty() && name[0] == 'O')
    throw Problem(ExitCode::BadInput, place, "holds Python objects (a pickle), which could run any code when read",
                  "save plain arrays of numbers: numpy.asarray(x, dtype = 'float32')");
  std::optional<ElementType> type = fromNumpyName(name);
  if (type)
    return type;
  std::string what = "elements of type '" + quotable(text) + "'";
  if (!other)
    damaged(place, "has " + what + "; f2, f4, f8, i1 to i8, u1 to u8 and b1 are read");
  other->what = what;
  return std::nullopt;
}

// Swaps the bytes of each element.
void swapBytes(std::string &data, size_t size) {
  for (size_t i = 0; i + size <= data.size(); i += size)
    std::reverse(data.begin() + static_cast<ptrdiff_t>(i), data.begin() + static_cast<ptrdiff_t>(i + size));
}

// Column-major to row-major.
class RowMajorOrder {
public:
  RowMajorOrder(size_t size, const std::vector<uint64_t> &shape)
      : shape(shape), strides(shape.size()), index(shape.size()) {
    uint64_t stride = size;
    for (size_t axis = 0; axis < shape.size(); ++axis) {
      strides[axis] = stride;
      stride *= shape[axis];
    }
  }
  /// Where the next element lies.
  uint64_t next() {
    uint64_t place = from;
    for (size_t axis = shape.size(); axis-- > 0;) {
      from += strides[axis];
      if (++index[axis] < shape[axis])
        break;
      from -= strides[axis] * shape[axis];
      index[axis] = 0;
    }
    return place;
  }

private:
  const std::vector<uint64_t> &shape;
  std::vector<uint64_t> strides, index;
  uint64_t from = 0;
};

RowStorage readColumnMajor(const NpyHeader &header, const ReadElements &read) {
  RowStorage columns(0);
  for (uint64_t done = 0; done < header.dataBytes;) {
    auto size = static_cast<size_t>(std::min<uint64_t>(kPiece, header.dataBytes - done));
    read(columns.extend(size), size);
    done += size;
  }
  return columns;
}

} // namespace

NpyHeader readNpyHeader(std::string_view begin, const std::string &place, NpyOther *other) {
  if (begin.size() < 10 || begin.substr(0, kMagic.size()) != kMagic)
    damaged(place, "is no array of NumPy: its first bytes are missing or others");
  auto byte = [&](size_t i) { return size_t(static_cast<unsigned char>(begin[i])); };
  size_t version = byte(6), fixed = version == 1 ? 10 : 12;
  if (version < 1 || version > 3)
    damaged(place, "has version " + std::to_string(version) + " of the format; 1 to 3 are read");
  if (begin.size() < fixed)
    damaged(place, "ends in its header");
  size_t length = byte(8) | byte(9) << 8;
  if (version > 1)
    length |= byte(10) << 16 | byte(11) << 24;
  if (length > begin.size() - fixed)
    damaged(place, "its header should have " + std::to_string(length) + " bytes, there are " +
                       std::to_string(begin.size() - fixed));
  std::map<std::string, std::string_view> entries = Literal(begin.substr(fixed, length), place).dictionary();
  if (!entries.count("descr") || !entries.count("fortran_order") || !entries.count("shape"))
    damaged(place, "its header has no descr, fortran_order and shape");
  NpyHeader header = {};
  std::optional<ElementType> type = readDescription(entries["descr"], header.isBigEndian, place, other);
  header.headerBytes = fixed + length;
  if (!type)
    return header;
  header.type = *type;
  header.isFortran = entries["fortran_order"].substr(0, 4) == "True";
  header.shape = Literal(entries["shape"], place).tuple();
  std::optional<uint64_t> bytes = tensorBytes(header.type, header.shape);
  if (!bytes)
    damaged(place, "has an impossible size: " + quotable(tensorType(header.type, header.shape)));
  header.dataBytes = *bytes;
  return header;
}

void forEachPiece(const NpyHeader &header, const ReadElements &read,
                  const std::function<void(std::string_view)> &take) {
  size_t size = bytesOf(header.type);
  bool isColumnMajor = header.isFortran && header.shape.size() > 1;
  RowStorage columns;
  if (isColumnMajor)
    columns = readColumnMajor(header, read);
  RowMajorOrder order(size, header.shape);
  std::string piece;
  for (uint64_t done = 0; done < header.dataBytes; done += piece.size()) {
    piece.resize(static_cast<size_t>(std::min<uint64_t>(kPiece, header.dataBytes - done)));
    if (isColumnMajor) {
      for (size_t to = 0; to < piece.size(); to += size)
        std::copy_n(columns.data() + order.next(), size, piece.data() + to);
      columns.release();
    } else {
      read(piece.data(), piece.size());
    }
    if (header.isBigEndian && size > 1)
      swapBytes(piece, size);
    take(piece);
  }
}

std::string npyHeaderBytes(ElementType type, const std::vector<uint64_t> &shape) {
  std::string text = std::string("{'descr': '") + numpyName(type) + "', 'fortran_order': False, 'shape': (";
  for (size_t i = 0; i < shape.size(); ++i)
    text += (i ? ", " : "") + std::to_string(shape[i]);
  text += shape.size() == 1 ? ",), }" : "), }";
  size_t whole = (10 + text.size() + 1 + 63) / 64 * 64; // elements are aligned in memory
  text.append(whole - 10 - text.size() - 1, ' ');
  text += '\n';
  std::string bytes(kMagic);
  bytes += '\1';
  bytes += '\0';
  bytes += static_cast<char>(text.size() & 255);
  bytes += static_cast<char>(text.size() >> 8);
  return bytes + text;
}

} // namespace dlc::fit
