// The way of kernels from the vector form to the LLVM dialect.
#ifndef DLC_BACKENDS_CPU_PIPELINE_H
#define DLC_BACKENDS_CPU_PIPELINE_H

#include "mlir/Pass/PassManager.h"

namespace dlc {

/// Passes on a module of kernels in the vector form; the result is what backends/cpu/ObjectEmitter.h takes.
void buildLowerToLLVMPipeline(mlir::OpPassManager &manager);

/// Makes it known to command lines as --dlc-cpu-pipeline.
void registerDlcCpuPipelines();

} // namespace dlc

#endif
