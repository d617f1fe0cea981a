#include "passes/fusion/StoredValues.h"

#include "passes/fusion/IndexMaps.h"

using namespace mlir;
using namespace dlc;
using namespace dlc::fusion;

static constexpr int64_t kOnlyInRegisters = std::numeric_limits<int64_t>::max() / 4;

// A contraction reads its operands many times: they may cost no more than this.
static constexpr int64_t kContractionOperandFlops = 1;

void StoredValues::require(Value value, StringRef reason) {
  // A view has no bytes of its own, and neither has a reshape that is only read from outside kernels.
  value = stripReshapes(value);
  Operation *op = value.getDefiningOp();
  if (op && !isLargeConstant(op))
    required.try_emplace(value, reason);
}

void StoredValues::findRequired() {
  for (Operation *reader : flow.readers())
    for (Value operand : reader->getOperands())
      require(operand, isa<graph::GuardOp>(reader) ? "a guard reads it" : "it is a result");
  for (Operation *op : flow.ops()) {
    FusionKind kind = kindOf(op);
    if (isView(op))
      require(op->getOperand(0), "a view shows it");
    if (auto wait = dyn_cast<graph::WaitOp>(op))
      require(wait.getEvent(), "a recomputation waits for it");
    if (kind == FusionKind::Opaque)
      for (Value operand : op->getOperands())
        require(operand, "an op that is not fused reads it");
    if (kind == FusionKind::Opaque || kind == FusionKind::Reduction)
      for (Value result : op->getResults())
        require(result, "it is a reduction");
  }
}

bool StoredValues::isInMemory(Value value) const {
  Operation *op = value.getDefiningOp();
  return !op || isStored(value) || isLargeConstant(op) || isView(op);
}

int64_t StoredValues::costOf(Value value) const { return isInMemory(value) ? 0 : costs.lookup(value); }

// Finds values that would be computed more than once: by several consumers, or by one with more iterations than the
// value has elements. Consumers are stored values and barriers; stored element-wise values over one space that
// depend on the same barriers count as one, because one nest computes them.
void StoredValues::findShared() {
  using Key = std::tuple<Type, unsigned, llvm::BitVector>;
  SmallVector<Key> pointwiseKeys;
  llvm::DenseMap<Value, llvm::SmallDenseSet<size_t, 4>> consumers;
  llvm::DenseSet<Value> repeated;
  size_t nextKey = flow.ops().size(); // small numbers are pointwise keys
  shared.clear();

  auto isEnd = [&](Operation *op) {
    return isBarrier(op) || llvm::any_of(op->getResults(), [&](Value result) {
             return required.contains(result) || conditional.contains(result) || shared.contains(result);
           });
  };
  auto keyOf = [&](Operation *op) -> size_t {
    if (isBarrier(op))
      return nextKey++;
    Key key{op->getResult(0).getType(), flow.phaseOf(op), flow.barriersOf(op)};
    auto known = llvm::find(pointwiseKeys, key);
    if (known == pointwiseKeys.end())
      known = pointwiseKeys.insert(pointwiseKeys.end(), key);
    return known - pointwiseKeys.begin();
  };

  // Users before what they use. A reader outside kernels needs the value in memory anyway.
  for (Operation *op : llvm::reverse(flow.ops())) {
    bool expensive = kindOf(op) == FusionKind::Elementwise && op->getNumOperands() != 0;
    for (Value result : op->getResults())
      if (expensive && (consumers[result].size() > 1 || repeated.contains(result)))
        shared.insert(result);
    bool ends = isEnd(op);
    llvm::SmallDenseSet<size_t, 4> keys;
    if (ends)
      keys.insert(keyOf(op));
    else
      keys = consumers[op->getResult(0)];
    for (OpOperand &operand : op->getOpOperands()) {
      for (size_t key : keys)
        consumers[operand.get()].insert(key);
      bool grows =
          !isBarrier(op) && sizes.elements(op->getResult(0).getType()) > sizes.elements(operand.get().getType());
      if (grows || (!ends && repeated.contains(op->getResult(0))))
        repeated.insert(operand.get());
    }
  }
}

void StoredValues::keepIfAbove(int64_t limit, Value value, StringRef reason) {
  auto [known, isNew] = conditional.try_emplace(value, Conditional{limit, reason});
  if (!isNew && known->second.limit <= limit)
    return;
  known->second = {limit, reason};
  changed = true;
}

// Operands that live in a contraction's registers: the op joins its epilogue, unless it would have to wait there for
// another contraction or for something computed from this one.
void StoredValues::followElementwise(Operation *op) {
  SmallVector<Operation *> contractions;
  for (OpOperand &operand : op->getOpOperands())
    if (Operation *tile = isInMemory(operand.get()) ? nullptr : contractionOf(operand.get())) {
      if (!isPointwise(operand))
        keepIfAbove(cheapFlops, operand.get(), "it is read at other indices");
      else if (!llvm::is_contained(contractions, tile))
        contractions.push_back(tile);
    }
  if (contractions.empty())
    return;
  Operation *last = *llvm::max_element(contractions, [](Operation *a, Operation *b) { return a->isBeforeInBlock(b); });
  bool waits = llvm::any_of(op->getOpOperands(), [&](OpOperand &operand) {
    bool inTile = contractionOf(operand.get()) == last && isPointwise(operand);
    return !inTile && flow.dependsOn(operand.get(), last);
  });
  for (Value operand : op->getOperands())
    if (Operation *tile = isInMemory(operand) ? nullptr : contractionOf(operand); tile && (tile != last || waits))
      keepIfAbove(cheapFlops, operand, "one loop nest cannot compute all of its uses");
  if (!waits)
    tiles[op->getResult(0)] = last;
}

// Contractions and sliding windows read an element for several of their results.
static bool rereads(Operation *op) {
  return kindOf(op) == FusionKind::Contraction || isa<graph::WindowSumOp, graph::WindowMaxOp, graph::WindowArgMaxOp>(op);
}

// Whether a filter's features, which vectors run along, lie side by side where it is stored.
static bool featuresAreContiguous(Value filter) {
  while (Operation *op = filter.getDefiningOp()) {
    if (!isIndexMap(op))
      break;
    int64_t last = cast<RankedTensorType>(filter.getType()).getRank() - 1;
    if (auto transpose = dyn_cast<graph::TransposeOp>(op))
      if (transpose.getPermutation()[last] != last)
        return false;
    filter = op->getOperand(0);
  }
  return true;
}

void StoredValues::followBarrier(Operation *op) {
  for (OpOperand &operand : op->getOpOperands()) {
    if (isa<graph::ConvolutionOp>(op) && operand.getOperandNumber() == 1 && !featuresAreContiguous(operand.get()))
      keepIfAbove(-1, operand.get(), "its features must lie side by side");
    Value source = stripIndexMaps(operand.get());
    if (isInMemory(source))
      continue;
    if (rereads(op) && costOf(source) > kContractionOperandFlops)
      keepIfAbove(kContractionOperandFlops, source, "a contraction reads it many times");
    else if (rereads(op) && kindOf(source.getDefiningOp()) == FusionKind::Broadcast && !isFree(source.getDefiningOp()))
      keepIfAbove(-1, source, "a contraction reads it many times, and its indices are computed");
    else if (contractionOf(source))
      keepIfAbove(cheapFlops, source, "it is read at other indices");
  }
}

void StoredValues::followIndexMap(Operation *op) {
  for (OpOperand &operand : op->getOpOperands()) {
    Value source = stripIndexMaps(operand.get());
    if (isInMemory(source))
      continue;
    if (isGathered(operand) && costOf(source) > kContractionOperandFlops)
      keepIfAbove(kContractionOperandFlops, source, "it is read at computed indices");
    else if (contractionOf(source))
      keepIfAbove(cheapFlops, source, "it is read at other indices");
  }
}

void StoredValues::settle(Operation *op, bool forced) {
  for (Value result : op->getResults()) {
    int64_t cost = contractionOf(result) ? kOnlyInRegisters : sizes.flopsPerElement(op);
    for (Value operand : op->getOperands())
      cost = std::min(cost + costOf(operand), kOnlyInRegisters);
    costs[result] = cost;
    if (auto reason = required.find(result); reason != required.end())
      stored[result] = reason->second;
    else if (forced)
      stored[result] = "its epilogue would have to wait for itself";
    else if (auto known = conditional.find(result); known != conditional.end() && cost > known->second.limit)
      stored[result] = known->second.reason;
    else if (shared.contains(result) && !contractionOf(result) && cost > cheapFlops)
      stored[result] = "several loop nests need it, or one needs it often";
  }
}

// One way from arguments to results, with what is known to be stored.
void StoredValues::followRegisters(const llvm::DenseSet<Operation *> &forced) {
  stored.clear();
  tiles.clear();
  costs.clear();
  for (Operation *op : flow.ops()) {
    FusionKind kind = kindOf(op);
    if (kind == FusionKind::Elementwise)
      followElementwise(op);
    else if (isBarrier(op))
      followBarrier(op);
    else
      followIndexMap(op);
    if (kind == FusionKind::Contraction)
      tiles[op->getResult(0)] = op;
    settle(op, forced.contains(op));
  }
}

void StoredValues::decide(const llvm::DenseSet<Operation *> &forced) {
  findRequired();
  do {
    changed = false;
    findShared();
    followRegisters(forced);
  } while (changed);
}
