// Each form is accepted as itself, and its first stranger is named.
// RUN: split-file %s %t
// RUN: dlc-opt %t/graph.mlir "--dlc-verify-form=form=graph" | FileCheck %s --check-prefix=KEPT
// RUN: not dlc-opt %t/graph.mlir "--dlc-verify-form=form=grad" 2>&1 | FileCheck %s --check-prefix=GRAD
// RUN: dlc-opt %t/fused.mlir "--dlc-verify-form=form=fused" | FileCheck %s --check-prefix=KEPT
// RUN: not dlc-opt %t/fused.mlir "--dlc-verify-form=form=graph" 2>&1 | FileCheck %s --check-prefix=GRAPH
// RUN: not dlc-opt %t/small-constant.mlir "--dlc-verify-form=form=fused" 2>&1 | FileCheck %s --check-prefix=FUSED
// RUN: not dlc-opt %t/fused.mlir "--dlc-verify-form=form=linalg" 2>&1 | FileCheck %s --check-prefix=LINALG
// RUN: dlc-opt %t/linalg.mlir "--dlc-verify-form=form=linalg" | FileCheck %s --check-prefix=KEPT
// RUN: not dlc-opt %t/fused.mlir "--dlc-verify-form=form=plan" 2>&1 | FileCheck %s --check-prefix=PLAN
// RUN: dlc-opt %t/plan.mlir "--dlc-verify-form=form=plan" | FileCheck %s --check-prefix=KEPT
// RUN: not dlc-opt %t/plan.mlir "--dlc-verify-form=form=assembly" 2>&1 | FileCheck %s --check-prefix=NAME

// KEPT: func.func
// GRAD: 'graph.value_and_grad' op does not belong to the form 'grad'
// GRAPH: 'graph.launch' op does not belong to the form 'graph'
// FUSED: 'graph.constant' op does not belong to the form 'fused'
// LINALG: 'func.func' op does not belong to the form 'linalg'
// PLAN: 'func.func' op does not belong to the form 'plan'
// NAME: form must be graph, grad, fused, linalg or plan, got 'assembly'

//--- graph.mlir
func.func @f(%x: tensor<f32>) -> tensor<f32> {
  %l, %g = graph.value_and_grad @loss(%x) wrt [0] : (tensor<f32>) -> (tensor<f32>, tensor<f32>)
  return %g : tensor<f32>
}
func.func private @loss(%x: tensor<f32>) -> tensor<f32> {
  %y = graph.exp %x : tensor<f32>
  return %y : tensor<f32>
}
//--- fused.mlir
func.func @f(%x: tensor<4xf32>) -> tensor<2x2xf32> {
  %y = graph.launch @k0(%x) : (tensor<4xf32>) -> tensor<4xf32>
  %z = graph.reshape %y : tensor<4xf32> -> tensor<2x2xf32>
  return %z : tensor<2x2xf32>
}
func.func private @k0(%x: tensor<4xf32>) -> tensor<4xf32> attributes {graph.kernel} {
  %y = graph.exp %x : tensor<4xf32>
  return %y : tensor<4xf32>
}
//--- small-constant.mlir
func.func @f() -> tensor<f32> {
  %y = graph.constant dense<1.0> : tensor<f32>
  return %y : tensor<f32>
}
//--- linalg.mlir
func.func private @k0(%x: tensor<4xf32>) -> tensor<4xf32> attributes {graph.kernel} {
  %e = tensor.empty() : tensor<4xf32>
  %y = linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
      ins(%x : tensor<4xf32>) outs(%e : tensor<4xf32>) {
  ^bb0(%l: f32, %out: f32):
    %v = math.exp %l : f32
    linalg.yield %v : f32
  } -> tensor<4xf32>
  return %y : tensor<4xf32>
}
//--- plan.mlir
plan.program @P symbols [] variables_bytes 0 variables [] {
  plan.function @f inputs [] outputs [] slots [["4"]] {
    %a = plan.buffer workspace[0] : f32 bytes "4"
    plan.launch @k0() -> (%a)
    plan.return
  }
}
func.func private @k0() -> tensor<f32> attributes {graph.kernel}
