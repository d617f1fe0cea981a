// Passes that turn kernels on tensors into loops of vector operations.
#ifndef DLC_PASSES_KERNEL_PASSES_H
#define DLC_PASSES_KERNEL_PASSES_H

#include "mlir/Pass/Pass.h"
#include <memory>

namespace dlc {

#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "passes/kernel/Passes.h.inc"

} // namespace dlc

#endif
