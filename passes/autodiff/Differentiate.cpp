// Replaces gradient requests by forward and backward ops. Runs on the graph form before any other rewriting of the
// request's callee: the rules are written for the graph's own ops, and fusion must see both directions at once.
#include "passes/autodiff/Backward.h"
#include "passes/autodiff/Passes.h"

namespace dlc {
#define GEN_PASS_DEF_DIFFERENTIATEPASS
#include "passes/autodiff/Passes.h.inc"
} // namespace dlc

using namespace mlir;
using namespace dlc;

namespace {

struct Counts {
  uint64_t requests = 0, forwardOps = 0, backwardOps = 0;
};

class Differentiator {
public:
  explicit Differentiator(ModuleOp module) : module(module), symbols(module) {}

  LogicalResult run(func::FuncOp function);
  void eraseDeadCallees();

  Counts counts;

private:
  LogicalResult runCallees(func::FuncOp function);
  LogicalResult expand(graph::ValueAndGradOp request, func::FuncOp callee);

  ModuleOp module;
  SymbolTable symbols;
  llvm::DenseSet<Operation *> done, running;
  llvm::SetVector<func::FuncOp> callees;
};

} // namespace

// What is called without a request for its gradient: bodies of loops, checkpoints, functions with their own gradient.
LogicalResult Differentiator::runCallees(func::FuncOp function) {
  SmallVector<std::pair<Operation *, func::FuncOp>> calls;
  function.walk([&](Operation *op) {
    auto add = [&](StringRef name) {
      if (auto callee = symbols.lookup<func::FuncOp>(name); callee && !callee.isDeclaration())
        calls.emplace_back(op, callee);
    };
    if (auto scan = dyn_cast<graph::ScanOp>(op))
      add(scan.getBody());
    if (auto checkpoint = dyn_cast<graph::CheckpointOp>(op))
      add(checkpoint.getCallee());
    if (auto call = dyn_cast<graph::CustomVjpOp>(op)) {
      add(call.getCallee());
      add(call.getBackward());
    }
  });
  for (auto [op, callee] : calls) {
    if (running.contains(callee))
      return op->emitOpError("@") << callee.getName() << " calls itself";
    if (failed(run(callee)))
      return failure();
    if (!isa<graph::ScanOp>(op))
      callees.insert(callee);
  }
  return success();
}

LogicalResult Differentiator::run(func::FuncOp function) {
  if (done.contains(function))
    return success();
  running.insert(function);
  if (failed(runCallees(function)))
    return failure();
  SmallVector<graph::ValueAndGradOp> requests;
  function.walk([&](graph::ValueAndGradOp request) { requests.push_back(request); });
  for (graph::ValueAndGradOp request : requests) {
    auto callee = symbols.lookup<func::FuncOp>(request.getCallee());
    if (!callee || callee.isDeclaration())
      return request.emitOpError("callee @") << request.getCallee() << " has no body to differentiate";
    if (running.contains(callee))
      return request.emitOpError("callee @") << request.getCallee() << " asks for its own gradient";
    if (failed(run(callee)) || failed(expand(request, callee)))
      return failure();
    callees.insert(callee);
  }
  running.erase(function);
  done.insert(function);
  return success();
}

// Ops of the callee keep their locations: errors, profiles and remarks point at the model, not at the request.
LogicalResult Differentiator::expand(graph::ValueAndGradOp request, func::FuncOp callee) {
  OpBuilder builder(request);
  IRMapping clones;
  clones.map(callee.getArguments(), request.getArgs());
  Block &body = callee.getBody().front();
  for (Operation &op : body.without_terminator()) {
    builder.clone(op, clones);
    ++counts.forwardOps;
  }
  SmallVector<Value> gradients, results;
  // Behind the forward ops, of which differentiation may replace the last.
  auto number = RankedTensorType::get({}, builder.getF32Type());
  Operation *marker =
      graph::ConstantOp::create(builder, request.getLoc(), DenseElementsAttr::get(cast<ShapedType>(number), 0.0f));
  if (failed(buildGradients(callee, clones, request.getWrt(), builder, request.getLoc(), gradients)))
    return failure();
  // Asked for only now: a loop of the copy may have been replaced by one that keeps more.
  for (Value result : body.getTerminator()->getOperands())
    results.push_back(clones.lookup(result));
  llvm::append_range(results, gradients);
  for (Operation *op = request->getPrevNode(); op != marker; op = op->getPrevNode()) {
    markAsGradient(op);
    ++counts.backwardOps;
  }
  marker->erase();
  ++counts.requests;
  request->replaceAllUsesWith(results);
  request->erase();
  return success();
}

void Differentiator::eraseDeadCallees() {
  // Users before what they use: a callee was added behind the callees of its own requests.
  for (func::FuncOp callee : llvm::reverse(callees))
    if (callee.isPrivate() && SymbolTable::symbolKnownUseEmpty(callee, callee->getParentOp()))
      symbols.erase(callee);
  // Bodies of loops that have been replaced; a nested one is free once that around it is gone.
  for (bool changed = true; changed;) {
    changed = false;
    for (func::FuncOp function : llvm::to_vector(module.getOps<func::FuncOp>()))
      if (function->hasAttr("graph.body") && SymbolTable::symbolKnownUseEmpty(function, module)) {
        symbols.erase(function);
        changed = true;
      }
  }
}

namespace {
struct DifferentiatePass : dlc::impl::DifferentiatePassBase<DifferentiatePass> {
  void runOnOperation() override {
    Differentiator differentiator(getOperation());
    for (func::FuncOp function : llvm::to_vector(getOperation().getOps<func::FuncOp>()))
      if (failed(differentiator.run(function)))
        return signalPassFailure();
    for (func::FuncOp function : getOperation().getOps<func::FuncOp>())
      if (failed(inlineCalls(function)))
        return signalPassFailure();
    differentiator.eraseDeadCallees();
    // No request is left, so nobody asks for a gradient through these.
    getOperation().walk([](graph::StopGradientOp op) {
      op.replaceAllUsesWith(op.getInput());
      op.erase();
    });
    requests += differentiator.counts.requests;
    forwardOps += differentiator.counts.forwardOps;
    backwardOps += differentiator.counts.backwardOps;
  }
};
} // namespace
