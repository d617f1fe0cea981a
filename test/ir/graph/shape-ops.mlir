// RUN: dlc-opt %s | dlc-opt | FileCheck %s

// CHECK-LABEL: func.func @sources
func.func @sources() -> (tensor<2xf32>, tensor<i64>, tensor<?x8xi32, #graph.dims<"batch", "">>) {
  // CHECK: graph.constant dense<[1.000000e+00, 2.000000e+00]> : tensor<2xf32>
  %c = graph.constant dense<[1.0, 2.0]> : tensor<2xf32>
  // CHECK: graph.size "4*batch"
  %n = graph.size "4*batch"
  // CHECK: graph.iota dim 0 : tensor<8xi32>
  %i = graph.iota dim 0 : tensor<8xi32>
  // CHECK: graph.iota dim 1 : tensor<?x8xi32, #graph.dims<"batch", "">>
  %j = graph.iota dim 1 : tensor<?x8xi32, #graph.dims<"batch", "">>
  return %c, %n, %j : tensor<2xf32>, tensor<i64>, tensor<?x8xi32, #graph.dims<"batch", "">>
}

// Element counts are compared as polynomials.
// CHECK-LABEL: func.func @reshapes
func.func @reshapes(%x: tensor<4x8xf32>, %s: tensor<?x8xf32, #graph.dims<"batch*t", "">>) {
  // CHECK: graph.reshape %{{.*}} : tensor<4x8xf32> -> tensor<32xf32>
  %y = graph.reshape %x : tensor<4x8xf32> -> tensor<32xf32>
  // CHECK: graph.reshape
  %z = graph.reshape %s : tensor<?x8xf32, #graph.dims<"batch*t", "">> -> tensor<?x?x2x4xf32, #graph.dims<"batch", "t", "", "">>
  // CHECK: graph.reshape %{{.*}} -> tensor<?xf32, #graph.dims<"8*batch*t">>
  %w = graph.reshape %s : tensor<?x8xf32, #graph.dims<"batch*t", "">> -> tensor<?xf32, #graph.dims<"8*batch*t">>
  return
}

// CHECK-LABEL: func.func @moves
func.func @moves(%x: tensor<4x8xf32>, %b: tensor<8xf32>, %s: tensor<?x8xf32, #graph.dims<"batch", "">>)
    -> (tensor<8x?xf32, #graph.dims<"", "batch">>, tensor<?x8xf32, #graph.dims<"2*batch", "">>) {
  // CHECK: graph.broadcast %{{.*}} dims [1] : tensor<8xf32> -> tensor<4x8xf32>
  %y = graph.broadcast %b dims [1] : tensor<8xf32> -> tensor<4x8xf32>
  // CHECK: graph.broadcast %{{.*}} dims [1] : tensor<8xf32> -> tensor<?x8xf32, #graph.dims<"batch", "">>
  %r = graph.broadcast %b dims [1] : tensor<8xf32> -> tensor<?x8xf32, #graph.dims<"batch", "">>
  // CHECK: graph.transpose %{{.*}} permutation [1, 0] : tensor<?x8xf32, #graph.dims<"batch", "">>
  %t = graph.transpose %s permutation [1, 0] : tensor<?x8xf32, #graph.dims<"batch", "">>
  // CHECK: graph.concatenate %{{.*}}, %{{.*}} dim 0 : tensor<?x8xf32, #graph.dims<"batch", "">>, tensor<?x8xf32, #graph.dims<"batch", "">>
  %c = graph.concatenate %s, %r dim 0 : tensor<?x8xf32, #graph.dims<"batch", "">>, tensor<?x8xf32, #graph.dims<"batch", "">>
  // CHECK: graph.reverse %{{.*}} dims [0] : tensor<4x8xf32>
  %v = graph.reverse %x dims [0] : tensor<4x8xf32>
  return %t, %c : tensor<8x?xf32, #graph.dims<"", "batch">>, tensor<?x8xf32, #graph.dims<"2*batch", "">>
}

// CHECK-LABEL: func.func @joins
func.func @joins(%x: tensor<4x3xf32>, %y: tensor<4x5xf32>) -> tensor<4x8xf32> {
  // CHECK: graph.concatenate %{{.*}}, %{{.*}} dim 1 : tensor<4x3xf32>, tensor<4x5xf32>
  %z = graph.concatenate %x, %y dim 1 : tensor<4x3xf32>, tensor<4x5xf32>
  return %z : tensor<4x8xf32>
}

// Interior padding counts between elements: none for a size of 0 or 1.
// CHECK-LABEL: func.func @pads
func.func @pads(%x: tensor<4x8xf32>, %e: tensor<0x1xf32>, %s: tensor<?xf32, #graph.dims<"batch">>, %v: tensor<f32>)
    -> (tensor<5x17xf32>, tensor<2x1xf32>, tensor<?xf32, #graph.dims<"batch+3">>) {
  // CHECK: graph.pad %{{.*}}, %{{.*}} low [0, 1] high [1, 1] interior [0, 1] : tensor<4x8xf32>
  %y = graph.pad %x, %v low [0, 1] high [1, 1] interior [0, 1] : tensor<4x8xf32>
  %z = graph.pad %e, %v low [1, 0] high [1, 0] interior [5, 5] : tensor<0x1xf32>
  // CHECK: graph.pad %{{.*}}, %{{.*}} low [1] high [2] interior [0] : tensor<?xf32, #graph.dims<"batch">>
  %p = graph.pad %s, %v low [1] high [2] interior [0] : tensor<?xf32, #graph.dims<"batch">>
  return %y, %z, %p : tensor<5x17xf32>, tensor<2x1xf32>, tensor<?xf32, #graph.dims<"batch+3">>
}
