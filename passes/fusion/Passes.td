#ifndef DLC_PASSES_FUSION_PASSES_TD
#define DLC_PASSES_FUSION_PASSES_TD

include "mlir/Pass/PassBase.td"

def FormFusionGroupsPass : Pass<"dlc-form-fusion-groups", "::mlir::ModuleOp"> {
  let summary = "decides which ops are computed together, in which kernel, and which values are stored";
  let description = [{
    Sets `graph.groups` (the numbers of all kernels that compute the op, in the order in which they run) and
    `graph.root` (the value is stored in memory) on the ops of every function.

        %z = dot_general(%x, %w) ; %a = tanh(%z)
            =>  %z = dot_general(%x, %w) {groups [0]} ; %a = tanh(%z) {groups [0], root}

    1. Stored are: results of the function, conditions of guards, results of reductions, inputs of views, operands of
       contractions that cost more than one flop, and what several loop nests need and what costs more than
       `cheap-flops` an element. Everything else is computed where it is used, several times if need be.
    2. A contraction stays in registers when all its uses are element-wise in its own space (its epilogue). A value
       that would need two contractions, or a later result, at once makes one of them stored.
    3. Stored values become loop nests. Nests over one space that read each other at the same index are one nest;
       row reductions and what is computed from them over the same rows stay together (softmax, norms).
    4. Nests whose work is small, or that cannot run in parallel, share kernels as long as the order of the data allows
       and their parallel work is at most `max-chained-work`; a large nest is a kernel of its own. What only feeds
       results comes behind the last guard.

    Sizes are compared with `batch` as in the module's recipe (`batch_size`) and `nominal-size` for other symbols.
    With `explain`, remarks say why values are stored and what a kernel holds. Form before and after: grad.
  }];
  let dependentDialects = ["::dlc::graph::GraphDialect"];
  let options = [
    Option<"cheapFlops", "cheap-flops", "int64_t", "4", "flops an element up to which a value is computed again rather than stored">,
    Option<"maxChainedWork", "max-chained-work", "int64_t", "100000", "flops of parallel work that one kernel of several nests may have">,
    Option<"nominalSize", "nominal-size", "int64_t", "32", "value of symbols that the recipe does not fix">,
    Option<"explain", "explain", "bool", "false", "emit remarks about decisions">
  ];
  let statistics = [
    Statistic<"kernels", "kernels", "groups formed">,
    Statistic<"stored", "stored", "values stored in memory">,
    Statistic<"recomputed", "recomputed", "ops computed in more than one kernel">
  ];
}

def OutlineKernelsPass : Pass<"dlc-outline-kernels", "::mlir::ModuleOp"> {
  let summary = "moves the groups' ops into kernels and leaves launches";
  let description = [{
    Each group of `--dlc-form-fusion-groups` becomes a private function with `graph.kernel`, `graph.flops`,
    `graph.bytes` and `graph.inout`, and a `graph.launch`; equal kernels (names and locations aside) are one function.
    What stays in functions: launches, guards, reshapes (views), large constants.

        %a = tanh(%z) {groups [0], root}  =>  %a = launch @k0(%z) ; func @k0(%z) { return tanh(%z) }

    A function without marks is not fused: each of its ops becomes a kernel.

    Sets the module's `kernel.symbols`. Form before: grad, with marks or without; after: fused.
  }];
  let dependentDialects = ["::dlc::graph::GraphDialect"];
  let statistics = [
    Statistic<"launches", "launches", "launches">,
    Statistic<"kernels", "kernels", "different kernels">
  ];
}

#endif
