// RUN: dlc-opt %s --split-input-file --verify-diagnostics

func.func @range(%x: tensor<4xf32>) {
  // expected-error @+1 {{'graph.slice' op a range must satisfy 0 <= start <= limit <= size, got start 1, limit 5, size 4}}
  %y = graph.slice %x starts [1] limits [5] strides [1] : tensor<4xf32>
  return
}

// -----

func.func @stride(%x: tensor<4xf32>) {
  // expected-error @+1 {{'graph.slice' op strides must be at least 1, got 0}}
  %y = graph.slice %x starts [0] limits [4] strides [0] : tensor<4xf32>
  return
}

// -----

func.func @lists(%x: tensor<4xf32>) {
  // expected-error @+1 {{'graph.slice' op starts, limits and strides must have one number for each of 1 dimensions, got [4, 4]}}
  %y = graph.slice %x starts [0] limits [4, 4] strides [1] : tensor<4xf32>
  return
}

// -----

func.func @step_in_symbolic(%x: tensor<?xf32, #graph.dims<"batch">>) {
  // expected-error @+1 {{'graph.slice' op of a symbolic size, elements can be left out at both ends only (start 0 or above, limit -1 or below, stride 1), got start 1, limit -1, stride 2 of batch}}
  %y = graph.slice %x starts [1] limits [-1] strides [2] : tensor<?xf32, #graph.dims<"batch">>
  return
}

// -----

func.func @first_of_symbolic(%x: tensor<?xf32, #graph.dims<"batch">>) {
  // expected-error @+1 {{'graph.slice' op of a symbolic size, elements can be left out at both ends only (start 0 or above, limit -1 or below, stride 1), got start 0, limit 3, stride 1 of batch}}
  %y = graph.slice %x starts [0] limits [3] strides [1] : tensor<?xf32, #graph.dims<"batch">>
  return
}

// -----

func.func @start_from_the_end(%x: tensor<?xf32, #graph.dims<"batch">>) {
  // expected-error @+1 {{'graph.slice' op of a symbolic size, elements can be left out at both ends only (start 0 or above, limit -1 or below, stride 1), got start -2, limit -1, stride 1 of batch}}
  %y = graph.slice %x starts [-2] limits [-1] strides [1] : tensor<?xf32, #graph.dims<"batch">>
  return
}

// -----

func.func @limit_before_the_start(%x: tensor<4xf32>) {
  // expected-error @+1 {{'graph.slice' op a range must satisfy 0 <= start <= limit <= size, got start 3, limit 2, size 4}}
  %y = graph.slice %x starts [3] limits [-3] strides [1] : tensor<4xf32>
  return
}

// -----

func.func @limit_before_the_first(%x: tensor<4xf32>) {
  // expected-error @+1 {{'graph.slice' op a range must satisfy 0 <= start <= limit <= size, got start 0, limit -1, size 4}}
  %y = graph.slice %x starts [0] limits [-6] strides [1] : tensor<4xf32>
  return
}

// -----

func.func @no_rows(%table: tensor<0x8xf32>, %i: tensor<4xi32>) {
  // expected-error @+1 {{'graph.take' op input must have at least one row, got 'tensor<0x8xf32>'}}
  %y = graph.take %table, %i : tensor<0x8xf32>, tensor<4xi32>
  return
}

// -----

func.func @long_indices(%table: tensor<9x8xf32>, %i: tensor<4xi64>) {
  // expected-error @+1 {{operand #1 must be tensor with named sizes of 32-bit signless integer values, but got 'tensor<4xi64>'}}
  %y = graph.take %table, %i : tensor<9x8xf32>, tensor<4xi64>
  return
}

// -----

func.func @updates(%i: tensor<4xi32>, %u: tensor<4x7xf32>) {
  // expected-error @+1 {{'graph.scatter_add' op updates must have the indices' sizes and then those of a row, expected 'tensor<4x8xf32>', got 'tensor<4x7xf32>'}}
  %t = graph.scatter_add %i, %u : tensor<4xi32>, tensor<4x7xf32> -> tensor<9x8xf32>
  return
}

// -----

func.func @scalar_result(%i: tensor<4xi32>, %u: tensor<4xf32>) {
  // expected-error @+1 {{'graph.scatter_add' op result must have at least one row, got 'tensor<f32>'}}
  %t = graph.scatter_add %i, %u : tensor<4xi32>, tensor<4xf32> -> tensor<f32>
  return
}
