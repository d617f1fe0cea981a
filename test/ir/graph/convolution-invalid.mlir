// RUN: dlc-opt %s --split-input-file --verify-diagnostics

func.func @no_dimension(%x: tensor<2x3xf32>, %w: tensor<3x5xf32>) {
  // expected-error @+1 {{'graph.convolution' op strides and dilation must have one number for each of one to three dimensions, got [] and []}}
  %y = graph.convolution %x, %w strides [] dilation [] : tensor<2x3xf32>, tensor<3x5xf32>
  return
}

// -----

func.func @four_dimensions(%x: tensor<2x3x3x3x3x1xf32>, %w: tensor<1x1x1x1x1x5xf32>) {
  // expected-error @+1 {{'graph.convolution' op strides and dilation must have one number for each of one to three dimensions, got [1, 1, 1, 1] and [1, 1, 1, 1]}}
  %y = graph.convolution %x, %w strides [1, 1, 1, 1] dilation [1, 1, 1, 1] : tensor<2x3x3x3x3x1xf32>, tensor<1x1x1x1x1x5xf32>
  return
}

// -----

func.func @lists(%x: tensor<2x9x3xf32>, %w: tensor<4x3x5xf32>) {
  // expected-error @+1 {{'graph.convolution' op strides and dilation must have one number for each of one to three dimensions, got [1] and [1, 1]}}
  %y = graph.convolution %x, %w strides [1] dilation [1, 1] : tensor<2x9x3xf32>, tensor<4x3x5xf32>
  return
}

// -----

func.func @rank_of_input(%x: tensor<9x3xf32>, %w: tensor<4x3x5xf32>) {
  // expected-error @+1 {{'graph.convolution' op input and filter must have rank 3, got 'tensor<9x3xf32>' and 'tensor<4x3x5xf32>'}}
  %y = graph.convolution %x, %w strides [1] dilation [1] : tensor<9x3xf32>, tensor<4x3x5xf32>
  return
}

// -----

func.func @rank_of_groups(%x: tensor<2x9x3xf32>, %w: tensor<4x3x5xf32>) {
  // expected-error @+1 {{'graph.convolution' op input and filter must have rank 4, got 'tensor<2x9x3xf32>' and 'tensor<4x3x5xf32>'}}
  %y = graph.convolution %x, %w strides [1] dilation [1] grouped : tensor<2x9x3xf32>, tensor<4x3x5xf32>
  return
}

// -----

func.func @element_types(%x: tensor<2x9x3xf32>, %w: tensor<4x3x5xf64>) {
  // expected-error @+1 {{'graph.convolution' op input and filter must have one element type, got 'tensor<2x9x3xf32>' and 'tensor<4x3x5xf64>'}}
  %y = graph.convolution %x, %w strides [1] dilation [1] : tensor<2x9x3xf32>, tensor<4x3x5xf64>
  return
}

// -----

func.func @integers(%x: tensor<2x9x3xi32>, %w: tensor<4x3x5xi32>) {
  // expected-error @+1 {{operand #0 must be tensor with named sizes of float values, but got 'tensor<2x9x3xi32>'}}
  %y = graph.convolution %x, %w strides [1] dilation [1] : tensor<2x9x3xi32>, tensor<4x3x5xi32>
  return
}

// -----

func.func @channels(%x: tensor<2x9x3xf32>, %w: tensor<4x2x5xf32>) {
  // expected-error @+1 {{'graph.convolution' op the input has 3 channels, but the filter is for 2: 'tensor<2x9x3xf32>' and 'tensor<4x2x5xf32>'}}
  %y = graph.convolution %x, %w strides [1] dilation [1] : tensor<2x9x3xf32>, tensor<4x2x5xf32>
  return
}

// -----

func.func @groups(%x: tensor<2x9x4x3xf32>, %w: tensor<4x2x3x5xf32>) {
  // expected-error @+1 {{'graph.convolution' op the input has 4 groups, the filter 2}}
  %y = graph.convolution %x, %w strides [1] dilation [1] grouped : tensor<2x9x4x3xf32>, tensor<4x2x3x5xf32>
  return
}

// -----

func.func @large_window(%x: tensor<2x9x3xf32>, %w: tensor<10x3x5xf32>) {
  // expected-error @+1 {{'graph.convolution' op a window of 10 elements is larger than its input of size 9}}
  %y = graph.convolution %x, %w strides [1] dilation [1] : tensor<2x9x3xf32>, tensor<10x3x5xf32>
  return
}

// -----

func.func @far_window(%x: tensor<2x9x3xf32>, %w: tensor<4x3x5xf32>) {
  // expected-error @+1 {{'graph.convolution' op a window of 4 elements, 3 apart, is larger than its input of size 9}}
  %y = graph.convolution %x, %w strides [1] dilation [3] : tensor<2x9x3xf32>, tensor<4x3x5xf32>
  return
}

// -----

func.func @no_window(%x: tensor<2x9x3xf32>, %w: tensor<0x3x5xf32>) {
  // expected-error @+1 {{'graph.convolution' op a window must have at least 1 element, got 0}}
  %y = graph.convolution %x, %w strides [1] dilation [1] : tensor<2x9x3xf32>, tensor<0x3x5xf32>
  return
}

// -----

func.func @no_stride(%x: tensor<2x9x3xf32>, %w: tensor<4x3x5xf32>) {
  // expected-error @+1 {{'graph.convolution' op strides and dilation must be at least 1, got 0 and 1}}
  %y = graph.convolution %x, %w strides [0] dilation [1] : tensor<2x9x3xf32>, tensor<4x3x5xf32>
  return
}

// -----

func.func @backward_dilation(%x: tensor<2x9x3xf32>, %w: tensor<4x3x5xf32>) {
  // expected-error @+1 {{'graph.convolution' op strides and dilation must be at least 1, got 1 and -1}}
  %y = graph.convolution %x, %w strides [1] dilation [-1] : tensor<2x9x3xf32>, tensor<4x3x5xf32>
  return
}

// -----

func.func @both(%x: tensor<2x9x3xf32>, %w: tensor<3x3x5xf32>) {
  // expected-error @+1 {{'graph.convolution' op strides and dilation cannot both be above 1 in one dimension, got 2 and 3}}
  %y = graph.convolution %x, %w strides [2] dilation [3] : tensor<2x9x3xf32>, tensor<3x3x5xf32>
  return
}

// -----

func.func @symbolic_stride(%x: tensor<2x?x3xf32, #graph.dims<"", "t", "">>, %w: tensor<3x3x5xf32>) {
  // expected-error @+1 {{'graph.convolution' op a stride of 2 needs a size known at compile time, got t}}
  %y = graph.convolution %x, %w strides [2] dilation [1] : tensor<2x?x3xf32, #graph.dims<"", "t", "">>, tensor<3x3x5xf32>
  return
}
