#include "tools/driver/Register.h"
#include "ir/graph/GraphDialect.h"
#include "mlir/IR/DialectRegistry.h"
#if __has_include("ir/plan/PlanDialect.h")
#include "ir/plan/PlanDialect.h"
#endif
#if __has_include("passes/graph/Passes.h")
#include "passes/graph/Passes.h"
#endif
#if __has_include("passes/autodiff/Passes.h")
#include "passes/autodiff/Passes.h"
#endif
#if __has_include("passes/fusion/Passes.h")
#include "passes/fusion/Passes.h"
#endif
#if __has_include("passes/lower/Passes.h")
#include "passes/lower/Passes.h"
#endif
#if __has_include("passes/kernel/Passes.h")
#include "passes/kernel/Passes.h"
#endif
#if __has_include("passes/plan/Passes.h")
#include "passes/plan/Passes.h"
#endif
#if __has_include("backends/cpu/Passes.h")
#include "backends/cpu/Passes.h"
#endif

void dlc::registerDialects(mlir::DialectRegistry &registry) {
  registry.insert<graph::GraphDialect>();
#if __has_include("ir/plan/PlanDialect.h")
  registry.insert<plan::PlanDialect>();
#endif
}

void dlc::registerPasses() {
#if __has_include("passes/graph/Passes.h")
  registerDlcGraphPasses();
#endif
#if __has_include("passes/autodiff/Passes.h")
  registerDlcAutodiffPasses();
#endif
#if __has_include("passes/fusion/Passes.h")
  registerDlcFusionPasses();
#endif
#if __has_include("passes/lower/Passes.h")
  registerDlcLowerPasses();
#endif
#if __has_include("passes/kernel/Passes.h")
  registerDlcKernelPasses();
#endif
#if __has_include("passes/plan/Passes.h")
  registerDlcPlanPasses();
#endif
#if __has_include("backends/cpu/Passes.h")
  registerDlcCpuPasses();
#endif
}
