// Syntax tree -> source text in the one canonical format (`dlc fmt`).
#ifndef DLC_FRONTEND_DSL_PRINTER_H
#define DLC_FRONTEND_DSL_PRINTER_H

#include "frontend/dsl/Diagnostics.h"
#include <optional>
#include <string>

namespace dlc::dsl {

/// Lines are at most this long, where the language allows a break.
constexpr int kFormatWidth = 100;

/// The formatted text of a source file, comments and at most one empty line in a row kept; nullopt, with
/// errors in \p diagnostics, when it cannot be parsed. Formatting the result changes nothing.
/// What the author decides: parentheses; whether a block or a chain of `|>` that would fit on one line is
/// spread over several (a line break after `{`, or before a `|>`).
std::optional<std::string> formatSource(llvm::StringRef name, llvm::StringRef text, SourceManager &sources,
                                        Diagnostics &diagnostics);

} // namespace dlc::dsl

#endif
