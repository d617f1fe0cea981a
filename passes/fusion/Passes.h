#ifndef DLC_PASSES_FUSION_PASSES_H
#define DLC_PASSES_FUSION_PASSES_H

#include "ir/graph/GraphOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"

namespace dlc {
#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "passes/fusion/Passes.h.inc"
} // namespace dlc

#endif
