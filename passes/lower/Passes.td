#ifndef DLC_PASSES_LOWER_PASSES_TD
#define DLC_PASSES_LOWER_PASSES_TD

include "mlir/Pass/PassBase.td"

def GraphToLinalgPass : Pass<"dlc-graph-to-linalg", "::mlir::ModuleOp"> {
  let summary = "graph ops of kernels => linalg.generic on tensors";
  let description = [{
    `graph.dot_general, graph.add, … => linalg.generic`; sizes with names => index arguments.

    Every function with `graph.kernel` is rewritten; other functions are erased, since they belong to the plan. Ops that
    only move elements by their index (broadcast, transpose, slice, reshapes of unit dimensions) become indexing maps of
    the ops that read them. Constants of one value become scalars that bodies capture. Bools are tensors of i8.
  }];
  let dependentDialects = ["::mlir::linalg::LinalgDialect", "::mlir::tensor::TensorDialect",
                           "::mlir::arith::ArithDialect", "::mlir::math::MathDialect"];
  let statistics = [Statistic<"kernels", "kernels", "kernels lowered">];
}

#endif
