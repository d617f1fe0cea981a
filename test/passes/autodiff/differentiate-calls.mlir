// Functions called by ops that autodiff knows: checkpoints run again, gradients written by hand are taken.
// RUN: dlc-opt %s --dlc-differentiate --split-input-file | FileCheck %s

// The forward value of exp is not read by the backward direction: it is computed again behind the cotangent.
// CHECK-LABEL: func.func @again
// CHECK-SAME: (%[[X:.*]]: tensor<4xf32>)
// CHECK: %[[E:.*]] = graph.exp %[[X]]
// CHECK: graph.reduce_sum %[[E]]
// CHECK: %[[D:.*]] = graph.broadcast
// CHECK: %[[W:.*]] = graph.wait %[[X]] for %[[D]] : tensor<4xf32>, tensor<4xf32>
// CHECK: %[[A:.*]] = graph.exp %[[W]]
// CHECK: %[[G:.*]] = graph.multiply %[[D]], %[[A]]
// CHECK: return %{{.*}}, %[[G]]
// CHECK-NOT: func.func
func.func @again(%x: tensor<4xf32>) -> (tensor<f32>, tensor<4xf32>) {
  %l, %g = graph.value_and_grad @loss(%x) wrt [0] : (tensor<4xf32>) -> (tensor<f32>, tensor<4xf32>)
  return %l, %g : tensor<f32>, tensor<4xf32>
}
func.func private @exp(%x: tensor<4xf32>) -> tensor<4xf32> {
  %y = graph.exp %x : tensor<4xf32>
  return %y : tensor<4xf32>
}
func.func private @loss(%x: tensor<4xf32>) -> tensor<f32> {
  %y = graph.checkpoint @exp(%x) : (tensor<4xf32>) -> tensor<4xf32>
  %l = graph.reduce_sum %y dims [0] : tensor<4xf32>
  return %l : tensor<f32>
}

// -----

// The gradient is the function that is named, with the cotangent; nothing of the forward function is differentiated.
// CHECK-LABEL: func.func @by_hand
// CHECK-SAME: (%[[X:.*]]: tensor<4xf32>)
// CHECK: graph.round_even %[[X]]
// CHECK: %[[D:.*]] = graph.broadcast
// CHECK: %[[G:.*]] = graph.clamp
// CHECK: return %[[G]]
// CHECK-NOT: func.func
func.func @by_hand(%x: tensor<4xf32>) -> tensor<4xf32> {
  %l, %g = graph.value_and_grad @loss(%x) wrt [0] : (tensor<4xf32>) -> (tensor<f32>, tensor<4xf32>)
  return %g : tensor<4xf32>
}
func.func private @round(%x: tensor<4xf32>) -> tensor<4xf32> {
  %y = graph.round_even %x : tensor<4xf32>
  return %y : tensor<4xf32>
}
func.func private @straight_through(%x: tensor<4xf32>, %y: tensor<4xf32>, %d: tensor<4xf32>) -> tensor<4xf32> {
  %low = graph.constant dense<-1.0> : tensor<4xf32>
  %high = graph.constant dense<1.0> : tensor<4xf32>
  %g = graph.clamp %low, %d, %high : tensor<4xf32>
  return %g : tensor<4xf32>
}
func.func private @loss(%x: tensor<4xf32>) -> tensor<f32> {
  %y = graph.custom_vjp @round(%x) captures() backward @straight_through captures() : (tensor<4xf32>) -> tensor<4xf32>
  %l = graph.reduce_sum %y dims [0] : tensor<4xf32>
  return %l : tensor<f32>
}

// -----

// Without a gradient both are their functions.
// CHECK-LABEL: func.func @forward
// CHECK-NEXT: graph.exp
// CHECK-NEXT: graph.round_even
// CHECK-NEXT: return
// CHECK-NOT: func.func
func.func @forward(%x: tensor<4xf32>) -> tensor<4xf32> {
  %y = graph.checkpoint @exp(%x) : (tensor<4xf32>) -> tensor<4xf32>
  %z = graph.custom_vjp @round(%y) captures() backward @straight_through captures() : (tensor<4xf32>) -> tensor<4xf32>
  return %z : tensor<4xf32>
}
func.func private @exp(%x: tensor<4xf32>) -> tensor<4xf32> {
  %y = graph.exp %x : tensor<4xf32>
  return %y : tensor<4xf32>
}
func.func private @round(%x: tensor<4xf32>) -> tensor<4xf32> {
  %y = graph.round_even %x : tensor<4xf32>
  return %y : tensor<4xf32>
}
func.func private @straight_through(%x: tensor<4xf32>, %y: tensor<4xf32>, %d: tensor<4xf32>) -> tensor<4xf32> {
  return %d : tensor<4xf32>
}

// -----

// A loop that recomputes emits its carries and nothing else; the backward loop runs the step again.
// CHECK-LABEL: func.func @light
// CHECK: %[[F:.*]]:2 = graph.scan @[[FORWARD:.*]] length "t" recompute 1 carries(%{{.*}}) sequences(%{{.*}}) invariants(%{{.*}}) : {{.*}} -> (tensor<4xf32>, tensor<?x4xf32,
// CHECK: graph.scan @[[BACKWARD:.*]] length "t" reverse recompute 1 carries(%{{.*}}, %{{.*}}) sequences(%[[F]]#1, %{{.*}}) invariants(
// CHECK: func.func private @[[FORWARD]](%{{.*}}: tensor<i64>, %[[H:.*]]: tensor<4xf32>, %{{.*}}: tensor<4xf32>, %{{.*}}: tensor<4xf32>)
// CHECK: return %{{.*}}, %[[H]]
// CHECK: func.func private @[[BACKWARD]](
// CHECK: graph.tanh
func.func @light(%h: tensor<4xf32>, %xs: tensor<?x4xf32, #graph.dims<"t", "">>, %w: tensor<4xf32>) -> tensor<4xf32> {
  %l, %g = graph.value_and_grad @loss(%h, %xs, %w) wrt [2] : (tensor<4xf32>, tensor<?x4xf32, #graph.dims<"t", "">>, tensor<4xf32>) -> (tensor<f32>, tensor<4xf32>)
  return %g : tensor<4xf32>
}
func.func private @turn(%i: tensor<i64>, %h: tensor<4xf32>, %x: tensor<4xf32>, %w: tensor<4xf32>) -> tensor<4xf32> attributes {graph.body} {
  %p = graph.multiply %h, %w : tensor<4xf32>
  %s = graph.add %p, %x : tensor<4xf32>
  %n = graph.tanh %s : tensor<4xf32>
  return %n : tensor<4xf32>
}
func.func private @loss(%h: tensor<4xf32>, %xs: tensor<?x4xf32, #graph.dims<"t", "">>, %w: tensor<4xf32>) -> tensor<f32> {
  %n = graph.scan @turn length "t" recompute 1 carries(%h) sequences(%xs) invariants(%w) : (tensor<4xf32>, tensor<?x4xf32, #graph.dims<"t", "">>, tensor<4xf32>) -> tensor<4xf32>
  %l = graph.reduce_sum %n dims [0] : tensor<4xf32>
  return %l : tensor<f32>
}

// -----

// Seven steps in parts of three: two parts, whose loop keeps one carry each, and a rest of one step.
// CHECK-LABEL: func.func @parts
// CHECK: graph.slice %{{.*}} starts [0, 0] limits [6, -1]
// CHECK: graph.reshape %{{.*}} : tensor<6x4xf32> -> tensor<2x3x4xf32>
// CHECK: graph.scan @{{.*}} length "2" recompute 1 carries(%{{.*}}) sequences(%{{.*}}) invariants(%{{.*}}) : (tensor<4xf32>, tensor<2x3x4xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<2x4xf32>)
// CHECK: graph.scan @{{.*}} length "1" carries
// CHECK: graph.scan @{{.*}} length "1" reverse carries
// CHECK: graph.scan @{{.*}} length "2" reverse recompute 1
// CHECK: return
func.func @parts(%h: tensor<4xf32>, %xs: tensor<7x4xf32>, %w: tensor<4xf32>) -> tensor<4xf32> {
  %l, %g = graph.value_and_grad @loss(%h, %xs, %w) wrt [2] : (tensor<4xf32>, tensor<7x4xf32>, tensor<4xf32>) -> (tensor<f32>, tensor<4xf32>)
  return %g : tensor<4xf32>
}
func.func private @turn(%i: tensor<i64>, %h: tensor<4xf32>, %x: tensor<4xf32>, %w: tensor<4xf32>) -> tensor<4xf32> attributes {graph.body} {
  %p = graph.multiply %h, %w : tensor<4xf32>
  %s = graph.add %p, %x : tensor<4xf32>
  %n = graph.tanh %s : tensor<4xf32>
  return %n : tensor<4xf32>
}
func.func private @loss(%h: tensor<4xf32>, %xs: tensor<7x4xf32>, %w: tensor<4xf32>) -> tensor<f32> {
  %n = graph.scan @turn length "7" recompute 3 carries(%h) sequences(%xs) invariants(%w) : (tensor<4xf32>, tensor<7x4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %l = graph.reduce_sum %n dims [0] : tensor<4xf32>
  return %l : tensor<f32>
}

// -----

// A cotangent that is a value of the forward direction, here what the loop gives, follows the loop when it is replaced.
// CHECK-LABEL: func.func @handed_through
// CHECK: %[[F:.*]]:2 = graph.scan @[[FORWARD:.*]] length
// CHECK: %[[D:.*]] = graph.wait %[[F]]#0 for
// CHECK: graph.scan @{{.*}} length "t" reverse carries(%[[D]])
func.func @handed_through(%h: tensor<4xf32>, %xs: tensor<?x4xf32, #graph.dims<"t", "">>) -> tensor<4xf32> {
  %l, %g = graph.value_and_grad @loss(%h, %xs) wrt [0] : (tensor<4xf32>, tensor<?x4xf32, #graph.dims<"t", "">>) -> (tensor<f32>, tensor<4xf32>)
  return %g : tensor<4xf32>
}
func.func private @turn(%i: tensor<i64>, %h: tensor<4xf32>, %x: tensor<4xf32>) -> tensor<4xf32> attributes {graph.body} {
  %s = graph.add %h, %x : tensor<4xf32>
  %n = graph.tanh %s : tensor<4xf32>
  return %n : tensor<4xf32>
}
func.func private @sum(%x: tensor<4xf32>) -> tensor<f32> {
  %l = graph.reduce_sum %x dims [0] : tensor<4xf32>
  return %l : tensor<f32>
}
func.func private @itself(%x: tensor<4xf32>, %y: tensor<f32>, %d: tensor<f32>) -> tensor<4xf32> {
  return %x : tensor<4xf32>
}
func.func private @loss(%h: tensor<4xf32>, %xs: tensor<?x4xf32, #graph.dims<"t", "">>) -> tensor<f32> {
  %n = graph.scan @turn length "t" carries(%h) sequences(%xs) invariants() : (tensor<4xf32>, tensor<?x4xf32, #graph.dims<"t", "">>) -> tensor<4xf32>
  %l = graph.custom_vjp @sum(%n) captures() backward @itself captures() : (tensor<4xf32>) -> tensor<f32>
  return %l : tensor<f32>
}

// -----

// The sequence of a loop that may not be run gets zeros then: its elements' gradients are emitted by a loop that is not
// run either.
// CHECK-LABEL: func.func @when
// CHECK: graph.scan @{{.*}} length "3" carries(%{{.*}}) sequences(%{{.*}}) invariants() when(%[[OK:.*]]) :
// CHECK: %[[B:.*]]:2 = graph.scan @{{.*}} length "3" reverse carries(%{{.*}}) sequences(%{{.*}}) invariants() when(%[[OK]]) :
// CHECK: %[[ALL:.*]] = graph.broadcast %[[OK]] dims [] : tensor<i1> -> tensor<3x4xi1>
// CHECK: %[[G:.*]] = graph.select %[[ALL]], %[[B]]#1, %{{.*}} : tensor<3x4xf32>
// CHECK: return %[[G]]
func.func @when(%h: tensor<4xf32>, %xs: tensor<3x4xf32>, %ok: tensor<i1>) -> tensor<3x4xf32> {
  %l, %g = graph.value_and_grad @loss(%h, %xs, %ok) wrt [1] : (tensor<4xf32>, tensor<3x4xf32>, tensor<i1>) -> (tensor<f32>, tensor<3x4xf32>)
  return %g : tensor<3x4xf32>
}
func.func private @turn(%i: tensor<i64>, %h: tensor<4xf32>, %x: tensor<4xf32>) -> tensor<4xf32> attributes {graph.body} {
  %s = graph.add %h, %x : tensor<4xf32>
  %n = graph.tanh %s : tensor<4xf32>
  return %n : tensor<4xf32>
}
func.func private @loss(%h: tensor<4xf32>, %xs: tensor<3x4xf32>, %ok: tensor<i1>) -> tensor<f32> {
  %n = graph.scan @turn length "3" carries(%h) sequences(%xs) invariants() when(%ok) : (tensor<4xf32>, tensor<3x4xf32>, tensor<i1>) -> tensor<4xf32>
  %l = graph.reduce_sum %n dims [0] : tensor<4xf32>
  return %l : tensor<f32>
}
