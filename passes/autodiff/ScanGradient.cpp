// The gradient of a loop is a loop in the other direction. It gets what it needs of the forward pass as sequences, one
// element a turn: the forward loop emits it. Values that cost little and depend on nothing but the loop's inputs (masks
// of dropout above all) are computed again instead. Gradients of what does not change from turn to turn (the weights)
// are sums over turns; where they are products, the factors are emitted and multiplied behind the loop, all at once.
#include "mlir/Transforms/RegionUtils.h"
#include "passes/autodiff/Backward.h"

using namespace mlir;
using namespace dlc;

namespace {

class ScanGradient {
public:
  ScanGradient(graph::ScanOp scan, ArrayRef<Value> resultCotangents, ArrayRef<bool> operandNeeded, OpBuilder &builder)
      : scan(scan), resultCotangents(resultCotangents), operandNeeded(operandNeeded), builder(builder),
        location(scan.getLoc()), module(scan->getParentOfType<ModuleOp>()), carries(scan.getCarries().size()),
        sequences(scan.getSequences().size()), invariants(scan.getInvariants().size()) {}

  LogicalResult run(MutableArrayRef<Value> operandCotangents, graph::ScanOp &replacement);

private:
  LogicalResult buildTurn(func::FuncOp body);
  void keepResiduals();
  bool isCheap(Value value);
  func::FuncOp createForward();
  func::FuncOp createBackward();
  bool canSumOutside(Value gradient);
  void collectFactors(Value gradient);
  Value sumOutside(Value gradient);
  Value stackOf(Value value);
  Value orZeros(Value stack);
  /// The result of the loop that holds \p value of all turns anyway.
  std::optional<size_t> emitOf(Value value) const {
    auto found = std::find(returned.begin() + carries, returned.end(), value);
    return found == returned.end() ? std::nullopt : std::optional<size_t>(found - returned.begin());
  }
  Value carry(size_t index) { return turn.getArgument(1 + index); }
  Value element(size_t index) { return turn.getArgument(1 + carries + index); }
  Value invariant(size_t index) { return turn.getArgument(1 + carries + sequences + index); }

  graph::ScanOp scan;
  ArrayRef<Value> resultCotangents;
  ArrayRef<bool> operandNeeded;
  OpBuilder &builder;
  Location location;
  ModuleOp module;
  size_t carries, sequences, invariants;

  func::FuncOp turn;                       // both directions of one turn; taken apart afterwards
  Operation *marker = nullptr;             // between them
  SmallVector<Value> returned;             // by the forward direction
  SmallVector<size_t> floatCarries, emits; // that have cotangents
  SmallVector<Value> dcarries, demits;     // arguments: their cotangents
  SmallVector<Value> carryGradients, elementGradients, invariantGradients; // null: none
  SmallVector<std::pair<Value, Value>> residuals;                          // forward value, argument that stands for it

  SmallVector<std::pair<BlockArgument, Value>>
      begunFrom; // carries among them: forward ops are computed again from these

  // The backward loop.
  SmallVector<Value> backwardElements, stacks; // arguments of the turn, and the sequences they are elements of
  llvm::SetVector<Value> emitted;              // by the backward direction
  llvm::DenseMap<Value, Value> emittedStacks;
};

} // namespace

/// One turn with its forward and backward ops, on arguments (step, carries, elements, invariants, cotangents).
LogicalResult ScanGradient::buildTurn(func::FuncOp body) {
  turn = createCallee(scan, "_turn", body.getArgumentTypes(), /*isBody=*/true);
  Block &block = turn.getBody().front();
  OpBuilder inner = OpBuilder::atBlockEnd(&block);
  IRMapping clones;
  clones.map(body.getArguments(), block.getArguments());
  for (Operation &op : body.getBody().front().without_terminator())
    inner.clone(op, clones);
  Type number = RankedTensorType::get({}, inner.getF32Type());
  marker = graph::ConstantOp::create(inner, location, DenseElementsAttr::get(cast<ShapedType>(number), 0.0f));

  OperandRange results = body.getBody().front().getTerminator()->getOperands();
  Backward backward(body, clones, inner);
  SmallVector<Value> arguments, ends;
  for (size_t index = 0; index < carries + sequences + invariants; ++index) {
    Value argument = body.getArgument(1 + index);
    if (isFloat(argument) && (index < carries || operandNeeded[index]))
      arguments.push_back(argument);
  }
  for (auto [index, result] : llvm::enumerate(results))
    if (isFloat(result) && (index < carries || resultCotangents[index]))
      ends.push_back(result);
  backward.findActive(arguments, ends);
  for (auto [index, result] : llvm::enumerate(results)) {
    if (!llvm::is_contained(ends, result) || (index >= carries && !resultCotangents[index]) || !isFloat(result))
      continue;
    Value cotangent = block.addArgument(result.getType(), location);
    (index < carries ? floatCarries : emits).push_back(index);
    (index < carries ? dcarries : demits).push_back(cotangent);
    backward.accumulate(result, cotangent, location);
  }
  if (failed(backward.run()))
    return failure();
  for (size_t index : floatCarries) {
    Value gradient = backward.cotangentOf(body.getArgument(1 + index));
    carryGradients.push_back(gradient ? gradient
                                      : zeros(inner, location, cast<RankedTensorType>(carry(index).getType())));
  }
  auto gradientOf = [&](size_t index) {
    return operandNeeded[index] ? backward.cotangentOf(body.getArgument(1 + index)) : Value();
  };
  for (size_t index = 0; index < sequences; ++index)
    elementGradients.push_back(gradientOf(carries + index));
  for (size_t index = 0; index < invariants; ++index)
    invariantGradients.push_back(gradientOf(carries + sequences + index));
  for (Value result : results)
    returned.push_back(clones.lookup(result));
  return success();
}

/// Whether the backward loop can compute \p value again from what it has: only element by element, unless it was asked
/// to save memory.
bool ScanGradient::isCheap(Value value) {
  Operation *op = value.getDefiningOp();
  if (!op)
    return !llvm::is_contained(ValueRange(turn.getArguments()).slice(1, carries), value);
  if (scan.getRecompute())
    return true;
  auto fusible = dyn_cast<FusibleOpInterface>(op);
  if (!fusible ||
      (fusible.getFusionKind() != FusionKind::Elementwise && fusible.getFusionKind() != FusionKind::Broadcast))
    return false;
  return llvm::all_of(op->getOperands(), [&](Value operand) { return isCheap(operand); });
}

/// Puts an argument in the place of every forward value that backward ops read and that must be kept.
void ScanGradient::keepResiduals() {
  Block &block = turn.getBody().front();
  auto isBackward = [&](OpOperand &use) { return marker->isBeforeInBlock(use.getOwner()); };
  SmallVector<Value> candidates(ValueRange(turn.getArguments()).slice(1, carries));
  for (Operation &op : block) {
    if (&op == marker)
      break;
    llvm::append_range(candidates, op.getResults());
  }
  auto isResult = [&](Value value) {
    return llvm::is_contained(carryGradients, value) || llvm::is_contained(elementGradients, value) ||
           llvm::is_contained(invariantGradients, value);
  };
  for (Value value : candidates) {
    bool isRead = llvm::any_of(value.getUses(), isBackward) || isResult(value);
    // A turn that is computed again begins with its carries; whether all are needed shows only later.
    if (scan.getRecompute() && isa<BlockArgument>(value))
      isRead = !value.use_empty();
    if (isCheap(value) || !isRead)
      continue;
    Value kept = block.addArgument(value.getType(), value.getLoc());
    value.replaceUsesWithIf(kept, isBackward);
    for (SmallVectorImpl<Value> *gradients : {&carryGradients, &elementGradients, &invariantGradients})
      llvm::replace(*gradients, value, kept);
    residuals.emplace_back(value, kept);
    if (auto carry = dyn_cast<BlockArgument>(value))
      begunFrom.emplace_back(carry, kept);
  }
}

/// The forward direction alone; it also emits what is kept.
func::FuncOp ScanGradient::createForward() {
  ValueRange arguments = ValueRange(turn.getArguments()).take_front(1 + carries + sequences + invariants);
  func::FuncOp forward = createCallee(scan, "_forward", arguments.getTypes(), /*isBody=*/true);
  OpBuilder inner = OpBuilder::atBlockEnd(&forward.getBody().front());
  IRMapping mapping;
  mapping.map(arguments, forward.getArguments());
  for (Operation &op : turn.getBody().front()) {
    if (&op == marker)
      break;
    inner.clone(op, mapping);
  }
  SmallVector<Value> results;
  for (Value value : returned)
    results.push_back(mapping.lookup(value));
  for (auto [value, kept] : residuals) {
    if (!emitOf(value))
      results.push_back(mapping.lookup(value));
  }
  func::ReturnOp::create(inner, location, results);
  forward.setFunctionType(inner.getFunctionType(arguments.getTypes(), ValueRange(results).getTypes()));
  return forward;
}

bool ScanGradient::canSumOutside(Value gradient) {
  Operation *op = gradient.getDefiningOp();
  // The factors of all steps would take the memory that is to be saved, or are not there.
  if (!op || scan.getRecompute() || scan.getWhen())
    return false;
  if (auto product = dyn_cast<graph::DotGeneralOp>(op))
    return product.getLhsBatching().empty();
  if (isa<graph::AddOp, graph::NegOp, graph::TransposeOp, graph::ReshapeOp>(op))
    return llvm::all_of(op->getOperands(), [&](Value operand) { return canSumOutside(operand); });
  return isa<graph::ReduceSumOp>(op);
}

/// What the sum behind the loop reads must be sequences: emitted, unless it is an element already.
void ScanGradient::collectFactors(Value gradient) {
  Operation *op = gradient.getDefiningOp();
  for (Value operand : op->getOperands()) {
    if (!isa<graph::DotGeneralOp, graph::ReduceSumOp>(op))
      collectFactors(operand);
    else if (!llvm::is_contained(backwardElements, operand))
      emitted.insert(operand);
  }
}

Value ScanGradient::stackOf(Value value) {
  auto found = llvm::find(backwardElements, value);
  return found != backwardElements.end() ? stacks[found - backwardElements.begin()] : emittedStacks.lookup(value);
}

/// The sum of \p gradient over all turns, from the stacks of what it is computed from.
Value ScanGradient::sumOutside(Value gradient) {
  Operation *op = gradient.getDefiningOp();
  auto withTurns = [](ArrayRef<int64_t> dims) {
    SmallVector<int64_t> shifted{0};
    llvm::append_range(shifted, llvm::map_range(dims, [](int64_t dim) { return dim + 1; }));
    return shifted;
  };
  if (auto product = dyn_cast<graph::DotGeneralOp>(op))
    return graph::DotGeneralOp::create(builder, op->getLoc(), stackOf(product.getLhs()), stackOf(product.getRhs()),
                                       ArrayRef<int64_t>(), ArrayRef<int64_t>(), withTurns(product.getLhsContracting()),
                                       withTurns(product.getRhsContracting()));
  if (auto sum = dyn_cast<graph::ReduceSumOp>(op))
    return graph::ReduceSumOp::create(builder, op->getLoc(), stackOf(sum.getInput()), withTurns(sum.getDims()));
  IRMapping mapping;
  for (Value operand : op->getOperands())
    mapping.map(operand, sumOutside(operand));
  return builder.clone(*op, mapping)->getResult(0);
}

/// The backward direction alone, on (step, cotangents of carries, sums, elements, invariants).
func::FuncOp ScanGradient::createBackward() {
  SmallVector<Value> arguments{turn.getArgument(0)}, sums;
  llvm::append_range(arguments, dcarries);
  for (Value gradient : invariantGradients)
    if (gradient && !canSumOutside(gradient))
      sums.push_back(gradient);
  SmallVector<Type> types(ValueRange(arguments).getTypes());
  llvm::append_range(types, ValueRange(sums).getTypes());
  llvm::append_range(types, ValueRange(backwardElements).getTypes());
  for (size_t index = 0; index < invariants; ++index)
    types.push_back(invariant(index).getType());
  func::FuncOp backward = createCallee(scan, "_backward", types, /*isBody=*/true);
  Block &block = backward.getBody().front();
  IRMapping mapping;
  unsigned next = 0;
  for (Value argument : arguments)
    mapping.map(argument, block.getArgument(next++));
  SmallVector<Value> totals;
  for (size_t index = 0; index < sums.size(); ++index)
    totals.push_back(block.getArgument(next++));
  for (Value argument : backwardElements)
    mapping.map(argument, block.getArgument(next++));
  for (size_t index = 0; index < invariants; ++index)
    mapping.map(invariant(index), block.getArgument(next++));
  for (auto [carry, kept] : begunFrom)
    mapping.map(carry, mapping.lookup(kept));
  OpBuilder inner = OpBuilder::atBlockEnd(&block);
  for (Operation &op : turn.getBody().front())
    if (&op != marker)
      markAsGradient(inner.clone(op, mapping)); // computed again, it belongs to this direction as well
  SmallVector<Value> results;
  for (Value gradient : carryGradients)
    results.push_back(mapping.lookup(gradient));
  for (auto [total, gradient] : llvm::zip_equal(totals, sums))
    results.push_back(graph::AddOp::create(inner, gradient.getLoc(), total, mapping.lookup(gradient)));
  for (Value value : emitted)
    results.push_back(mapping.lookup(value));
  func::ReturnOp::create(inner, location, results);
  backward.setFunctionType(inner.getFunctionType(types, ValueRange(results).getTypes()));
  return backward;
}

/// What a loop emits, where it depends on a condition: zeros if it was not run.
Value ScanGradient::orZeros(Value stack) {
  if (!scan.getWhen())
    return stack;
  auto type = cast<RankedTensorType>(stack.getType());
  Value holds = graph::BroadcastOp::create(builder, location, graph::withElementType(type, builder.getI1Type()),
                                           scan.getWhen(), ArrayRef<int64_t>());
  return graph::SelectOp::create(builder, location, holds, stack, zeros(builder, location, type));
}

LogicalResult ScanGradient::run(MutableArrayRef<Value> operandCotangents, graph::ScanOp &replacement) {
  auto body = module.lookupSymbol<func::FuncOp>(scan.getBody());
  if (!body || body.isDeclaration() || failed(buildTurn(body)))
    return failure();
  keepResiduals();
  func::FuncOp forward = createForward();

  auto stackedType = [&](Type type) {
    SmallVector<graph::SymbolicSize> sizes = graph::sizesOf(cast<RankedTensorType>(type));
    sizes.insert(sizes.begin(), scan.lengthSize());
    return graph::makeTensorType(type.getContext(), sizes, getElementTypeOrSelf(type));
  };
  OpBuilder at(scan);
  SmallVector<Type> types(scan.getResultTypes());
  for (auto [value, kept] : residuals)
    if (!emitOf(value))
      types.push_back(stackedType(value.getType()));
  replacement = graph::ScanOp::create(at, location, types, forward.getSymName(), scan.getLength(), scan.getReverse(),
                                      scan.getRecompute(), scan.getCarries(), scan.getSequences(), scan.getInvariants(),
                                      scan.getWhen());
  scan.replaceAllUsesWith(replacement.getResults().take_front(scan.getNumResults()));

  // Forward ops that nothing backward needs are gone from the turn; then the elements that it still reads are known.
  for (Operation &op : llvm::make_early_inc_range(llvm::reverse(turn.getBody().front()))) {
    bool isGradient = llvm::any_of(op.getResults(), [&](Value result) {
      return llvm::is_contained(carryGradients, result) || llvm::is_contained(elementGradients, result) ||
             llvm::is_contained(invariantGradients, result);
    });
    if (&op != marker && !isGradient && isOpTriviallyDead(&op))
      op.erase();
  }
  auto addElement = [&](Value argument, Value stack) {
    backwardElements.push_back(argument);
    stacks.push_back(stack);
  };
  size_t nextStack = scan.getNumResults();
  for (auto [value, kept] : residuals) {
    std::optional<size_t> emit = emitOf(value);
    addElement(kept, replacement.getResult(emit ? *emit : nextStack++));
  }
  for (auto [index, argument] : llvm::enumerate(demits))
    addElement(argument, resultCotangents[emits[index]]);
  for (size_t index = 0; index < sequences; ++index)
    if (!element(index).use_empty() || llvm::is_contained(elementGradients, element(index)))
      addElement(element(index), replacement.getSequences()[index]);

  for (Value gradient : elementGradients)
    if (gradient)
      emitted.insert(gradient);
  for (Value gradient : invariantGradients)
    if (gradient && canSumOutside(gradient))
      collectFactors(gradient);
  func::FuncOp backward = createBackward();

  SmallVector<Value> initial;
  for (auto [position, index] : llvm::enumerate(floatCarries)) {
    Value cotangent = resultCotangents[index];
    initial.push_back(cotangent ? cotangent : zeros(builder, location, cast<RankedTensorType>(carry(index).getType())));
  }
  for (Value gradient : invariantGradients)
    if (gradient && !canSumOutside(gradient))
      initial.push_back(zeros(builder, location, cast<RankedTensorType>(gradient.getType())));
  types.assign(ValueRange(initial).getTypes().begin(), ValueRange(initial).getTypes().end());
  for (Value value : emitted)
    types.push_back(stackedType(value.getType()));
  auto loop =
      graph::ScanOp::create(builder, location, types, backward.getSymName(), scan.getLength(), !scan.getReverse(),
                            scan.getRecompute(), initial, stacks, replacement.getInvariants(), replacement.getWhen());
  for (auto [index, value] : llvm::enumerate(emitted))
    emittedStacks[value] = loop.getResult(initial.size() + index);

  for (auto [position, index] : llvm::enumerate(floatCarries))
    if (operandNeeded[index])
      operandCotangents[index] = loop.getResult(position);
  for (auto [index, gradient] : llvm::enumerate(elementGradients))
    if (gradient)
      operandCotangents[carries + index] = orZeros(emittedStacks.lookup(gradient));
  size_t next = floatCarries.size();
  for (auto [index, gradient] : llvm::enumerate(invariantGradients))
    if (gradient)
      operandCotangents[carries + sequences + index] =
          canSumOutside(gradient) ? sumOutside(gradient) : loop.getResult(next++);
  turn.erase();
  scan.erase();
  return success();
}

static LogicalResult differentiateInParts(graph::ScanOp scan, ArrayRef<Value> resultCotangents,
                                          ArrayRef<bool> operandNeeded, OpBuilder &builder,
                                          MutableArrayRef<Value> operandCotangents,
                                          SmallVectorImpl<Value> &replacements) {
  func::FuncOp parts = createScanParts(scan);
  if (!parts)
    return failure();
  OpBuilder at(scan);
  IRMapping clones;
  scan.replaceAllUsesWith(inlined(parts, scan.getOperands(), at, clones));
  if (failed(differentiateCopy(parts, clones, resultCotangents, operandNeeded, builder, operandCotangents)))
    return failure();
  for (Value result : parts.getBody().front().getTerminator()->getOperands())
    replacements.push_back(clones.lookup(result)); // only now: loops of the copy have been replaced
  scan.erase();
  parts.erase();
  return success();
}

LogicalResult dlc::differentiateScan(graph::ScanOp scan, ArrayRef<Value> resultCotangents, ArrayRef<bool> operandNeeded,
                                     OpBuilder &builder, MutableArrayRef<Value> operandCotangents,
                                     SmallVectorImpl<Value> &replacements) {
  if (scan.getRecompute() > 1 && scan.lengthSize().constant() > 0)
    return differentiateInParts(scan, resultCotangents, operandNeeded, builder, operandCotangents, replacements);
  size_t count = scan.getNumResults();
  graph::ScanOp replacement;
  if (failed(ScanGradient(scan, resultCotangents, operandNeeded, builder).run(operandCotangents, replacement)))
    return failure();
  llvm::append_range(replacements, replacement.getResults().take_front(count));
  return success();
}
