#ifndef DLC_PASSES_KERNEL_PASSES
#define DLC_PASSES_KERNEL_PASSES

include "mlir/Pass/PassBase.td"

def VectorizeKernelsPass : Pass<"dlc-vectorize-kernels", "::mlir::ModuleOp"> {
  let summary = "kernels on tensors (linalg form) => loops of vector ops on memrefs (vector form)";
  let description = [{
    linalg.generic DAG -> returned tensors  =>  scf loops, vector ops with masked tails, stores into result memrefs.

    Each returned tensor becomes a loop nest; element-wise producers are evaluated where they are read, so no
    intermediate tensor is stored. Nests over the same index space become one; contractions keep a register tile of
    accumulators and run their element-wise consumers on it. Kernels are functions with the attribute
    `kernel.result_sizes`; `kernel.target` of the module gives the vector width and the number of registers.

    Sets `kernel.args`, `kernel.parallel`, `kernel.grain` and `kernel.inout`. The bits of the results do not depend on
    how [0, parallel) is cut into [begin, end) at multiples of the grain.
  }];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::math::MathDialect", "::mlir::memref::MemRefDialect",
    "::mlir::scf::SCFDialect", "::mlir::vector::VectorDialect"
  ];
}

#endif
