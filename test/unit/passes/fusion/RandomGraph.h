// Random functions of the graph dialect, to find what fusion gets wrong.
#ifndef DLC_TEST_UNIT_PASSES_FUSION_RANDOMGRAPH_H
#define DLC_TEST_UNIT_PASSES_FUSION_RANDOMGRAPH_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

namespace dlc::test {

/// A module with one function @f of about \p opCount ops on few shapes, with variables and their updates, inputs,
/// outputs and a guard that holds. f64, so that tolerances can be small. The same for the same \p seed.
mlir::OwningOpRef<mlir::ModuleOp> randomModule(unsigned seed, unsigned opCount);

} // namespace dlc::test

#endif
