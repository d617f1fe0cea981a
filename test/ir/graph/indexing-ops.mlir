// RUN: dlc-opt %s | dlc-opt | FileCheck %s

// A limit of -1 is the end, -2 leaves the last element out.
// CHECK-LABEL: func.func @slices
func.func @slices(%x: tensor<4x8xf32>, %s: tensor<?x9xf32, #graph.dims<"batch", "">>)
    -> (tensor<4x3xf32>, tensor<?x2xf32, #graph.dims<"batch", "">>, tensor<0x8xf32>) {
  // CHECK: graph.slice %{{.*}} starts [0, 2] limits [4, -1] strides [1, 2] : tensor<4x8xf32>
  %y = graph.slice %x starts [0, 2] limits [4, -1] strides [1, 2] : tensor<4x8xf32>
  // CHECK: graph.slice %{{.*}} starts [0, 3] limits [-1, 6] strides [1, 2] : tensor<?x9xf32, #graph.dims<"batch", "">>
  %z = graph.slice %s starts [0, 3] limits [-1, 6] strides [1, 2] : tensor<?x9xf32, #graph.dims<"batch", "">>
  %e = graph.slice %x starts [2, 0] limits [2, 8] strides [1, 1] : tensor<4x8xf32>
  return %y, %z, %e : tensor<4x3xf32>, tensor<?x2xf32, #graph.dims<"batch", "">>, tensor<0x8xf32>
}

// Of a symbolic size both ends can be left out, and all of it at once: what is left may be empty at run time.
// CHECK-LABEL: func.func @ends
func.func @ends(%x: tensor<?x8xf32, #graph.dims<"t", "">>)
    -> (tensor<?x6xf32, #graph.dims<"t-3", "">>, tensor<?x8xf32, #graph.dims<"t-2", "">>) {
  // CHECK: graph.slice %{{.*}} starts [1, 0] limits [-3, -3] strides [1, 1] : tensor<?x8xf32, #graph.dims<"t", "">>
  %y = graph.slice %x starts [1, 0] limits [-3, -3] strides [1, 1] : tensor<?x8xf32, #graph.dims<"t", "">>
  // CHECK: graph.slice %{{.*}} starts [2, 0] limits [-1, -1] strides [1, 1] : tensor<?x8xf32, #graph.dims<"t", "">>
  %z = graph.slice %x starts [2, 0] limits [-1, -1] strides [1, 1] : tensor<?x8xf32, #graph.dims<"t", "">>
  return %y, %z : tensor<?x6xf32, #graph.dims<"t-3", "">>, tensor<?x8xf32, #graph.dims<"t-2", "">>
}

// CHECK-LABEL: func.func @rows
func.func @rows(%table: tensor<100x8xf32>, %i: tensor<4xi32>, %s: tensor<?x2xi32, #graph.dims<"batch", "">>, %u: tensor<4x8xf32>)
    -> (tensor<4x8xf32>, tensor<?x2x8xf32, #graph.dims<"batch", "", "">>, tensor<100x8xf32>) {
  // CHECK: graph.take %{{.*}}, %{{.*}} : tensor<100x8xf32>, tensor<4xi32>
  %y = graph.take %table, %i : tensor<100x8xf32>, tensor<4xi32>
  %z = graph.take %table, %s : tensor<100x8xf32>, tensor<?x2xi32, #graph.dims<"batch", "">>
  // CHECK: graph.scatter_add %{{.*}}, %{{.*}} : tensor<4xi32>, tensor<4x8xf32> -> tensor<100x8xf32>
  %t = graph.scatter_add %i, %u : tensor<4xi32>, tensor<4x8xf32> -> tensor<100x8xf32>
  return %y, %z, %t : tensor<4x8xf32>, tensor<?x2x8xf32, #graph.dims<"batch", "", "">>, tensor<100x8xf32>
}
