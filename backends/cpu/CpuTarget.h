// What code is generated for: a psABI level of x86-64. The only facts about the machine that passes may use, as the
// module attribute `kernel.target`.
#ifndef DLC_BACKENDS_CPU_CPUTARGET_H
#define DLC_BACKENDS_CPU_CPUTARGET_H

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

namespace dlc {

/// One level, with what follows from it. Two machines of one level get the same code: neither the CPU's name nor its
/// other features matter.
struct CpuTarget {
  llvm::StringLiteral level; // as in the program file: x86-64-v2, x86-64-v3 or x86-64-v4
  llvm::StringLiteral tune;  // LLVM's name of the CPU whose instruction costs are assumed
  unsigned vectorBits;       // width of a vector register
  unsigned registers;        // vector registers
  bool hasFma;
  bool hasScaleFloat; // vscalef of AVX-512

  /// The levels that can be compiled for, lowest first.
  static llvm::ArrayRef<CpuTarget> all();

  /// The highest level that this machine's processor and operating system support.
  static const CpuTarget &host();

  /// \p level: one of the names above. Emits an error at \p location otherwise.
  static mlir::FailureOr<CpuTarget> parse(llvm::StringRef level, mlir::Location location);

  /// What `kernel.target` of \p module says; host() without one. Emits an error when it says nothing known.
  static mlir::FailureOr<CpuTarget> of(mlir::ModuleOp module);

  /// Value for `kernel.target`: {level, vector_bits, registers}.
  mlir::DictionaryAttr toAttribute(mlir::MLIRContext *context) const;

  static constexpr llvm::StringLiteral kAttributeName = "kernel.target";
};

} // namespace dlc

#endif
