// RUN: dlc-opt %s --canonicalize | FileCheck %s
// What the reference backend computes at compile time.

// Results of at most 64 elements.
// CHECK-LABEL: func.func @small
func.func @small() -> (tensor<2x2xf32>, tensor<2xf32>, tensor<2xi32>, tensor<3xf32>) {
  // CHECK-DAG: %[[PRODUCT:.*]] = graph.constant dense<{{\[\[}}7.000000e+00, 1.000000e+01], [1.500000e+01, 2.200000e+01]]> : tensor<2x2xf32>
  %x = graph.constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %product = graph.dot_general %x, %x contracting [1] x [0] : tensor<2x2xf32>, tensor<2x2xf32>
  // CHECK-DAG: %[[SUM:.*]] = graph.constant dense<[4.000000e+00, 6.000000e+00]> : tensor<2xf32>
  %sum = graph.reduce_sum %x dims [0] : tensor<2x2xf32>
  // CHECK-DAG: %[[INDEX:.*]] = graph.constant dense<1> : tensor<2xi32>
  %index = graph.arg_max %x dim 1 : tensor<2x2xf32>
  // CHECK-DAG: %[[PADDED:.*]] = graph.constant dense<[4.000000e+00, 6.000000e+00, 2.500000e+00]> : tensor<3xf32>
  %v = graph.constant dense<2.5> : tensor<f32>
  %padded = graph.pad %sum, %v low [0] high [1] interior [0] : tensor<2xf32>
  // CHECK: return %[[PRODUCT]], %[[SUM]], %[[INDEX]], %[[PADDED]]
  return %product, %sum, %index, %padded : tensor<2x2xf32>, tensor<2xf32>, tensor<2xi32>, tensor<3xf32>
}

// Elementwise ops on splats of any size, and of symbolic size.
// CHECK-LABEL: func.func @splats
func.func @splats() -> (tensor<1000xf32>, tensor<?xf32, #graph.dims<"batch">>) {
  // CHECK-DAG: %[[BIG:.*]] = graph.constant dense<8.000000e+00> : tensor<1000xf32>
  %two = graph.constant dense<2.0> : tensor<1000xf32>
  %three = graph.constant dense<3.0> : tensor<1000xf32>
  %big = graph.power %two, %three : tensor<1000xf32>
  // CHECK-DAG: %[[SCALAR:.*]] = graph.constant dense<3.000000e+00> : tensor<f32>
  // CHECK: %[[SYMBOLIC:.*]] = graph.broadcast %[[SCALAR]] dims []
  %nine = graph.constant dense<9.0> : tensor<f32>
  %nines = graph.broadcast %nine dims [] : tensor<f32> -> tensor<?xf32, #graph.dims<"batch">>
  %root = graph.sqrt %nines : tensor<?xf32, #graph.dims<"batch">>
  // CHECK: return %[[BIG]], %[[SYMBOLIC]]
  return %big, %root : tensor<1000xf32>, tensor<?xf32, #graph.dims<"batch">>
}

// Larger results are computed by the program; draws always are, and so is what stop_gradient holds.
// CHECK-LABEL: func.func @kept
func.func @kept(%x: tensor<2xf32>) -> (tensor<66xf32>, tensor<2xf32>, tensor<2xf32>) {
  %half = graph.constant dense<1.0> : tensor<65xf32>
  %one = graph.constant dense<3.0> : tensor<1xf32>
  // CHECK: graph.concatenate
  %joined = graph.concatenate %half, %one dim 0 : tensor<65xf32>, tensor<1xf32>
  %seed = graph.constant dense<1> : tensor<i64>
  // CHECK: graph.random_uniform
  %u = graph.random_uniform %seed, %seed domain init id 1 : tensor<2xf32>
  %c = graph.constant dense<1.5> : tensor<2xf32>
  // CHECK: graph.stop_gradient
  %s = graph.stop_gradient %c : tensor<2xf32>
  return %joined, %u, %s : tensor<66xf32>, tensor<2xf32>, tensor<2xf32>
}

// A product with a constant 0 folds only where both sides are known.
// CHECK-LABEL: func.func @zero_times_infinity
func.func @zero_times_infinity() -> tensor<2xf32> {
  %zero = graph.constant dense<0.0> : tensor<2xf32>
  %infinity = graph.constant dense<[1.0, 0x7F800000]> : tensor<2xf32>
  // CHECK: graph.constant dense<[0.000000e+00, 0x{{[7F]}}FC00000]> : tensor<2xf32>
  %product = graph.multiply %zero, %infinity : tensor<2xf32>
  return %product : tensor<2xf32>
}
