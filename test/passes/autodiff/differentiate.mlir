// Requests become forward and backward ops in place; only what lies between wrt and the loss is differentiated.
// RUN: dlc-opt %s --dlc-differentiate --split-input-file --mlir-print-debuginfo | FileCheck %s

// The callee's ops come to the call, with their locations; then the backward ops with those of their forward op.
// CHECK-LABEL: func.func @simple
// CHECK-SAME: (%[[X:.*]]: tensor<4xf32>
// CHECK: %[[E:.*]] = graph.exp %[[X]] : tensor<4xf32> loc(#[[EXP:.*]])
// CHECK: %[[L:.*]] = graph.reduce_sum %[[E]] dims [0]
// CHECK: %[[ONE:.*]] = graph.constant dense<1.000000e+00> : tensor<f32>
// CHECK: %[[DE:.*]] = graph.broadcast %[[ONE]] dims [] : tensor<f32> -> tensor<4xf32>
// CHECK: %[[DX:.*]] = graph.multiply %[[DE]], %[[E]] : tensor<4xf32> loc(#[[EXP]])
// CHECK: return %[[L]], %[[DX]]
// The private callee has served its purpose.
// CHECK-NOT: func.func private @loss
// CHECK: #[[EXP]] = loc("model.dl":7:3)
func.func @simple(%x: tensor<4xf32>) -> (tensor<f32>, tensor<4xf32>) {
  %l, %g = graph.value_and_grad @loss(%x) wrt [0] : (tensor<4xf32>) -> (tensor<f32>, tensor<4xf32>)
  return %l, %g : tensor<f32>, tensor<4xf32>
}
func.func private @loss(%x: tensor<4xf32>) -> tensor<f32> {
  %e = graph.exp %x : tensor<4xf32> loc("model.dl":7:3)
  %l = graph.reduce_sum %e dims [0] : tensor<4xf32>
  return %l : tensor<f32>
}

// -----

// Two paths to one argument are added. %b is not asked for, so nothing of its side is built: one multiply for each use
// of %a, none for %b.
// CHECK-LABEL: func.func @accumulates
// CHECK-SAME: (%[[A:.*]]: tensor<4xf32>{{.*}}, %[[B:.*]]: tensor<4xf32>
// CHECK: graph.constant dense<1.0
// CHECK: %[[D:.*]] = graph.broadcast
// CHECK-NEXT: %[[LEFT:.*]] = graph.multiply %[[D]], %[[B]]
// CHECK-NEXT: %[[SUM:.*]] = graph.add %{{.*}}, %{{.*}}
// CHECK-NEXT: return %{{.*}}, %[[SUM]]
func.func @accumulates(%a: tensor<4xf32>, %b: tensor<4xf32>) -> (tensor<f32>, tensor<4xf32>) {
  %l, %g = graph.value_and_grad @loss(%a, %b) wrt [0] : (tensor<4xf32>, tensor<4xf32>) -> (tensor<f32>, tensor<4xf32>)
  return %l, %g : tensor<f32>, tensor<4xf32>
}
func.func private @loss(%a: tensor<4xf32>, %b: tensor<4xf32>) -> tensor<f32> {
  %p = graph.multiply %a, %b : tensor<4xf32>
  %q = graph.add %p, %a : tensor<4xf32>
  %l = graph.reduce_sum %q dims [0] : tensor<4xf32>
  return %l : tensor<f32>
}

// -----

// One value given for two arguments has a gradient for each.
// CHECK-LABEL: func.func @same_value_twice
// CHECK-SAME: (%[[X:.*]]: tensor<f32>
// CHECK: %[[L:.*]] = graph.subtract %[[X]], %[[X]]
// CHECK: %[[ONE:.*]] = graph.constant dense<1.0
// CHECK: %[[MINUS:.*]] = graph.neg %[[ONE]]
// CHECK: return %[[L]], %[[ONE]], %[[MINUS]]
func.func @same_value_twice(%x: tensor<f32>) -> (tensor<f32>, tensor<f32>, tensor<f32>) {
  %l, %a, %b = graph.value_and_grad @loss(%x, %x) wrt [0, 1] : (tensor<f32>, tensor<f32>) -> (tensor<f32>, tensor<f32>, tensor<f32>)
  return %l, %a, %b : tensor<f32>, tensor<f32>, tensor<f32>
}
func.func private @loss(%a: tensor<f32>, %b: tensor<f32>) -> tensor<f32> {
  %l = graph.subtract %a, %b : tensor<f32>
  return %l : tensor<f32>
}

// -----

// Nothing flows through stop_gradient, integers or rounding: zeros, of the argument's symbolic size. Ops without a rule
// are fine off the path.
// CHECK-LABEL: func.func @zeros
// CHECK-NOT: graph.stop_gradient
// CHECK: %[[ZERO:.*]] = graph.constant dense<0.0
// CHECK: %[[G:.*]] = graph.broadcast %[[ZERO]] dims [] : tensor<f32> -> tensor<?xf32, #graph.dims<"batch">>
// CHECK: return %{{.*}}, %{{.*}}, %[[G]]
func.func @zeros(%x: tensor<?xf32, #graph.dims<"batch">>) -> (tensor<f32>, tensor<?xf32, #graph.dims<"batch">>, tensor<?xf32, #graph.dims<"batch">>) {
  %l, %f, %g = graph.value_and_grad @loss(%x) wrt [0] : (tensor<?xf32, #graph.dims<"batch">>) -> (tensor<f32>, tensor<?xf32, #graph.dims<"batch">>, tensor<?xf32, #graph.dims<"batch">>)
  return %l, %f, %g : tensor<f32>, tensor<?xf32, #graph.dims<"batch">>, tensor<?xf32, #graph.dims<"batch">>
}
func.func private @loss(%x: tensor<?xf32, #graph.dims<"batch">>) -> (tensor<f32>, tensor<?xf32, #graph.dims<"batch">>) {
  %s = graph.stop_gradient %x : tensor<?xf32, #graph.dims<"batch">>
  %f = graph.floor %x : tensor<?xf32, #graph.dims<"batch">>
  %sum = graph.add %s, %f : tensor<?xf32, #graph.dims<"batch">>
  %l = graph.reduce_sum %sum dims [0] : tensor<?xf32, #graph.dims<"batch">>
  return %l, %f : tensor<f32>, tensor<?xf32, #graph.dims<"batch">>
}

// -----

// A gradient of a gradient: the inner request is expanded first, then differentiated. x*x*x at the outer level gives
// no request, no callee.
// CHECK-LABEL: func.func @nested
// CHECK-NOT: graph.value_and_grad
// CHECK: return
// CHECK-NOT: func.func private
func.func @nested(%x: tensor<f32>) -> (tensor<f32>, tensor<f32>) {
  %l, %g = graph.value_and_grad @slope(%x) wrt [0] : (tensor<f32>) -> (tensor<f32>, tensor<f32>)
  return %l, %g : tensor<f32>, tensor<f32>
}
func.func private @slope(%x: tensor<f32>) -> tensor<f32> {
  %l, %g = graph.value_and_grad @cube(%x) wrt [0] : (tensor<f32>) -> (tensor<f32>, tensor<f32>)
  return %g : tensor<f32>
}
func.func private @cube(%x: tensor<f32>) -> tensor<f32> {
  %2 = graph.multiply %x, %x : tensor<f32>
  %3 = graph.multiply %2, %x : tensor<f32>
  return %3 : tensor<f32>
}

// -----

// A public function keeps its place although it was differentiated.
// CHECK-LABEL: func.func @user
// CHECK-LABEL: func.func @shared
func.func @user(%x: tensor<f32>) -> tensor<f32> {
  %l, %g = graph.value_and_grad @shared(%x) wrt [0] : (tensor<f32>) -> (tensor<f32>, tensor<f32>)
  return %g : tensor<f32>
}
func.func @shared(%x: tensor<f32>) -> tensor<f32> {
  %y = graph.tanh %x : tensor<f32>
  return %y : tensor<f32>
}
