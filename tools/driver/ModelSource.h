// From the text of a .dl file to the graph form.
#ifndef DLC_TOOLS_DRIVER_MODELSOURCE_H
#define DLC_TOOLS_DRIVER_MODELSOURCE_H

#include "tools/driver/CompilerDriver.h"

namespace dlc {

/// Parses \p text and what it imports, and elaborates the model. \p sources takes the user's files, for the program.
/// Null after an error, which has been reported.
mlir::OwningOpRef<mlir::ModuleOp> elaborateModel(mlir::MLIRContext &context, const std::string &text,
                                                 const CompileOptions &options, const CompileObserver &observer,
                                                 std::vector<std::pair<std::string, std::string>> &sources);

/// The syntax tree as text.
mlir::FailureOr<std::string> printModelAst(const std::string &text, const CompileOptions &options,
                                           const CompileObserver &observer);

/// The text in canonical form; nothing after a syntax error, which has been reported.
std::optional<std::string> formatModel(const std::string &name, const std::string &text, bool color,
                                       const CompileObserver &observer);

} // namespace dlc

#endif
