// RUN: dlc-opt %s | dlc-opt | FileCheck %s

// Windows slide along any dimensions; elements that fill no window are left out.
// CHECK-LABEL: func.func @sums
func.func @sums(%x: tensor<?x8x7x3xf32, #graph.dims<"batch", "", "", "">>, %n: tensor<9xi32>)
    -> (tensor<?x4x2x3xf32, #graph.dims<"batch", "", "", "">>, tensor<7xi32>) {
  // CHECK: graph.window_sum %{{.*}} window [1, 2, 3, 1] strides [1, 2, 3, 1] : tensor<?x8x7x3xf32, #graph.dims<"batch", "", "", "">>
  %a = graph.window_sum %x window [1, 2, 3, 1] strides [1, 2, 3, 1] : tensor<?x8x7x3xf32, #graph.dims<"batch", "", "", "">>
  // CHECK: graph.window_sum %{{.*}} window [3] strides [1] : tensor<9xi32>
  %b = graph.window_sum %n window [3] strides [1] : tensor<9xi32>
  return %a, %b : tensor<?x4x2x3xf32, #graph.dims<"batch", "", "", "">>, tensor<7xi32>
}

// A symbolic size takes windows that move by one. A window of 256 elements is the largest that has places.
// CHECK-LABEL: func.func @maxima
func.func @maxima(%x: tensor<2x?x3xf64, #graph.dims<"", "t", "">>, %y: tensor<300x2xi8>)
    -> (tensor<2x?x3xf64, #graph.dims<"", "t-1", "">>, tensor<2x?x3xi8, #graph.dims<"", "t-1", "">>, tensor<23x2xi8>) {
  // CHECK: graph.window_max %{{.*}} window [1, 2, 1] strides [1, 1, 1] : tensor<2x?x3xf64, #graph.dims<"", "t", "">>
  %a = graph.window_max %x window [1, 2, 1] strides [1, 1, 1] : tensor<2x?x3xf64, #graph.dims<"", "t", "">>
  // CHECK: graph.window_arg_max %{{.*}} window [1, 2, 1] strides [1, 1, 1] : tensor<2x?x3xf64, #graph.dims<"", "t", "">>
  %b = graph.window_arg_max %x window [1, 2, 1] strides [1, 1, 1] : tensor<2x?x3xf64, #graph.dims<"", "t", "">>
  // CHECK: graph.window_arg_max %{{.*}} window [256, 1] strides [2, 1] : tensor<300x2xi8>
  %c = graph.window_arg_max %y window [256, 1] strides [2, 1] : tensor<300x2xi8>
  return %a, %b, %c : tensor<2x?x3xf64, #graph.dims<"", "t-1", "">>, tensor<2x?x3xi8, #graph.dims<"", "t-1", "">>, tensor<23x2xi8>
}

// Steps larger than the window leave gaps.
// CHECK-LABEL: func.func @places
func.func @places(%u: tensor<3xf32>, %i: tensor<3xi8>, %x: tensor<10xf32>) -> (tensor<10xf32>, tensor<3xf32>) {
  // CHECK: graph.window_scatter %{{.*}}, %{{.*}} window [2] strides [4] : tensor<3xf32>, tensor<3xi8> -> tensor<10xf32>
  %a = graph.window_scatter %u, %i window [2] strides [4] : tensor<3xf32>, tensor<3xi8> -> tensor<10xf32>
  // CHECK: graph.window_gather %{{.*}}, %{{.*}} window [2] strides [4] : tensor<10xf32>, tensor<3xi8> -> tensor<3xf32>
  %b = graph.window_gather %x, %i window [2] strides [4] : tensor<10xf32>, tensor<3xi8> -> tensor<3xf32>
  return %a, %b : tensor<10xf32>, tensor<3xf32>
}
