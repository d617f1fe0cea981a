// The syntax tree as text, for `--emit=ast`.
#ifndef DLC_FRONTEND_DSL_ASTPRINTER_H
#define DLC_FRONTEND_DSL_ASTPRINTER_H

#include "frontend/dsl/Ast.h"
#include "llvm/Support/raw_ostream.h"

namespace dlc::dsl {

/// One node a line, children indented, each with its place: "Binary '+' 3:5".
void printAst(const SourceManager &sources, const ast::Module &module, llvm::raw_ostream &os);

} // namespace dlc::dsl

#endif
