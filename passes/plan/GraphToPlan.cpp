// From values to buffers. The one place where two values come to share memory for good: everything before this pass
// is immutable tensors, everything behind it knows where its bytes are (rules.md 16).
#include "ir/plan/ProgramSymbols.h"
#include "ir/plan/SourcePlace.h"
#include "passes/plan/FunctionPlanner.h"
#include "passes/plan/Passes.h"

namespace dlc {
#define GEN_PASS_DEF_GRAPHTOPLANPASS
#include "passes/plan/Passes.h.inc"
} // namespace dlc

using namespace mlir;
using namespace dlc;

namespace {
struct GraphToPlanPass : dlc::impl::GraphToPlanPassBase<GraphToPlanPass> {
  void runOnOperation() override {
    ModuleOp module = getOperation();
    VariableBlock variables;
    ConstantSegment constants;
    if (failed(variables.layOut(module)))
      return signalPassFailure();

    plan::ProgramOp program = createProgram(module, variables);
    OpBuilder builder = OpBuilder::atBlockEnd(&program.getBody().front());
    for (func::FuncOp function : llvm::to_vector(module.getOps<func::FuncOp>())) {
      if (function->hasAttr("graph.kernel") || function->hasAttr("graph.body"))
        continue;
      FunctionPlanner planner(function, variables, constants);
      if (function.isDeclaration() || failed(planner.build(builder)))
        return signalPassFailure();
      function.erase();
      launches += planner.launchCount;
      inPlace += planner.inPlaceCount;
      copies += planner.copyCount;
    }
    // They are in the loops by now.
    for (func::FuncOp function : llvm::to_vector(module.getOps<func::FuncOp>()))
      if (function->hasAttr("graph.body"))
        function.erase();
    module->removeAttr("graph.variables");
    if (!constants.empty())
      module->setAttr("plan.constants", constants.entries(&getContext()));
  }

  plan::ProgramOp createProgram(ModuleOp module, const VariableBlock &variables) {
    OpBuilder builder = OpBuilder::atBlockBegin(module.getBody());
    SmallVector<std::string> names = plan::programSymbols(module);
    SmallVector<StringRef> symbols(names.begin(), names.end());
    module->setAttr("kernel.symbols", builder.getStrArrayAttr(symbols));
    auto name = module->getAttrOfType<StringAttr>("graph.name");
    auto program = plan::ProgramOp::create(
        builder, plan::simplified(module.getLoc()), name ? name.getValue() : StringRef("program"),
        builder.getStrArrayAttr(symbols), variables.bytes(), variables.entries(&getContext()));
    program.getBody().emplaceBlock();
    return program;
  }
};
} // namespace
