include "mlir/Pass/PassBase.td"

def ExpandMath : Pass<"dlc-expand-math", "mlir::ModuleOp"> {
  let summary = "math.exp, math.log, … and arith.remf  =>  arithmetic";
  let description = [{
    Writes exp, expm1, log, log1p, tanh, erf, sin, cos (error <= 2 ulp), powf (<= 4 ulp), rsqrt and remf on scalars and
    vectors of f32 and f64 as arith, math.fma, math.roundeven and bit operations, so that they fuse with what is around
    them and no library is called. For the module's `kernel.target`: without FMA, math.fma and vector.fma become a
    product and a sum, and f32 goes through f64.
  }];
  let dependentDialects = ["mlir::arith::ArithDialect", "mlir::math::MathDialect", "mlir::vector::VectorDialect",
                           "mlir::LLVM::LLVMDialect", "mlir::scf::SCFDialect", "mlir::memref::MemRefDialect"];
}

def LowerVector : Pass<"dlc-lower-vector", "mlir::ModuleOp"> {
  let summary = "masks, contractions, transfers, transposes, n-D vectors  =>  1-D vectors, loads and stores";
  let description = [{
    Upstream's lowering patterns of the vector dialect in one greedy run: masks become comparisons, contractions chains
    of FMAs, transfers (masked) loads and stores, n-D vectors rows. What kernels hold is nearly there already.
  }];
  let dependentDialects = ["mlir::arith::ArithDialect", "mlir::vector::VectorDialect", "mlir::scf::SCFDialect",
                           "mlir::memref::MemRefDialect", "mlir::affine::AffineDialect", "mlir::ub::UBDialect"];
}

def LowerKernelAbi : Pass<"dlc-lower-kernel-abi", "mlir::ModuleOp"> {
  let summary = "func.func @k(memrefs, symbols, begin, end)  =>  llvm.func @k(pointers, ...) and @k.entry";
  let description = [{
    `@k.entry(ptr buffers, ptr symbols, i64 begin, i64 end)` is runtime/abi/KernelAbi.h's signature. It loads the
    pointers and the kernel's symbols and calls `@k`, whose pointers are noalias but for the pairs of `kernel.inout`.
    Sizes and strides of memrefs are computed from `kernel.args`, polynomials of the symbols.
  }];
  let dependentDialects = ["mlir::LLVM::LLVMDialect", "mlir::memref::MemRefDialect"];
}

def LowerToLlvm : Pass<"dlc-lower-to-llvm", "mlir::ModuleOp"> {
  let summary = "arith, math, vector, memref, index, ub, cf  =>  llvm, in one conversion";
  let description = [{
    The bodies of `llvm.func`s made by --dlc-lower-kernel-abi. An op that cannot be converted (a math function that
    --dlc-expand-math does not know, a call, an allocation) is an error.
  }];
  let dependentDialects = ["mlir::LLVM::LLVMDialect"];
}
