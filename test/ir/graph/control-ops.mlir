// RUN: dlc-opt %s | dlc-opt | FileCheck %s
// RUN: dlc-opt %s --canonicalize | FileCheck %s --check-prefix=DEAD

func.func private @loss(%w: tensor<4xf32>, %x: tensor<4xf32>) -> (tensor<f32>, tensor<4xf32>) {
  %y = graph.multiply %w, %x : tensor<4xf32>
  // CHECK: graph.stop_gradient %{{.*}} : tensor<4xf32>
  %z = graph.stop_gradient %y : tensor<4xf32>
  %s = graph.reduce_sum %y dims [0] : tensor<4xf32>
  return %s, %z : tensor<f32>, tensor<4xf32>
}

func.func private @k0(%x: tensor<4xf32>) -> tensor<4xf32> attributes {graph.kernel} {
  %y = graph.exp %x : tensor<4xf32>
  return %y : tensor<4xf32>
}

// CHECK-LABEL: func.func @step
// DEAD-LABEL: func.func @step
func.func @step(%w: tensor<4xf32>, %x: tensor<4xf32>) -> (tensor<f32>, tensor<4xf32>) {
  // CHECK: graph.value_and_grad @loss(%{{.*}}, %{{.*}}) wrt [0] : (tensor<4xf32>, tensor<4xf32>) -> (tensor<f32>, tensor<4xf32>, tensor<4xf32>)
  %l:3 = graph.value_and_grad @loss(%w, %x) wrt [0] : (tensor<4xf32>, tensor<4xf32>) -> (tensor<f32>, tensor<4xf32>, tensor<4xf32>)
  // CHECK: graph.launch @k0(%{{.*}}) : (tensor<4xf32>) -> tensor<4xf32>
  // DEAD-NOT: graph.launch
  %unused = graph.launch @k0(%x) : (tensor<4xf32>) -> tensor<4xf32>
  %ok = graph.is_finite %l#0 : tensor<f32>
  // A guard stays although it has no result.
  // CHECK: graph.guard %{{.*}} reason "the loss is not finite"
  // DEAD: graph.guard
  graph.guard %ok reason "the loss is not finite"
  return %l#0, %l#2 : tensor<f32>, tensor<4xf32>
}
