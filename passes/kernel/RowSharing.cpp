// Joins consecutive nests over the same rows under one loop, so that a row stays in the cache from one nest to the
// next (softmax, layer norm), and finds values worth keeping between them.
#include "mlir/Dialect/Math/IR/Math.h"
#include "passes/kernel/NestPlan.h"

using namespace mlir;

namespace dlc::kernel {

using graph::SymbolicSize;

/// Whether \p access keeps dimension \p inner right after \p outer, or depends on neither of them.
static bool keepsTogether(const KernelDag &dag, const Nest &nest, const Access &access, unsigned outer,
                          unsigned inner) {
  if (access.dataIndexDims.size() > inner && (access.dataIndexDims[outer] || access.dataIndexDims[inner]))
    return false;
  ArrayRef<SymbolicSize> sizes = dag.sizesOf(access.source);
  SmallVector<unsigned> positions;
  for (unsigned position = 0; position < access.indices.size(); ++position) {
    AffineExpr expr = access.indices[position];
    if (sizes[position] != SymbolicSize(1) && expr && (expr.isFunctionOfDim(outer) || expr.isFunctionOfDim(inner)))
      positions.push_back(position);
  }
  if (positions.empty())
    return true;
  if (positions.size() != 2)
    return false;
  for (unsigned position = positions[0] + 1; position < positions[1]; ++position)
    if (sizes[position] != SymbolicSize(1))
      return false;
  auto first = dyn_cast<AffineDimExpr>(access.indices[positions[0]]);
  auto second = dyn_cast<AffineDimExpr>(access.indices[positions[1]]);
  return first && second && first.getPosition() == outer && second.getPosition() == inner &&
         sizes[positions[1]] == nest.sizes[inner];
}

SmallVector<Span, 4> spansOf(const KernelDag &dag, const Nest &nest, unsigned first, unsigned last) {
  SmallVector<Span, 4> spans;
  for (unsigned dim = first; dim < last; ++dim) {
    if (nest.sizes[dim] == SymbolicSize(1))
      continue;
    bool joins = !spans.empty() && !nest.accesses.pinned[dim] && !nest.accesses.pinned[spans.back().last];
    joins = joins && llvm::all_of(nest.accesses.accesses, [&](const Access &access) {
              return keepsTogether(dag, nest, access, spans.back().last, dim);
            });
    if (joins) {
      spans.back().last = dim;
      spans.back().size = spans.back().size * nest.sizes[dim];
    } else {
      spans.push_back({dim, dim, nest.sizes[dim]});
    }
  }
  return spans;
}

/// How many leading dimensions of \p nest can be counted by a loop around it.
static unsigned shareableDims(const Nest &nest) {
  unsigned last = nest.kept;
  while (last > 0 && nest.sizes[last - 1] == SymbolicSize(1))
    --last;
  switch (nest.kind) {
  case NestKind::Elementwise:
  case NestKind::RowReduction:
    return nest.kept;
  case NestKind::ColumnReduction:
    return last == 0 ? 0 : last - 1;
  case NestKind::Contraction:
    return last > 1 ? 1 : 0;
  case NestKind::Scatter:
    return 0;
  }
  return 0;
}

static bool reduces(const Nest &nest) { return nest.kind != NestKind::Elementwise; }

/// The number of leading dimensions that \p nest can share with \p group; 0 when it cannot.
static unsigned sharedWith(const NestGroup &group, const Nest &nest) {
  if (!reduces(nest) && llvm::none_of(group.nests, reduces))
    return 0;
  unsigned shared = shareableDims(nest);
  if (group.shared)
    shared = std::min(shared, group.shared);
  for (const Nest &other : group.nests) {
    shared = std::min(shared, shareableDims(other));
    for (unsigned dim = 0; dim < shared; ++dim)
      if (nest.sizes[dim] != other.sizes[dim])
        shared = dim;
    for (const Access &access : nest.accesses.accesses)
      while (shared && other.isStoring(access.source) && !isPointwise(access, shared))
        --shared;
  }
  while (shared && nest.sizes[shared - 1] == SymbolicSize(1))
    --shared;
  return shared;
}

/// One loop must count the shared dimensions in every nest; else only the first is shared.
static void settleShared(const KernelDag &dag, NestGroup &group) {
  if (group.nests.size() == 1)
    group.shared = 0;
  bool flat =
      llvm::all_of(group.nests, [&](const Nest &nest) { return spansOf(dag, nest, 0, group.shared).size() <= 1; });
  if (group.shared > 1 && !flat) {
    const Nest &nest = group.nests.front();
    unsigned dim = 0;
    while (nest.sizes[dim] == SymbolicSize(1))
      ++dim;
    group.shared = dim + 1;
  }
  for (Nest &nest : group.nests) {
    nest.spans = spansOf(dag, nest, 0, group.shared);
    llvm::append_range(nest.spans, spansOf(dag, nest, group.shared, nest.kept));
    for (const Phase &phase : nest.phases)
      llvm::append_range(nest.spans, spansOf(dag, nest, phase.firstDim, phase.firstDim + phase.count));
  }
}

/// Whether computing \p value again costs much more than loading it.
static bool isExpensive(const KernelDag &dag, Value value, SmallPtrSetImpl<Operation *> &seen) {
  auto generic = value.getDefiningOp<linalg::GenericOp>();
  if (!generic || dag.isInMemory(value) || dag.kindOf(value) != ValueKind::Elementwise || !seen.insert(generic).second)
    return false;
  for (Operation &op : *generic.getBody())
    if (isa<math::MathDialect>(op.getDialect()) &&
        !isa<math::AbsFOp, math::FloorOp, math::CeilOp, math::RoundEvenOp, math::CopySignOp, math::FmaOp>(op))
      return true;
  return llvm::any_of(generic.getDpsInputs(), [&](Value input) { return isExpensive(dag, input, seen); });
}

/// Values that computing \p store passes at its own index.
static SmallVector<Value> valuesBehind(const KernelDag &dag, const Store &store) {
  unsigned rank = dag.sizesOf(store.value).size();
  AccessSet set(rank);
  AccessCollector collector(dag, set);
  SmallVector<AffineExpr, 4> dims = dimensions(store.value.getContext(), rank);
  if (auto generic = store.value.getDefiningOp<linalg::GenericOp>())
    collector.addBody(generic, dims);
  return collector.visitedAt(dims);
}

/// The most complete expensive value that \p phase and \p store both compute at the same index.
static Value commonValue(const KernelDag &dag, const Nest &nest, const Phase &phase, const Store &store) {
  AccessSet set(nest.sizes.size());
  AccessCollector collector(dag, set);
  for (linalg::GenericOp generic : phase.generics)
    collector.addBody(generic, loopsOf(nest, phase, generic));
  SmallVector<AffineExpr, 4> at = dimensions(store.value.getContext(), nest.kept);
  for (unsigned dim = 0; dim < phase.count; ++dim)
    at.push_back(getAffineDimExpr(phase.firstDim + dim, store.value.getContext()));
  SmallVector<Value> inPhase = collector.visitedAt(at), behind = valuesBehind(dag, store);
  Value best;
  for (Value value : inPhase) {
    SmallPtrSet<Operation *, 16> seen;
    bool fits =
        llvm::is_contained(behind, value) && value.getType() == store.value.getType() && isExpensive(dag, value, seen);
    if (fits && (!best || best.getDefiningOp()->isBeforeInBlock(value.getDefiningOp())))
      best = value;
  }
  return best;
}

/// Softmax: the sum of exponentials leaves them in the place of the result, where the division finds them.
static void findScratch(const KernelDag &dag, NestGroup &group) {
  if (group.shared == 0)
    return;
  for (unsigned later = 1; later < group.nests.size(); ++later) {
    Nest &user = group.nests[later];
    if (user.kind != NestKind::Elementwise)
      continue;
    for (const Store &store : user.stores)
      for (Nest &nest : llvm::reverse(MutableArrayRef(group.nests).take_front(later))) {
        if (nest.kind != NestKind::RowReduction || nest.phases.empty())
          continue;
        Phase &phase = nest.phases.back();
        Value value = commonValue(dag, nest, phase, store);
        if (!value || !phase.scratch.empty())
          continue;
        phase.scratch.push_back({value, store.result});
        break;
      }
  }
}

void shareRows(const KernelDag &dag, std::vector<Nest> nests, KernelPlan &plan) {
  for (Nest &nest : nests) {
    nest.accesses = collectAccesses(dag, nest);
    unsigned shared = plan.groups.empty() ? 0 : sharedWith(plan.groups.back(), nest);
    if (!shared)
      plan.groups.emplace_back();
    plan.groups.back().shared = shared;
    plan.groups.back().nests.push_back(std::move(nest));
  }
  for (NestGroup &group : plan.groups) {
    settleShared(dag, group);
    findScratch(dag, group);
  }
}

} // namespace dlc::kernel
