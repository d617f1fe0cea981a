// The two branches of a program, plan and kernels, rejoin here.
#ifndef DLC_TOOLS_DRIVER_PROGRAMEMITTER_H
#define DLC_TOOLS_DRIVER_PROGRAMEMITTER_H

#include "tools/driver/CompilerDriver.h"

namespace dlc {

/// \p plan: module in the plan form; \p kernels: its kernels in the vector form. Gives the bytes of the file.
mlir::FailureOr<std::string> emitProgramFile(mlir::ModuleOp plan, mlir::ModuleOp kernels, const std::string &portableIr,
                                             llvm::ArrayRef<std::pair<std::string, std::string>> sources,
                                             const CompileOptions &options, const CompileObserver &observer);

} // namespace dlc

#endif
