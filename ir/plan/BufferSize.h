// Sizes of buffers in bytes, as formulas of the program's symbols.
#ifndef DLC_IR_PLAN_BUFFERSIZE_H
#define DLC_IR_PLAN_BUFFERSIZE_H

#include "ir/graph/SymbolicSize.h"
#include "mlir/IR/BuiltinTypes.h"

namespace dlc::plan {

/// Bytes of one element in memory: i1 takes a whole byte. Empty for types that a program cannot hold.
std::optional<int64_t> elementBytes(mlir::Type element);

/// Bytes of a dense tensor; empty when its elements have no size.
std::optional<graph::SymbolicSize> bytesOf(mlir::RankedTensorType type);

/// True when \p large >= \p small for all values >= 0 of the symbols, seen from the coefficients alone: false may
/// also mean "not known".
bool covers(const graph::SymbolicSize &large, const graph::SymbolicSize &small);

/// Adds \p size to the formulas of a slot unless one of them covers it; drops those that it covers.
void addFormula(llvm::SmallVectorImpl<graph::SymbolicSize> &formulas, const graph::SymbolicSize &size);

} // namespace dlc::plan

#endif
