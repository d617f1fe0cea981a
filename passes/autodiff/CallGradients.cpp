// Gradients of ops that call a function: checkpoints, which compute its values again, and functions whose gradient is
// written by hand.
#include "passes/autodiff/Backward.h"

using namespace mlir;
using namespace dlc;

func::FuncOp dlc::createCallee(graph::ScanOp scan, const Twine &suffix, TypeRange arguments, bool isBody) {
  auto module = scan->getParentOfType<ModuleOp>();
  std::string name;
  for (unsigned number = 1; name.empty() || module.lookupSymbol(name); ++number)
    name = (scan.getBody() + suffix + (number == 1 ? "" : "_" + std::to_string(number))).str();
  OpBuilder end = OpBuilder::atBlockEnd(module.getBody());
  auto function = func::FuncOp::create(end, scan.getLoc(), name, end.getFunctionType(arguments, {}));
  function.setPrivate();
  if (isBody)
    function->setAttr("graph.body", end.getUnitAttr());
  function.addEntryBlock();
  return function;
}

static func::FuncOp functionOf(Operation *op, StringRef name) {
  auto function = op->getParentOfType<ModuleOp>().lookupSymbol<func::FuncOp>(name);
  return function && !function.isDeclaration() ? function : func::FuncOp();
}

SmallVector<Value> dlc::inlined(func::FuncOp function, ValueRange arguments, OpBuilder &builder, IRMapping &mapping) {
  mapping.map(function.getArguments(), arguments);
  Block &body = function.getBody().front();
  for (Operation &op : body.without_terminator())
    builder.clone(op, mapping);
  return llvm::map_to_vector(body.getTerminator()->getOperands(), [&](Value value) { return mapping.lookup(value); });
}

LogicalResult dlc::differentiateCheckpoint(graph::CheckpointOp checkpoint, ArrayRef<Value> resultCotangents,
                                           ArrayRef<bool> operandNeeded, OpBuilder &builder,
                                           MutableArrayRef<Value> operandCotangents) {
  func::FuncOp callee = functionOf(checkpoint, checkpoint.getCallee());
  if (!callee)
    return checkpoint.emitOpError("@") << checkpoint.getCallee() << " has no body to differentiate";
  Value event = *llvm::find_if(resultCotangents, [](Value cotangent) { return bool(cotangent); });
  SmallVector<Value> arguments;
  for (Value argument : checkpoint.getArgs())
    arguments.push_back(graph::WaitOp::create(builder, checkpoint.getLoc(), argument.getType(), argument, event));
  IRMapping clones;
  inlined(callee, arguments, builder, clones);
  return differentiateCopy(callee, clones, resultCotangents, operandNeeded, builder, operandCotangents);
}

/// Whether a result of \p function has a derivative by its argument.
static bool dependsOn(func::FuncOp function, unsigned argument) {
  IRMapping clones;
  OpBuilder builder(function.getContext());
  Backward paths(function, clones, builder);
  SmallVector<Value> ends;
  llvm::copy_if(function.getBody().front().getTerminator()->getOperands(), std::back_inserter(ends), isFloat);
  paths.findActive(Value(function.getArgument(argument)), ends);
  return paths.isActive(function.getArgument(argument));
}

LogicalResult dlc::differentiateCustomVjp(graph::CustomVjpOp call, ArrayRef<Value> resultCotangents,
                                          ArrayRef<bool> operandNeeded, OpBuilder &builder,
                                          MutableArrayRef<Value> operandCotangents) {
  func::FuncOp backward = functionOf(call, call.getBackward());
  if (!backward)
    return call.emitOpError("@") << call.getBackward() << " has no body to compute the gradient with";
  func::FuncOp callee = functionOf(call, call.getCallee());
  if (!callee)
    return call.emitOpError("@") << call.getCallee() << " has no body to differentiate";
  size_t argumentCount = call.getArgs().size();
  for (auto [index, capture] : llvm::enumerate(call.getCaptures()))
    if (operandNeeded[argumentCount + index] && dependsOn(callee, argumentCount + index))
      return call.emitOpError("has no gradient by a value that the function uses but is not given")
                 .attachNote(capture.getLoc())
             << "hand this value in as an argument, or put stop_gradient around it";
  SmallVector<Value> arguments(call.getArgs());
  llvm::append_range(arguments, call.getResults());
  for (auto [result, cotangent] : llvm::zip_equal(call.getResults(), resultCotangents))
    if (isFloat(result))
      arguments.push_back(cotangent ? cotangent
                                    : zeros(builder, call.getLoc(), cast<RankedTensorType>(result.getType())));
  llvm::append_range(arguments, call.getBackwardCaptures());
  IRMapping mapping;
  SmallVector<Value> gradients = inlined(backward, arguments, builder, mapping);
  // One that is handed through belongs to the forward direction, where loops may still be replaced: a value of its own
  // follows them.
  Value event = *llvm::find_if(resultCotangents, [](Value cotangent) { return bool(cotangent); });
  for (Value &gradient : gradients)
    if (llvm::is_contained(call.getOperands(), gradient) || llvm::is_contained(call.getResults(), gradient))
      gradient = graph::WaitOp::create(builder, call.getLoc(), gradient.getType(), gradient, event);
  size_t next = 0;
  for (size_t index = 0; index < argumentCount; ++index)
    if (isFloat(call.getArgs()[index])) {
      if (operandNeeded[index])
        operandCotangents[index] = gradients[next];
      ++next;
    }
  return success();
}

// Replaces \p op by the body of the function that it calls.
static LogicalResult inlineCall(Operation *op) {
  auto call = dyn_cast<graph::CustomVjpOp>(op);
  StringRef name = call ? call.getCallee() : cast<graph::CheckpointOp>(op).getCallee();
  func::FuncOp callee = functionOf(op, name);
  if (!callee)
    return op->emitOpError("@") << name << " has no body";
  OpBuilder builder(op);
  IRMapping mapping;
  op->replaceAllUsesWith(inlined(callee, op->getOperands().take_front(callee.getNumArguments()), builder, mapping));
  op->erase();
  return success();
}

LogicalResult dlc::inlineCalls(func::FuncOp function) {
  SmallVector<Operation *> calls;
  do { // what is inlined brings calls of its own
    calls.clear();
    function.walk([&](Operation *op) {
      if (isa<graph::CheckpointOp, graph::CustomVjpOp>(op))
        calls.push_back(op);
    });
    for (Operation *op : calls)
      if (failed(inlineCall(op)))
        return failure();
  } while (!calls.empty());
  return success();
}
