// Groups become kernels; functions keep launches, guards, views and large constants.
// RUN: dlc-opt %s --dlc-outline-kernels --split-input-file --verify-diagnostics | FileCheck %s

// An op of two groups is computed in both; the stored value goes from launch to launch.
// CHECK: module attributes {kernel.symbols = ["batch"]}
// CHECK-LABEL: func.func @chain
// CHECK-SAME: (%[[X:.*]]: tensor<?x4xf32, #graph.dims<"batch", "">>)
// CHECK-NEXT: %[[T:.*]] = graph.launch @[[FIRST:.*]](%[[X]])
// CHECK-NEXT: %[[S:.*]] = graph.launch @[[SECOND:.*]](%[[X]], %[[T]])
// CHECK-NEXT: return %[[S]]
// CHECK: func.func private @[[FIRST]](%[[A:.*]]: tensor
// CHECK-SAME: attributes {graph.bytes = "32*batch", graph.flops = "{{.*}}", graph.inout = [array<i64: 0, 0>], graph.kernel}
// CHECK-NEXT: %[[N:.*]] = graph.neg %[[A]] :
// CHECK-NEXT: %[[E:.*]] = graph.tanh %[[N]] :
// CHECK-NEXT: return %[[E]]
// CHECK: func.func private @[[SECOND]](%[[A:.*]]: tensor{{.*}}, %[[B:.*]]: tensor
// CHECK-NEXT: %[[N:.*]] = graph.neg %[[A]] :
// CHECK-NEXT: %[[M:.*]] = graph.multiply %[[N]], %[[B]]
// CHECK-NEXT: %[[R:.*]] = graph.reduce_sum %[[M]]
// CHECK-NEXT: return %[[R]]
func.func @chain(%x: tensor<?x4xf32, #graph.dims<"batch", "">>) -> tensor<4xf32> {
  %n = graph.neg %x {graph.groups = array<i64: 0, 1>} : tensor<?x4xf32, #graph.dims<"batch", "">>
  %t = graph.tanh %n {graph.groups = array<i64: 0>, graph.root} : tensor<?x4xf32, #graph.dims<"batch", "">>
  %m = graph.multiply %n, %t {graph.groups = array<i64: 1>} : tensor<?x4xf32, #graph.dims<"batch", "">>
  %s = graph.reduce_sum %m dims [0] {graph.groups = array<i64: 1>, graph.root} : tensor<?x4xf32, #graph.dims<"batch", "">>
  return %s : tensor<4xf32>
}

// -----

// Equal kernels are one function, those of other sizes are not.
// CHECK-LABEL: func.func @equal
// CHECK: graph.launch @[[ONE:.*]](%{{.*}}) : (tensor<8xf32>)
// CHECK: graph.launch @[[ONE]](%{{.*}}) : (tensor<8xf32>)
// CHECK: graph.launch @[[OTHER:.*]](%{{.*}}) : (tensor<9xf32>)
// CHECK: func.func private @[[ONE]](
// CHECK: func.func private @[[OTHER]](
// CHECK-NOT: func.func
func.func @equal(%x: tensor<8xf32>, %y: tensor<9xf32>) -> (tensor<8xf32>, tensor<9xf32>) {
  %a = graph.exp %x {graph.groups = array<i64: 0>, graph.root} : tensor<8xf32>
  %b = graph.exp %a {graph.groups = array<i64: 1>, graph.root} : tensor<8xf32>
  %c = graph.exp %y {graph.groups = array<i64: 2>, graph.root} : tensor<9xf32>
  return %b, %c : tensor<8xf32>, tensor<9xf32>
}

// -----

// A guard stands between the kernels that it needs and those that it protects. A gradient that is only read at the
// element that is written may give its memory to the result; one that is reduced may not.
// CHECK-LABEL: func.func @guarded
// CHECK: %[[OK:.*]] = graph.launch @[[CHECK:.*]](%
// CHECK-NEXT: graph.guard %[[OK]] reason "not finite"
// CHECK-NEXT: %[[W:.*]] = graph.launch @[[UPDATE:.*]](%
// CHECK-NEXT: return %[[W]]
// CHECK: func.func private @[[CHECK]]
// CHECK-NOT: graph.inout
// CHECK: func.func private @[[UPDATE]]
// CHECK-SAME: graph.inout = [array<i64: 0, 0>, array<i64: 1, 0>]
func.func @guarded(%w: tensor<64xf32>, %g: tensor<64xf32>) -> tensor<64xf32> {
  %new = graph.subtract %w, %g {graph.groups = array<i64: 1>, graph.root} : tensor<64xf32>
  %finite = graph.is_finite %g {graph.groups = array<i64: 0>} : tensor<64xf32>
  %ok = graph.reduce_and %finite dims [0] {graph.groups = array<i64: 0>, graph.root} : tensor<64xi1>
  graph.guard %ok reason "not finite"
  return %new : tensor<64xf32>
}

// -----

// A reshape costs nothing between kernels: it stays a view. A kernel's constants move into it.
// CHECK-LABEL: func.func @view
// CHECK-NEXT: %[[T:.*]] = graph.launch @[[K:.*]](%{{.*}}) : (tensor<8xf32>) -> tensor<8xf32>
// CHECK-NEXT: %[[V:.*]] = graph.reshape %[[T]] : tensor<8xf32> -> tensor<2x4xf32>
// CHECK-NEXT: return %[[V]]
// CHECK: func.func private @[[K]]
// CHECK: graph.constant dense<2.000000e+00>
func.func @view(%x: tensor<8xf32>) -> tensor<2x4xf32> {
  %two = graph.constant {graph.groups = array<i64: 0>} dense<2.0> : tensor<8xf32>
  %y = graph.multiply %x, %two {graph.groups = array<i64: 0>, graph.root} : tensor<8xf32>
  %v = graph.reshape %y : tensor<8xf32> -> tensor<2x4xf32>
  return %v : tensor<2x4xf32>
}

// -----

// Without any marks every op is a kernel.
// CHECK-LABEL: func.func @unfused
// CHECK-COUNT-2: graph.launch
// CHECK-NOT: graph.launch
// CHECK: func.func private
func.func @unfused(%x: tensor<8xf32>) -> tensor<8xf32> {
  %y = graph.exp %x : tensor<8xf32>
  %z = graph.neg %y : tensor<8xf32>
  return %z : tensor<8xf32>
}

// -----

func.func @unmarked(%x: tensor<8xf32>) -> tensor<8xf32> {
  // expected-error @+1 {{'graph.exp' op is in no group: run --dlc-form-fusion-groups first}}
  %y = graph.exp %x : tensor<8xf32>
  %z = graph.neg %y {graph.groups = array<i64: 0>, graph.root} : tensor<8xf32>
  return %z : tensor<8xf32>
}

// -----

func.func @far(%x: tensor<8xf32>) -> tensor<8xf32> {
  // expected-error @+1 {{'graph.exp' op has a group number out of range: 7}}
  %y = graph.exp %x {graph.groups = array<i64: 7>, graph.root} : tensor<8xf32>
  return %y : tensor<8xf32>
}
