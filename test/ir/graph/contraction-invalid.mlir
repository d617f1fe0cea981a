// RUN: dlc-opt %s --split-input-file --verify-diagnostics

func.func @sizes(%x: tensor<4x8xf32>, %w: tensor<7x3xf32>) {
  // expected-error @+1 {{'graph.dot_general' op contracting sizes must be equal, got 8 (dimension 1 of lhs 'tensor<4x8xf32>') and 7 (dimension 0 of rhs 'tensor<7x3xf32>')}}
  %z = graph.dot_general %x, %w contracting [1] x [0] : tensor<4x8xf32>, tensor<7x3xf32>
  return
}

// -----

func.func @symbolic_sizes(%x: tensor<?xf32, #graph.dims<"batch">>, %w: tensor<?xf32, #graph.dims<"t">>) {
  // expected-error @+1 {{batching sizes must be equal, got batch (dimension 0 of lhs 'tensor<?xf32, #graph.dims<"batch">>') and t (dimension 0 of rhs 'tensor<?xf32, #graph.dims<"t">>')}}
  %z = graph.dot_general %x, %w batching [0] x [0] : tensor<?xf32, #graph.dims<"batch">>, tensor<?xf32, #graph.dims<"t">>
  return
}

// -----

func.func @out_of_range(%x: tensor<4x8xf32>, %w: tensor<8x3xf32>) {
  // expected-error @+1 {{'graph.dot_general' op lhs has rank 2, but one of its dimensions is given as 2}}
  %z = graph.dot_general %x, %w contracting [2] x [0] : tensor<4x8xf32>, tensor<8x3xf32>
  return
}

// -----

func.func @used_twice(%x: tensor<4x8xf32>, %w: tensor<4x8xf32>) {
  // expected-error @+1 {{'graph.dot_general' op dimension 0 of lhs is used twice in batching [0] and contracting [0]}}
  %z = graph.dot_general %x, %w batching [0] x [0] contracting [0] x [1] : tensor<4x8xf32>, tensor<4x8xf32>
  return
}

// -----

func.func @unpaired(%x: tensor<4x8xf32>, %w: tensor<8x3xf32>) {
  // expected-error @+1 {{'graph.dot_general' op lists of dimensions must pair up, got batching [] x [] and contracting [1] x [0, 1]}}
  %z = graph.dot_general %x, %w contracting [1] x [0, 1] : tensor<4x8xf32>, tensor<8x3xf32>
  return
}

// -----

func.func @element_types(%x: tensor<4x8xf32>, %w: tensor<8x3xf64>) {
  // expected-error @+1 {{'graph.dot_general' op lhs and rhs must have one element type, got 'tensor<4x8xf32>' and 'tensor<8x3xf64>'}}
  %z = graph.dot_general %x, %w contracting [1] x [0] : tensor<4x8xf32>, tensor<8x3xf64>
  return
}
