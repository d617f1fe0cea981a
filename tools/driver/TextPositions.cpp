#include "tools/driver/TextPositions.h"
#include "llvm/Support/ConvertUTF.h"
#include <algorithm>

using namespace dlc;

namespace {
struct CodePoint {
  size_t bytes, units;
};
} // namespace

static CodePoint firstCodePoint(llvm::StringRef text) {
  size_t bytes = llvm::getNumBytesForUTF8(text.front());
  auto *begin = reinterpret_cast<const llvm::UTF8 *>(text.data());
  if (bytes > text.size() || !llvm::isLegalUTF8Sequence(begin, begin + bytes))
    return {1, 1};
  return {bytes, bytes == 4 ? 2u : 1u};
}

TextPositions::TextPositions(llvm::StringRef text) : text(text), lineBegins{0} {
  for (size_t i = 0; i < text.size(); ++i)
    if (text[i] == '\n' || (text[i] == '\r' && !text.drop_front(i + 1).starts_with("\n")))
      lineBegins.push_back(i + 1);
}

uint32_t TextPositions::offset(llvm::lsp::Position position) const {
  if (position.line < 0)
    return 0;
  size_t line = position.line;
  if (line >= lineBegins.size())
    return text.size();
  size_t offset = lineBegins[line];
  size_t end = line + 1 < lineBegins.size() ? lineBegins[line + 1] : text.size();
  llvm::StringRef rest = text.slice(offset, end).rtrim("\r\n");
  for (int64_t units = position.character; units > 0 && !rest.empty();) {
    CodePoint next = firstCodePoint(rest);
    // Between the halves of a pair: before it.
    if (static_cast<int64_t>(next.units) > units)
      break;
    units -= next.units;
    offset += next.bytes;
    rest = rest.drop_front(next.bytes);
  }
  return offset;
}

llvm::lsp::Position TextPositions::position(size_t offset) const {
  offset = std::min(offset, text.size());
  size_t line = std::upper_bound(lineBegins.begin(), lineBegins.end(), offset) - lineBegins.begin() - 1;
  size_t units = 0;
  for (size_t i = lineBegins[line]; i < offset;) {
    CodePoint next = firstCodePoint(text.drop_front(i));
    i += next.bytes;
    units += next.units;
  }
  return {static_cast<int>(line), static_cast<int>(units)};
}
