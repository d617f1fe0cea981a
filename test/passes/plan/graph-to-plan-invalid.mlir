// What is not of the fused form is refused at its place.
// RUN: dlc-opt %s --dlc-graph-to-plan --split-input-file --verify-diagnostics

func.func @f(%x: tensor<4xf32> {graph.input = "x"}) -> (tensor<4xf32> {graph.output = "y"}) {
  // expected-error @+1 {{must be inside a kernel: run --dlc-form-fusion-groups and --dlc-outline-kernels first}}
  %y = graph.neg %x : tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

// expected-error @+1 {{argument 0 has none of graph.variable, graph.input and graph.target}}
func.func @f(%x: tensor<4xf32>) {
  return
}

// -----

// expected-error @+1 {{result 0 has neither graph.variable nor graph.output}}
func.func @f(%x: tensor<4xf32> {graph.input = "x"}) -> tensor<4xf32> {
  return %x : tensor<4xf32>
}

// -----

// expected-error @+1 {{argument 0 names a variable "w" that graph.variables has not}}
func.func @f(%x: tensor<4xf32> {graph.variable = "w"}) {
  return
}

// -----

module attributes {graph.variables = [{name = "w", type = tensor<5xf32>, kind = "param"}]} {
// expected-error @+1 {{argument 0 must be of type 'tensor<5xf32>' like variable "w", got 'tensor<4xf32>'}}
func.func @f(%x: tensor<4xf32> {graph.variable = "w"}) {
  return
}
}

// -----

// expected-error @+1 {{variable "w" must be a tensor of fixed sizes}}
module attributes {graph.variables = [{name = "w", type = tensor<?xf32, #graph.dims<"batch">>, kind = "param"}]} {
}
