// RUN: dlc-opt %s --split-input-file --verify-diagnostics

func.func @integer_exp(%n: tensor<4xi32>) {
  // expected-error @+1 {{operand #0 must be tensor with named sizes of float values, but got 'tensor<4xi32>'}}
  %y = graph.exp %n : tensor<4xi32>
  return
}

// -----

func.func @bool_sum(%p: tensor<4xi1>) {
  // expected-error @+1 {{operand #0 must be tensor with named sizes of float or integer values, but got 'tensor<4xi1>'}}
  %y = graph.add %p, %p : tensor<4xi1>
  return
}

// -----

// Broadcasting is explicit.
func.func @unequal_operands(%x: tensor<4xf32>, %y: tensor<f32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.add' op operands must have one type, got 'tensor<4xf32>' and 'tensor<f32>'; broadcast or convert first}}
  %z = "graph.add"(%x, %y) : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  return
}

// -----

func.func @wrong_result(%x: tensor<4xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.add' op inferred type(s) 'tensor<4xf32>' are incompatible with return type(s) of operation 'tensor<5xf32>'}}
  %z = "graph.add"(%x, %x) : (tensor<4xf32>, tensor<4xf32>) -> tensor<5xf32>
  return
}

// -----

func.func @unequal_names(%x: tensor<?xf32, #graph.dims<"batch">>, %y: tensor<?xf32, #graph.dims<"t">>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{operands must have one type, got 'tensor<?xf32, #graph.dims<"batch">>' and 'tensor<?xf32, #graph.dims<"t">>'}}
  %z = "graph.compare"(%x, %y) {direction = #graph<direction lt>} : (tensor<?xf32, #graph.dims<"batch">>, tensor<?xf32, #graph.dims<"t">>) -> tensor<?xi1, #graph.dims<"batch">>
  return
}

// -----

func.func @unnamed_size(%x: tensor<?xf32>) {
  // expected-error @+1 {{operand #0 must be tensor with named sizes of float values, but got 'tensor<?xf32>'}}
  %y = graph.exp %x : tensor<?xf32>
  return
}

// -----

func.func @select_values_differ(%p: tensor<4xi1>, %x: tensor<4xf32>, %y: tensor<4xf64>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.select' op on_true and on_false must have one type, got 'tensor<4xf32>' and 'tensor<4xf64>'}}
  %z = "graph.select"(%p, %x, %y) : (tensor<4xi1>, tensor<4xf32>, tensor<4xf64>) -> tensor<4xf32>
  return
}

// -----

func.func @select_condition_differs(%p: tensor<i1>, %x: tensor<4xf32>) {
  // expected-error @+2 {{failed to infer returned types}}
  // expected-error @+1 {{'graph.select' op pred must be 'tensor<4xi1>', got 'tensor<i1>'}}
  %z = "graph.select"(%p, %x, %x) : (tensor<i1>, tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @convert_changes_sizes(%x: tensor<4xf32>) {
  // expected-error @+1 {{'graph.convert' op result must have the input's sizes, expected 'tensor<4xf64>', got 'tensor<5xf64>'}}
  %y = graph.convert %x : tensor<4xf32> -> tensor<5xf64>
  return
}

// -----

// Counts of elements must fit 64 bits, or sizes of buffers would wrap.
func.func @too_many_elements(%x: tensor<4294967296x4294967296xf32>) {
  // expected-error @+1 {{operand #0 must be tensor with named sizes of float values}}
  %y = graph.exp %x : tensor<4294967296x4294967296xf32>
  return
}
