#include "passes/autodiff/Backward.h"

#include "ir/graph/GraphOps.h"
#include "ir/plan/SourcePlace.h"

using namespace mlir;
using namespace dlc;

Backward::Backward(func::FuncOp callee, IRMapping &clones, OpBuilder &builder) : clones(clones), builder(builder) {
  for (Operation &op : callee.getBody().front().without_terminator())
    ops.push_back(&op);
}

bool dlc::isFloat(Value value) { return isa<FloatType>(getElementTypeOrSelf(value.getType())); }

void dlc::markAsGradient(Operation *op) {
  if (auto scan = dyn_cast<graph::ScanOp>(op)) {
    auto module = op->getParentOfType<ModuleOp>();
    auto body = module.lookupSymbol<func::FuncOp>(scan.getBody());
    auto uses = body ? SymbolTable::getSymbolUses(body, module) : std::nullopt;
    if (uses && std::distance(uses->begin(), uses->end()) == 1)
      for (Operation &inner : body.getBody().front())
        markAsGradient(&inner);
  }
  auto place = dyn_cast<NameLoc>(plan::simplified(op->getLoc()));
  if (!place || place.getName().getValue().ends_with(plan::kGradientMark))
    return;
  op->setLoc(NameLoc::get(StringAttr::get(op->getContext(), place.getName().getValue() + plan::kGradientMark),
                          place.getChildLoc()));
}

static bool endsPath(Operation *op) { return op->hasTrait<NoGradient>(); }

void Backward::findActive(ArrayRef<Value> arguments, ValueRange results) {
  llvm::DenseSet<Value> varied(arguments.begin(), arguments.end());
  for (Operation *op : ops) {
    if (endsPath(op) || llvm::none_of(op->getOperands(), [&](Value value) { return varied.contains(value); }))
      continue;
    for (Value result : op->getResults())
      if (isFloat(result))
        varied.insert(result);
  }
  for (Value result : results)
    if (varied.contains(result))
      active.insert(result);
  for (Operation *op : llvm::reverse(ops)) {
    if (endsPath(op) || llvm::none_of(op->getResults(), [&](Value value) { return active.contains(value); }))
      continue;
    for (Value operand : op->getOperands())
      if (varied.contains(operand))
        active.insert(operand);
  }
}

void Backward::accumulate(Value value, Value cotangent, Location location) {
  Value &sum = cotangents[value];
  sum = sum ? graph::AddOp::create(builder, location, sum, cotangent).getResult() : cotangent;
}

LogicalResult Backward::cotangentsOfOperands(Operation *op, ArrayRef<Value> results, ArrayRef<bool> needed,
                                             MutableArrayRef<Value> operands) {
  // The rule builds ops from the operands of the op it is asked at, so the copy is asked.
  Operation *copy = clones.lookup(op);
  if (auto scan = dyn_cast<graph::ScanOp>(copy)) {
    SmallVector<Value> replacements;
    if (failed(differentiateScan(scan, results, needed, builder, operands, replacements)))
      return failure();
    for (auto [old, value] : llvm::zip(op->getResults(), replacements))
      clones.map(old, value);
    return success();
  }
  if (auto checkpoint = dyn_cast<graph::CheckpointOp>(copy))
    return differentiateCheckpoint(checkpoint, results, needed, builder, operands);
  if (auto call = dyn_cast<graph::CustomVjpOp>(copy))
    return differentiateCustomVjp(call, results, needed, builder, operands);
  auto rule = dyn_cast<DifferentiableOpInterface>(copy);
  if (!rule)
    return op->emitOpError("has no gradient");
  return rule.buildVjp(builder, results, needed, operands);
}

LogicalResult Backward::differentiate(Operation *op) {
  SmallVector<Value> results;
  for (Value result : op->getResults())
    results.push_back(active.contains(result) ? cotangents.lookup(result) : Value());
  if (endsPath(op) || llvm::none_of(results, [](Value value) { return value; }))
    return success();

  SmallVector<bool> needed;
  for (Value operand : op->getOperands())
    needed.push_back(active.contains(operand));
  SmallVector<Value> operands(op->getNumOperands());
  if (failed(cotangentsOfOperands(op, results, needed, operands)))
    return failure();
  for (auto [operand, cotangent] : llvm::zip_equal(op->getOperands(), operands)) {
    if (!cotangent)
      continue;
    if (cotangent.getType() != operand.getType())
      return op->emitOpError("has a gradient of type ")
             << cotangent.getType() << " for an operand of type " << operand.getType();
    accumulate(operand, cotangent, op->getLoc());
  }
  return success();
}

LogicalResult Backward::run() {
  for (Operation *op : llvm::reverse(ops))
    if (failed(differentiate(op)))
      return failure();
  return success();
}

Value dlc::zeros(OpBuilder &builder, Location location, RankedTensorType type) {
  auto scalar = RankedTensorType::get({}, type.getElementType());
  Attribute zero = builder.getFloatAttr(type.getElementType(), 0.0);
  if (type.hasStaticShape())
    return graph::ConstantOp::create(builder, location, DenseElementsAttr::get(type, zero));
  Value value = graph::ConstantOp::create(builder, location, DenseElementsAttr::get(scalar, zero));
  return graph::BroadcastOp::create(builder, location, type, value, ArrayRef<int64_t>());
}

LogicalResult dlc::differentiateCopy(func::FuncOp callee, IRMapping &clones, ArrayRef<Value> resultCotangents,
                                     ArrayRef<bool> argumentNeeded, OpBuilder &builder,
                                     MutableArrayRef<Value> argumentCotangents) {
  SmallVector<Value> wanted, ends;
  OperandRange results = callee.getBody().front().getTerminator()->getOperands();
  for (auto [argument, needed] : llvm::zip_equal(callee.getArguments(), argumentNeeded))
    if (needed)
      wanted.push_back(argument);
  for (auto [result, cotangent] : llvm::zip_equal(results, resultCotangents))
    if (cotangent)
      ends.push_back(result);
  Backward backward(callee, clones, builder);
  backward.findActive(wanted, ends);
  for (auto [result, cotangent] : llvm::zip_equal(results, resultCotangents))
    if (cotangent && backward.isActive(result))
      backward.accumulate(result, cotangent, result.getLoc());
  if (failed(backward.run()))
    return failure();
  for (auto [index, argument] : llvm::enumerate(callee.getArguments()))
    if (argumentNeeded[index])
      argumentCotangents[index] = backward.cotangentOf(argument);
  return success();
}

LogicalResult dlc::buildGradients(func::FuncOp callee, IRMapping &clones, ArrayRef<int64_t> wrt, OpBuilder &builder,
                                  Location location, SmallVectorImpl<Value> &gradients) {
  Backward backward(callee, clones, builder);
  SmallVector<Value> arguments;
  for (int64_t index : wrt)
    arguments.push_back(callee.getArgument(index));
  Value loss = callee.getBody().front().getTerminator()->getOperand(0);
  backward.findActive(arguments, loss);
  if (backward.isActive(loss)) {
    auto type = cast<RankedTensorType>(loss.getType());
    Attribute one = builder.getFloatAttr(type.getElementType(), 1.0);
    backward.accumulate(loss, graph::ConstantOp::create(builder, location, DenseElementsAttr::get(type, one)),
                        location);
  }
  if (failed(backward.run()))
    return failure();
  for (Value argument : arguments) {
    Value gradient = backward.cotangentOf(argument);
    gradients.push_back(gradient ? gradient : zeros(builder, location, cast<RankedTensorType>(argument.getType())));
  }
  return success();
}
