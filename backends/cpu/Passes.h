#ifndef DLC_BACKENDS_CPU_PASSES_H
#define DLC_BACKENDS_CPU_PASSES_H

#include "mlir/Pass/Pass.h"

namespace dlc {

#define GEN_PASS_DECL
#include "backends/cpu/Passes.h.inc"
#define GEN_PASS_REGISTRATION
#include "backends/cpu/Passes.h.inc"

} // namespace dlc

#endif
