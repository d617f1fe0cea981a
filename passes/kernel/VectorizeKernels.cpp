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

// A loop's number modulo a size that it does not reach is the number: the lowering writes so for reads of a part of a
// tensor.
static void removeModuli(mlir::func::FuncOp function) {
  function.walk([](mlir::linalg::GenericOp generic) {
    llvm::SmallVector<mlir::AffineMap> maps = generic.getIndexingMapsArray();
    llvm::SmallVector<int64_t> lengths = generic.getStaticLoopRanges();
    auto isBelow = [&](mlir::AffineExpr loop, mlir::AffineExpr size) {
      auto dim = llvm::dyn_cast<mlir::AffineDimExpr>(loop);
      auto constant = llvm::dyn_cast<mlir::AffineConstantExpr>(size);
      return dim && constant && !mlir::ShapedType::isDynamic(lengths[dim.getPosition()]) &&
             lengths[dim.getPosition()] <= constant.getValue();
    };
    for (mlir::AffineMap &map : maps) {
      llvm::SmallVector<mlir::AffineExpr> exprs(map.getResults());
      for (mlir::AffineExpr &expr : exprs) {
        auto modulo = llvm::dyn_cast<mlir::AffineBinaryOpExpr>(expr);
        if (modulo && modulo.getKind() == mlir::AffineExprKind::Mod && isBelow(modulo.getLHS(), modulo.getRHS()))
          expr = modulo.getLHS();
      }
      map = mlir::AffineMap::get(map.getNumDims(), map.getNumSymbols(), exprs, map.getContext());
    }
    generic.setIndexingMapsAttr(mlir::Builder(generic.getContext()).getAffineMapArrayAttr(maps));
  });
}

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
    for (mlir::func::FuncOp function : kernels) {
      removeModuli(function);
      if (failed(kernel::vectorizeKernel(function, *target)))
        return signalPassFailure();
    }
  }
};
} // namespace

} // namespace dlc
