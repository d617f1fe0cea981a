// What fusion does around windows and loops.
// RUN: dlc-opt %s --dlc-form-fusion-groups --split-input-file | FileCheck %s
// RUN: dlc-opt %s --dlc-form-fusion-groups=explain --split-input-file 2>&1 | FileCheck %s --check-prefix=EXPLAIN
// RUN: dlc-opt %s --dlc-form-fusion-groups --dlc-outline-kernels --split-input-file | FileCheck %s --check-prefix=OUTLINE

// Padding is stored: its index computations would be done once for each place of the window. The activation joins the
// convolution.
// CHECK-LABEL: func.func @padded
// CHECK: graph.pad {{.*}} {graph.groups = array<i64: 0>, graph.root} :
// CHECK: graph.convolution {{.*}} {graph.groups = array<i64: 0>} :
// CHECK: graph.relu {{.*}} {graph.groups = array<i64: 0>, graph.root} :
// EXPLAIN: remark: pad is stored: a contraction reads it many times, and its indices are computed
func.func @padded(%x: tensor<?x8x3xf32, #graph.dims<"batch", "", "">>, %w: tensor<3x3x16xf32>) -> tensor<?x8x16xf32, #graph.dims<"batch", "", "">> {
  %zero = graph.constant dense<0.0> : tensor<f32>
  %p = graph.pad %x, %zero low [0, 1, 0] high [0, 1, 0] interior [0, 0, 0] : tensor<?x8x3xf32, #graph.dims<"batch", "", "">>
  %y = graph.convolution %p, %w strides [1] dilation [1] : tensor<?x10x3xf32, #graph.dims<"batch", "", "">>, tensor<3x3x16xf32>
  %r = graph.relu %y : tensor<?x8x16xf32, #graph.dims<"batch", "", "">>
  return %r : tensor<?x8x16xf32, #graph.dims<"batch", "", "">>
}

// -----

// So is a reversed filter, and one whose features do not lie side by side.
// CHECK-LABEL: func.func @reversed
// CHECK: graph.reverse {{.*}} {graph.groups = array<i64: 0>, graph.root} :
// CHECK: graph.transpose {{.*}} {graph.groups = array<i64: 0>, graph.root} :
// CHECK: graph.convolution {{.*}} {graph.groups = array<i64: 0>, graph.root} :
// EXPLAIN: remark: reverse is stored: a contraction reads it many times, and its indices are computed
// EXPLAIN: remark: transpose is stored: its features must lie side by side
func.func @reversed(%x: tensor<?x8x16xf32, #graph.dims<"batch", "", "">>, %w: tensor<3x3x16xf32>) -> tensor<?x6x3xf32, #graph.dims<"batch", "", "">> {
  %r = graph.reverse %w dims [0] : tensor<3x3x16xf32>
  %t = graph.transpose %r permutation [0, 2, 1] : tensor<3x3x16xf32>
  %y = graph.convolution %x, %t strides [1] dilation [1] : tensor<?x8x16xf32, #graph.dims<"batch", "", "">>, tensor<3x16x3xf32>
  return %y : tensor<?x6x3xf32, #graph.dims<"batch", "", "">>
}

// -----

// A maximum and its place are one nest; what the windows overlap on is stored; the scatter is computed where it is read.
// CHECK-LABEL: func.func @pooled
// CHECK: graph.tanh {{.*}} {graph.groups = array<i64: 0>, graph.root} :
// CHECK: graph.window_max {{.*}} {graph.groups = array<i64: 0>, graph.root} :
// CHECK: graph.window_arg_max {{.*}} {graph.groups = array<i64: 0>, graph.root} :
// CHECK: graph.window_scatter {{.*}} {graph.groups = array<i64: 0>} :
// CHECK: graph.multiply {{.*}} {graph.groups = array<i64: 0>, graph.root} :
// EXPLAIN: remark: pooled, kernel 0: 2 loop nests
func.func @pooled(%x: tensor<?x9x3xf32, #graph.dims<"batch", "", "">>) -> (tensor<?x4x3xf32, #graph.dims<"batch", "", "">>, tensor<?x9x3xf32, #graph.dims<"batch", "", "">>) {
  %h = graph.tanh %x : tensor<?x9x3xf32, #graph.dims<"batch", "", "">>
  %y = graph.window_max %h window [1, 2, 1] strides [1, 2, 1] : tensor<?x9x3xf32, #graph.dims<"batch", "", "">>
  %i = graph.window_arg_max %h window [1, 2, 1] strides [1, 2, 1] : tensor<?x9x3xf32, #graph.dims<"batch", "", "">>
  %s = graph.exp %y : tensor<?x4x3xf32, #graph.dims<"batch", "", "">>
  %d = graph.window_scatter %s, %i window [1, 2, 1] strides [1, 2, 1] : tensor<?x4x3xf32, #graph.dims<"batch", "", "">>, tensor<?x4x3xi8, #graph.dims<"batch", "", "">> -> tensor<?x9x3xf32, #graph.dims<"batch", "", "">>
  %e = graph.multiply %d, %d : tensor<?x9x3xf32, #graph.dims<"batch", "", "">>
  return %y, %e : tensor<?x4x3xf32, #graph.dims<"batch", "", "">>, tensor<?x9x3xf32, #graph.dims<"batch", "", "">>
}

// -----

// A loop is a step between kernels: nothing before it is fused with what is behind it, and what it reads is stored. The
// body has kernels of its own.
// CHECK-LABEL: func.func private @turn
// CHECK: graph.multiply {{.*}} {graph.groups = array<i64: 0>, graph.root} :
// CHECK: graph.tanh {{.*}} {graph.groups = array<i64: 0>, graph.root} :
// CHECK-LABEL: func.func @loop
// CHECK: graph.exp {{.*}} {graph.groups = array<i64: 0>, graph.root} :
// CHECK: graph.neg {{.*}} {graph.groups = array<i64: 0>, graph.root} :
// CHECK: graph.scan {{.*}} {graph.groups = array<i64: 1>, graph.root} :
// CHECK: graph.exp {{.*}} {graph.groups = array<i64: 2>} :
// CHECK: graph.exp {{.*}} {graph.groups = array<i64: 2>} :
// CHECK: graph.add {{.*}} {graph.groups = array<i64: 2>, graph.root} :
// EXPLAIN: remark: neg is stored: an op that is not fused reads it
// OUTLINE-LABEL: func.func private @turn
// OUTLINE-NEXT: graph.launch
// OUTLINE-NEXT: return
// OUTLINE-LABEL: func.func @loop
// OUTLINE-NEXT: %[[FIRST:.*]]:2 = graph.launch
// OUTLINE-NEXT: %[[LOOP:.*]]:2 = graph.scan @turn length "t" carries(%[[FIRST]]#0) sequences(%[[FIRST]]#1) invariants(%{{.*}}) :
// OUTLINE-NEXT: %[[SUM:.*]] = graph.launch @{{.*}}(%[[LOOP]]#0, %{{.*}})
// OUTLINE-NEXT: return %[[SUM]], %[[LOOP]]#1
func.func private @turn(%i: tensor<i64>, %h: tensor<4xf32>, %x: tensor<4xf32>, %w: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) attributes {graph.body} {
  %p = graph.multiply %h, %w : tensor<4xf32>
  %s = graph.add %p, %x : tensor<4xf32>
  %t = graph.tanh %s : tensor<4xf32>
  return %t, %p : tensor<4xf32>, tensor<4xf32>
}
func.func @loop(%h: tensor<4xf32>, %xs: tensor<?x4xf32, #graph.dims<"t", "">>, %w: tensor<4xf32>) -> (tensor<4xf32>, tensor<?x4xf32, #graph.dims<"t", "">>) {
  %a = graph.exp %h : tensor<4xf32>
  %ys = graph.neg %xs : tensor<?x4xf32, #graph.dims<"t", "">>
  %last, %ps = graph.scan @turn length "t" carries(%a) sequences(%ys) invariants(%w) : (tensor<4xf32>, tensor<?x4xf32, #graph.dims<"t", "">>, tensor<4xf32>) -> (tensor<4xf32>, tensor<?x4xf32, #graph.dims<"t", "">>)
  %b = graph.exp %last : tensor<4xf32>
  %c = graph.exp %w : tensor<4xf32>
  %d = graph.add %b, %c : tensor<4xf32>
  return %d, %ps : tensor<4xf32>, tensor<?x4xf32, #graph.dims<"t", "">>
}
