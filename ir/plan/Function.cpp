// Proves a function: every buffer is what its place declares, and no step reads bytes that were never written or that
// another buffer of the same slot has overwritten.
#include "ir/plan/BufferSize.h"
#include "ir/plan/PlanOps.h"
#include "mlir/IR/BuiltinOps.h"

using namespace mlir;
using namespace dlc::plan;
using dlc::graph::SymbolicSize;

namespace {

// What is known at one point of the steps.
struct State {
  llvm::DenseSet<Value> written;             // buffers whose bytes are there
  llvm::DenseMap<uint64_t, Value> slotOwner; // the buffer that last wrote a slot
  bool variableWritten = false;

  // What holds on both ways here.
  void meet(const State &other) {
    SmallVector<Value> gone;
    for (Value value : written)
      if (!other.written.contains(value))
        gone.push_back(value);
    for (Value value : gone)
      written.erase(value);
    variableWritten |= other.variableWritten;
  }
};

class Checker {
public:
  explicit Checker(FunctionOp function) : function(function), program(cast<ProgramOp>(function->getParentOp())) {}

  LogicalResult checkBuffer(BufferOp buffer);
  LogicalResult checkSteps(Block &block, State &state);

private:
  LogicalResult checkPlace(BufferOp buffer, Attribute element, std::optional<SymbolicSize> size);
  LogicalResult checkPort(BufferOp buffer, ArrayAttr ports);
  LogicalResult checkSlot(BufferOp buffer);
  LogicalResult checkStep(Operation &op, State &state);
  LogicalResult checkLoop(LoopOp loop, State &state);
  LogicalResult checkBranch(BranchOp branch, State &state);
  LogicalResult read(Operation &op, Value value, const State &state);
  LogicalResult write(Operation &op, Value value, State &state);

  FunctionOp function;
  ProgramOp program;
  llvm::DenseSet<std::pair<unsigned, uint64_t>> places;
};

} // namespace

static FailureOr<SymbolicSize> parseFormula(Attribute attribute) {
  auto text = dyn_cast<StringAttr>(attribute);
  if (!text)
    return failure();
  return SymbolicSize::parse(text.getValue());
}

LogicalResult Checker::checkPlace(BufferOp buffer, Attribute element, std::optional<SymbolicSize> size) {
  auto type = dyn_cast_or_null<TypeAttr>(element);
  if (type && type.getValue() == buffer.getElement() && size && size->str() == buffer.getSize())
    return success();
  InFlightDiagnostic error = buffer.emitOpError("must be ");
  if (type)
    error << type.getValue();
  return error << " bytes \"" << (size ? size->str() : "?") << "\" as declared, got " << buffer.getElement()
               << " bytes \"" << buffer.getSize() << '"';
}

LogicalResult Checker::checkPort(BufferOp buffer, ArrayAttr ports) {
  auto port = cast<DictionaryAttr>(ports[*buffer.getIndex()]);
  auto dtype = port.getAs<TypeAttr>("dtype");
  auto dims = port.getAs<ArrayAttr>("dims");
  SymbolicSize size(dtype ? elementBytes(dtype.getValue()).value_or(0) : 0);
  for (Attribute dim : dims ? dims.getValue() : ArrayRef<Attribute>()) {
    FailureOr<SymbolicSize> extent = parseFormula(dim);
    if (failed(extent))
      return function.emitOpError("dims of a port must be polynomials of the symbols, got ") << dim;
    size = size * *extent;
  }
  return checkPlace(buffer, dtype, size);
}

LogicalResult Checker::checkSlot(BufferOp buffer) {
  auto slot = dyn_cast<ArrayAttr>((*function.getSlots())[*buffer.getIndex()]);
  FailureOr<SymbolicSize> size = SymbolicSize::parse(buffer.getSize());
  for (Attribute attribute : slot ? slot.getValue() : ArrayRef<Attribute>()) {
    FailureOr<SymbolicSize> formula = parseFormula(attribute);
    if (failed(formula))
      return function.emitOpError("a slot is a list of polynomials of the symbols, got ") << attribute;
    if (succeeded(size) && covers(*formula, *size))
      return success();
  }
  return buffer.emitOpError("size \"") << buffer.getSize() << "\" is covered by no formula of slot "
                                       << *buffer.getIndex();
}

LogicalResult Checker::checkBuffer(BufferOp buffer) {
  if (!buffer.getIndex())
    return success();
  uint64_t index = *buffer.getIndex();
  auto module = function->getParentOfType<ModuleOp>();
  ArrayAttr list;
  switch (buffer.getKind()) {
  case BufferKind::Variable:
    list = program.getVariables();
    break;
  case BufferKind::Input:
    list = function.getInputs();
    break;
  case BufferKind::Output:
    list = function.getOutputs();
    break;
  case BufferKind::Workspace:
    list = function.getSlotsAttr();
    break;
  case BufferKind::Constant:
    list = module ? module->getAttrOfType<ArrayAttr>("plan.constants") : ArrayAttr();
    break;
  }
  if (!list || index >= list.size())
    return buffer.emitOpError("there is no ") << stringifyBufferKind(buffer.getKind()) << " of index " << index;
  if (buffer.getKind() == BufferKind::Workspace)
    return checkSlot(buffer);
  if (!places.insert({unsigned(buffer.getKind()), index}).second)
    return buffer.emitOpError("names the same bytes as a buffer before it");
  auto entry = cast<DictionaryAttr>(list[index]);
  if (buffer.getKind() == BufferKind::Input || buffer.getKind() == BufferKind::Output)
    return checkPort(buffer, list);
  Type held = buffer.getKind() == BufferKind::Variable ? entry.getAs<TypeAttr>("type").getValue()
                                                       : entry.getAs<ElementsAttr>("value").getType();
  auto type = cast<RankedTensorType>(held);
  return checkPlace(buffer, TypeAttr::get(type.getElementType()), bytesOf(type));
}

/// The whole that \p value is, or is an element of.
static BufferOp wholeOf(Value value) {
  auto element = value.getDefiningOp<ElementOp>();
  return element ? element.getBuffer() : value.getDefiningOp<BufferOp>();
}

LogicalResult Checker::read(Operation &op, Value value, const State &state) {
  BufferOp buffer = wholeOf(value);
  value = buffer.getResult();
  BufferKind kind = buffer.getKind();
  if (kind != BufferKind::Workspace && kind != BufferKind::Output)
    return success();
  if (!state.written.contains(value))
    return (op.emitOpError("reads a buffer that is not written yet")).attachNote(buffer.getLoc()) << "the buffer";
  if (kind == BufferKind::Workspace && buffer.getIndex() && state.slotOwner.lookup(*buffer.getIndex()) != value)
    return op.emitOpError("reads a buffer of slot ") << *buffer.getIndex() << " after another one has overwritten it";
  return success();
}

LogicalResult Checker::write(Operation &op, Value value, State &state) {
  BufferOp buffer = wholeOf(value);
  value = buffer.getResult();
  if (buffer.getKind() == BufferKind::Input || buffer.getKind() == BufferKind::Constant)
    return op.emitOpError("writes to an ") << stringifyBufferKind(buffer.getKind());
  state.written.insert(value);
  if (buffer.getKind() == BufferKind::Variable)
    state.variableWritten = true;
  if (buffer.getKind() == BufferKind::Workspace && buffer.getIndex())
    state.slotOwner[*buffer.getIndex()] = value;
  return success();
}

LogicalResult Checker::checkLoop(LoopOp loop, State &state) {
  // Twice: the second turn starts with what the first has left. A buffer that only the body writes is not there
  // after zero turns; a stack is, for it has no elements then.
  if (loop.getWhen() && failed(read(*loop, loop.getWhen(), state)))
    return failure();
  State turn = state;
  if (loop.getIndex() && failed(write(*loop, loop.getIndex(), turn)))
    return failure();
  for (int count = 0; count < 2; ++count)
    if (failed(checkSteps(loop.getBody().front(), turn)))
      return failure();
  if (turn.variableWritten && !state.variableWritten)
    return loop.emitOpError("a variable is written inside a loop");
  llvm::DenseSet<Value> written = state.written;
  loop.walk([&](ElementOp element) {
    if (turn.written.contains(element.getBuffer().getResult()))
      written.insert(element.getBuffer().getResult());
  });
  turn.written = written;
  state = turn;
  return success();
}

LogicalResult Checker::checkBranch(BranchOp branch, State &state) {
  State large = state;
  if (failed(checkSteps(branch.getSmall().front(), state)) || failed(checkSteps(branch.getLarge().front(), large)))
    return failure();
  for (auto &[slot, owner] : large.slotOwner)
    if (state.slotOwner.lookup(slot) != owner)
      state.slotOwner[slot] = Value(); // nobody's after the branch
  state.meet(large);
  return success();
}

LogicalResult Checker::checkStep(Operation &op, State &state) {
  if (auto loop = dyn_cast<LoopOp>(op))
    return checkLoop(loop, state);
  if (auto branch = dyn_cast<BranchOp>(op))
    return checkBranch(branch, state);
  if (auto launch = dyn_cast<LaunchOp>(op)) {
    for (Value input : launch.getInputs())
      if (failed(read(op, input, state)))
        return failure();
    for (Value output : launch.getOutputs())
      if (failed(write(op, output, state)))
        return failure();
    return success();
  }
  if (auto copy = dyn_cast<CopyOp>(op))
    return failed(read(op, copy.getSource(), state)) ? failure() : write(op, copy.getTarget(), state);
  if (auto guard = dyn_cast<GuardOp>(op)) {
    if (state.variableWritten)
      return guard.emitOpError("a variable is written before this guard");
    return read(op, guard.getOk(), state);
  }
  if (auto collective = dyn_cast<CollectiveOp>(op)) {
    for (Value value : collective.getBuffers())
      if (failed(read(op, value, state)) || failed(write(op, value, state)))
        return failure();
    return success();
  }
  return op.emitOpError("a function holds plan steps only");
}

LogicalResult Checker::checkSteps(Block &block, State &state) {
  for (Operation &op : block) {
    if (isa<BufferOp, ElementOp, ReturnOp>(op))
      continue;
    if (failed(checkStep(op, state)))
      return failure();
  }
  return success();
}

static LogicalResult verifyPorts(FunctionOp function, ArrayAttr ports, ArrayRef<StringRef> roles) {
  for (Attribute attribute : ports) {
    auto port = dyn_cast<DictionaryAttr>(attribute);
    if (!port || !port.getAs<StringAttr>("name") || !port.getAs<TypeAttr>("dtype") || !port.getAs<ArrayAttr>("dims"))
      return function.emitOpError("a port needs name, dtype and dims, got ") << attribute;
    auto role = port.getAs<StringAttr>("role");
    if (!role || !llvm::is_contained(roles, role.getValue()))
      return function.emitOpError("role of port ") << port.get("name") << " must be " << llvm::join(roles, " or ");
  }
  return success();
}

LogicalResult FunctionOp::verifyRegions() {
  if (failed(verifyPorts(*this, getInputs(), {"input", "target"})) ||
      failed(verifyPorts(*this, getOutputs(), {"output"})))
    return failure();
  if (!isa<ReturnOp>(getBody().front().back()))
    return emitOpError("must end with plan.return");
  Checker checker(*this);
  bool stepSeen = false;
  for (Operation &op : getBody().front()) {
    auto buffer = dyn_cast<BufferOp>(op);
    if (buffer && stepSeen)
      return buffer.emitOpError("must come before the steps");
    if (buffer && failed(checker.checkBuffer(buffer)))
      return failure();
    stepSeen |= !buffer;
  }
  State state;
  if (failed(checker.checkSteps(getBody().front(), state)))
    return failure();
  for (BufferOp buffer : getBody().front().getOps<BufferOp>())
    if (buffer.getKind() == BufferKind::Output && !state.written.contains(buffer.getResult()))
      return buffer.emitOpError("output is never written");
  return success();
}
