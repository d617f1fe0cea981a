// Emits one planned loop nest. The kinds of nests have a file each; this header holds what they share.
#ifndef DLC_PASSES_KERNEL_NESTEMITTER_H
#define DLC_PASSES_KERNEL_NESTEMITTER_H

#include "passes/kernel/ElementEmitter.h"
#include "passes/kernel/KernelTarget.h"
#include "passes/kernel/NestPlan.h"

namespace dlc::kernel {

/// Iterations [low, high) of a span. \p single: exactly one, without a loop.
struct IndexRange {
  mlir::Value low;
  mlir::Value high;
  bool single = false;
};

/// Vector width for the kernel's element types.
struct VectorShape {
  int64_t lanes;  ///< of one register
  int64_t unroll; ///< registers per value in the main loops
};

class NestEmitter {
public:
  NestEmitter(const KernelDag &dag, const Nest &nest, const KernelTarget &target, VectorShape shape,
              LoopBuilder &builder, ElementEmitter &elements);

  /// Emits the nest for \p range of its first kept span (ignored without kept spans).
  void emit(IndexRange range);

  /// Multiples of this at which the first kept span may be cut.
  int64_t grain() const;

private:
  friend class ReductionEmitter;
  friend class ContractionEmitter;

  void emitElementwise(IndexRange range);
  const Span *transposedSpan() const;
  void emitTransposed(IndexRange range, const Span &along);
  void emitReduction(IndexRange range);
  void emitContraction(IndexRange range);
  void emitScatter(IndexRange range);
  /// The vector shape of a column reduction's loop over kept elements.
  VectorShape columnShape() const;

  mlir::ArrayRef<Span> keptSpans() const;
  llvm::SmallVector<Span> spansOf(const Phase &phase) const;
  IndexRange fullRange(const Span &span);
  /// Places a span's index; the other dimensions of the span are absorbed.
  void place(const Span &span, LaneIndex index);
  mlir::ArrayRef<LaneIndex> keptAt() const { return mlir::ArrayRef(at).take_front(nest.kept); }
  /// The indices of a generic's loops at the present place.
  Indices loopsAt(const Phase &phase, mlir::linalg::GenericOp generic) const;

  /// Runs \p body inside loops over \p spans, the first over \p range.
  void overSpans(mlir::ArrayRef<Span> spans, IndexRange range, llvm::function_ref<void()> body);
  /// Evaluates and stores all stores of the nest at the present place.
  void finish(const Lanes &lanes);
  void finishAt(mlir::ArrayRef<LaneIndex> place, const Lanes &lanes);

  const KernelDag &dag;
  const Nest &nest;
  const KernelTarget &target;
  VectorShape shape;
  LoopBuilder &builder;
  ElementEmitter &elements;
  Indices at; ///< one index per dimension of the nest
};

/// A loop over vectors: registers * unroll at a time, then single registers, then a masked one.
class VectorLoop {
public:
  /// \p size: of the whole span; its divisors tell whether a masked part is needed.
  VectorLoop(LoopBuilder &builder, IndexRange range, const graph::SymbolicSize &size, VectorShape shape);

  using Body = llvm::function_ref<llvm::SmallVector<mlir::Value>(mlir::Value index, const Lanes &lanes,
                                                                 mlir::ValueRange carried)>;
  llvm::SmallVector<mlir::Value> run(mlir::ValueRange initial, Body body);
  void run(llvm::function_ref<void(mlir::Value index, const Lanes &lanes)> body);

  /// Lanes of the main loop; 0 without one.
  int64_t mainWidth() const { return main; }
  /// Whether vectors of one register are processed too.
  bool hasRest() const { return rest; }

private:
  LoopBuilder &builder;
  IndexRange range;
  int64_t lanes;
  int64_t main = 0;
  bool rest = false;
  bool masked = false;
  std::optional<int64_t> count; ///< iterations, when known
};

/// Rows of \p square as columns: log2(n) steps, each exchanging halves of ever larger blocks between pairs of rows.
void transposeSquare(LoopBuilder &builder, llvm::SmallVectorImpl<mlir::Value> &square);

/// The first \p active of \p width lanes.
mlir::Value maskOf(LoopBuilder &builder, mlir::Value active, int64_t width);

/// The largest known divisor of \p size.
int64_t divisorOf(const graph::SymbolicSize &size);

} // namespace dlc::kernel

#endif
