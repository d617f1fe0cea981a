// Acts on the decisions of --dlc-form-fusion-groups. Afterwards functions say what runs when, and kernels what is
// computed: the two are lowered separately.
#include "ir/plan/ProgramSymbols.h"
#include "passes/fusion/KernelOutliner.h"
#include "passes/fusion/Passes.h"

namespace dlc {
#define GEN_PASS_DEF_OUTLINEKERNELSPASS
#include "passes/fusion/Passes.h.inc"
} // namespace dlc

using namespace mlir;
using namespace dlc;
using namespace dlc::fusion;

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
      KernelOutliner outliner(function, table);
      if (failed(outliner.run()))
        return signalPassFailure();
      launches += outliner.launchCount();
    }
    kernels += table.count();
  }
};
} // namespace
