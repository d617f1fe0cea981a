// Text of the model language -> syntax tree.
#ifndef DLC_FRONTEND_DSL_PARSER_H
#define DLC_FRONTEND_DSL_PARSER_H

#include "frontend/dsl/Ast.h"
#include "frontend/dsl/Diagnostics.h"

namespace dlc::dsl {

/// Parses one file. Any bytes are accepted: errors go to \p diagnostics, several in one run, and the
/// declarations that could be understood are returned (an editor wants them; do not elaborate them).
ast::Module parseModule(const SourceManager &sources, FileId file, Diagnostics &diagnostics);

} // namespace dlc::dsl

#endif
