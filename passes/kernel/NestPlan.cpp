// Turns the returned values, in order, into nests. A value joins an earlier nest over the same space when it reads
// that nest's results only at its own index and nothing of later nests.
#include "passes/kernel/NestPlan.h"

using namespace mlir;

namespace dlc::kernel {

using graph::SymbolicSize;

/// More accumulators than this in one loop would spill.
static constexpr size_t kMaxReductionsInPhase = 4;

bool Nest::computes(Value value) const {
  for (const Phase &phase : phases)
    for (linalg::GenericOp generic : phase.generics)
      if (value.getDefiningOp() == generic)
        return true;
  return false;
}

bool Nest::isStoring(Value value) const {
  return llvm::any_of(stores, [&](const Store &store) { return store.value == value; });
}

SmallVector<AffineExpr, 4> loopsOf(const Nest &nest, const Phase &phase, linalg::GenericOp generic) {
  MLIRContext *context = generic.getContext();
  SmallVector<AffineExpr, 4> loops(generic.getNumLoops());
  AffineMap out = generic.getMatchingIndexingMap(generic.getDpsInitOperand(0));
  for (auto [position, expr] : llvm::enumerate(out.getResults()))
    loops[cast<AffineDimExpr>(expr).getPosition()] = getAffineDimExpr(position, context);
  unsigned dim = phase.firstDim;
  for (AffineExpr &loop : loops)
    if (!loop)
      loop = getAffineDimExpr(dim++, context);
  return loops;
}

/// Reads of one stored value, over its own dimensions.
static void addStored(const KernelDag &dag, AccessCollector &collector, Value value, ArrayRef<AffineExpr> dims) {
  if (dag.kindOf(value) == ValueKind::Elementwise)
    collector.addBody(value.getDefiningOp<linalg::GenericOp>(), dims);
  else
    collector.addElement(value, dims);
}

AccessSet collectAccesses(const KernelDag &dag, const Nest &nest) {
  AccessSet set(nest.sizes.size());
  AccessCollector collector(dag, set);
  SmallVector<AffineExpr, 4> dims = dimensions(dag.function().getContext(), nest.sizes.size());
  for (const Phase &phase : nest.phases)
    for (linalg::GenericOp generic : phase.generics)
      collector.addBody(generic, loopsOf(nest, phase, generic));
  for (const Store &store : nest.stores)
    if (!nest.computes(store.value))
      addStored(dag, collector, store.value, ArrayRef(dims).take_front(nest.kept));
  return set;
}

/// The nest's own results that its other stores read are in registers, at the same index.
static bool readsOnlyPointwise(const AccessSet &set, const Nest &nest) {
  return llvm::all_of(set.accesses, [&](const Access &access) {
    bool own = nest.isStoring(access.source) || nest.computes(access.source);
    return !own || (access.indices.size() == nest.kept && isPointwise(access, nest.kept));
  });
}

static bool readsAnyOf(const AccessSet &set, const Nest &nest) {
  return llvm::any_of(nest.stores, [&](const Store &store) { return set.reads(store.value); });
}

namespace {
class NestPlanner {
public:
  explicit NestPlanner(const KernelDag &dag) : dag(dag) {}
  LogicalResult run();
  std::vector<Nest> nests;

private:
  LogicalResult addElementwise(const Store &store);
  bool sharesPlace(const Nest &nest, const Store &store) const;
  LogicalResult addReduction(const Store &store);
  bool dependsOn(const AccessSet &set, const Nest &nest, const Phase &phase) const;
  LogicalResult addPhase(Nest &nest, linalg::GenericOp generic);
  NestKind reductionKind(linalg::GenericOp generic) const;
  Nest nestFor(linalg::GenericOp generic) const;
  LogicalResult checkOperands(linalg::GenericOp generic, const AccessSet &set) const;
  AccessSet accessesOf(const Nest &nest, linalg::GenericOp generic) const;
  Nest *mergeable(ArrayRef<SymbolicSize> kept, const AccessSet &set, function_ref<bool(const Nest &)> suits);

  const KernelDag &dag;
};
} // namespace

/// The last nest that \p suits and whose values \p set reads only pointwise. When \p set reads a later nest too, the
/// nest moves to the end, unless its own values are read in between; null when there is none.
Nest *NestPlanner::mergeable(ArrayRef<SymbolicSize> kept, const AccessSet &set,
                             function_ref<bool(const Nest &)> suits) {
  bool readsLater = false;
  for (size_t index = nests.size(); index-- > 0;) {
    Nest &nest = nests[index];
    auto isRead = [&](const Nest &later) { return readsAnyOf(collectAccesses(dag, later), nest); };
    if (nest.keptSizes() == kept && suits(nest) && readsOnlyPointwise(set, nest)) {
      if (!readsLater)
        return &nest;
      if (llvm::none_of(ArrayRef(nests).drop_front(index + 1), isRead)) {
        std::rotate(nests.begin() + index, nests.begin() + index + 1, nests.end());
        return &nests.back();
      }
    }
    readsLater |= readsAnyOf(set, nest);
  }
  return nullptr;
}

/// Reductions run along their last dimension when that is how memory lies, else across the last kept dimension.
NestKind NestPlanner::reductionKind(linalg::GenericOp generic) const {
  if (dag.kindOf(generic.getResult(0)) == ValueKind::Contraction)
    return NestKind::Contraction;
  if (dag.kindOf(generic.getResult(0)) == ValueKind::Scatter)
    return NestKind::Scatter;
  Sizes sizes = dag.loopSizes(generic);
  std::optional<unsigned> row, column;
  for (auto [dim, kind] : llvm::enumerate(generic.getIteratorTypesArray()))
    if (sizes[dim] != SymbolicSize(1) && kind == utils::IteratorType::reduction)
      row = dim;
  AffineMap out = generic.getMatchingIndexingMap(generic.getDpsInitOperand(0));
  for (AffineExpr expr : out.getResults())
    if (unsigned dim = cast<AffineDimExpr>(expr).getPosition(); sizes[dim] != SymbolicSize(1))
      column = dim;
  if (!column || !row)
    return NestKind::RowReduction;
  AccessSet set(generic.getNumLoops());
  AccessCollector(dag, set).addBody(generic, dimensions(generic.getContext(), generic.getNumLoops()));
  unsigned along = 0, across = 0;
  for (const Access &access : set.accesses) {
    along += strideAlong(dag, access, *row, *row) >= Stride::Strided;
    across += strideAlong(dag, access, *column, *column) >= Stride::Strided;
  }
  return across < along ? NestKind::ColumnReduction : NestKind::RowReduction;
}

Nest NestPlanner::nestFor(linalg::GenericOp generic) const {
  return Nest(reductionKind(generic), dag.sizesOf(generic.getResult(0)));
}

AccessSet NestPlanner::accessesOf(const Nest &nest, linalg::GenericOp generic) const {
  Phase phase{{}, static_cast<unsigned>(nest.sizes.size()), generic.getNumReductionLoops(), {}};
  AccessSet set(nest.sizes.size() + phase.count);
  AccessCollector(dag, set).addBody(generic, loopsOf(nest, phase, generic));
  return set;
}

LogicalResult NestPlanner::checkOperands(linalg::GenericOp generic, const AccessSet &set) const {
  for (const Access &access : set.accesses)
    if (!dag.isInMemory(access.source))
      return generic.emitOpError("reads a reduction that the kernel does not return; return it as a result");
  return success();
}

/// Whether something that \p set reads is a result of \p phase, or is computed from one and stored by \p nest.
bool NestPlanner::dependsOn(const AccessSet &set, const Nest &nest, const Phase &phase) const {
  return llvm::any_of(set.accesses, [&](const Access &access) {
    if (llvm::is_contained(phase.generics, access.source.getDefiningOp()))
      return true;
    if (!nest.isStoring(access.source) || dag.kindOf(access.source) != ValueKind::Elementwise)
      return false;
    AccessSet behind(nest.kept);
    AccessCollector(dag, behind)
        .addBody(access.source.getDefiningOp<linalg::GenericOp>(), dimensions(dag.function().getContext(), nest.kept));
    return dependsOn(behind, nest, phase);
  });
}

/// Adds \p generic to a phase over equal dimensions that does not compute what it reads, or to a new one.
LogicalResult NestPlanner::addPhase(Nest &nest, linalg::GenericOp generic) {
  if (nest.computes(generic.getResult(0)))
    return success();
  AccessSet set = accessesOf(nest, generic);
  if (failed(checkOperands(generic, set)))
    return failure();
  Sizes loops = dag.loopSizes(generic), reduced;
  for (auto [dim, kind] : llvm::enumerate(generic.getIteratorTypesArray()))
    if (kind == utils::IteratorType::reduction)
      reduced.push_back(loops[dim]);
  if (!nest.phases.empty() && nest.kind != NestKind::Contraction) {
    Phase &last = nest.phases.back();
    if (!dependsOn(set, nest, last) && last.generics.size() < kMaxReductionsInPhase &&
        ArrayRef(nest.sizes).slice(last.firstDim, last.count) == ArrayRef(reduced)) {
      last.generics.push_back(generic);
      return success();
    }
  }
  nest.phases.push_back(
      {{generic}, static_cast<unsigned>(nest.sizes.size()), static_cast<unsigned>(reduced.size()), {}});
  nest.sizes.append(reduced);
  return success();
}

/// True when \p store and a store of \p nest may take the place of one input: their nest reads it before it writes either.
bool NestPlanner::sharesPlace(const Nest &nest, const Store &store) const {
  auto pairs = dag.function()->getAttrOfType<ArrayAttr>("graph.inout");
  if (!pairs)
    return false;
  auto mayTake = [&](const Store &other, int64_t input) {
    return llvm::any_of(pairs.getAsRange<DenseI64ArrayAttr>(), [&](DenseI64ArrayAttr pair) {
      return pair[0] == input && pair[1] == other.result;
    });
  };
  return llvm::any_of(pairs.getAsRange<DenseI64ArrayAttr>(), [&](DenseI64ArrayAttr pair) {
    return pair[1] == store.result &&
           llvm::any_of(nest.stores, [&](const Store &other) { return mayTake(other, pair[0]); });
  });
}

LogicalResult NestPlanner::addElementwise(const Store &store) {
  ArrayRef<SymbolicSize> kept = dag.sizesOf(store.value);
  AccessSet set(kept.size());
  AccessCollector collector(dag, set);
  addStored(dag, collector, store.value, dimensions(dag.function().getContext(), kept.size()));
  SmallVector<linalg::GenericOp> fused;
  for (const Access &access : set.accesses) {
    if (dag.isInMemory(access.source))
      continue;
    auto generic = access.source.getDefiningOp<linalg::GenericOp>();
    if (dag.sizesOf(access.source) != kept || !isPointwise(access, kept.size()))
      return generic.emitOpError(
          "is neither returned nor used at the index where it is computed; return it as a result");
    if (!llvm::is_contained(fused, generic))
      fused.push_back(generic);
  }
  auto hasSome = [&](const Nest &nest) {
    return nest.kind != NestKind::Scatter &&
           (fused.empty() || llvm::any_of(fused, [&](linalg::GenericOp op) { return nest.computes(op.getResult(0)); }));
  };
  Nest *nest = nullptr;
  if (fused.empty())
    nest = mergeable(kept, set, [&](const Nest &other) { return sharesPlace(other, store); });
  if (!nest)
    nest = mergeable(kept, set, hasSome);
  if (!nest) {
    nests.push_back(fused.empty() ? Nest(NestKind::Elementwise, kept) : nestFor(fused.front()));
    nest = &nests.back();
  }
  for (linalg::GenericOp generic : fused) {
    // One reduction among contractions: all of them can run as reductions.
    if (nest->kind == NestKind::Contraction && reductionKind(generic) != NestKind::Contraction)
      nest->kind = NestKind::RowReduction;
    if (failed(addPhase(*nest, generic)))
      return failure();
  }
  nest->stores.push_back(store);
  return success();
}

LogicalResult NestPlanner::addReduction(const Store &store) {
  auto generic = store.value.getDefiningOp<linalg::GenericOp>();
  for (Nest &nest : nests)
    if (nest.computes(store.value)) {
      nest.stores.push_back(store);
      return success();
    }
  NestKind kind = reductionKind(generic);
  auto suits = [&](const Nest &nest) {
    return nest.kind == kind && (kind == NestKind::RowReduction || kind == NestKind::ColumnReduction);
  };
  Nest fresh = nestFor(generic);
  AccessSet set = accessesOf(fresh, generic);
  // What the nest has computed is read at the kept index only: then it is in registers.
  Nest *nest = nullptr;
  for (Nest &other : llvm::reverse(nests)) {
    bool pointwise = llvm::all_of(set.accesses, [&](const Access &access) {
      return !other.isStoring(access.source) ||
             (access.indices.size() == fresh.kept && isPointwise(access, fresh.kept));
    });
    if (suits(other) && other.keptSizes() == fresh.keptSizes() && pointwise) {
      nest = &other;
      break;
    }
    if (readsAnyOf(set, other))
      break;
  }
  if (!nest) {
    nests.push_back(std::move(fresh));
    nest = &nests.back();
  }
  nest->stores.push_back(store);
  return addPhase(*nest, generic);
}

LogicalResult NestPlanner::run() {
  // A result may read a later one; in the order of computation it cannot.
  SmallVector<Store> ordered(dag.stores());
  llvm::sort(ordered, [](const Store &lhs, const Store &rhs) {
    Operation *left = lhs.value.getDefiningOp(), *right = rhs.value.getDefiningOp();
    if (left == right || !left || !right)
      return left == right ? lhs.result < rhs.result : !left;
    return left->isBeforeInBlock(right);
  });
  for (const Store &store : ordered) {
    ValueKind kind = dag.kindOf(store.value);
    bool reduces = kind == ValueKind::Reduction || kind == ValueKind::Contraction || kind == ValueKind::Scatter;
    if (failed(reduces ? addReduction(store) : addElementwise(store)))
      return failure();
  }
  return success();
}

FailureOr<KernelPlan> planNests(const KernelDag &dag) {
  NestPlanner planner(dag);
  if (failed(planner.run()))
    return failure();
  KernelPlan plan;
  shareRows(dag, std::move(planner.nests), plan);
  return plan;
}

} // namespace dlc::kernel
