// Kernels in the LLVM dialect to machine code. Equal modules and targets give equal bytes on every machine.
#ifndef DLC_BACKENDS_CPU_OBJECTEMITTER_H
#define DLC_BACKENDS_CPU_OBJECTEMITTER_H

#include "backends/cpu/CpuTarget.h"
#include "backends/cpu/ImageLinker.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/SmallVector.h"
#include <string>

namespace dlc {

/// \p module: what buildLowerToLLVMPipeline leaves. Errors are emitted at it. Generates code for several kernels at
/// once, on as many threads as there are cores.
mlir::FailureOr<KernelImage> emitImage(mlir::ModuleOp module, const CpuTarget &target);

/// An ELF object with one global function `<kernel>.entry` for each kernel and no undefined symbols.
mlir::FailureOr<llvm::SmallVector<char, 0>> emitObject(mlir::ModuleOp module, const CpuTarget &target);

/// The same as text.
mlir::FailureOr<std::string> emitAssembly(mlir::ModuleOp module, const CpuTarget &target);

} // namespace dlc

#endif
