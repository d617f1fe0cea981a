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

/// Whether the operand that is read in vectors (B) is first copied to the stack, a panel of columns at a time.
enum class Panel {
  None,      ///< B is contiguous along the columns and read in place
  Copy,      ///< its rows lie so that they evict each other from the cache
  Transpose, ///< it is contiguous along the reduced dimension
};

struct ContractionTiling {
  Span columns;                      ///< the last kept span: vectors run along it
  std::optional<Span> rows;          ///< the kept span that the other operand has to itself
  llvm::SmallVector<Span, 2> outer;  ///< the other kept spans: plain loops
  Tile main;                         ///< for most rows
  llvm::SmallVector<int64_t> ladder; ///< rows of the tiles for the rows left over, in this order
  llvm::SmallVector<Tile> few;       ///< instead of all these when there are very few rows (may be empty)
  int64_t reducedBlock = 0;          ///< length of one pass over the reduced dimension; 0: all at once
  unsigned vectorInput;              ///< the operand read in vectors, 0 or 1
  Panel panel = Panel::None;

  static ContractionTiling of(const KernelDag &dag, const Nest &nest, const KernelTarget &target, VectorShape shape);

  /// Rows up to which the tiles `few` are used.
  int64_t fewRows() const { return few.empty() ? 0 : few.front().rows; }
  int64_t largestTile() const;
  /// Accumulator sets over which the reduced dimension is split to hide the latency of the multiply-add.
  static int64_t setsFor(const Tile &tile);
};

/// Where the first kept span of a contraction nest may be cut.
int64_t contractionGrain(const KernelDag &dag, const Nest &nest, const KernelTarget &target, VectorShape shape);

/// Where partial sums wait when the reduced dimension is done in blocks: a result of the same type; null if there is none.
const Store *partialStore(const KernelDag &dag, const Nest &nest);

} // namespace dlc::kernel

#endif
