// An open .dl file as the compiler sees it, and what the compiler has to say about it, in the editor's terms.
#ifndef DLC_TOOLS_DRIVER_DLPROGRAM_H
#define DLC_TOOLS_DRIVER_DLPROGRAM_H

#include "frontend/dsl/ModuleLoader.h"
#include "tools/driver/TextPositions.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace dlc {

/// Absolute, without `.` and `..`: files are compared by it.
std::string cleanPath(llvm::StringRef path);

/// A file with everything that it imports, and the library.
struct DlProgram {
  dsl::SourceManager sources;
  dsl::Diagnostics diagnostics{sources};
  dsl::LoadedProgram loaded;

  /// \p path: clean.
  DlProgram(llvm::StringRef path, std::string text, const dsl::FileReader &read);

  dsl::FileId mainFile() const { return loaded.main().file; }
  llvm::StringRef mainText() const { return sources.text(mainFile()); }
  /// The path that an import of the main file means.
  std::string pathOf(const dsl::ast::ImportDecl &import) const;
  bool reads(llvm::StringRef path) const;
};

/// The editor's name of the user's file at a clean path; nullopt if it has none.
using UriOf = llvm::function_ref<std::optional<llvm::lsp::URIForFile>(llvm::StringRef path)>;

/// \p range, which has a place, in the user's files; nullopt in the library.
std::optional<llvm::lsp::Location> locate(const DlProgram &program, dsl::SourceRange range, UriOf uriOf);

/// Parse errors; when there are none, what elaborating each model finds. All are placed in the main file: those of
/// other files where it refers to them.
std::vector<llvm::lsp::Diagnostic> diagnose(DlProgram &program, UriOf uriOf);

} // namespace dlc

#endif
