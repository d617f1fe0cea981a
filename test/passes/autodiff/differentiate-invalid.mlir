// What has no gradient is an error at the op of the model, never a silent zero.
// RUN: dlc-opt %s --dlc-differentiate --split-input-file --verify-diagnostics

func.func @no_rule(%x: tensor<4xf32>) -> tensor<4xf32> {
  %l, %g = graph.value_and_grad @loss(%x) wrt [0] : (tensor<4xf32>) -> (tensor<f32>, tensor<4xf32>)
  return %g : tensor<4xf32>
}
func.func private @loss(%x: tensor<4xf32>) -> tensor<f32> {
  // expected-error @+1 {{'graph.launch' op has no gradient}}
  %e = graph.launch @k(%x) : (tensor<4xf32>) -> tensor<4xf32>
  %l = graph.reduce_sum %e dims [0] : tensor<4xf32>
  return %l : tensor<f32>
}
func.func private @k(%x: tensor<4xf32>) -> tensor<4xf32> attributes {graph.kernel} {
  return %x : tensor<4xf32>
}

// -----

func.func private @loss(%x: tensor<f32>) -> tensor<f32> {
  // expected-error @+1 {{callee @loss asks for its own gradient}}
  %l, %g = graph.value_and_grad @loss(%x) wrt [0] : (tensor<f32>) -> (tensor<f32>, tensor<f32>)
  return %g : tensor<f32>
}

// -----

func.func @no_body(%x: tensor<f32>) -> tensor<f32> {
  // expected-error @+1 {{callee @loss has no body to differentiate}}
  %l, %g = graph.value_and_grad @loss(%x) wrt [0] : (tensor<f32>) -> (tensor<f32>, tensor<f32>)
  return %g : tensor<f32>
}
func.func private @loss(%x: tensor<f32>) -> tensor<f32>

// -----

// A value that reaches the function past its arguments has no cotangent.
func.func @capture(%x: tensor<4xf32>) -> tensor<4xf32> {
  %l, %g = graph.value_and_grad @loss(%x) wrt [0] : (tensor<4xf32>) -> (tensor<f32>, tensor<4xf32>)
  return %g : tensor<4xf32>
}
func.func private @scaled(%x: tensor<4xf32>, %w: tensor<4xf32>) -> tensor<4xf32> {
  %y = graph.multiply %x, %w : tensor<4xf32>
  return %y : tensor<4xf32>
}
func.func private @backward(%x: tensor<4xf32>, %y: tensor<4xf32>, %d: tensor<4xf32>) -> tensor<4xf32> {
  return %d : tensor<4xf32>
}
func.func private @loss(%x: tensor<4xf32>) -> tensor<f32> {
  // expected-note @+1 {{hand this value in as an argument, or put stop_gradient around it}}
  %w = graph.exp %x : tensor<4xf32>
  // expected-error @+1 {{'graph.custom_vjp' op has no gradient by a value that the function uses but is not given}}
  %y = graph.custom_vjp @scaled(%x) captures(%w) backward @backward captures() : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %l = graph.reduce_sum %y dims [0] : tensor<4xf32>
  return %l : tensor<f32>
}

// -----

func.func private @itself(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{'graph.checkpoint' op @itself calls itself}}
  %y = graph.checkpoint @itself(%x) : (tensor<4xf32>) -> tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

func.func private @declared(tensor<4xf32>) -> tensor<4xf32>
func.func @no_body(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{'graph.checkpoint' op @declared has no body}}
  %y = graph.checkpoint @declared(%x) : (tensor<4xf32>) -> tensor<4xf32>
  return %y : tensor<4xf32>
}
