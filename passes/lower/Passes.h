// The passes from the graph dialect to linalg.
#ifndef DLC_PASSES_LOWER_PASSES_H
#define DLC_PASSES_LOWER_PASSES_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"

namespace dlc {
#define GEN_PASS_DECL
#include "passes/lower/Passes.h.inc"
#define GEN_PASS_REGISTRATION
#include "passes/lower/Passes.h.inc"
} // namespace dlc

#endif
