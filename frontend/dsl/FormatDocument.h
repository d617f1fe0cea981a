// A pretty printer's intermediate form: text with places where a line may be broken.
// After Wadler, "A prettier printer", 2003, with fills and trailing comments.
#ifndef DLC_FRONTEND_DSL_FORMATDOCUMENT_H
#define DLC_FRONTEND_DSL_FORMATDOCUMENT_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include <deque>
#include <string>
#include <vector>

namespace dlc::dsl {

struct FormatNode;
/// Owned by a FormatDocument; null is the empty text.
using Format = const FormatNode *;

struct FormatNode {
  enum class Kind { Text, Concat, Line, HardLine, Nest, Align, Group, Fill, Trailing };
  Kind kind;
  std::string text;             // Text; Line: what it is when not broken; Trailing: goes to the end of the line
  int indent = 0;               // Nest: added to the indentation
  bool blankLine = false;       // Line, HardLine: leaves an empty line when broken
  bool breaks = false;          // contains a HardLine: the groups around it are broken
  std::vector<Format> children; // Fill: item, separator, item, …
};

class FormatDocument {
public:
  Format text(llvm::StringRef text);
  Format concat(llvm::ArrayRef<Format> parts);
  /// A line break if the group around it does not fit on its line, else \p flat.
  Format line(llvm::StringRef flat = " ", bool blankLine = false);
  Format hardLine(bool blankLine = false);
  Format nest(int indent, Format inner);
  /// Lines within are indented to the column where \p inner begins.
  Format align(Format inner);
  Format group(Format inner, bool isBroken = false);
  /// Items with separators between them; each separator is broken only where the next item would not fit.
  /// Items are groups.
  Format fill(std::vector<Format> itemsAndSeparators);
  /// A comment: placed at the end of the line that is being printed.
  Format trailing(llvm::StringRef comment);

  /// No line has blanks at its end.
  static std::string render(Format root, int width);

private:
  Format add(FormatNode node);
  std::deque<FormatNode> nodes;
};

} // namespace dlc::dsl

#endif
