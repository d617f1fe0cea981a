// The place in the model's source that a location stands for.
#ifndef DLC_IR_PLAN_SOURCEPLACE_H
#define DLC_IR_PLAN_SOURCEPLACE_H

#include "mlir/IR/Location.h"

namespace dlc::plan {

/// What the path of a value ends with that belongs to the backward direction.
inline constexpr llvm::StringLiteral kGradientMark = " (gradient)";

struct SourcePlace {
  llvm::StringRef file;  // "" if unknown
  llvm::StringRef where; // path of the value, "dense_1/x @ w"; "" if unknown
  unsigned line = 0;     // from 1; 0 if unknown
  unsigned column = 0;
};

/// Takes NameLoc(path, FileLineColLoc) and what contains it apart: the first place of a fused location, the callee of
/// a call site. The strings live as long as the context.
SourcePlace sourceOf(mlir::Location location);

/// The same place without FusedLoc, CallSiteLoc and OpaqueLoc: a FileLineColLoc, in a NameLoc when a path is known, or
/// UnknownLoc. This is what steps and kernels carry.
mlir::Location simplified(mlir::Location location);

} // namespace dlc::plan

#endif
