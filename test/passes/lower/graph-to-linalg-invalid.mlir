// RUN: dlc-opt %s --dlc-graph-to-linalg --split-input-file --verify-diagnostics

// A reshape that changes the layout is a view between kernels, never an op inside one.
func.func private @reshaped(%x: tensor<4x6xf32>) -> tensor<24xf32> attributes {graph.kernel} {
  // expected-error @below {{a reshape inside a kernel may only add or drop dimensions of size 1}}
  %0 = graph.reshape %x : tensor<4x6xf32> -> tensor<24xf32>
  return %0 : tensor<24xf32>
}

// -----

func.func private @inner(%x: tensor<4xf32>) -> tensor<4xf32> attributes {graph.kernel} {
  return %x : tensor<4xf32>
}
func.func private @nested(%x: tensor<4xf32>) -> tensor<4xf32> attributes {graph.kernel} {
  // expected-error @below {{has no lowering to linalg}}
  %0 = graph.launch @inner(%x) : (tensor<4xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}
