// RUN: dlc-opt %s --split-input-file --verify-diagnostics

func.func @size_syntax() {
  // expected-error @+1 {{'graph.size' op size must be a polynomial of names, like "2*batch+1", got "batch /"}}
  %n = graph.size "batch /"
  return
}

// -----

func.func @size_form() {
  // expected-error @+1 {{'graph.size' op size must be in canonical form, expected "2*batch", got "batch*2"}}
  %n = graph.size "batch*2"
  return
}

// -----

func.func @iota_dim() {
  // expected-error @+1 {{'graph.iota' op dim must be a dimension of the result 'tensor<8xi32>', got 1}}
  %i = graph.iota dim 1 : tensor<8xi32>
  return
}

// -----

func.func @reshape_count(%x: tensor<?x8xf32, #graph.dims<"batch", "">>) {
  // expected-error @+1 {{'graph.reshape' op result must have as many elements as the input, expected 8*batch ('tensor<?x8xf32, #graph.dims<"batch", "">>'), got 4*batch ('tensor<?xf32, #graph.dims<"4*batch">>')}}
  %y = graph.reshape %x : tensor<?x8xf32, #graph.dims<"batch", "">> -> tensor<?xf32, #graph.dims<"4*batch">>
  return
}

// -----

func.func @reshape_type(%x: tensor<8xf32>) {
  // expected-error @+1 {{'graph.reshape' op result must have the input's element type 'f32', got 'i32'; use graph.convert}}
  %y = graph.reshape %x : tensor<8xf32> -> tensor<8xi32>
  return
}

// -----

// A size of 1 does not stretch.
func.func @stretch(%x: tensor<1x8xf32>) {
  // expected-error @+1 {{'graph.broadcast' op size 0 of the result must be 1 (dimension 0 of the input), got 4}}
  %y = graph.broadcast %x dims [0, 1] : tensor<1x8xf32> -> tensor<4x8xf32>
  return
}

// -----

func.func @broadcast_list(%x: tensor<8xf32>) {
  // expected-error @+1 {{'graph.broadcast' op dims must have one entry for each of 1 input dimensions, got []}}
  %y = graph.broadcast %x dims [] : tensor<8xf32> -> tensor<4x8xf32>
  return
}

// -----

func.func @broadcast_order(%x: tensor<4x8xf32>) {
  // expected-error @+1 {{'graph.broadcast' op dims must be rising dimensions below 2, got [1, 0]}}
  %y = graph.broadcast %x dims [1, 0] : tensor<4x8xf32> -> tensor<8x4xf32>
  return
}

// -----

func.func @broadcast_type(%x: tensor<8xf32>) {
  // expected-error @+1 {{'graph.broadcast' op result must have the input's element type 'f32', got 'f64'}}
  %y = graph.broadcast %x dims [1] : tensor<8xf32> -> tensor<4x8xf64>
  return
}

// -----

func.func @no_permutation(%x: tensor<4x8xf32>) {
  // expected-error @+1 {{'graph.transpose' op permutation must hold each dimension of 'tensor<4x8xf32>' once, got [1, 1]}}
  %y = graph.transpose %x permutation [1, 1] : tensor<4x8xf32>
  return
}

// -----

func.func @no_inputs() {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.concatenate' op needs at least one input}}
  %z = "graph.concatenate"() {dim = 0 : i64} : () -> tensor<4xf32>
  return
}

// -----

func.func @concatenate_dim(%x: tensor<4xf32>) {
  // expected-error @+1 {{'graph.concatenate' op dim must be from 0 to 0, got 1}}
  %z = graph.concatenate %x, %x dim 1 : tensor<4xf32>, tensor<4xf32>
  return
}

// -----

func.func @concatenate_sizes(%x: tensor<4x3xf32>, %y: tensor<5x3xf32>) {
  // expected-error @+1 {{'graph.concatenate' op inputs must agree in all sizes but that of dimension 1, got 'tensor<4x3xf32>' and 'tensor<5x3xf32>'}}
  %z = graph.concatenate %x, %y dim 1 : tensor<4x3xf32>, tensor<5x3xf32>
  return
}

// -----

func.func @concatenate_types(%x: tensor<4xf32>, %y: tensor<4xf64>) {
  // expected-error @+1 {{'graph.concatenate' op inputs must agree in rank and element type, got 'tensor<4xf32>' and 'tensor<4xf64>'}}
  %z = graph.concatenate %x, %y dim 0 : tensor<4xf32>, tensor<4xf64>
  return
}

// -----

func.func @reverse_dims(%x: tensor<4xf32>) {
  // expected-error @+1 {{'graph.reverse' op dims must be rising dimensions below 1, got [0, 0]}}
  %z = graph.reverse %x dims [0, 0] : tensor<4xf32>
  return
}

// -----

func.func @pad_list(%x: tensor<4x8xf32>, %v: tensor<f32>) {
  // expected-error @+1 {{'graph.pad' op low, high and interior must have one number for each of 2 dimensions, got [1]}}
  %y = graph.pad %x, %v low [0, 1] high [1] interior [0, 0] : tensor<4x8xf32>
  return
}

// -----

func.func @pad_negative(%x: tensor<4xf32>, %v: tensor<f32>) {
  // expected-error @+1 {{'graph.pad' op low, high and interior must not be negative, got [-1]}}
  %y = graph.pad %x, %v low [-1] high [1] interior [0] : tensor<4xf32>
  return
}

// -----

// For batch = 0 the formula would be negative.
func.func @pad_inside_symbolic(%x: tensor<?xf32, #graph.dims<"batch">>, %v: tensor<f32>) {
  // expected-error @+1 {{'graph.pad' op interior padding needs a static size, got batch in 'tensor<?xf32, #graph.dims<"batch">>'}}
  %y = graph.pad %x, %v low [0] high [0] interior [1] : tensor<?xf32, #graph.dims<"batch">>
  return
}

// -----

func.func @pad_value(%x: tensor<4xf32>, %v: tensor<f64>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.pad' op value must have the input's element type 'f32', got 'f64'}}
  %y = "graph.pad"(%x, %v) {low = array<i64: 1>, high = array<i64: 0>, interior = array<i64: 0>} : (tensor<4xf32>, tensor<f64>) -> tensor<5xf32>
  return
}

// -----

func.func @vector_constant() {
  // expected-error @+1 {{'graph.constant' op value must be a ranked tensor of static sizes, got 'vector<2xf32>'}}
  %c = graph.constant dense<[1.0, 2.0]> : vector<2xf32>
  return
}
