// Evaluates elements of tensor values at given loop indices, for one element or for a vector of them.
#ifndef DLC_PASSES_KERNEL_ELEMENTEMITTER_H
#define DLC_PASSES_KERNEL_ELEMENTEMITTER_H

#include "passes/kernel/KernelDag.h"
#include "passes/kernel/LoopBuilder.h"

namespace dlc::kernel {

/// How many elements are computed at once; lanes outside \p mask (null: none) are neither read nor written.
struct Lanes {
  int64_t width = 1;
  mlir::Value mask;
};

/// One index of an element in every lane: base + step * lane, or the values of a vector.
struct LaneIndex {
  LaneIndex(mlir::Value base = {}, int64_t step = 0) : base(base), step(step) {}

  mlir::Value base;
  int64_t step;
  mlir::Value vector;    ///< when set, the indices themselves
  bool absorbed = false; ///< this dimension is counted by the index of an earlier one

  bool varies() const { return step != 0 || vector; }
};
using Indices = llvm::SmallVector<LaneIndex, 4>;

class ElementEmitter {
public:
  /// \p buffers: the memrefs of the kernel, inputs then results.
  ElementEmitter(const KernelDag &dag, LoopBuilder &builder, llvm::SmallVector<mlir::Value> buffers)
      : dag(dag), builder(builder), buffers(std::move(buffers)) {}

  /// Element \p at of \p tensor: a scalar where it is the same in all lanes.
  mlir::Value element(mlir::Value tensor, mlir::ArrayRef<LaneIndex> at, const Lanes &lanes);
  /// The same for a value that this nest computes: not read from memory although it is stored there.
  mlir::Value compute(mlir::Value tensor, mlir::ArrayRef<LaneIndex> at, const Lanes &lanes);
  /// From here on, element \p at of \p tensor is \p value (until the scope of the loop is left).
  void know(mlir::Value tensor, mlir::ArrayRef<LaneIndex> at, const Lanes &lanes, mlir::Value value);
  /// Writes to result number \p result, whose sizes are those of \p tensor.
  void store(const Store &to, mlir::ArrayRef<LaneIndex> at, const Lanes &lanes, mlir::Value value);
  /// Reads the present contents of a result, contiguous along the lanes.
  mlir::Value loadResult(const Store &from, mlir::ArrayRef<LaneIndex> at, const Lanes &lanes);

  /// Value \p wanted of the body of \p generic with its loops at \p loops and \p accumulators for its outputs (may be
  /// empty if \p wanted does not depend on them).
  mlir::Value bodyValue(mlir::linalg::GenericOp generic, mlir::Value wanted, mlir::ArrayRef<LaneIndex> loops,
                        const Lanes &lanes, mlir::ValueRange accumulators);
  /// Input \p input of \p generic.
  mlir::Value operand(mlir::linalg::GenericOp generic, unsigned input, mlir::ArrayRef<LaneIndex> loops,
                      const Lanes &lanes);
  /// A scalar defined outside the loops of the original kernel.
  mlir::Value scalar(mlir::Value captured);

  /// The element-wise values that the nest stores at its end: until then they are computed where they are read.
  void setOwn(llvm::ArrayRef<Store> stores);

  /// \p tensor is kept in \p place: reads go there (null: no longer).
  void keepIn(mlir::Value tensor, std::optional<unsigned> result);

private:
  struct Element {
    mlir::Value value;
    std::optional<LaneIndex> index; ///< set for values of type index that are linear in the lane
  };
  struct BodyScope {
    mlir::linalg::GenericOp generic;
    mlir::ArrayRef<LaneIndex> loops;
    const Lanes &lanes;
    llvm::DenseMap<mlir::Value, Element> known;
  };
  struct View {
    mlir::Value memref;
    Indices indices;
    Sizes sizes;
  };

  Element evaluate(BodyScope &scope, mlir::Value wanted);
  Element evaluateOperation(BodyScope &scope, mlir::Operation *op);
  std::optional<LaneIndex> linear(BodyScope &scope, mlir::Operation *op);
  Element clone(BodyScope &scope, mlir::Operation *op);
  LaneIndex indexOf(BodyScope &scope, mlir::Value index);
  LaneIndex apply(mlir::AffineExpr expr, mlir::ArrayRef<LaneIndex> loops);
  mlir::Value toValue(const Element &element, int64_t width);
  mlir::Value indexVector(const LaneIndex &index, int64_t width);

  mlir::Value load(mlir::Value memref, mlir::ArrayRef<graph::SymbolicSize> sizes, mlir::ArrayRef<LaneIndex> at,
                   const Lanes &lanes);
  View viewOf(mlir::Value memref, mlir::ArrayRef<graph::SymbolicSize> sizes, mlir::ArrayRef<LaneIndex> at);
  mlir::Value laneOffsets(const View &view, int64_t width, llvm::SmallVectorImpl<mlir::Value> &base);
  mlir::Value allLanes(const Lanes &lanes);
  mlir::Value memrefOf(mlir::Value tensor);
  mlir::Value constantBuffer(mlir::Value tensor);
  MemoKey keyOf(mlir::Value tensor, mlir::ArrayRef<LaneIndex> at, const Lanes &lanes);

  const KernelDag &dag;
  LoopBuilder &builder;
  llvm::SmallVector<mlir::Value> buffers;
  llvm::DenseMap<mlir::Value, unsigned> kept;
  llvm::DenseSet<mlir::Value> own;
};

} // namespace dlc::kernel

#endif
