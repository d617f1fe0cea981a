// Which results of a kernel may be written over which inputs.
#ifndef DLC_PASSES_FUSION_INPLACEPAIRS_H
#define DLC_PASSES_FUSION_INPLACEPAIRS_H

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace dlc::fusion {

/// Pairs of an input and a result of the same type that may be the same memory: every value that depends on the input
/// is computed at the input's own index, by element-wise ops alone, and all results among them wait for the same
/// reductions and contractions, so one loop nest computes them and reads each element before it writes it.
llvm::SmallVector<std::pair<unsigned, unsigned>> findInPlacePairs(mlir::func::FuncOp kernel);

} // namespace dlc::fusion

#endif
