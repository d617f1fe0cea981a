// Which loop nests compute a kernel: what each computes, over which dimensions, and which nests share their rows.
#ifndef DLC_PASSES_KERNEL_NESTPLAN_H
#define DLC_PASSES_KERNEL_NESTPLAN_H

#include "passes/kernel/KernelAccess.h"
#include "passes/kernel/KernelDag.h"

namespace dlc::kernel {

enum class NestKind { Elementwise, RowReduction, ColumnReduction, Contraction, Scatter };

/// Reductions or a contraction over the same dimensions [firstDim, firstDim + count) of the nest, done together.
struct Phase {
  llvm::SmallVector<mlir::linalg::GenericOp, 2> generics;
  unsigned firstDim;
  unsigned count;
  /// Element-wise values over the kept and reduced dimensions that are stored on the way, in the place of a result
  /// that is computed from them later.
  llvm::SmallVector<Store, 1> scratch;

  mlir::linalg::GenericOp generic(unsigned index = 0) const { return generics[index]; }
  mlir::Value result() const { return generic().getResult(0); }
};

/// Neighbouring dimensions [first, last] of a nest that one loop counts; unit dimensions belong to none.
struct Span {
  unsigned first;
  unsigned last;
  graph::SymbolicSize size;
};

/// One loop nest. Its dimensions are the kept ones (those of its stores) followed by the reduced ones of its phases.
struct Nest {
  Nest(NestKind kind, mlir::ArrayRef<graph::SymbolicSize> kept) : kind(kind), sizes(kept), kept(kept.size()) {}

  NestKind kind;
  Sizes sizes;
  unsigned kept;
  llvm::SmallVector<Phase, 2> phases;
  llvm::SmallVector<Store, 4> stores;

  /// Set once the nest is complete.
  AccessSet accesses{0};
  llvm::SmallVector<Span, 4> spans;

  mlir::ArrayRef<graph::SymbolicSize> keptSizes() const { return mlir::ArrayRef(sizes).take_front(kept); }
  bool computes(mlir::Value value) const;
  bool isStoring(mlir::Value value) const;
};

/// Nests whose first \p shared dimensions are counted by one loop around all of them.
struct NestGroup {
  std::vector<Nest> nests;
  unsigned shared = 0;
};

struct KernelPlan {
  std::vector<NestGroup> groups;
};

mlir::FailureOr<KernelPlan> planNests(const KernelDag &dag);

/// The nest's dimension expressions for the loops of a generic of phase \p phase.
llvm::SmallVector<mlir::AffineExpr, 4> loopsOf(const Nest &nest, const Phase &phase, mlir::linalg::GenericOp generic);

/// Everything the expressions of \p nest read, with the nest's own reductions as leaves.
AccessSet collectAccesses(const KernelDag &dag, const Nest &nest);

/// Cuts the dimensions [first, last) of \p nest into spans.
llvm::SmallVector<Span, 4> spansOf(const KernelDag &dag, const Nest &nest, unsigned first, unsigned last);

/// Joins nests that work on the same rows into groups and decides what is stored on the way (see Phase::scratch).
void shareRows(const KernelDag &dag, std::vector<Nest> nests, KernelPlan &plan);

} // namespace dlc::kernel

#endif
