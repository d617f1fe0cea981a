#include "tools/driver/Register.h"
#include "backends/reference/ReferenceEvaluator.h"
#include "ir/graph/GraphDialect.h"
#include "mlir/IR/DialectRegistry.h"
#include "mlir/Transforms/Passes.h"
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

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/UB/IR/UBOps.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

void dlc::registerDialects(mlir::DialectRegistry &registry) {
  registry.insert<graph::GraphDialect>();
  // Constants are folded by the reference backend: one definition of what an op means.
  registry.addExtension(+[](mlir::MLIRContext *, graph::GraphDialect *dialect) {
    dialect->setConstantEvaluator(std::make_shared<reference::ReferenceEvaluator>());
  });
#if __has_include("ir/plan/PlanOps.h")
  registry.insert<plan::PlanDialect>();
#endif
  registry.insert<mlir::affine::AffineDialect, mlir::arith::ArithDialect, mlir::cf::ControlFlowDialect,
                  mlir::func::FuncDialect, mlir::linalg::LinalgDialect, mlir::LLVM::LLVMDialect, mlir::math::MathDialect,
                  mlir::memref::MemRefDialect, mlir::scf::SCFDialect, mlir::tensor::TensorDialect, mlir::ub::UBDialect,
                  mlir::vector::VectorDialect>();
}

void dlc::registerPasses() {
  mlir::registerCanonicalizerPass();
  mlir::registerCSEPass();
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
