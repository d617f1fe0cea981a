// Reads and parses a file, everything that it imports, and the standard library.
#ifndef DLC_FRONTEND_DSL_MODULELOADER_H
#define DLC_FRONTEND_DSL_MODULELOADER_H

#include "frontend/dsl/Ast.h"
#include "frontend/dsl/Diagnostics.h"
#include <functional>

namespace dlc::dsl {

/// The standard library's modules come first, in no meaningful order; then imported files, each before
/// those that import it; the main file is the last. Each file occurs once.
struct LoadedProgram {
  std::vector<ast::Module> modules;
  const ast::Module &main() const { return modules.back(); }
};

/// Gives the text of the file at \p path, or nullopt with a reason in \p error ("no such file").
using FileReader = std::function<std::optional<std::string>(llvm::StringRef path, std::string &error)>;

/// From the disk.
std::optional<std::string> readSourceFile(llvm::StringRef path, std::string &error);

/// \p path is the main file's, \p text its contents or nullopt to read it. Imports are relative to the
/// file that names them. Check `diagnostics.hasErrors()` before elaborating the result; `modules` always
/// ends with the main file, which is empty when it could not be read.
LoadedProgram loadProgram(SourceManager &sources, Diagnostics &diagnostics, llvm::StringRef path,
                          std::optional<std::string> text = std::nullopt, const FileReader &read = readSourceFile);

} // namespace dlc::dsl

#endif
