#ifndef DLC_PASSES_AUTODIFF_PASSES_TD
#define DLC_PASSES_AUTODIFF_PASSES_TD

include "mlir/Pass/PassBase.td"

def DifferentiatePass : Pass<"dlc-differentiate", "::mlir::ModuleOp"> {
  let summary = "replaces requests for gradients by the ops that compute them";
  let description = [{
    Each `graph.value_and_grad @f` becomes the body of `f` and, behind it, the backward ops, built by the rules of
    `DifferentiableOpInterface`. A callee's own requests go first, so gradients of gradients work. Only ops between an
    argument of `wrt` and the loss are differentiated; `graph.stop_gradient` ends a path. Private callees that nobody
    uses any more are erased, and so are `graph.stop_gradient` ops once no request is left. The gradient of a
    `graph.checkpoint` runs its callee again on arguments that wait (`graph.wait`) for the cotangents, that of a
    `graph.custom_vjp` is the function that it names; both are replaced by their callees' ops.

        %l, %g = value_and_grad @f(%x) wrt [0]     =>  %l = reduce_sum(exp(%x)) ; %g = broadcast(1) * exp(%x)
        (f(x) = reduce_sum(exp(x)))

    An op on such a path that has no gradient is an error at that op. Form before: graph; after: grad.
  }];
  let dependentDialects = ["::dlc::graph::GraphDialect"];
  let statistics = [
    Statistic<"requests", "requests", "value_and_grad ops replaced">,
    Statistic<"forwardOps", "forward-ops", "ops inlined from callees">,
    Statistic<"backwardOps", "backward-ops", "ops built by gradient rules">
  ];
}

#endif
