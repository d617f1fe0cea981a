// All that is known about the kernels of a program, from its plan and from its native images.
#ifndef DLC_BACKENDS_PACKAGE_KERNELTABLE_H
#define DLC_BACKENDS_PACKAGE_KERNELTABLE_H

#include "backends/package/ProgramWriter.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/StringMap.h"

namespace dlc::package {

struct PackagedKernel {
  KernelFacts facts;
  graph::SymbolicSize flops, bytes;
  unsigned outputsFrom = 0;
  mlir::Location location;
};

/// Kernel i is entry i of every image.
struct KernelTable {
  std::vector<PackagedKernel> kernels;
  llvm::StringMap<unsigned> indices;
};

/// Emits errors: images that disagree about their kernels, a launched kernel without code, formulas that are none.
mlir::FailureOr<KernelTable> buildKernelTable(const ProgramInput &input);

} // namespace dlc::package

#endif
