// RUN: dlc-opt %s --canonicalize | FileCheck %s

// A move that changes nothing is its input.
// CHECK-LABEL: func.func @identities
// CHECK-SAME: (%[[X:[^:]*]]: tensor<?x8xf32
func.func @identities(%x: tensor<?x8xf32, #graph.dims<"batch", "">>, %v: tensor<f32>) -> tensor<?x8xf32, #graph.dims<"batch", "">> {
  %a = graph.reshape %x : tensor<?x8xf32, #graph.dims<"batch", "">> -> tensor<?x8xf32, #graph.dims<"batch", "">>
  %b = graph.broadcast %a dims [0, 1] : tensor<?x8xf32, #graph.dims<"batch", "">> -> tensor<?x8xf32, #graph.dims<"batch", "">>
  %c = graph.transpose %b permutation [0, 1] : tensor<?x8xf32, #graph.dims<"batch", "">>
  %d = graph.concatenate %c dim 0 : tensor<?x8xf32, #graph.dims<"batch", "">>
  %e = graph.reverse %d dims [] : tensor<?x8xf32, #graph.dims<"batch", "">>
  %f = graph.pad %e, %v low [0, 0] high [0, 0] interior [0, 0] : tensor<?x8xf32, #graph.dims<"batch", "">>
  %g = graph.slice %f starts [0, 0] limits [-1, 8] strides [1, 1] : tensor<?x8xf32, #graph.dims<"batch", "">>
  %h = graph.reduce_sum %g dims [] : tensor<?x8xf32, #graph.dims<"batch", "">>
  // CHECK-NEXT: return %[[X]]
  return %h : tensor<?x8xf32, #graph.dims<"batch", "">>
}

// Two moves of a kind are one.
// CHECK-LABEL: func.func @compositions
// CHECK-SAME: (%[[X:.*]]: tensor<2x3x4xf32>, %[[B:.*]]: tensor<4xf32>
func.func @compositions(%x: tensor<2x3x4xf32>, %b: tensor<4xf32>) -> (tensor<12x2xf32>, tensor<4x3x2xf32>, tensor<2x3x4xf32>, tensor<5x3x4xf32>) {
  // CHECK-DAG: %[[RESHAPE:.*]] = graph.reshape %[[X]] : tensor<2x3x4xf32> -> tensor<12x2xf32>
  %a = graph.reshape %x : tensor<2x3x4xf32> -> tensor<24xf32>
  %c = graph.reshape %a : tensor<24xf32> -> tensor<12x2xf32>
  // CHECK-DAG: %[[TRANSPOSE:.*]] = graph.transpose %[[X]] permutation [2, 1, 0]
  %d = graph.transpose %x permutation [1, 2, 0] : tensor<2x3x4xf32>
  %e = graph.transpose %d permutation [1, 0, 2] : tensor<3x4x2xf32>
  %f = graph.transpose %d permutation [2, 0, 1] : tensor<3x4x2xf32>
  // CHECK-DAG: %[[BROADCAST:.*]] = graph.broadcast %[[B]] dims [2] : tensor<4xf32> -> tensor<5x3x4xf32>
  %g = graph.broadcast %b dims [1] : tensor<4xf32> -> tensor<3x4xf32>
  %h = graph.broadcast %g dims [1, 2] : tensor<3x4xf32> -> tensor<5x3x4xf32>
  // CHECK: return %[[RESHAPE]], %[[TRANSPOSE]], %[[X]], %[[BROADCAST]]
  return %c, %e, %f, %h : tensor<12x2xf32>, tensor<4x3x2xf32>, tensor<2x3x4xf32>, tensor<5x3x4xf32>
}

// CHECK-LABEL: func.func @reversed_twice
// CHECK-SAME: (%[[X:.*]]: tensor<4x3xf32>
func.func @reversed_twice(%x: tensor<4x3xf32>) -> (tensor<4x3xf32>, tensor<4x3xf32>) {
  // CHECK: graph.reverse %[[X]] dims [0]
  %a = graph.reverse %x dims [0] : tensor<4x3xf32>
  %b = graph.reverse %a dims [0] : tensor<4x3xf32>
  // CHECK: %[[C:.*]] = graph.reverse %{{.*}} dims [1]
  %c = graph.reverse %a dims [1] : tensor<4x3xf32>
  // CHECK: return %[[X]], %[[C]]
  return %b, %c : tensor<4x3xf32>, tensor<4x3xf32>
}

// Moves of splats are splats of any size; reshapes of any constant are constants.
// CHECK-LABEL: func.func @constants
func.func @constants() -> (tensor<100x8xf32>, tensor<8x4xf32>, tensor<2x2xi32>, tensor<i64>) {
  // CHECK-DAG: %[[BIG:.*]] = graph.constant dense<2.000000e+00> : tensor<100x8xf32>
  %two = graph.constant dense<2.0> : tensor<f32>
  %a = graph.broadcast %two dims [] : tensor<f32> -> tensor<100x8xf32>
  // CHECK-DAG: %[[PART:.*]] = graph.constant dense<2.000000e+00> : tensor<8x4xf32>
  %b = graph.transpose %a permutation [1, 0] : tensor<100x8xf32>
  %c = graph.reverse %b dims [1] : tensor<8x100xf32>
  %d = graph.slice %c starts [0, 0] limits [8, 100] strides [1, 30] : tensor<8x100xf32>
  // CHECK-DAG: %[[SQUARE:.*]] = graph.constant dense<{{\[\[}}1, 2], [3, 4]]> : tensor<2x2xi32>
  %e = graph.constant dense<[1, 2, 3, 4]> : tensor<4xi32>
  %f = graph.reshape %e : tensor<4xi32> -> tensor<2x2xi32>
  // CHECK-DAG: %[[SIZE:.*]] = graph.constant dense<7129> : tensor<i64>
  %g = graph.size "7129"
  // CHECK: return %[[BIG]], %[[PART]], %[[SQUARE]], %[[SIZE]]
  return %a, %d, %f, %g : tensor<100x8xf32>, tensor<8x4xf32>, tensor<2x2xi32>, tensor<i64>
}

// A scalar broadcast to a symbolic size stays one broadcast, wherever it moves.
// CHECK-LABEL: func.func @moved_scalar
// CHECK-SAME: (%[[S:.*]]: tensor<f32>
func.func @moved_scalar(%s: tensor<f32>) -> tensor<8x?xf32, #graph.dims<"", "4*batch">> {
  // CHECK-NEXT: %[[Y:.*]] = graph.broadcast %[[S]] dims [] : tensor<f32> -> tensor<8x?xf32, #graph.dims<"", "4*batch">>
  %a = graph.broadcast %s dims [] : tensor<f32> -> tensor<?x4x8xf32, #graph.dims<"batch", "", "">>
  %b = graph.reshape %a : tensor<?x4x8xf32, #graph.dims<"batch", "", "">> -> tensor<?x8xf32, #graph.dims<"4*batch", "">>
  %c = graph.transpose %b permutation [1, 0] : tensor<?x8xf32, #graph.dims<"4*batch", "">>
  // CHECK-NEXT: return %[[Y]]
  return %c : tensor<8x?xf32, #graph.dims<"", "4*batch">>
}
