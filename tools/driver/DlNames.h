// What a name in a .dl file stands for: for an editor's hover and "go to definition".
#ifndef DLC_TOOLS_DRIVER_DLNAMES_H
#define DLC_TOOLS_DRIVER_DLNAMES_H

#include "frontend/dsl/ModuleLoader.h"

namespace dlc {

struct DlName {
  dsl::SourceRange use;                       // the name that was asked about
  dsl::SourceRange place;                     // where it is introduced; no place: built into the language
  const dsl::ast::Decl *declaration = nullptr; // null: a parameter, a local name or a builtin
  std::string text;                           // how it is declared, on one line: "layer dense(units: int)(x: T[..., n])"
};

/// The name at byte \p offset of the program's main file; nullopt where there is none or its meaning is not known.
/// The program may have errors.
std::optional<DlName> nameAt(const dsl::SourceManager &sources, const dsl::LoadedProgram &program, uint32_t offset);

/// A declaration without its body.
std::string signatureOf(const dsl::SourceManager &sources, const dsl::ast::Decl &decl);

} // namespace dlc

#endif
