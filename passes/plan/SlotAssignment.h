// Packs buffers with lifetimes into slots.
#ifndef DLC_PASSES_PLAN_SLOTASSIGNMENT_H
#define DLC_PASSES_PLAN_SLOTASSIGNMENT_H

#include "ir/graph/SymbolicSize.h"

namespace dlc {

struct BufferLifetime {
  graph::SymbolicSize size; // bytes
  unsigned first, last;     // steps, both included
  uint64_t slot = 0;        // out
};

struct Slot {
  llvm::SmallVector<graph::SymbolicSize> formulas; // the slot is as large as the largest
  llvm::SmallVector<std::pair<unsigned, unsigned>> taken;
};

/// Sets `slot` of every buffer so that buffers of one slot never live at the same step. Greedy by size (Pisarchyk and
/// Lee, 2020, shared objects): the highest degree in symbols first, then the largest size, ties by first step, each to the slot that
/// wastes least.
/// \p nominal: the value of every symbol when sizes are compared.
llvm::SmallVector<Slot> assignSlots(llvm::MutableArrayRef<BufferLifetime> buffers, int64_t nominal);

/// Bytes of the largest formula at the nominal size; a size that overflows counts as the largest number.
int64_t nominalBytes(llvm::ArrayRef<graph::SymbolicSize> formulas, int64_t nominal);

} // namespace dlc

#endif
