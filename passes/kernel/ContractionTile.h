// How a contraction is cut into register tiles.
#ifndef DLC_PASSES_KERNEL_CONTRACTIONTILE_H
#define DLC_PASSES_KERNEL_CONTRACTIONTILE_H

#include "passes/kernel/KernelTarget.h"
#include "passes/kernel/NestEmitter.h"

namespace dlc::kernel {

/// rows x vectors accumulators.
struct Tile {
  int64_t rows;
  int64_t vectors;
};

struct ContractionTiling {
  Span columns;                      ///< the last kept span: vectors run along it
  std::optional<Span> rows;          ///< the kept span that the other operand has to itself
  llvm::SmallVector<Span, 2> outer;  ///< the other kept spans: plain loops
  Tile main;                         ///< for most rows
  llvm::SmallVector<Tile, 4> ladder; ///< for the rows left over, in this order
  int64_t reducedBlock = 0;          ///< length of one pass over the reduced dimension; 0: all at once

  static ContractionTiling of(const KernelDag &dag, const Nest &nest, const KernelTarget &target, VectorShape shape);

  /// Accumulator sets over which the reduced dimension is split to hide the latency of the multiply-add.
  static int64_t setsFor(const Tile &tile);
};

/// Where the first kept span of a contraction nest may be cut.
int64_t contractionGrain(const KernelDag &dag, const Nest &nest, const KernelTarget &target, VectorShape shape);

} // namespace dlc::kernel

#endif
