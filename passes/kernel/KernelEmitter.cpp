// Puts the nests of a kernel together: its new function, the loops that nests share, and the attributes that tell the
// runtime how to split and alias it.
#include "passes/kernel/KernelEmitter.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/Iterators.h"
#include "passes/kernel/ContractionTile.h"
#include "passes/kernel/InPlace.h"
#include "passes/kernel/NestEmitter.h"

using namespace mlir;

namespace dlc::kernel {

using graph::SymbolicSize;

/// Rows that nests of a group do one after the other when one of them is a contraction, whose tiles span rows.
static constexpr int64_t kSharedRows = 64;
/// Stands for a symbol when the work of nests is compared.
static constexpr int64_t kTypicalSymbol = 32;

/// 32-bit lanes unless the kernel computes with f64; one register at a time where 64-bit integers take several.
static VectorShape shapeFor(func::FuncOp kernel, const KernelTarget &target) {
  bool wideFloat = false, wideInteger = false;
  auto look = [&](Type type) {
    type = getElementTypeOrSelf(type);
    wideFloat |= type.isF64();
    wideInteger |= type.isInteger(64);
  };
  kernel.walk([&](Operation *op) {
    if (isa<linalg::LinalgOp, func::FuncOp, func::ReturnOp>(op))
      return;
    llvm::for_each(op->getOperandTypes(), look);
    llvm::for_each(op->getResultTypes(), look);
    wideInteger |= isa<arith::MulUIExtendedOp, arith::MulSIExtendedOp>(op);
  });
  llvm::for_each(kernel.getArgumentTypes(), [&](Type type) { wideFloat |= getElementTypeOrSelf(type).isF64(); });
  int64_t unroll = wideInteger ? 1 : target.registers >= 32 ? 4 : 2;
  return {target.lanes(wideFloat ? 64 : 32), unroll};
}

namespace {
class KernelEmitter {
public:
  KernelEmitter(const KernelDag &dag, const KernelPlan &plan, const KernelTarget &target)
      : dag(dag), plan(plan), target(target), shape(shapeFor(dag.function(), target)) {}
  LogicalResult run();

private:
  func::FuncOp createFunction();
  LogicalResult setAttributes(func::FuncOp function);
  std::optional<unsigned> splitGroup() const;
  bool groupsAreIndependent() const;
  void emitGroup(const NestGroup &group, IndexRange range);
  void emitNest(const Nest &nest, IndexRange range);
  int64_t sharedBlock(const NestGroup &group) const;
  int64_t grainOf(const NestGroup &group);
  IndexRange rangeOf(const NestGroup &group);

  const KernelDag &dag;
  const KernelPlan &plan;
  const KernelTarget &target;
  VectorShape shape;
  LoopBuilder *builder = nullptr;
  ElementEmitter *elements = nullptr;
};
} // namespace

static MemRefType memrefOf(Type tensor) {
  auto type = cast<RankedTensorType>(tensor);
  return MemRefType::get(type.getShape(), type.getElementType());
}

func::FuncOp KernelEmitter::createFunction() {
  func::FuncOp old = dag.function();
  SmallVector<Type> types;
  SmallVector<Location> locations;
  auto add = [&](Type type, Location location) {
    types.push_back(type);
    locations.push_back(location);
  };
  unsigned inputs = dag.inputCount();
  for (BlockArgument argument : old.getArguments().take_front(inputs))
    add(memrefOf(argument.getType()), argument.getLoc());
  for (Type type : old.getResultTypes())
    add(memrefOf(type), old.getLoc());
  Type index = IndexType::get(old.getContext());
  for (BlockArgument argument : old.getArguments().drop_front(inputs))
    add(index, argument.getLoc());
  add(index, old.getLoc());
  add(index, old.getLoc());
  OpBuilder at(old);
  auto function = func::FuncOp::create(at, old.getLoc(), old.getName(), at.getFunctionType(types, {}));
  function.setVisibility(old.getVisibility());
  function->setDiscardableAttrs(old->getDiscardableAttrDictionary());
  at.createBlock(&function.getBody(), {}, types, locations);
  return function;
}

/// No group reads what another one writes: they can run in any order.
bool KernelEmitter::groupsAreIndependent() const {
  for (const NestGroup &group : plan.groups)
    for (const NestGroup &other : plan.groups)
      for (const Nest &nest : group.nests)
        for (const Nest &source : other.nests)
          for (const Store &store : source.stores)
            if (&group != &other && nest.accesses.reads(store.value))
              return false;
  return true;
}

static bool canSplit(const NestGroup &group) {
  const Nest &first = group.nests.front();
  return first.kind != NestKind::Scatter && !first.spans.empty() && first.spans.front().first < first.kept;
}

static int64_t typicalWork(const NestGroup &group) {
  int64_t work = 0;
  for (const Nest &nest : group.nests) {
    SymbolicSize size(1);
    for (const SymbolicSize &extent : nest.sizes)
      size = size * extent;
    work += size.evaluate([](StringRef) { return std::optional<int64_t>(kTypicalSymbol); }).value_or(1);
  }
  return work;
}

/// The group whose first span is the kernel's parallel range; others run where the range begins at 0.
std::optional<unsigned> KernelEmitter::splitGroup() const {
  if (plan.groups.size() > 1 && !groupsAreIndependent())
    return std::nullopt;
  std::optional<unsigned> best;
  for (unsigned index = 0; index < plan.groups.size(); ++index)
    if (canSplit(plan.groups[index]) && (!best || typicalWork(plan.groups[index]) > typicalWork(plan.groups[*best])))
      best = index;
  return best;
}

int64_t KernelEmitter::sharedBlock(const NestGroup &group) const {
  for (const Nest &nest : group.nests) {
    if (nest.kind != NestKind::Contraction)
      continue;
    ContractionTiling tiling = ContractionTiling::of(dag, nest, target, shape);
    if (tiling.rows && tiling.rows->first == nest.spans.front().first)
      return llvm::divideCeil(kSharedRows, tiling.main.rows) * tiling.main.rows;
  }
  return 1;
}

void KernelEmitter::emitNest(const Nest &nest, IndexRange range) {
  builder->loc = nest.stores.front().value.getLoc();
  NestEmitter(dag, nest, target, shape, *builder, *elements).emit(range);
}

void KernelEmitter::emitGroup(const NestGroup &group, IndexRange range) {
  if (group.shared == 0) {
    for (const Nest &nest : group.nests)
      emitNest(nest, range);
    return;
  }
  int64_t block = sharedBlock(group);
  builder->loop(range.low, range.high, block, [&](Value row) {
    IndexRange rows{row, row, true};
    if (block > 1)
      rows = {row, builder->min(builder->add(row, block), range.high)};
    for (const Nest &nest : group.nests) {
      for (const Nest &other : group.nests)
        for (const Phase &phase : other.phases)
          for (const Store &scratch : phase.scratch)
            if (llvm::any_of(nest.stores, [&](const Store &store) { return store.result == scratch.result; }))
              elements->keepIn(scratch.value, scratch.result);
      emitNest(nest, rows);
      for (const Nest &other : group.nests)
        for (const Phase &phase : other.phases)
          for (const Store &scratch : phase.scratch)
            elements->keepIn(scratch.value, std::nullopt);
    }
  });
}

IndexRange KernelEmitter::rangeOf(const NestGroup &group) {
  return canSplit(group) ? IndexRange{builder->index(0), builder->size(group.nests.front().spans.front().size)}
                         : IndexRange{};
}

int64_t KernelEmitter::grainOf(const NestGroup &group) {
  if (group.shared == 0)
    return NestEmitter(dag, group.nests.front(), target, shape, *builder, *elements).grain();
  for (const Nest &nest : group.nests)
    if (nest.kind == NestKind::Contraction && sharedBlock(group) > 1)
      return contractionGrain(dag, nest, target, shape);
  return 1;
}

static ArrayAttr sizesAttribute(MLIRContext *context, ArrayRef<SymbolicSize> sizes) {
  SmallVector<Attribute> texts;
  for (const SymbolicSize &size : sizes)
    texts.push_back(StringAttr::get(context, size.str()));
  return ArrayAttr::get(context, texts);
}

/// The pairs that fusion asks for: all others keep different buffers, so the backend may assume that they do.
static std::optional<SmallVector<InPlacePair>> requestedPairs(func::FuncOp kernel) {
  auto attribute = kernel->getAttrOfType<ArrayAttr>("graph.inout");
  if (!attribute)
    return std::nullopt;
  SmallVector<InPlacePair> pairs;
  for (auto pair : attribute.getAsRange<DenseI64ArrayAttr>())
    pairs.emplace_back(pair[0], pair[1]);
  return pairs;
}

LogicalResult KernelEmitter::setAttributes(func::FuncOp function) {
  Builder attributes(function.getContext());
  SmallVector<Attribute> sizes;
  for (unsigned input = 0; input < dag.inputCount(); ++input)
    sizes.push_back(sizesAttribute(attributes.getContext(), dag.sizesOf(dag.function().getArgument(input))));
  for (const Store &store : dag.stores())
    sizes.push_back(sizesAttribute(attributes.getContext(), dag.sizesOf(store.value)));
  function->setAttr("kernel.args", attributes.getArrayAttr(sizes));
  auto split = splitGroup();
  bool concurrent = split && plan.groups.size() > 1;
  std::string parallel = split ? plan.groups[*split].nests.front().spans.front().size.str() : "1";
  function->setAttr("kernel.parallel", attributes.getStringAttr(parallel));
  function->setAttr("kernel.grain", attributes.getI64IntegerAttr(split ? grainOf(plan.groups[*split]) : 1));
  auto legal = inPlacePairs(dag, plan, target, shape, concurrent);
  auto wanted = requestedPairs(dag.function());
  SmallVector<Attribute> pairs;
  for (InPlacePair pair : wanted ? *wanted : legal) {
    if (!llvm::is_contained(legal, pair))
      return dag.function().emitOpError("graph.inout: result ")
             << pair.second << " cannot be computed in the place of input " << pair.first
             << ", which is still read after it is written";
    pairs.push_back(attributes.getI64ArrayAttr({pair.first, static_cast<int64_t>(dag.inputCount() + pair.second)}));
  }
  function->setAttr("kernel.inout", attributes.getArrayAttr(pairs));
  return success();
}

/// Bodies are evaluated value by value as they are needed, but a value may turn out to be folded away.
static void eraseDeadOperations(func::FuncOp function) {
  function.walk<WalkOrder::PostOrder, ReverseIterator>([](Operation *op) {
    if (isOpTriviallyDead(op))
      op->erase();
  });
}

LogicalResult KernelEmitter::run() {
  func::FuncOp function = createFunction();
  unsigned buffers = dag.inputCount() + dag.stores().size();
  llvm::StringMap<Value> symbols;
  if (auto names = function->getAttrOfType<ArrayAttr>("kernel.symbols"))
    for (auto [index, name] : llvm::enumerate(names))
      symbols[cast<StringAttr>(name).getValue()] = function.getArgument(buffers + index);
  LoopBuilder loops(function, std::move(symbols));
  ElementEmitter emitter(dag, loops, SmallVector<Value>(function.getArguments().take_front(buffers)));
  builder = &loops;
  elements = &emitter;
  if (failed(setAttributes(function)))
    return failure();
  Value begin = function.getArgument(function.getNumArguments() - 2);
  Value end = function.getArgument(function.getNumArguments() - 1);
  auto split = splitGroup();
  for (unsigned index = 0; index < plan.groups.size(); ++index) {
    const NestGroup &group = plan.groups[index];
    if (split == index) {
      emitGroup(group, {begin, end});
    } else if (split) {
      Value first = loops.make<arith::CmpIOp>(begin, arith::CmpIPredicate::eq, begin, loops.index(0));
      loops.when(
          first, {},
          [&] {
            emitGroup(group, rangeOf(group));
            return SmallVector<Value>();
          },
          nullptr);
    } else {
      emitGroup(group, rangeOf(group));
    }
  }
  func::ReturnOp::create(loops.here(), function.getLoc());
  eraseDeadOperations(function);
  return success();
}

LogicalResult vectorizeKernel(func::FuncOp kernel, const KernelTarget &target) {
  FailureOr<KernelDag> dag = KernelDag::build(kernel);
  if (failed(dag))
    return failure();
  FailureOr<KernelPlan> plan = planNests(*dag);
  if (failed(plan))
    return failure();
  if (failed(KernelEmitter(*dag, *plan, target).run()))
    return failure();
  kernel.erase();
  return success();
}

} // namespace dlc::kernel
