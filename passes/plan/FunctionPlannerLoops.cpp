// Scans become loops: the body's launches, on buffers that every turn uses again. Carries live in the buffers of the
// scan's results; sequences and emits are stacks of which a turn sees one element.
#include "ir/plan/BufferSize.h"
#include "ir/plan/SourcePlace.h"
#include "passes/plan/FunctionPlanner.h"

using namespace mlir;
using namespace dlc;
using plan::BufferKind;

/// The part of \p stack that a turn works on, with the type of \p step. Made at the end of the loop's body.
Value FunctionPlanner::elementOf(Value stack, Value step) {
  auto type = cast<RankedTensorType>(step.getType());
  return plan::ElementOp::create(body, plan::simplified(step.getLoc()), plan::BufferType::get(body.getContext()), stack,
                                 type.getElementType(), plan::bytesOf(type)->str());
}

/// A launch may write a carry's next value over its present one if nothing reads that afterwards.
void FunctionPlanner::placeCarries(graph::ScanOp scan, func::FuncOp function) {
  Operation *terminator = function.getBody().front().getTerminator();
  for (unsigned index = 0; index < scan.getCarries().size(); ++index) {
    Value present = function.getArgument(1 + index), next = originOf(terminator->getOperand(index));
    auto launch = next.getDefiningOp<graph::LaunchOp>();
    if (!launch || bufferOfOrigin.contains(next))
      continue;
    bool canWrite =
        llvm::none_of(terminator->getOperands(), [&](Value returned) { return originOf(returned) == present; });
    for (Operation *later = launch->getNextNode(); later && later != terminator; later = later->getNextNode())
      for (Value operand : later->getOperands())
        canWrite &= isa<graph::ReshapeOp>(later) || originOf(operand) != present;
    int64_t output = cast<OpResult>(next).getResultNumber();
    for (auto [input, operand] : llvm::enumerate(launch.getArgs()))
      canWrite &= originOf(operand) != present || allowsInPlace(launch, input, output);
    if (canWrite) {
      bufferOfOrigin[next] = bufferOfOrigin.lookup(present); // by value: the new entry may move the old one
      ++inPlaceCount;
    }
  }
}

LogicalResult FunctionPlanner::emitBody(graph::ScanOp scan, func::FuncOp function) {
  Block &block = function.getBody().front();
  Operation *terminator = block.getTerminator();
  size_t carries = scan.getCarries().size(), sequences = scan.getSequences().size();
  for (auto [index, carry] : llvm::enumerate(scan.getResults().take_front(carries)))
    bufferOfOrigin[function.getArgument(1 + index)] = bufferOf(carry);
  for (auto [index, sequence] : llvm::enumerate(scan.getSequences())) {
    Value argument = function.getArgument(1 + carries + index);
    if (!argument.use_empty())
      bufferOfOrigin[argument] = elementOf(bufferOf(originOf(sequence)), argument);
  }
  for (auto [index, invariant] : llvm::enumerate(scan.getInvariants()))
    bufferOfOrigin[function.getArgument(1 + carries + sequences + index)] = bufferOf(originOf(invariant));

  // What is emitted is written to its element where that is its only place; the rest is copied.
  SmallVector<std::pair<Value, Value>> copies;
  for (auto [index, stack] : llvm::enumerate(scan.getResults().drop_front(carries))) {
    Value emitted = terminator->getOperand(carries + index), origin = originOf(emitted);
    Value element = elementOf(bufferOf(stack), emitted);
    if (origin.getDefiningOp<graph::LaunchOp>() || origin.getDefiningOp<graph::ScanOp>()) {
      if (bufferOfOrigin.try_emplace(origin, element).second)
        continue;
    }
    copies.emplace_back(origin, element);
  }
  placeCarries(scan, function);

  for (Operation &op : block.without_terminator()) {
    if (auto constant = dyn_cast<graph::ConstantOp>(op)) {
      places[constant.getResult()] = {BufferKind::Constant, constants.indexOf(constant.getValue())};
    } else if (isa<graph::LaunchOp, graph::ScanOp>(op)) {
      if (failed(emitStep(&op)))
        return failure();
    } else if (!isa<graph::ReshapeOp>(op)) {
      return op.emitOpError("must be inside a kernel: run --dlc-form-fusion-groups and --dlc-outline-kernels first");
    }
  }
  for (auto [origin, element] : copies)
    emitCopy(bufferOf(origin), element, plan::simplified(origin.getLoc()));
  // Carries last: until here everything sees the present ones. Two carries may change places, so all are saved first.
  SmallVector<std::pair<Value, Value>> moves;
  for (unsigned index = 0; index < carries; ++index) {
    Value next = bufferOf(originOf(terminator->getOperand(index)));
    Value present = bufferOfOrigin[function.getArgument(1 + index)];
    if (next != present)
      moves.emplace_back(next, present);
  }
  for (auto &[next, present] : moves) {
    bool isOverwritten = llvm::any_of(moves, [next = next](auto &move) { return move.second == next; });
    if (!isOverwritten)
      continue;
    // A carry of a loop in a loop may be an element of what the outer one stacks.
    Value saved =
        TypeSwitch<Operation *, Value>(next.getDefiningOp()).Case<plan::BufferOp, plan::ElementOp>([&](auto carry) {
          return makeBuffer(BufferKind::Workspace, carry.getElement(), carry.getSize(), carry.getLoc());
        });
    emitCopy(next, saved, next.getLoc());
    next = saved;
  }
  for (auto [next, present] : moves)
    emitCopy(next, present, present.getLoc());
  return success();
}

LogicalResult FunctionPlanner::emitScan(graph::ScanOp scan) {
  auto function = SymbolTable::lookupNearestSymbolFrom<func::FuncOp>(scan, scan.getBodyAttr());
  if (!function || function.isDeclaration() || !function.getBody().hasOneBlock())
    return scan.emitOpError("body ") << scan.getBodyAttr() << " must have one block";
  Location location = plan::simplified(scan.getLoc());
  for (auto [first, carry] : llvm::zip(scan.getCarries(), scan.getResults()))
    emitCopy(bufferOf(originOf(first)), bufferOf(carry), location);
  Value step = function.getArgument(0), index;
  if (!step.use_empty())
    index = makeBuffer(BufferKind::Workspace, body.getI64Type(), "8", location);
  auto loop = plan::LoopOp::create(body, location, scan.getLength(), scan.getReverse(), index,
                                   scan.getWhen() ? bufferOf(originOf(scan.getWhen())) : Value());
  OpBuilder::InsertionGuard guard(body);
  body.setInsertionPointToEnd(&loop.getBody().emplaceBlock());
  if (index)
    bufferOfOrigin[step] = index;
  LogicalResult result = emitBody(scan, function);
  // The body may be that of another scan, too, which has its own buffers.
  for (BlockArgument argument : function.getArguments())
    bufferOfOrigin.erase(argument);
  function.walk([&](Operation *op) {
    for (Value value : op->getResults())
      bufferOfOrigin.erase(value);
  });
  return result;
}
