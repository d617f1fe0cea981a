#include "frontend/dsl/Diagnostics.h"
#include "llvm/Support/ConvertUTF.h"
#include "llvm/Support/Unicode.h"
#include <algorithm>

using namespace dlc::dsl;

namespace {

// Longer source lines are shown in part, around the caret.
constexpr int kMaxExcerptColumns = 140;

struct Excerpt {
  std::string line, marks;
};

/// One code point of a source line, as it is safe to print.
struct Glyph {
  llvm::StringRef bytes;
  int columns;
  bool isPrintable;
};

Glyph firstGlyph(llvm::StringRef text) {
  unsigned size = llvm::getNumBytesForUTF8(text.front());
  if (text.front() >= ' ' && text.front() < 127)
    return {text.take_front(1), 1, true};
  const auto *begin = reinterpret_cast<const llvm::UTF8 *>(text.data());
  if (size > text.size() || !llvm::isLegalUTF8Sequence(begin, begin + size))
    return {text.take_front(1), 1, false};
  int columns = llvm::sys::unicode::columnWidthUTF8(text.take_front(size));
  return {text.take_front(size), columns < 0 ? 1 : columns, columns >= 0};
}

/// \p begin and \p end: bytes of the line that are marked.
Excerpt excerptOf(llvm::StringRef line, size_t begin, size_t end) {
  Excerpt excerpt;
  int column = 0;
  size_t offset = 0;
  auto mark = [&](int columns) {
    for (int i = 0; i < columns; ++i)
      excerpt.marks +=
          offset < begin || offset >= std::max(end, begin + 1) ? ' ' : (offset == begin && i == 0 ? '^' : '~');
    column += columns;
  };
  // A line that does not fit loses its beginning, up to some 40 bytes before the caret.
  if (line.size() > kMaxExcerptColumns && begin > kMaxExcerptColumns / 2) {
    offset = begin - 40;
    while (offset < begin && (line[offset] & 0xC0) == 0x80)
      ++offset;
    excerpt.line = excerpt.marks = "";
    excerpt.line += "...";
    excerpt.marks += "   ";
  }
  while (offset < line.size() && column < kMaxExcerptColumns) {
    Glyph glyph = firstGlyph(line.drop_front(offset));
    excerpt.line += glyph.isPrintable ? glyph.bytes : (glyph.bytes == "\t" ? " " : "?");
    mark(glyph.columns);
    offset += glyph.bytes.size();
  }
  if (offset < line.size())
    excerpt.line += "...";
  else if (begin >= line.size())
    excerpt.marks += '^';
  excerpt.marks = llvm::StringRef(excerpt.marks).rtrim().str();
  return excerpt;
}

struct Style {
  const char *bold = "", *severity = "", *caret = "", *reset = "";
};

enum class Severity { Error, Note };

Style styleOf(Severity severity, bool color) {
  if (!color)
    return {};
  return {"\033[1m", severity == Severity::Error ? "\033[1;31m" : "\033[1;36m", "\033[1;32m", "\033[0m"};
}

void renderHead(const SourceManager &sources, Severity severity, SourceRange range, llvm::StringRef message,
                bool color, llvm::raw_ostream &os) {
  Style style = styleOf(severity, color);
  os << style.bold;
  if (range.isValid()) {
    LineColumn place = sources.lineColumn(range);
    os << sources.name(range.file) << ':' << place.line << ':' << place.column << ": ";
  }
  os << style.reset << style.severity << (severity == Severity::Error ? "error: " : "note: ") << style.reset
     << style.bold << message << style.reset << '\n';
}

void renderExcerpt(const SourceManager &sources, SourceRange range, bool color, llvm::raw_ostream &os) {
  LineColumn place = sources.lineColumn(range);
  llvm::StringRef line = sources.lineText(range.file, place.line);
  size_t begin = std::min<size_t>(place.column - 1, line.size());
  size_t end = std::min<size_t>(begin + range.length(), line.size());
  Excerpt excerpt = excerptOf(line, begin, end);
  Style style = styleOf(Severity::Error, color);
  os << excerpt.line << '\n' << style.caret << excerpt.marks << style.reset << '\n';
}

} // namespace

Diagnostic &Diagnostics::error(SourceRange range, const llvm::Twine &message) {
  std::string text = message.str();
  for (Diagnostic &other : kept)
    if (other.message == text && other.range.file == range.file && other.range.begin == range.begin &&
        other.range.end == range.end) {
      // Notes of the repetition would double those of the first.
      dropped.notes.clear();
      return dropped;
    }
  if (++errors > kMaxErrors) {
    dropped.notes.clear();
    return dropped;
  }
  return kept.emplace_back(Diagnostic{range, std::move(text), {}});
}

void Diagnostics::sortByPlace(size_t first) {
  auto isBefore = [](const Diagnostic &a, const Diagnostic &b) {
    return std::make_pair(a.range.file, a.range.begin) < std::make_pair(b.range.file, b.range.begin);
  };
  // By insertion: there are few, and those of one place keep their order.
  for (size_t i = first; i < kept.size(); ++i) {
    auto here = kept.begin() + i;
    std::rotate(std::upper_bound(kept.begin() + first, here, *here, isBefore), here, here + 1);
  }
}

void Diagnostics::render(const Diagnostic &diagnostic, llvm::raw_ostream &os, bool color) const {
  renderHead(sources, Severity::Error, diagnostic.range, diagnostic.message, color, os);
  if (diagnostic.range.isValid())
    renderExcerpt(sources, diagnostic.range, color, os);
  for (const DiagnosticNote &note : diagnostic.notes)
    renderHead(sources, Severity::Note, note.range, note.message, color, os);
}

void Diagnostics::renderAll(llvm::raw_ostream &os, bool color) const {
  for (const Diagnostic &diagnostic : kept)
    render(diagnostic, os, color);
  if (errors > kMaxErrors)
    os << (errors - kMaxErrors) << " more errors are not shown\n";
}

std::optional<std::string> dlc::dsl::nearestName(llvm::StringRef name, llvm::ArrayRef<llvm::StringRef> candidates) {
  // One slip in three letters, so that `x` does not suggest `y`.
  unsigned limit = std::min<size_t>(name.size() / 3 + (name.size() == 2), 4);
  std::optional<llvm::StringRef> best;
  unsigned bestDistance = limit + 1;
  for (llvm::StringRef candidate : candidates) {
    unsigned distance = name.equals_insensitive(candidate)
                            ? 0
                            : name.edit_distance(candidate, /*AllowReplacements=*/true, /*MaxEditDistance=*/limit);
    // Ties go to the first in the alphabet, so that the order of a hash table does not show.
    if (distance < bestDistance || (best && distance == bestDistance && candidate < *best)) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best ? std::optional<std::string>(best->str()) : std::nullopt;
}

std::string dlc::dsl::didYouMean(llvm::StringRef name, llvm::ArrayRef<llvm::StringRef> candidates) {
  std::optional<std::string> nearest = nearestName(name, candidates);
  return nearest ? "; did you mean '" + *nearest + "'?" : "";
}
