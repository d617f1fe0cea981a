// The gradient of a loop is a loop in the other direction, over what the forward loop emits.
// RUN: dlc-opt %s --dlc-differentiate --split-input-file | FileCheck %s

// The present carry and the next one, which tanh's gradient reads, become sequences. The weight's gradient is a sum of
// products over turns: one product behind the loop, of their factors.
// CHECK-LABEL: func.func @rnn
// CHECK-SAME: (%[[H:.*]]: tensor<2x4xf32>, %[[X:.*]]: tensor<?x2x4xf32, {{.*}}>, %[[U:.*]]: tensor<4x4xf32>)
// CHECK: %[[F:.*]]:3 = graph.scan @[[FORWARD:.*]] length "t" carries(%[[H]]) sequences(%[[X]]) invariants(%[[U]])
// CHECK: %[[DLAST:.*]] = graph.broadcast
// CHECK: %[[B:.*]]:2 = graph.scan @[[BACKWARD:.*]] length "t" reverse carries(%[[DLAST]]) sequences(%[[F]]#1, %[[F]]#2) invariants(%[[U]])
// CHECK: %[[DU:.*]] = graph.dot_general %[[F]]#1, %[[B]]#1 contracting [0, 1] x [0, 1] : tensor<?x2x4xf32, {{.*}}>, tensor<?x2x4xf32,
// CHECK: return %[[B]]#1, %[[DU]]
// CHECK: func.func private @[[FORWARD]](%{{.*}}: tensor<i64>, %[[PRESENT:.*]]: tensor<2x4xf32>, %{{.*}}: tensor<2x4xf32>, %{{.*}}: tensor<4x4xf32>)
// CHECK-SAME: attributes {graph.body}
// CHECK: %[[NEXT:.*]] = graph.tanh
// CHECK: return %[[NEXT]], %[[PRESENT]], %[[NEXT]]
// CHECK: func.func private @[[BACKWARD]](
// CHECK-NOT: graph.tanh
// CHECK: return
// CHECK-NOT: func.func
func.func @rnn(%h: tensor<2x4xf32>, %xs: tensor<?x2x4xf32, #graph.dims<"t", "", "">>, %u: tensor<4x4xf32>) -> (tensor<?x2x4xf32, #graph.dims<"t", "", "">>, tensor<4x4xf32>) {
  %l, %g:2 = graph.value_and_grad @loss(%h, %xs, %u) wrt [1, 2] : (tensor<2x4xf32>, tensor<?x2x4xf32, #graph.dims<"t", "", "">>, tensor<4x4xf32>) -> (tensor<f32>, tensor<?x2x4xf32, #graph.dims<"t", "", "">>, tensor<4x4xf32>)
  return %g#0, %g#1 : tensor<?x2x4xf32, #graph.dims<"t", "", "">>, tensor<4x4xf32>
}
func.func private @turn(%i: tensor<i64>, %h: tensor<2x4xf32>, %x: tensor<2x4xf32>, %u: tensor<4x4xf32>) -> tensor<2x4xf32> attributes {graph.body} {
  %p = graph.dot_general %h, %u contracting [1] x [0] : tensor<2x4xf32>, tensor<4x4xf32>
  %s = graph.add %p, %x : tensor<2x4xf32>
  %n = graph.tanh %s : tensor<2x4xf32>
  return %n : tensor<2x4xf32>
}
func.func private @loss(%h: tensor<2x4xf32>, %xs: tensor<?x2x4xf32, #graph.dims<"t", "", "">>, %u: tensor<4x4xf32>) -> tensor<f32> {
  %n = graph.scan @turn length "t" carries(%h) sequences(%xs) invariants(%u) : (tensor<2x4xf32>, tensor<?x2x4xf32, #graph.dims<"t", "", "">>, tensor<4x4xf32>) -> tensor<2x4xf32>
  %l = graph.reduce_sum %n dims [0, 1] : tensor<2x4xf32>
  return %l : tensor<f32>
}

// -----

// A value that costs little and needs no carry is computed again; an elementwise weight's gradient is summed in the loop,
// from zeros. What is emitted anyway is not emitted twice.
// CHECK-LABEL: func.func @decay
// CHECK: %[[F:.*]]:2 = graph.scan @{{.*}} length "5" reverse carries(%{{.*}}) sequences(%{{.*}}) invariants(%{{.*}}) : {{.*}} -> (tensor<4xf32>, tensor<5x4xf32>)
// CHECK: %[[ZERO:.*]] = graph.broadcast %{{.*}} dims [] : tensor<f32> -> tensor<4xf32>
// CHECK: %[[B:.*]]:2 = graph.scan @[[BACKWARD:.*]] length "5" carries(%{{.*}}, %{{.*}}) sequences(%[[F]]#1, {{.*}})
// CHECK: return %[[B]]#1
func.func @decay(%h: tensor<4xf32>, %xs: tensor<5x4xf32>, %w: tensor<4xf32>) -> tensor<4xf32> {
  %l, %g = graph.value_and_grad @loss(%h, %xs, %w) wrt [2] : (tensor<4xf32>, tensor<5x4xf32>, tensor<4xf32>) -> (tensor<f32>, tensor<4xf32>)
  return %g : tensor<4xf32>
}
func.func private @turn(%i: tensor<i64>, %h: tensor<4xf32>, %x: tensor<4xf32>, %w: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) attributes {graph.body} {
  %p = graph.multiply %h, %w : tensor<4xf32>
  %s = graph.add %p, %x : tensor<4xf32>
  return %s, %h : tensor<4xf32>, tensor<4xf32>
}
func.func private @loss(%h: tensor<4xf32>, %xs: tensor<5x4xf32>, %w: tensor<4xf32>) -> tensor<f32> {
  %n, %hs = graph.scan @turn length "5" reverse carries(%h) sequences(%xs) invariants(%w) : (tensor<4xf32>, tensor<5x4xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<5x4xf32>)
  %a = graph.reduce_sum %n dims [0] : tensor<4xf32>
  %b = graph.reduce_sum %hs dims [0, 1] : tensor<5x4xf32>
  %l = graph.add %a, %b : tensor<f32>
  return %l : tensor<f32>
}

// -----

// Without a way from wrt to the loss through the loop, the loop stays as it is.
// CHECK-LABEL: func.func @off_the_path
// CHECK: graph.scan @turn length "5" carries
// CHECK-NOT: graph.scan
// CHECK: return
func.func @off_the_path(%n: tensor<i32>, %x: tensor<4xf32>) -> tensor<4xf32> {
  %l, %g = graph.value_and_grad @loss(%n, %x) wrt [1] : (tensor<i32>, tensor<4xf32>) -> (tensor<f32>, tensor<4xf32>)
  return %g : tensor<4xf32>
}
func.func private @turn(%i: tensor<i64>, %n: tensor<i32>) -> tensor<i32> attributes {graph.body} {
  %s = graph.add %n, %n : tensor<i32>
  return %s : tensor<i32>
}
func.func private @loss(%n: tensor<i32>, %x: tensor<4xf32>) -> tensor<f32> {
  %m = graph.scan @turn length "5" carries(%n) sequences() invariants() : (tensor<i32>) -> tensor<i32>
  %f = graph.convert %m : tensor<i32> -> tensor<f32>
  %s = graph.reduce_sum %x dims [0] : tensor<4xf32>
  %l = graph.multiply %f, %s : tensor<f32>
  return %l : tensor<f32>
}
