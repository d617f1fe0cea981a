// Editors count lines from 0 and columns in UTF-16 units; the compiler counts bytes.
#ifndef DLC_TOOLS_DRIVER_TEXTPOSITIONS_H
#define DLC_TOOLS_DRIVER_TEXTPOSITIONS_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/LSP/Protocol.h"
#include <vector>

namespace dlc {

/// Converts places of one text, which must outlive this. Lines end as the protocol says: \n, \r\n or \r. The text may
/// hold any bytes: one that is not UTF-8 counts as one unit.
class TextPositions {
public:
  explicit TextPositions(llvm::StringRef text);

  /// A line behind the last one is the text's end, a column behind its line the line's end.
  uint32_t offset(llvm::lsp::Position position) const;
  /// An offset behind the text is its end.
  llvm::lsp::Position position(size_t offset) const;
  llvm::lsp::Range range(size_t begin, size_t end) const { return {position(begin), position(end)}; }

private:
  llvm::StringRef text;
  std::vector<uint32_t> lineBegins;
};

} // namespace dlc

#endif
