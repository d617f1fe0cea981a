// RUN: dlc-opt %s --split-input-file --verify-diagnostics
// The parser infers result types before operands are verified: none of these may crash it.

func.func @unranked(%x: tensor<*xf32>) {
  // expected-error @+1 {{'graph.concatenate' op operand 0 must be a ranked tensor whose dynamic sizes are named, like tensor<?x4xf32, #graph.dims<"batch", "">>, and whose element count fits 64 bits, got 'tensor<*xf32>'}}
  %y = graph.concatenate %x dim 0 : tensor<*xf32>
  return
}

// -----

func.func @unnamed(%x: tensor<?x8xf32>, %w: tensor<8x3xf32>) {
  // expected-error @+1 {{'graph.dot_general' op operand 0 must be a ranked tensor whose dynamic sizes are named}}
  %y = graph.dot_general %x, %w contracting [1] x [0] : tensor<?x8xf32>, tensor<8x3xf32>
  return
}

// -----

func.func @no_tensor(%x: f32) {
  // expected-error @+1 {{invalid kind of type specified: expected builtin.tensor, but found 'f32'}}
  %y = graph.reduce_sum %x dims [0] : f32
  return
}

// -----

func.func @no_tensors(%x: f32) {
  // expected-error @+1 {{'graph.compare' op operand 0 must be a ranked tensor whose dynamic sizes are named}}
  %y = graph.compare lt %x, %x : f32
  return
}

// -----

func.func @foreign_encoding(%x: tensor<?xf32, "batch">) {
  // expected-error @+1 {{'graph.reverse' op operand 0 must be a ranked tensor whose dynamic sizes are named}}
  %y = graph.reverse %x dims [0] : tensor<?xf32, "batch">
  return
}

// -----

func.func @no_tensor_to_reshape(%x: tensor<*xf32>) {
  // expected-error @+1 {{invalid kind of type specified: expected builtin.tensor, but found 'tensor<*xf32>'}}
  %y = graph.reshape %x : tensor<*xf32> -> tensor<4xf32>
  return
}

// -----

func.func @no_type_for_padding(%x: tensor<*xf32>, %v: tensor<f32>) {
  // expected-error @+1 {{invalid kind of type specified: expected builtin.tensor, but found 'tensor<*xf32>'}}
  %y = graph.pad %x, %v low [0] high [0] interior [0] : tensor<*xf32>
  return
}

// -----

func.func @attributes_missing(%x: tensor<4xf32>) {
  // expected-error @+1 {{'graph.reduce_sum' op requires attribute 'dims'}}
  %y = "graph.reduce_sum"(%x) : (tensor<4xf32>) -> tensor<f32>
  return
}

// -----

func.func @attributes_of_another_kind(%x: tensor<4xf32>) {
  // expected-error @+1 {{'graph.reduce_sum' op attribute 'dims' failed to satisfy constraint: i64 dense array attribute}}
  %y = "graph.reduce_sum"(%x) {dims = 1 : i64} : (tensor<4xf32>) -> tensor<f32>
  return
}

// -----

func.func @size_overflow(%x: tensor<9223372036854775807xi8>, %v: tensor<i8>) {
  // expected-error @+1 {{'graph.concatenate' op size 0 of the result must fit 64 bits}}
  %y = graph.concatenate %x, %x dim 0 : tensor<9223372036854775807xi8>, tensor<9223372036854775807xi8>
  return
}

// -----

func.func @padding_overflow(%x: tensor<4xi8>, %v: tensor<i8>) {
  // expected-error @+1 {{'graph.pad' op size 0 of the result must fit 64 bits}}
  %y = graph.pad %x, %v low [9223372036854775807] high [0] interior [0] : tensor<4xi8>
  return
}

// -----

func.func @count_overflow(%x: tensor<4294967296xi8>) {
  // expected-error @+1 {{result #0 must be tensor with named sizes}}
  %y = graph.dot_general %x, %x : tensor<4294967296xi8>, tensor<4294967296xi8>
  return
}
