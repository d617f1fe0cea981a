#include "passes/fusion/KernelOutliner.h"

#include "ir/plan/BufferSize.h"
#include "ir/plan/SourcePlace.h"
#include "passes/fusion/InPlacePairs.h"
#include "passes/fusion/IndexMaps.h"

using namespace mlir;
using namespace dlc;
using namespace dlc::fusion;

static llvm::hash_code hashOf(func::FuncOp kernel) {
  llvm::hash_code hash = llvm::hash_combine(kernel.getFunctionType().getAsOpaquePointer());
  for (Operation &op : kernel.getBody().front())
    hash = llvm::hash_combine(hash, op.getName().getAsOpaquePointer(), op.getNumOperands());
  return hash;
}

func::FuncOp KernelTable::insert(func::FuncOp kernel) {
  SmallVector<func::FuncOp> &alike = byHash[hashOf(kernel)];
  for (func::FuncOp known : alike) {
    if (known.getFunctionType() != kernel.getFunctionType() ||
        !OperationEquivalence::isRegionEquivalentTo(&known.getBody(), &kernel.getBody(),
                                                    OperationEquivalence::IgnoreLocations))
      continue;
    kernel.erase();
    return known;
  }
  std::string name;
  do
    name = "k" + std::to_string(next++);
  while (symbols.lookup(name));
  kernel.setSymName(name);
  symbols.insert(kernel, module.getBody()->end());
  alike.push_back(kernel);
  ++total;
  return kernel;
}

LogicalResult KernelOutliner::readGroups() {
  for (Operation *op : flow.ops()) {
    auto numbers = op->getAttrOfType<DenseI64ArrayAttr>("graph.groups");
    if (!numbers) {
      if (isa<graph::ReshapeOp>(op) || isLargeConstant(op))
        continue;
      return op->emitOpError("is in no group: run --dlc-form-fusion-groups first");
    }
    for (int64_t number : numbers.asArrayRef()) {
      if (number < 0 || number >= int64_t(flow.ops().size()))
        return op->emitOpError("has a group number out of range: ") << number;
      if (number >= int64_t(groups.size()))
        groups.resize(number + 1);
      groups[number].push_back(op);
    }
  }
  return success();
}

// The value where the launches are: a launch's result, an argument, a large constant, or a view, made when needed.
Value KernelOutliner::valueOf(Value value, OpBuilder &builder) {
  if (!value.getDefiningOp() || isLargeConstant(value.getDefiningOp()))
    return value;
  Value &known = values[value];
  if (known)
    return known;
  auto reshape = value.getDefiningOp<graph::ReshapeOp>();
  assert(reshape && "only reshapes have no value of their own");
  Value input = valueOf(reshape.getInput(), builder);
  return values[value] = graph::ReshapeOp::create(builder, reshape.getLoc(), reshape.getType(), input);
}

// The op that a kernel is about: the one that works most.
static Location locationOf(ArrayRef<Operation *> group) {
  Operation *main = group.front();
  std::optional<int64_t> most;
  for (Operation *op : group) {
    auto cost = dyn_cast<CostOpInterface>(op);
    int64_t flops = 0;
    if (cost)
      flops = cost.getFlops().evaluate([](StringRef) { return std::optional<int64_t>(32); }).value_or(0);
    if (!most || flops > *most) {
      most = flops;
      main = op;
    }
  }
  return plan::simplified(main->getLoc());
}

func::FuncOp KernelOutliner::buildKernel(ArrayRef<Operation *> group, ArrayRef<Value> arguments,
                                         ArrayRef<Value> results) {
  MLIRContext *context = function.getContext();
  auto type = FunctionType::get(context, llvm::to_vector(ValueRange(arguments).getTypes()),
                                llvm::to_vector(ValueRange(results).getTypes()));
  Location location = locationOf(group);
  OpBuilder builder(context);
  auto kernel = func::FuncOp::create(location, "kernel", type);
  kernel.setPrivate();
  kernel->setAttr("graph.kernel", builder.getUnitAttr());
  Block *block = kernel.addEntryBlock();
  builder.setInsertionPointToEnd(block);
  IRMapping mapping;
  for (auto [argument, own] : llvm::zip_equal(arguments, block->getArguments())) {
    own.setLoc(plan::simplified(argument.getLoc()));
    mapping.map(argument, own);
  }
  for (Operation *op : group) {
    Operation *copy = builder.clone(*op, mapping);
    copy->removeAttr("graph.groups");
    copy->removeAttr("graph.root");
  }
  SmallVector<Value> returned;
  for (Value result : results)
    returned.push_back(mapping.lookup(result));
  func::ReturnOp::create(builder, location, returned);
  return kernel;
}

void KernelOutliner::describe(func::FuncOp kernel) {
  Builder builder(kernel.getContext());
  graph::SymbolicSize flops, bytes;
  for (Operation &op : kernel.getBody().front())
    if (auto cost = dyn_cast<CostOpInterface>(op))
      flops = flops + cost.getFlops();
  for (Type type : llvm::concat<const Type>(kernel.getArgumentTypes(), kernel.getResultTypes()))
    bytes = bytes + plan::bytesOf(cast<RankedTensorType>(type)).value_or(0);
  kernel->setAttr("graph.flops", builder.getStringAttr(flops.str()));
  kernel->setAttr("graph.bytes", builder.getStringAttr(bytes.str()));
  SmallVector<Attribute> pairs;
  for (auto [input, result] : findInPlacePairs(kernel))
    pairs.push_back(builder.getDenseI64ArrayAttr({input, result}));
  if (!pairs.empty())
    kernel->setAttr("graph.inout", builder.getArrayAttr(pairs));
}

/// A loop stays among the launches; its body is a function whose kernels are outlined by themselves.
void KernelOutliner::keepLoop(graph::ScanOp scan, OpBuilder &builder) {
  IRMapping mapping;
  for (Value operand : scan->getOperands())
    mapping.map(operand, valueOf(operand, builder));
  Operation *copy = builder.clone(*scan, mapping);
  copy->removeAttr("graph.groups");
  copy->removeAttr("graph.root");
  for (auto [old, value] : llvm::zip_equal(scan.getResults(), copy->getResults()))
    values[old] = value;
}

void KernelOutliner::outline(ArrayRef<Operation *> group, OpBuilder &builder) {
  // A loop's group may hold reshapes of what it reads, too; valueOf makes those again.
  if (auto scan = dyn_cast<graph::ScanOp>(group.back()))
    return keepLoop(scan, builder);
  llvm::SmallPtrSet<Operation *, 16> own(group.begin(), group.end());
  llvm::SetVector<Value> arguments;
  SmallVector<Value> results, operands;
  for (Operation *op : group) {
    for (Value operand : op->getOperands())
      if (!operand.getDefiningOp() || !own.contains(operand.getDefiningOp()))
        arguments.insert(operand);
    if (op->hasAttr("graph.root"))
      llvm::append_range(results, op->getResults());
  }
  for (Value argument : arguments)
    operands.push_back(valueOf(argument, builder));
  func::FuncOp kernel = kernels.insert(buildKernel(group, arguments.getArrayRef(), results));
  if (!kernel->hasAttr("graph.flops"))
    describe(kernel);
  auto launch = graph::LaunchOp::create(builder, locationOf(group), llvm::to_vector(ValueRange(results).getTypes()),
                                        kernel.getSymName(), operands);
  for (auto [old, value] : llvm::zip_equal(results, launch.getResults()))
    values[old] = value;
}

LogicalResult KernelOutliner::run() {
  if (failed(readGroups()))
    return failure();
  Block &block = function.getBody().front();
  Operation *terminator = block.getTerminator();
  OpBuilder builder(terminator);
  SmallVector<graph::GuardOp> guards = llvm::to_vector(block.getOps<graph::GuardOp>());
  unsigned guarded = 0;
  auto passGuards = [&](unsigned phase) {
    for (; guarded < std::min<size_t>(phase, guards.size()); ++guarded) {
      Value ok = valueOf(guards[guarded].getOk(), builder);
      guards[guarded].getOkMutable().assign(ok);
      guards[guarded]->moveBefore(terminator);
    }
  };
  for (ArrayRef<Operation *> group : groups) {
    if (group.empty())
      continue;
    unsigned phase = guards.size();
    for (Operation *op : group)
      if (op->hasAttr("graph.root"))
        phase = std::min(phase, flow.phaseOf(op));
    passGuards(phase);
    outline(group, builder);
  }
  passGuards(guards.size());
  for (OpOperand &operand : terminator->getOpOperands())
    operand.set(valueOf(operand.get(), builder));
  for (Operation *op : llvm::reverse(flow.ops())) {
    if (isLargeConstant(op) && !op->use_empty())
      op->moveBefore(&block, block.begin());
    else
      op->erase();
  }
  return success();
}
