#include "tools/driver/Register.h"
#include "backends/cpu/Passes.h"
#include "backends/cpu/Pipeline.h"
#include "backends/reference/ReferenceEvaluator.h"
#include "ir/graph/GraphDialect.h"
#include "ir/plan/PlanOps.h"
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
#include "mlir/IR/DialectRegistry.h"
#include "mlir/Transforms/Passes.h"
#include "passes/autodiff/Passes.h"
#include "passes/fusion/Passes.h"
#include "passes/graph/Passes.h"
#include "passes/kernel/Passes.h"
#include "passes/lower/Passes.h"
#include "passes/plan/Passes.h"

void dlc::registerDialects(mlir::DialectRegistry &registry) {
  registry.insert<graph::GraphDialect>();
  // Constants are folded by the reference backend: one definition of what an op means.
  registry.addExtension(+[](mlir::MLIRContext *, graph::GraphDialect *dialect) {
    dialect->setConstantEvaluator(std::make_shared<reference::ReferenceEvaluator>());
  });
  registry.insert<plan::PlanDialect>();
  registry.insert<mlir::affine::AffineDialect, mlir::arith::ArithDialect, mlir::cf::ControlFlowDialect,
                  mlir::func::FuncDialect, mlir::linalg::LinalgDialect, mlir::LLVM::LLVMDialect, mlir::math::MathDialect,
                  mlir::memref::MemRefDialect, mlir::scf::SCFDialect, mlir::tensor::TensorDialect, mlir::ub::UBDialect,
                  mlir::vector::VectorDialect>();
}

void dlc::registerPasses() {
  mlir::registerCanonicalizerPass();
  mlir::registerCSEPass();
  registerDlcGraphPasses();
  registerDlcAutodiffPasses();
  registerDlcFusionPasses();
  registerDlcLowerPasses();
  registerDlcKernelPasses();
  registerDlcPlanPasses();
  registerDlcCpuPasses();
  registerDlcCpuPipelines();
}
