// The texts that a compilation reads, and places in them.
#ifndef DLC_FRONTEND_DSL_SOURCEMANAGER_H
#define DLC_FRONTEND_DSL_SOURCEMANAGER_H

#include "llvm/ADT/StringRef.h"
#include <cstdint>
#include <deque>
#include <string>
#include <vector>

namespace dlc::dsl {

using FileId = uint32_t;
constexpr FileId kNoFile = UINT32_MAX;

/// Bytes [begin, end) of a file. A range whose file is kNoFile has no place.
struct SourceRange {
  FileId file = kNoFile;
  uint32_t begin = 0, end = 0;

  bool isValid() const { return file != kNoFile; }
  uint32_t length() const { return end - begin; }
};

/// From the beginning of \p first to the end of \p last, which lie in one file.
inline SourceRange join(SourceRange first, SourceRange last) { return {first.file, first.begin, last.end}; }

/// Both from 1; a column counts bytes.
struct LineColumn {
  uint32_t line = 0, column = 0;
};

class SourceManager {
public:
  /// The lexer refuses longer texts.
  static constexpr size_t kMaxBytes = 4u << 20;

  /// \p name is what messages show: a path as the user wrote it, or "std/losses.dl".
  FileId addFile(std::string name, std::string text, bool isStandardLibrary = false);

  llvm::StringRef name(FileId file) const { return files[file].name; }
  /// Valid as long as the manager.
  llvm::StringRef text(FileId file) const { return files[file].text; }
  llvm::StringRef text(SourceRange range) const { return text(range.file).slice(range.begin, range.end); }
  bool isStandardLibrary(FileId file) const { return files[file].isStandardLibrary; }
  size_t fileCount() const { return files.size(); }

  LineColumn lineColumn(FileId file, uint32_t offset) const;
  LineColumn lineColumn(SourceRange range) const { return lineColumn(range.file, range.begin); }
  /// Without its line break; \p line from 1.
  llvm::StringRef lineText(FileId file, uint32_t line) const;
  /// The offset of the first byte of \p line, from 1; the text's size behind the last line.
  uint32_t lineBegin(FileId file, uint32_t line) const;

private:
  struct File {
    std::string name, text;
    bool isStandardLibrary;
    std::vector<uint32_t> lineBegins;
  };
  std::deque<File> files; // a deque keeps the texts where they are
};

} // namespace dlc::dsl

#endif
