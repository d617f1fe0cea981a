// RUN: dlc-opt %s --split-input-file --verify-diagnostics

func.func @lists(%x: tensor<8x4xf32>) {
  // expected-error @+1 {{'graph.window_sum' op window and strides must have one number for each of 2 dimensions, got [2] and [2, 1]}}
  %y = graph.window_sum %x window [2] strides [2, 1] : tensor<8x4xf32>
  return
}

// -----

func.func @large_window(%x: tensor<8x4xf32>) {
  // expected-error @+1 {{'graph.window_sum' op a window of 9 elements is larger than its input of size 8}}
  %y = graph.window_sum %x window [9, 1] strides [1, 1] : tensor<8x4xf32>
  return
}

// -----

func.func @window_of_nothing(%x: tensor<0xf32>) {
  // expected-error @+1 {{'graph.window_max' op a window of 1 elements is larger than its input of size 0}}
  %y = graph.window_max %x window [1] strides [1] : tensor<0xf32>
  return
}

// -----

func.func @no_window(%x: tensor<8x4xf32>) {
  // expected-error @+1 {{'graph.window_max' op a window must have at least 1 element, got 0}}
  %y = graph.window_max %x window [2, 0] strides [1, 1] : tensor<8x4xf32>
  return
}

// -----

func.func @no_stride(%x: tensor<8xf32>) {
  // expected-error @+1 {{'graph.window_sum' op strides and dilation must be at least 1, got 0 and 1}}
  %y = graph.window_sum %x window [2] strides [0] : tensor<8xf32>
  return
}

// -----

func.func @bools(%x: tensor<8xi1>) {
  // expected-error @+1 {{operand #0 must be tensor with named sizes of float or integer values, but got 'tensor<8xi1>'}}
  %y = graph.window_max %x window [2] strides [2] : tensor<8xi1>
  return
}

// -----

func.func @symbolic_stride(%x: tensor<?x4xf32, #graph.dims<"t", "">>) {
  // expected-error @+1 {{'graph.window_sum' op a stride of 2 needs a size known at compile time, got t}}
  %y = graph.window_sum %x window [2, 1] strides [2, 1] : tensor<?x4xf32, #graph.dims<"t", "">>
  return
}

// -----

// A sum has no places: its window may be larger.
func.func @place_of_two_bytes(%x: tensor<300x2xf32>) {
  %y = graph.window_sum %x window [257, 1] strides [1, 1] : tensor<300x2xf32>
  // expected-error @+1 {{'graph.window_max' op a window may have 256 elements at most, got [257, 1]}}
  %z = graph.window_max %x window [257, 1] strides [1, 1] : tensor<300x2xf32>
  return
}

// -----

func.func @places_of_two_bytes(%x: tensor<20x20xf32>) {
  // expected-error @+1 {{'graph.window_arg_max' op a window may have 256 elements at most, got [16, 17]}}
  %y = graph.window_arg_max %x window [16, 17] strides [1, 1] : tensor<20x20xf32>
  return
}

// -----

func.func @windows(%u: tensor<3xf32>, %i: tensor<3xi8>) {
  // expected-error @+1 {{'graph.window_scatter' op the windows of 'tensor<8xf32>' are 'tensor<4xf32>', got 'tensor<3xf32>'}}
  %y = graph.window_scatter %u, %i window [2] strides [2] : tensor<3xf32>, tensor<3xi8> -> tensor<8xf32>
  return
}

// -----

func.func @number_of_places(%u: tensor<4xf32>, %i: tensor<3xi8>) {
  // expected-error @+1 {{'graph.window_scatter' op indices must be 'tensor<4xi8>', got 'tensor<3xi8>'}}
  %y = graph.window_scatter %u, %i window [2] strides [2] : tensor<4xf32>, tensor<3xi8> -> tensor<8xf32>
  return
}

// -----

func.func @wide_places(%x: tensor<8xf32>, %i: tensor<4xi32>) {
  // expected-error @+1 {{'graph.window_gather' op indices must be 'tensor<4xi8>', got 'tensor<4xi32>'}}
  %y = graph.window_gather %x, %i window [2] strides [2] : tensor<8xf32>, tensor<4xi32> -> tensor<4xf32>
  return
}

// -----

func.func @gathered(%x: tensor<8xf32>, %i: tensor<4xi8>) {
  // expected-error @+1 {{'graph.window_gather' op the windows of 'tensor<8xf32>' are 'tensor<4xf32>', got 'tensor<5xf32>'}}
  %y = graph.window_gather %x, %i window [2] strides [2] : tensor<8xf32>, tensor<4xi8> -> tensor<5xf32>
  return
}

// -----

func.func @lists_of_places(%x: tensor<8x2xf32>, %i: tensor<4x2xi8>) {
  // expected-error @+1 {{'graph.window_gather' op window and strides must have one number for each of 2 dimensions, got [2] and [2]}}
  %y = graph.window_gather %x, %i window [2] strides [2] : tensor<8x2xf32>, tensor<4x2xi8> -> tensor<4x2xf32>
  return
}

// -----

func.func @scattered_far(%u: tensor<4xf32>, %i: tensor<4xi8>) {
  // expected-error @+1 {{'graph.window_scatter' op a window may have 256 elements at most, got [300]}}
  %y = graph.window_scatter %u, %i window [300] strides [1] : tensor<4xf32>, tensor<4xi8> -> tensor<303xf32>
  return
}
