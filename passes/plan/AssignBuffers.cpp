// Gives workspace buffers their slots, from the order of the steps as it is now. Last pass on a plan: afterwards the
// file can be written.
#include "passes/plan/Passes.h"
#include "passes/plan/SlotAssignment.h"

namespace dlc {
#define GEN_PASS_DEF_ASSIGNBUFFERSPASS
#include "passes/plan/Passes.h.inc"
} // namespace dlc

using namespace mlir;
using namespace dlc;

// A loop or branch is one step: its buffers live from its beginning to its end, whichever turn or side runs.
static std::pair<unsigned, unsigned> lifetimeOf(plan::BufferOp buffer,
                                                const llvm::DenseMap<Operation *, unsigned> &positions) {
  unsigned first = std::numeric_limits<unsigned>::max(), last = 0;
  Block *block = buffer->getBlock();
  for (Operation *user : buffer->getUsers()) {
    unsigned position = positions.lookup(block->findAncestorOpInBlock(*user));
    first = std::min(first, position);
    last = std::max(last, position);
  }
  return {first, last};
}

namespace {
struct AssignBuffersPass : dlc::impl::AssignBuffersPassBase<AssignBuffersPass> {
  using AssignBuffersPassBase::AssignBuffersPassBase;

  void runOnOperation() override {
    getOperation().walk([&](plan::FunctionOp function) { assign(function); });
  }

  void assign(plan::FunctionOp function) {
    llvm::DenseMap<Operation *, unsigned> positions;
    SmallVector<plan::BufferOp> ops;
    SmallVector<BufferLifetime> lifetimes;
    for (auto [position, op] : llvm::enumerate(function.getBody().front()))
      positions[&op] = position;
    for (plan::BufferOp op : llvm::to_vector(function.getBody().front().getOps<plan::BufferOp>())) {
      if (op.getKind() != plan::BufferKind::Workspace)
        continue;
      if (op->use_empty()) {
        op.erase();
        continue;
      }
      auto [first, last] = lifetimeOf(op, positions);
      // The verifier has parsed the size before.
      lifetimes.push_back({*graph::SymbolicSize::parse(op.getSize()), first, last});
      ops.push_back(op);
    }
    SmallVector<Slot> assigned = assignSlots(lifetimes, nominalSize);
    Builder builder(&getContext());
    for (auto [op, lifetime] : llvm::zip_equal(ops, lifetimes)) {
      op.setIndex(lifetime.slot);
      bytesUnshared += nominalBytes(lifetime.size, nominalSize);
    }
    SmallVector<Attribute> list;
    for (const Slot &slot : assigned) {
      SmallVector<Attribute> formulas;
      for (const graph::SymbolicSize &formula : slot.formulas)
        formulas.push_back(builder.getStringAttr(formula.str()));
      list.push_back(builder.getArrayAttr(formulas));
      bytes += nominalBytes(slot.formulas, nominalSize);
    }
    function.setSlotsAttr(builder.getArrayAttr(list));
    buffers += ops.size();
    slots += assigned.size();
  }
};
} // namespace
