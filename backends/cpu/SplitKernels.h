// One module for each kernel, so that code for them can be generated side by side.
#ifndef DLC_BACKENDS_CPU_SPLITKERNELS_H
#define DLC_BACKENDS_CPU_SPLITKERNELS_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"
#include "llvm/ADT/SmallVector.h"
#include <string>

namespace dlc {

struct KernelModule {
  std::string kernel;
  mlir::OwningOpRef<mlir::ModuleOp> module; // the entry and, copied, whatever it refers to
};

/// \p module: kernels in the LLVM dialect. In its order.
llvm::SmallVector<KernelModule> splitKernels(mlir::ModuleOp module);

} // namespace dlc

#endif
