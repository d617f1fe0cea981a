// Kernels in the vector form to code.
#ifndef DLC_TOOLS_DRIVER_KERNELEMITTER_H
#define DLC_TOOLS_DRIVER_KERNELEMITTER_H

#include "tools/driver/Phase.h"
#include "mlir/IR/BuiltinOps.h"
#include <string>

namespace dlc {

/// Says what code is generated for: \p level, or this machine's for "". An existing attribute stays for "".
mlir::LogicalResult setKernelTarget(mlir::ModuleOp module, llvm::StringRef level);

/// vector form => LLVM dialect.
mlir::LogicalResult lowerKernelsToLlvm(mlir::ModuleOp module);

/// LLVM dialect => assembly text (Asm) or an object file (Obj).
mlir::FailureOr<std::string> emitKernelCode(mlir::ModuleOp module, Phase form);

} // namespace dlc

#endif
