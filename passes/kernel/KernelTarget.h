// What the code generator knows about the machine: vector width and number of vector registers.
#ifndef DLC_PASSES_KERNEL_KERNELTARGET_H
#define DLC_PASSES_KERNEL_KERNELTARGET_H

#include "mlir/IR/BuiltinOps.h"

namespace dlc::kernel {

struct KernelTarget {
  int64_t vectorBits = 256;
  int64_t registers = 16;

  /// Reads the module's `kernel.target` {vector_bits, registers}; without it, a machine with AVX2.
  static mlir::FailureOr<KernelTarget> of(mlir::ModuleOp module);

  int64_t lanes(unsigned elementBits) const { return vectorBits / elementBits; }
};

} // namespace dlc::kernel

#endif
