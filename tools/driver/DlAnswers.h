// What an editor may ask about an open .dl file.
#ifndef DLC_TOOLS_DRIVER_DLANSWERS_H
#define DLC_TOOLS_DRIVER_DLANSWERS_H

#include "tools/driver/DlProgram.h"

namespace dlc {

/// The signature and the doc comment of the name at \p position.
std::optional<llvm::lsp::Hover> hoverAt(const DlProgram &program, llvm::lsp::Position position);

/// Where the name at \p position is declared, or the file of an import. Empty for the library, which has no files.
std::vector<llvm::lsp::Location> definitionAt(const DlProgram &program, llvm::lsp::Position position, UriOf uriOf);

/// The declarations of the main file, and in them parameters, state and settings.
std::vector<llvm::lsp::DocumentSymbol> symbolsOf(const DlProgram &program);

/// At most one edit, which formats \p text; none when it cannot be parsed.
std::vector<llvm::lsp::TextEdit> formattingOf(llvm::StringRef text);

} // namespace dlc

#endif
