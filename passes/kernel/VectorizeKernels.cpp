// Runs after fusion has formed kernels and they were lowered to linalg on tensors, and before LLVM: everything that
// depends on the machine's vectors is decided here.
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "passes/kernel/KernelEmitter.h"
#include "passes/kernel/Passes.h"

namespace dlc {

#define GEN_PASS_DEF_VECTORIZEKERNELSPASS
#include "passes/kernel/Passes.h.inc"

namespace {
struct VectorizeKernelsPass : impl::VectorizeKernelsPassBase<VectorizeKernelsPass> {
  void runOnOperation() override {
    auto target = kernel::KernelTarget::of(getOperation());
    if (failed(target))
      return signalPassFailure();
    llvm::SmallVector<mlir::func::FuncOp> kernels;
    for (auto function : getOperation().getOps<mlir::func::FuncOp>())
      if (!function.isExternal() && function->hasAttr("kernel.result_sizes"))
        kernels.push_back(function);
    for (mlir::func::FuncOp function : kernels)
      if (failed(kernel::vectorizeKernel(function, *target)))
        return signalPassFailure();
  }
};
} // namespace

} // namespace dlc
