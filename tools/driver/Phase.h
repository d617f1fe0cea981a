// The named forms of a program on its way; `--emit=` stops at one, `--from=` starts at one.
#ifndef DLC_TOOLS_DRIVER_PHASE_H
#define DLC_TOOLS_DRIVER_PHASE_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include <optional>

namespace dlc {

/// In the data's order; Plan is a second branch after Fused, beside Linalg … Obj.
enum class Phase { Source, Ast, Graph, Grad, Fused, Linalg, Vector, Llvm, Asm, Obj, Plan, Program };

std::optional<Phase> parsePhase(llvm::StringRef name);
llvm::StringRef nameOf(Phase phase);

/// One pass of the pipeline: its flag, and the phase that it leads to.
struct PipelineStep {
  Phase phase;
  llvm::StringRef pass;
  bool onFunctions = false; // runs on each function instead of the module
  bool onRequest = false;   // not without --enable-pass
};

/// The whole pipeline; see Pipeline.cpp.
llvm::ArrayRef<PipelineStep> pipeline();

} // namespace dlc

#endif
