#ifndef DLC_PASSES_GRAPH_PASSES_TD
#define DLC_PASSES_GRAPH_PASSES_TD

include "mlir/Pass/PassBase.td"

def StabilizeGradientsPass : Pass<"dlc-stabilize-gradients", "::mlir::func::FuncOp"> {
  let summary = "logarithms of sigmoids and softmaxes become functions of the logits";
  let description = [{
    Before differentiation, so that the gradients are stable too. Values are equal in real arithmetic; where the
    left side over- or underflows (sigmoid(x) = 0 or 1 in floats) the right side is still right, and its gradient is
    not 0 / 0 or lost.

        log(logistic(x))                        =>  -(relu(-x) + log1p(exp(-|x|)))
        log(1 - logistic(x)), log1p(-logistic(x)) =>  -(relu(x) + log1p(exp(-|x|)))
        log(e / broadcast(reduce_sum(e)))       =>  t - broadcast(log(reduce_sum(e))), e = exp(t)

    A clamp between the two becomes one of the logarithm: log(clamp(a, p, b)) => clamp(log(a), log(p), log(b)). It
    bounds values and cuts gradients as before. Bounds within 1e-6 of 0 and 1 only keep the logarithm finite, as those of
    Keras's losses; they go, and a saturated probability keeps its gradient. So does a division of a softmax by its sum,
    which is 1. Keras does the same with TensorFlow, where the losses look for the logits behind a probability.
    Form before and after: graph.
  }];
  let dependentDialects = ["::dlc::graph::GraphDialect"];
}

def HoistScanProductsPass : Pass<"dlc-hoist-scan-products", "::mlir::ModuleOp"> {
  let summary = "takes out of loops what no turn needs another turn for";
  let description = [{
    Products of a sequence's elements with something that never changes, with what they are computed from and what is
    done to them element by element, are computed for the whole sequence before the loop; so are products and reductions
    that never change. Stacks that nobody reads are dropped.

        scan { %z = dot_general %x_i, %w; … }  =>  %zs = dot_general %xs, %w; scan { … %z_i … }

    One product of many rows instead of many of few; and its gradients are outside, too. Not done where a body is that
    of several scans. Form before and after: graph.
  }];
  let dependentDialects = ["::dlc::graph::GraphDialect"];
  let statistics = [Statistic<"hoisted", "loops", "loops from which something was taken out">];
}

def SimplifyGraphPass : Pass<"dlc-simplify-graph", "::mlir::ModuleOp"> {
  let summary = "removes work that differentiation and elaboration leave behind";
  let description = [{
    The ops' own folders and canonicalizations, common subexpressions, dead ops, and algebra across ops:

        f(broadcast(a), broadcast(b))            =>  broadcast(f(a, b))
        f(reshape(a), reshape(b))                =>  reshape(f(a, b))
        reduce_sum(broadcast(a))                 =>  a * count
        reduce_sum(reduce_sum(a)), (reshape(a))  =>  reduce_sum(a)
        reduce_* over sizes of 1                 =>  reshape
        dot_general(transpose(a), b)             =>  dot_general(a, b) over other dimensions
        transpose(dot_general(a, b))             =>  dot_general(b, a)
        dot_general over sizes of 1              =>  broadcast(a) * broadcast(b)
        select(p, 0, a) * b                      =>  select(p, 0, a * b)
        select(p, a, 0) + select(q, b, 0)        =>  select(p, a, select(q, b, 0)), p and q never both true

    No rewrite hides a NaN or an infinity that an active path has computed. Form before and after: graph or grad.
  }];
  let dependentDialects = ["::dlc::graph::GraphDialect"];
}

def CacheFrozenFeaturesPass : Pass<"dlc-cache-frozen-features", "::mlir::ModuleOp"> {
  let summary = "splits what frozen layers compute from a training step";
  let description = [{
    What `train_step` computes from each row of the inputs by variables that it does not change becomes the function
    `features`, and the step takes its results as inputs `features.0`, `features.1`, …: a session computes them once for
    each row. Rows must not depend on each other there, nor on random numbers. A warning where nothing is frozen.

        train_step(x, w frozen, v) { f(x @ w), v … }  =>  features(x, w) { x @ w }; train_step(features.0, v) { … }

    Only on request: `dlc train --cache-features`. Form before and after: grad.
  }];
  let dependentDialects = ["::dlc::graph::GraphDialect"];
}

def VerifyFormPass : Pass<"dlc-verify-form", "::mlir::ModuleOp"> {
  let summary = "checks that a module is in one closed form";
  let description = [{
    Nothing of an earlier form is left, and nothing of a later one is there: after a lowering, in tests, and of the
    .mlir files that `dlc compile` reads.

        form=graph   func and graph ops, no launch, no kernel
        form=grad    the same without value_and_grad and stop_gradient
        form=fused   functions of launch, guard, reshape, large constants; kernels of other graph ops
        form=linalg  kernels of linalg, tensor, arith, math and func ops on tensors
        form=plan    functions are plan.function ops; func ops are kernels  =>  an error at the first op that does not fit
  }];
  let options = [Option<"form", "form", "std::string", "\"\"", "graph, grad, fused, linalg or plan">];
}

#endif
