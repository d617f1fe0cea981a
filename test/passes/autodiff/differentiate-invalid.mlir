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
