// The symbols of a program, in the order in which every kernel gets their values.
#ifndef DLC_IR_PLAN_PROGRAMSYMBOLS_H
#define DLC_IR_PLAN_PROGRAMSYMBOLS_H

#include "mlir/IR/BuiltinOps.h"
#include <string>

namespace dlc::plan {

/// The module's `kernel.symbols` if it is there, else the names in all tensor types and `graph.size` formulas of the
/// module: `batch` first, the others by name.
llvm::SmallVector<std::string> programSymbols(mlir::ModuleOp module);

} // namespace dlc::plan

#endif
