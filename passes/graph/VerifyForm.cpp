// After a lowering nothing of the earlier form may be left. Each op is asked by its dialect and kind, so that a new
// op of a dialect needs no entry here.
#include "passes/graph/Passes.h"

namespace dlc {
#define GEN_PASS_DEF_VERIFYFORMPASS
#include "passes/graph/Passes.h.inc"
} // namespace dlc

using namespace mlir;
using namespace dlc;

static bool isDialect(Operation *op, StringRef name) { return op->getName().getDialectNamespace() == name; }

static bool isFrame(Operation *op) { return isa<ModuleOp, func::FuncOp, func::ReturnOp>(op); }

static bool isInKernel(Operation *op) {
  auto function = isa<func::FuncOp>(op) ? cast<func::FuncOp>(op) : op->getParentOfType<func::FuncOp>();
  return function && function->hasAttr("graph.kernel");
}

static bool fitsGraph(Operation *op) {
  if (isInKernel(op) || isa<graph::LaunchOp>(op))
    return false;
  return isFrame(op) || isDialect(op, "graph");
}

static bool isGoneAfterAutodiff(Operation *op) {
  return isa<graph::ValueAndGradOp, graph::StopGradientOp, graph::CheckpointOp, graph::CustomVjpOp>(op);
}

static bool fitsGrad(Operation *op) { return fitsGraph(op) && !isGoneAfterAutodiff(op); }

static bool fitsFused(Operation *op) {
  if (isFrame(op))
    return true;
  if (isInKernel(op))
    return isDialect(op, "graph") && !isGoneAfterAutodiff(op) &&
           !isa<graph::LaunchOp, graph::GuardOp, graph::ScanOp>(op);
  if (auto constant = dyn_cast<graph::ConstantOp>(op))
    return constant.getValue().getNumElements() > 64;
  return isa<graph::LaunchOp, graph::GuardOp, graph::ReshapeOp, graph::ScanOp>(op);
}

static bool fitsLinalg(Operation *op) {
  if (isa<func::FuncOp>(op) || !isFrame(op))
    if (!isInKernel(op))
      return false;
  for (Type type : op->getResultTypes())
    if (isa<MemRefType>(type))
      return false;
  return isFrame(op) || isDialect(op, "linalg") || isDialect(op, "tensor") || isDialect(op, "arith") ||
         isDialect(op, "math");
}

static bool fitsPlan(Operation *op) {
  if (isDialect(op, "plan") || isa<ModuleOp>(op))
    return true;
  return isInKernel(op); // a kernel, in whatever form it has got to
}

namespace {
struct VerifyFormPass : dlc::impl::VerifyFormPassBase<VerifyFormPass> {
  using VerifyFormPassBase::VerifyFormPassBase;

  void runOnOperation() override {
    static constexpr std::pair<StringRef, bool (*)(Operation *)> forms[] = {
        {"graph", fitsGraph}, {"grad", fitsGrad}, {"fused", fitsFused}, {"linalg", fitsLinalg}, {"plan", fitsPlan}};
    auto chosen = llvm::find_if(forms, [&](const auto &entry) { return entry.first == form.getValue(); });
    if (chosen == std::end(forms)) {
      emitError(UnknownLoc::get(&getContext()))
          << "form must be graph, grad, fused, linalg or plan, got '" << form.getValue() << "'";
      return signalPassFailure();
    }
    WalkResult result = getOperation().walk<WalkOrder::PreOrder>([&](Operation *op) {
      if (chosen->second(op))
        return WalkResult::advance();
      op->emitOpError("does not belong to the form '") << chosen->first << "'";
      return WalkResult::interrupt();
    });
    if (result.wasInterrupted())
      return signalPassFailure();
    markAllAnalysesPreserved();
  }
};
} // namespace
