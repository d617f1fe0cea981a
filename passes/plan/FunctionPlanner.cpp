#include "passes/plan/FunctionPlanner.h"

#include "ir/plan/BufferSize.h"
#include "ir/plan/SourcePlace.h"

using namespace mlir;
using namespace dlc;
using plan::BufferKind;

Value dlc::originOf(Value value) {
  while (auto reshape = value.getDefiningOp<graph::ReshapeOp>())
    value = reshape.getInput();
  return value;
}

static Location locationOf(Value value) { return plan::simplified(value.getLoc()); }

void FunctionPlanner::addPort(SmallVectorImpl<Attribute> &ports, StringAttr name, StringRef role, Value value) {
  Builder builder(function.getContext());
  auto type = cast<RankedTensorType>(value.getType());
  SmallVector<Attribute> dims;
  for (const graph::SymbolicSize &size : graph::sizesOf(type))
    dims.push_back(builder.getStringAttr(size.str()));
  plan::SourcePlace place = plan::sourceOf(value.getLoc());
  ports.push_back(builder.getDictionaryAttr({
      builder.getNamedAttr("name", name),
      builder.getNamedAttr("dtype", TypeAttr::get(type.getElementType())),
      builder.getNamedAttr("dims", builder.getArrayAttr(dims)),
      builder.getNamedAttr("role", builder.getStringAttr(role)),
      builder.getNamedAttr("file", builder.getStringAttr(place.file)),
      builder.getNamedAttr("line", builder.getI64IntegerAttr(place.line)),
      builder.getNamedAttr("column", builder.getI64IntegerAttr(place.column)),
      builder.getNamedAttr("where", builder.getStringAttr(place.where)),
  }));
}

FailureOr<FunctionPlanner::Place> FunctionPlanner::placeOfVariable(StringAttr name, Type type, StringRef what) {
  std::optional<VariableBlock::Variable> variable = variables.find(name.getValue());
  if (!variable)
    return function.emitOpError() << what << " names a variable " << name << " that graph.variables has not";
  if (variable->type != type)
    return function.emitOpError() << what << " must be of type " << variable->type << " like variable " << name
                                  << ", got " << type;
  return Place{BufferKind::Variable, variable->index};
}

LogicalResult FunctionPlanner::readArguments() {
  for (BlockArgument argument : function.getArguments()) {
    unsigned number = argument.getArgNumber();
    std::string what = "argument " + std::to_string(number);
    if (auto name = function.getArgAttrOfType<StringAttr>(number, "graph.variable")) {
      FailureOr<Place> place = placeOfVariable(name, argument.getType(), what);
      if (failed(place))
        return failure();
      if (!oldValues.try_emplace(place->index, argument).second)
        return function.emitOpError() << "has two arguments for variable " << name;
      places[argument] = *place;
      continue;
    }
    auto input = function.getArgAttrOfType<StringAttr>(number, "graph.input");
    auto target = function.getArgAttrOfType<StringAttr>(number, "graph.target");
    if (!input && !target)
      return function.emitOpError() << what << " has none of graph.variable, graph.input and graph.target";
    places[argument] = {BufferKind::Input, inputs.size()};
    addPort(inputs, input ? input : target, input ? "input" : "target", argument);
  }
  return success();
}

LogicalResult FunctionPlanner::readResults() {
  llvm::DenseSet<uint64_t> written;
  Operation *terminator = function.getBody().front().getTerminator();
  for (OpOperand &operand : terminator->getOpOperands()) {
    unsigned number = operand.getOperandNumber();
    std::string what = "result " + std::to_string(number);
    Value origin = originOf(operand.get());
    if (auto name = function.getResultAttrOfType<StringAttr>(number, "graph.variable")) {
      FailureOr<Place> place = placeOfVariable(name, operand.get().getType(), what);
      if (failed(place))
        return failure();
      if (!written.insert(place->index).second)
        return function.emitOpError() << "has two results for variable " << name;
      results.push_back({origin, *place});
      continue;
    }
    auto output = function.getResultAttrOfType<StringAttr>(number, "graph.output");
    if (!output)
      return function.emitOpError() << what << " has neither graph.variable nor graph.output";
    results.push_back({origin, {BufferKind::Output, outputs.size()}});
    addPort(outputs, output, "output", operand.get());
  }
  return success();
}

LogicalResult FunctionPlanner::readSteps() {
  for (Operation &op : function.getBody().front().without_terminator()) {
    if (isa<graph::ReshapeOp>(op))
      continue;
    if (auto constant = dyn_cast<graph::ConstantOp>(op)) {
      if (!constant->use_empty())
        places[constant.getResult()] = {BufferKind::Constant, constants.indexOf(constant.getValue())};
      continue;
    }
    if (!isa<graph::LaunchOp, graph::GuardOp, graph::ScanOp>(op))
      return op.emitOpError("must be inside a kernel: run --dlc-form-fusion-groups and --dlc-outline-kernels first");
    steps.push_back(&op);
  }
  return success();
}

bool FunctionPlanner::readsOldValue(Operation *step, Value argument) const {
  return llvm::any_of(step->getOperands(), [&](Value operand) { return originOf(operand) == argument; });
}

// True when an operand is not computed yet, or when another pending step still needs a value that this one replaces.
bool FunctionPlanner::mustWait(Operation *step, ArrayRef<Operation *> pending) const {
  for (Value operand : step->getOperands())
    if (Operation *producer = originOf(operand).getDefiningOp(); producer && llvm::is_contained(pending, producer))
      return true;
  for (const Result &result : results) {
    Value oldValue = result.place.kind == BufferKind::Variable ? oldValues.lookup(result.place.index) : Value();
    if (!oldValue || result.origin.getDefiningOp() != step)
      continue;
    for (Operation *other : pending)
      if (other != step && readsOldValue(other, oldValue))
        return true;
  }
  return false;
}

void FunctionPlanner::orderUpdates() {
  auto lastGuard = llvm::find_if(llvm::reverse(steps), llvm::IsaPred<graph::GuardOp>);
  size_t firstFree = std::distance(lastGuard, steps.rend());
  SmallVector<Operation *> pending(steps.begin() + firstFree, steps.end());
  steps.truncate(firstFree);
  while (!pending.empty()) {
    auto next = llvm::find_if(pending, [&](Operation *step) { return !mustWait(step, pending); });
    // Two updates that read each other's old values: one of them will be copied. Program order is a data order.
    if (next == pending.end())
      next = pending.begin();
    steps.push_back(*next);
    pending.erase(next);
  }
}

bool dlc::allowsInPlace(graph::LaunchOp launch, int64_t input, int64_t output) {
  auto kernel = SymbolTable::lookupNearestSymbolFrom<func::FuncOp>(launch, launch.getKernelAttr());
  auto pairs = kernel ? kernel->getAttrOfType<ArrayAttr>("graph.inout") : ArrayAttr();
  if (!pairs)
    return false;
  return llvm::any_of(pairs.getAsRange<DenseI64ArrayAttr>(), [&](DenseI64ArrayAttr pair) {
    return pair.size() == 2 && pair[0] == input && pair[1] == output;
  });
}

bool FunctionPlanner::canWriteInPlace(const Result &result) const {
  auto launch = result.origin.getDefiningOp<graph::LaunchOp>();
  if (!launch || places.contains(result.origin))
    return false;
  Value oldValue = oldValues.lookup(result.place.index);
  for (const Result &other : results)
    if (oldValue && other.origin == oldValue)
      return false; // the old value leaves the function as well
  auto here = llvm::find(steps, launch.getOperation());
  for (Operation *later : llvm::make_range(std::next(here), steps.end()))
    if (isa<graph::GuardOp>(later) || (oldValue && readsOldValue(later, oldValue)))
      return false;
  int64_t output = cast<OpResult>(result.origin).getResultNumber();
  for (auto [input, operand] : llvm::enumerate(launch.getArgs()))
    if (oldValue && originOf(operand) == oldValue && !allowsInPlace(launch, input, output))
      return false;
  return true;
}

void FunctionPlanner::choosePlaces() {
  for (const Result &result : results) {
    if (result.place.kind != BufferKind::Variable || !canWriteInPlace(result))
      continue;
    places[result.origin] = result.place;
    ++inPlaceCount;
  }
  for (const Result &result : results)
    if (result.place.kind == BufferKind::Output && result.origin.getDefiningOp<graph::LaunchOp>())
      places.try_emplace(result.origin, result.place);
}

Value FunctionPlanner::makeBuffer(BufferKind kind, Type element, StringRef size, Location location,
                                  std::optional<uint64_t> index) {
  // Buffers come before all steps, in the order in which steps ask for them.
  Block &block = planned.getBody().front();
  OpBuilder builder = OpBuilder::atBlockBegin(&block);
  if (lastBuffer)
    builder.setInsertionPointAfter(lastBuffer);
  IntegerAttr number = index ? builder.getI64IntegerAttr(*index) : IntegerAttr();
  lastBuffer = plan::BufferOp::create(builder, location, plan::BufferType::get(builder.getContext()), kind, number,
                                      element, size);
  return lastBuffer.getResult();
}

Value FunctionPlanner::makeBuffer(BufferKind kind, RankedTensorType type, Location location,
                                  std::optional<uint64_t> index) {
  return makeBuffer(kind, type.getElementType(), plan::bytesOf(type)->str(), location, index);
}

Value FunctionPlanner::bufferAt(Place place, RankedTensorType type, Location location) {
  Value &buffer = bufferOfPlace[{unsigned(place.kind), place.index}];
  if (!buffer)
    buffer = makeBuffer(place.kind, type, location, place.index);
  return buffer;
}

Value FunctionPlanner::bufferOf(Value origin) {
  auto type = cast<RankedTensorType>(origin.getType());
  auto place = places.find(origin);
  if (place != places.end())
    return bufferAt(place->second, type, locationOf(origin));
  Value &buffer = bufferOfOrigin[origin];
  if (!buffer)
    buffer = makeBuffer(BufferKind::Workspace, type, locationOf(origin));
  return buffer;
}

LogicalResult FunctionPlanner::emitStep(Operation *step) {
  if (auto guard = dyn_cast<graph::GuardOp>(step)) {
    Value ok = bufferOf(originOf(guard.getOk()));
    plan::GuardOp::create(body, plan::simplified(step->getLoc()), ok, guard.getReasonAttr());
    return success();
  }
  if (auto scan = dyn_cast<graph::ScanOp>(step))
    return emitScan(scan);
  emitLaunch(cast<graph::LaunchOp>(step));
  return success();
}

void FunctionPlanner::emitLaunch(graph::LaunchOp launch) {
  SmallVector<Value> ins, outs;
  for (Value operand : launch.getArgs())
    ins.push_back(bufferOf(originOf(operand)));
  for (Value result : launch.getResults())
    outs.push_back(bufferOf(result));
  SmallVector<int64_t> inout;
  for (auto [i, input] : llvm::enumerate(ins))
    for (auto [o, output] : llvm::enumerate(outs))
      if (input == output)
        inout.append({int64_t(i), int64_t(o)});
  plan::LaunchOp::create(body, plan::simplified(launch.getLoc()), launch.getKernel(), ins, outs, inout);
  ++launchCount;
}

void FunctionPlanner::emitCopy(Value source, Value target, Location location) {
  plan::CopyOp::create(body, location, source, target);
  ++copyCount;
}

// Copies come last, so that no step and no guard sees a new value. What is copied from a variable that itself gets a
// copy is saved first: two variables may change places.
void FunctionPlanner::emitCopies() {
  SmallVector<Result> pending;
  llvm::DenseSet<uint64_t> overwritten;
  for (const Result &result : results) {
    auto place = places.find(result.origin);
    if (place != places.end() && place->second == result.place)
      continue;
    pending.push_back(result);
    if (result.place.kind == BufferKind::Variable)
      overwritten.insert(result.place.index);
  }
  llvm::DenseMap<Value, Value> saved;
  for (const Result &result : pending) {
    auto place = places.find(result.origin);
    if (place == places.end() || place->second.kind != BufferKind::Variable || saved.contains(result.origin) ||
        !overwritten.contains(place->second.index))
      continue;
    Location location = locationOf(result.origin);
    Value buffer =
        makeBuffer(BufferKind::Workspace, cast<RankedTensorType>(result.origin.getType()), location);
    emitCopy(bufferOf(result.origin), buffer, location);
    saved[result.origin] = buffer;
  }
  for (const Result &result : pending) {
    Location location = locationOf(result.origin);
    Value source = saved.lookup(result.origin);
    if (!source)
      source = bufferOf(result.origin);
    emitCopy(source, bufferAt(result.place, cast<RankedTensorType>(result.origin.getType()), location), location);
  }
}

LogicalResult FunctionPlanner::build(OpBuilder &builder) {
  if (!function.getBody().hasOneBlock())
    return function.emitOpError("must have one block");
  if (failed(readArguments()) || failed(readSteps()) || failed(readResults()))
    return failure();
  orderUpdates();
  choosePlaces();

  Location location = plan::simplified(function.getLoc());
  planned = plan::FunctionOp::create(builder, location, function.getSymName(), builder.getArrayAttr(inputs),
                                     builder.getArrayAttr(outputs), ArrayAttr());
  Block &block = planned.getBody().emplaceBlock();
  body = OpBuilder::atBlockEnd(&block);
  for (Operation *step : steps)
    if (failed(emitStep(step)))
      return failure();
  emitCopies();
  plan::ReturnOp::create(body, location);
  return success();
}
