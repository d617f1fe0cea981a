// What a training step computes from the inputs by parameters that it does not change is the same in every epoch: it
// becomes a function of its own, `features`, whose results a session may keep for each row. Only on request, and after
// differentiation, when it is known what the step changes.
#include "ir/graph/GraphOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/IRMapping.h"
#include "passes/graph/Passes.h"

namespace dlc {
#define GEN_PASS_DEF_CACHEFROZENFEATURESPASS
#include "passes/graph/Passes.h.inc"
} // namespace dlc

using namespace mlir;
using namespace dlc;

static RankedTensorType typeOf(Value value) { return cast<RankedTensorType>(value.getType()); }

static FusionKind kindOf(Operation *op) {
  auto fusible = dyn_cast<FusibleOpInterface>(op);
  return fusible ? fusible.getFusionKind() : FusionKind::Opaque;
}

static bool hasRows(Value value) {
  return typeOf(value).getRank() > 0 && graph::sizeOfDim(typeOf(value), 0) == graph::SymbolicSize::symbol("batch");
}

/// Whether row i of the result needs row i of the operands with rows and no other, given which operands depend on rows.
static bool keepsRows(Operation *op, llvm::function_ref<bool(Value)> dependsOnRows) {
  if (op->getNumResults() != 1 || !hasRows(op->getResult(0)))
    return false;
  for (Value operand : op->getOperands())
    if (dependsOnRows(operand) && !hasRows(operand))
      return false;
  auto isZero = [](ArrayRef<int64_t> list) { return list.empty() || list[0] == 0; };
  if (auto product = dyn_cast<graph::DotGeneralOp>(op))
    return !dependsOnRows(product.getRhs()) && product.getLhsBatching().empty() &&
           !llvm::is_contained(product.getLhsContracting(), 0);
  if (auto convolution = dyn_cast<graph::ConvolutionOp>(op))
    return !dependsOnRows(convolution.getFilter());
  if (auto pad = dyn_cast<graph::PadOp>(op))
    return isZero(pad.getLow()) && isZero(pad.getHigh()) && isZero(pad.getInterior());
  if (auto transpose = dyn_cast<graph::TransposeOp>(op))
    return transpose.getPermutation()[0] == 0;
  if (auto broadcast = dyn_cast<graph::BroadcastOp>(op))
    return !broadcast.getDims().empty() && broadcast.getDims()[0] == 0;
  if (auto slice = dyn_cast<graph::SliceOp>(op))
    return slice.getType() == op->getOperand(0).getType() || hasRows(op->getOperand(0));
  if (auto joined = dyn_cast<graph::ConcatenateOp>(op))
    return joined.getDim() != 0;
  if (auto reverse = dyn_cast<graph::ReverseOp>(op))
    return !llvm::is_contained(reverse.getDims(), 0);
  if (auto take = dyn_cast<graph::TakeOp>(op))
    return !dependsOnRows(take.getInput());
  if (auto window = op->getAttrOfType<DenseI64ArrayAttr>("window"))
    return window[0] == 1;
  if (kindOf(op) == FusionKind::Reduction)
    return true; // the first dimension is still there, so it is not reduced
  return isa<graph::ReshapeOp>(op) || kindOf(op) == FusionKind::Elementwise;
}

namespace {

class FeatureSplitter {
public:
  explicit FeatureSplitter(func::FuncOp step) : step(step) {}

  /// True when there is something worth keeping; then the step reads it, and the module has `features`.
  bool run();

private:
  void findFrozen();
  SmallVector<Value> valuesToKeep();
  void createFeatures(ArrayRef<Value> kept);
  void readFeatures(ArrayRef<Value> kept);

  func::FuncOp step;
  llvm::DenseSet<Value> frozen;  // computed from inputs and what never changes
  llvm::DenseSet<Value> ofRows;  // of those, what depends on the inputs
};

} // namespace

void FeatureSplitter::findFrozen() {
  llvm::StringSet<> written;
  for (unsigned index = 0; index < step.getNumResults(); ++index)
    if (auto name = step.getResultAttrOfType<StringAttr>(index, "graph.variable"))
      written.insert(name.getValue());
  for (BlockArgument argument : step.getArguments()) {
    auto name = step.getArgAttrOfType<StringAttr>(argument.getArgNumber(), "graph.variable");
    bool isInput = step.getArgAttr(argument.getArgNumber(), "graph.input") != nullptr && hasRows(argument);
    if (isInput)
      ofRows.insert(argument);
    if (isInput || (name && !written.contains(name.getValue())))
      frozen.insert(argument);
  }
  auto dependsOnRows = [&](Value value) { return ofRows.contains(value); };
  for (Operation &op : step.getBody().front().without_terminator()) {
    if (!isPure(&op) || isa<graph::RandomUniformOp>(op) ||
        !llvm::all_of(op.getOperands(), [&](Value operand) { return frozen.contains(operand); }))
      continue;
    bool rows = llvm::any_of(op.getOperands(), dependsOnRows);
    if (rows && !keepsRows(&op, dependsOnRows))
      continue;
    for (Value result : op.getResults()) {
      frozen.insert(result);
      if (rows)
        ofRows.insert(result);
    }
  }
}

/// The values on the border, but for those that cost little to compute from others on it.
SmallVector<Value> FeatureSplitter::valuesToKeep() {
  Block &block = step.getBody().front();
  bool isWorth = false;
  for (Operation &op : block)
    isWorth |= kindOf(&op) == FusionKind::Contraction && ofRows.contains(op.getResult(0));
  if (!isWorth)
    return {};
  auto isRead = [&](Value value) {
    return llvm::any_of(value.getUsers(), [&](Operation *user) {
      return user->getNumResults() == 0 || !frozen.contains(user->getResult(0));
    });
  };
  // From the end: what moves back to the step makes its operands ones that are read.
  for (Operation &op : llvm::reverse(block)) {
    if (op.getNumResults() != 1 || !ofRows.contains(op.getResult(0)) || !isRead(op.getResult(0)))
      continue;
    bool isCheap = kindOf(&op) == FusionKind::Elementwise || kindOf(&op) == FusionKind::Broadcast;
    bool operandsAreKept = llvm::all_of(op.getOperands(), [&](Value operand) {
      return !ofRows.contains(operand) || (isRead(operand) && operand.getDefiningOp());
    });
    if (isCheap && operandsAreKept) {
      frozen.erase(op.getResult(0));
      ofRows.erase(op.getResult(0));
    }
  }
  SmallVector<Value> kept;
  for (Operation &op : block)
    if (op.getNumResults() == 1 && ofRows.contains(op.getResult(0)) && isRead(op.getResult(0)))
      kept.push_back(op.getResult(0));
  return kept;
}

static StringAttr nameOf(Builder &builder, size_t index) {
  return builder.getStringAttr("features." + Twine(index));
}

void FeatureSplitter::createFeatures(ArrayRef<Value> kept) {
  OpBuilder builder(step);
  llvm::SetVector<Operation *> needed;
  llvm::SetVector<Value> arguments;
  auto need = [&](auto &&need, Value value) -> void {
    Operation *op = value.getDefiningOp();
    if (!op)
      return void(arguments.insert(value));
    if (needed.contains(op))
      return;
    for (Value operand : op->getOperands())
      need(need, operand);
    needed.insert(op);
  };
  for (Value value : kept)
    need(need, value);
  auto function = func::FuncOp::create(
      builder, step.getLoc(), "features",
      builder.getFunctionType(llvm::to_vector(ValueRange(arguments.getArrayRef()).getTypes()),
                              llvm::to_vector(ValueRange(kept).getTypes())));
  Block *block = function.addEntryBlock();
  IRMapping mapping;
  for (auto [index, argument] : llvm::enumerate(arguments)) {
    block->getArgument(index).setLoc(argument.getLoc());
    mapping.map(argument, block->getArgument(index));
    function.setArgAttrs(index, step.getArgAttrDict(cast<BlockArgument>(argument).getArgNumber()));
  }
  OpBuilder inner = OpBuilder::atBlockEnd(block);
  for (Operation *op : needed)
    inner.clone(*op, mapping);
  SmallVector<Value> results;
  for (auto [index, value] : llvm::enumerate(kept)) {
    results.push_back(mapping.lookup(value));
    function.setResultAttr(index, "graph.output", nameOf(inner, index));
  }
  func::ReturnOp::create(inner, step.getLoc(), results);
}

void FeatureSplitter::readFeatures(ArrayRef<Value> kept) {
  Builder builder(step.getContext());
  for (size_t index = 0; index < kept.size(); ++index) {
    Value value = kept[index];
    unsigned position = step.getNumArguments();
    DictionaryAttr attributes = builder.getDictionaryAttr(builder.getNamedAttr("graph.input", nameOf(builder, index)));
    (void)step.insertArgument(position, value.getType(), attributes, value.getLoc());
    value.replaceAllUsesWith(step.getArgument(position));
  }
  for (Operation &op : llvm::make_early_inc_range(llvm::reverse(step.getBody().front())))
    if (isOpTriviallyDead(&op))
      op.erase();
  for (unsigned index = step.getNumArguments(); index-- > 0;)
    if (step.getArgument(index).use_empty() && !step.getArgAttr(index, "graph.target"))
      (void)step.eraseArgument(index);
}

bool FeatureSplitter::run() {
  findFrozen();
  SmallVector<Value> kept = valuesToKeep();
  if (kept.empty())
    return false;
  createFeatures(kept);
  readFeatures(kept);
  return true;
}

namespace {
struct CacheFrozenFeaturesPass : dlc::impl::CacheFrozenFeaturesPassBase<CacheFrozenFeaturesPass> {
  void runOnOperation() override {
    auto step = getOperation().lookupSymbol<func::FuncOp>("train_step");
    if (step && !step.isDeclaration() && !getOperation().lookupSymbol("features") && !FeatureSplitter(step).run())
      step.emitWarning("no product of the training step is the same in every epoch: freeze the first layers, and do not "
                       "augment what they read");
  }
};
} // namespace
