// Rewrites one kernel from the linalg form to the vector form.
#ifndef DLC_PASSES_KERNEL_KERNELEMITTER_H
#define DLC_PASSES_KERNEL_KERNELEMITTER_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "passes/kernel/KernelTarget.h"

namespace dlc::kernel {

/// Replaces \p kernel by a function of memrefs with the same name; reports what cannot be vectorized.
mlir::LogicalResult vectorizeKernel(mlir::func::FuncOp kernel, const KernelTarget &target);

} // namespace dlc::kernel

#endif
