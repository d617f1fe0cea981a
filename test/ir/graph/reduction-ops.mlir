// RUN: dlc-opt %s | dlc-opt | FileCheck %s

// Reduced dimensions vanish; the names of the others stay.
// CHECK-LABEL: func.func @reductions
func.func @reductions(%x: tensor<?x8x?xf32, #graph.dims<"batch", "", "t">>)
    -> (tensor<8xf32>, tensor<?x8xf32, #graph.dims<"batch", "">>, tensor<8x?xf32, #graph.dims<"", "t">>) {
  // CHECK: graph.reduce_sum %{{.*}} dims [0, 2] : tensor<?x8x?xf32, #graph.dims<"batch", "", "t">>
  %sum = graph.reduce_sum %x dims [0, 2] : tensor<?x8x?xf32, #graph.dims<"batch", "", "t">>
  // CHECK: graph.reduce_max %{{.*}} dim 2 : tensor<?x8x?xf32, #graph.dims<"batch", "", "t">>
  %max = graph.reduce_max %x dim 2 : tensor<?x8x?xf32, #graph.dims<"batch", "", "t">>
  // CHECK: graph.reduce_min %{{.*}} dim 0
  %min = graph.reduce_min %x dim 0 : tensor<?x8x?xf32, #graph.dims<"batch", "", "t">>
  return %sum, %max, %min : tensor<8xf32>, tensor<?x8xf32, #graph.dims<"batch", "">>, tensor<8x?xf32, #graph.dims<"", "t">>
}

// CHECK-LABEL: func.func @indices
func.func @indices(%x: tensor<4x8xf64>, %n: tensor<8xi8>) -> (tensor<4xi32>, tensor<i32>) {
  // CHECK: graph.arg_max %{{.*}} dim 1 : tensor<4x8xf64>
  %i = graph.arg_max %x dim 1 : tensor<4x8xf64>
  // CHECK: graph.arg_min %{{.*}} dim 0 : tensor<8xi8>
  %j = graph.arg_min %n dim 0 : tensor<8xi8>
  return %i, %j : tensor<4xi32>, tensor<i32>
}

// CHECK-LABEL: func.func @conditions
func.func @conditions(%p: tensor<4x8xi1>) -> (tensor<i1>, tensor<4xi1>) {
  // CHECK: graph.reduce_and %{{.*}} dims [0, 1] : tensor<4x8xi1>
  %all = graph.reduce_and %p dims [0, 1] : tensor<4x8xi1>
  // CHECK: graph.reduce_or %{{.*}} dims [1] : tensor<4x8xi1>
  %any = graph.reduce_or %p dims [1] : tensor<4x8xi1>
  return %all, %any : tensor<i1>, tensor<4xi1>
}
