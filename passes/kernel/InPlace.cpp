#include "passes/kernel/InPlace.h"
#include "passes/kernel/ContractionTile.h"

using namespace mlir;

namespace dlc::kernel {

namespace {
struct InPlaceCheck {
  const KernelDag &dag;
  const KernelPlan &plan;
  const KernelTarget &target;
  VectorShape shape;
  bool concurrent;

  bool isLegal(Value input, const Store &result) const;
  bool readsAreLegal(const NestGroup &group, const Nest &nest, Value input, unsigned result, bool writesLaterInGroup,
                     bool writtenBefore) const;
};
} // namespace

static bool writesOnTheWay(const Nest &nest, unsigned result) {
  return llvm::any_of(nest.phases, [&](const Phase &phase) {
    return llvm::any_of(phase.scratch, [&](const Store &store) { return store.result == result; });
  });
}

static bool writes(const Nest &nest, unsigned result) {
  return writesOnTheWay(nest, result) ||
         llvm::any_of(nest.stores, [&](const Store &store) { return store.result == result; });
}

bool InPlaceCheck::readsAreLegal(const NestGroup &group, const Nest &nest, Value input, unsigned result,
                                 bool writesLaterInGroup, bool writtenBefore) const {
  for (const Access &access : nest.accesses.accesses) {
    if (access.source != input)
      continue;
    if (writtenBefore || nest.kind == NestKind::Scatter)
      return false;
    if (writes(nest, result)) {
      bool partial = nest.kind == NestKind::Contraction &&
                     ContractionTiling::of(dag, nest, target, shape).reducedBlock != 0 &&
                     partialStore(dag, nest)->result == result;
      if (partial || writesOnTheWay(nest, result) || access.indices.size() != nest.kept ||
          !isPointwise(access, nest.kept))
        return false;
    } else if (writesLaterInGroup) {
      if (!isPointwise(access, group.shared))
        return false;
    } else if (concurrent) {
      return false;
    }
  }
  return true;
}

bool InPlaceCheck::isLegal(Value input, const Store &result) const {
  if (input.getType() != result.value.getType() || dag.sizesOf(input) != dag.sizesOf(result.value))
    return false;
  bool writtenBefore = false;
  for (const NestGroup &group : plan.groups) {
    bool inGroup = llvm::any_of(group.nests, [&](const Nest &nest) { return writes(nest, result.result); });
    for (const Nest &nest : group.nests) {
      if (!readsAreLegal(group, nest, input, result.result, inGroup, writtenBefore))
        return false;
      writtenBefore |= writes(nest, result.result);
    }
  }
  return true;
}

SmallVector<InPlacePair> inPlacePairs(const KernelDag &dag, const KernelPlan &plan, const KernelTarget &target,
                                      VectorShape shape, bool concurrent) {
  InPlaceCheck check{dag, plan, target, shape, concurrent};
  SmallVector<InPlacePair> pairs;
  for (unsigned input = 0; input < dag.inputCount(); ++input)
    for (const Store &store : dag.stores())
      if (check.isLegal(dag.function().getArgument(input), store))
        pairs.emplace_back(input, store.result);
  return pairs;
}

} // namespace dlc::kernel
