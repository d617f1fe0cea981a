// RUN: dlc-opt %s --split-input-file --verify-diagnostics

func.func @half(%seed: tensor<i64>, %step: tensor<i64>) {
  // expected-error @+1 {{'graph.random_uniform' op result must have elements f32 or f64, got 'f16'}}
  %u = graph.random_uniform %seed, %step domain train id 1 : tensor<4xf16>
  return
}

// -----

func.func @seed(%seed: tensor<2xi64>, %step: tensor<i64>) {
  // expected-error @+1 {{operand #0 must be rank-0 tensor of 64-bit signless integer values, but got 'tensor<2xi64>'}}
  %u = "graph.random_uniform"(%seed, %step) {id = 1 : i64, domain = #graph<domain train>} : (tensor<2xi64>, tensor<i64>) -> tensor<4xf32>
  return
}
