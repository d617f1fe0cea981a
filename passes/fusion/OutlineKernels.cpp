// Acts on the decisions of --dlc-form-fusion-groups. Afterwards functions say what runs when, and kernels what is
// computed: the two are lowered separately.
#include "ir/plan/ProgramSymbols.h"
#include "passes/fusion/DataFlow.h"
#include "passes/fusion/IndexMaps.h"
#include "passes/fusion/KernelOutliner.h"
#include "passes/fusion/Passes.h"

namespace dlc {
#define GEN_PASS_DEF_OUTLINEKERNELSPASS
#include "passes/fusion/Passes.h.inc"
} // namespace dlc

using namespace mlir;
using namespace dlc;
using namespace dlc::fusion;

/// Without decisions about groups nothing is fused: every op is a kernel of its own. What fusion saves is measured
/// against this.
static void groupSingly(func::FuncOp function) {
  DataFlow flow(function);
  if (llvm::any_of(flow.ops(), [](Operation *op) { return op->hasAttr("graph.groups"); }))
    return;
  Builder builder(function.getContext());
  int64_t next = 0;
  // Behind its guard, as late as it may be: an update must not run before the guard that can stop it.
  for (unsigned phase = 0; phase < flow.phaseCount(); ++phase)
    for (Operation *op : flow.ops()) {
      if (flow.phaseOf(op) != phase || isa<graph::ReshapeOp>(op) || isLargeConstant(op))
        continue; // views, and values in the file
      op->setAttr("graph.groups", builder.getDenseI64ArrayAttr(next++));
      op->setAttr("graph.root", builder.getUnitAttr());
    }
}

namespace {
struct OutlineKernelsPass : dlc::impl::OutlineKernelsPassBase<OutlineKernelsPass> {
  void runOnOperation() override {
    ModuleOp module = getOperation();
    SmallVector<std::string> names = plan::programSymbols(module);
    SmallVector<StringRef> symbols(names.begin(), names.end());
    module->setAttr("kernel.symbols", Builder(module).getStrArrayAttr(symbols));

    KernelTable table(module);
    for (func::FuncOp function : llvm::to_vector(module.getOps<func::FuncOp>())) {
      if (function.isDeclaration() || function->hasAttr("graph.kernel"))
        continue;
      groupSingly(function);
      KernelOutliner outliner(function, table);
      if (failed(outliner.run()))
        return signalPassFailure();
      launches += outliner.launchCount();
    }
    kernels += table.count();
  }
};
} // namespace
