// RUN: dlc-opt %s --split-input-file --verify-diagnostics

func.func @out_of_range(%x: tensor<4x8xf32>) {
  // expected-error @+1 {{'graph.reduce_sum' op reduced dimensions must be rising dimensions below 2, got [0, 2]}}
  %s = graph.reduce_sum %x dims [0, 2] : tensor<4x8xf32>
  return
}

// -----

func.func @not_rising(%x: tensor<4x8xf32>) {
  // expected-error @+1 {{'graph.reduce_sum' op reduced dimensions must be rising dimensions below 2, got [1, 0]}}
  %s = graph.reduce_sum %x dims [1, 0] : tensor<4x8xf32>
  return
}

// -----

func.func @no_dimension(%x: tensor<f32>) {
  // expected-error @+1 {{'graph.reduce_max' op reduced dimensions must be rising dimensions below 0, got [0]}}
  %s = graph.reduce_max %x dim 0 : tensor<f32>
  return
}

// -----

func.func @negative(%x: tensor<4xf32>) {
  // expected-error @+1 {{'graph.arg_max' op reduced dimensions must be rising dimensions below 1, got [-1]}}
  %s = graph.arg_max %x dim -1 : tensor<4xf32>
  return
}

// -----

func.func @and_of_floats(%x: tensor<4xf32>) {
  // expected-error @+1 {{operand #0 must be tensor with named sizes of 1-bit signless integer values, but got 'tensor<4xf32>'}}
  %s = graph.reduce_and %x dims [0] : tensor<4xf32>
  return
}

// -----

func.func @sum_of_bools(%p: tensor<4xi1>) {
  // expected-error @+1 {{operand #0 must be tensor with named sizes of float or integer values, but got 'tensor<4xi1>'}}
  %s = graph.reduce_sum %p dims [0] : tensor<4xi1>
  return
}
