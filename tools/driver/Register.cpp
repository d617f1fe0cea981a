#include "tools/driver/Register.h"
#include "ir/graph/GraphDialect.h"
#include "mlir/IR/DialectRegistry.h"
#if __has_include("ir/plan/PlanOps.h")
#include "ir/plan/PlanOps.h"
#endif
#if __has_include("passes/graph/Passes.h.inc")
#include "passes/graph/Passes.h"
#endif
#if __has_include("passes/autodiff/Passes.h.inc")
#include "passes/autodiff/Passes.h"
#endif
#if __has_include("passes/fusion/Passes.h.inc")
#include "passes/fusion/Passes.h"
#endif
#if __has_include("passes/lower/Passes.h.inc")
#include "passes/lower/Passes.h"
#endif
#if __has_include("passes/kernel/Passes.h.inc")
#include "passes/kernel/Passes.h"
#endif
#if __has_include("passes/plan/Passes.h.inc")
#include "passes/plan/Passes.h"
#endif
#if __has_include("backends/cpu/Passes.h.inc")
#include "backends/cpu/Passes.h"
#endif

void dlc::registerDialects(mlir::DialectRegistry &registry) {
  registry.insert<graph::GraphDialect>();
#if __has_include("ir/plan/PlanOps.h")
  registry.insert<plan::PlanDialect>();
#endif
}

void dlc::registerPasses() {
#if __has_include("passes/graph/Passes.h.inc")
  registerDlcGraphPasses();
#endif
#if __has_include("passes/autodiff/Passes.h.inc")
  registerDlcAutodiffPasses();
#endif
#if __has_include("passes/fusion/Passes.h.inc")
  registerDlcFusionPasses();
#endif
#if __has_include("passes/lower/Passes.h.inc")
  registerDlcLowerPasses();
#endif
#if __has_include("passes/kernel/Passes.h.inc")
  registerDlcKernelPasses();
#endif
#if __has_include("passes/plan/Passes.h.inc")
  registerDlcPlanPasses();
#endif
#if __has_include("backends/cpu/Passes.h.inc")
  registerDlcCpuPasses();
#endif
}
