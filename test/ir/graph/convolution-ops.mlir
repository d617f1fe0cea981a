// RUN: dlc-opt %s | dlc-opt | FileCheck %s

// CHECK-LABEL: func.func @one_dimension
func.func @one_dimension(%x: tensor<2x9x3xf32>, %w: tensor<4x3x5xf32>) -> tensor<2x6x5xf32> {
  // CHECK: graph.convolution %{{.*}}, %{{.*}} strides [1] dilation [1] : tensor<2x9x3xf32>, tensor<4x3x5xf32>
  %y = graph.convolution %x, %w strides [1] dilation [1] : tensor<2x9x3xf32>, tensor<4x3x5xf32>
  return %y : tensor<2x6x5xf32>
}

// Strides leave the odd elements at the end out; floor((8 - 3) / 2) + 1 and floor((7 - 2) / 3) + 1 windows.
// CHECK-LABEL: func.func @strides
func.func @strides(%x: tensor<2x8x7x3xf32>, %w: tensor<3x2x3x16xf32>) -> tensor<2x3x2x16xf32> {
  // CHECK: graph.convolution %{{.*}}, %{{.*}} strides [2, 3] dilation [1, 1] :
  %y = graph.convolution %x, %w strides [2, 3] dilation [1, 1] : tensor<2x8x7x3xf32>, tensor<3x2x3x16xf32>
  return %y : tensor<2x3x2x16xf32>
}

// A dilated window of 3 elements, 4 apart, reaches over 9; a batch and a length of symbolic size keep their names.
// CHECK-LABEL: func.func @symbolic
func.func @symbolic(%x: tensor<?x?x3xf64, #graph.dims<"batch", "t", "">>, %w: tensor<3x3x5xf64>)
    -> tensor<?x?x5xf64, #graph.dims<"batch", "t-8", "">> {
  // CHECK: graph.convolution %{{.*}}, %{{.*}} strides [1] dilation [4] : tensor<?x?x3xf64, #graph.dims<"batch", "t", "">>
  %y = graph.convolution %x, %w strides [1] dilation [4]
      : tensor<?x?x3xf64, #graph.dims<"batch", "t", "">>, tensor<3x3x5xf64>
  return %y : tensor<?x?x5xf64, #graph.dims<"batch", "t-8", "">>
}

// Groups are a dimension of their own, before the channels; three dimensions.
// CHECK-LABEL: func.func @grouped
func.func @grouped(%x: tensor<2x3x4x5x4x2xf32>, %w: tensor<2x2x2x4x2x3xf32>) -> tensor<2x2x3x4x4x3xf32> {
  // CHECK: graph.convolution %{{.*}}, %{{.*}} strides [1, 1, 1] dilation [1, 1, 1] grouped : tensor<2x3x4x5x4x2xf32>
  %y = graph.convolution %x, %w strides [1, 1, 1] dilation [1, 1, 1] grouped
      : tensor<2x3x4x5x4x2xf32>, tensor<2x2x2x4x2x3xf32>
  return %y : tensor<2x2x3x4x4x3xf32>
}

// What a filter's gradient is: a filter of symbolic size, as large as its input.
// CHECK-LABEL: func.func @symbolic_filter
func.func @symbolic_filter(%x: tensor<3x?x5xf32, #graph.dims<"", "t+2", "">>, %w: tensor<?x5x4xf32, #graph.dims<"t", "", "">>)
    -> tensor<3x3x4xf32> {
  // CHECK: graph.convolution
  %y = graph.convolution %x, %w strides [1] dilation [1]
      : tensor<3x?x5xf32, #graph.dims<"", "t+2", "">>, tensor<?x5x4xf32, #graph.dims<"t", "", "">>
  return %y : tensor<3x3x4xf32>
}
