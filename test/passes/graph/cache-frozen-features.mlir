// RUN: dlc-opt %s --dlc-cache-frozen-features --split-input-file --verify-diagnostics | FileCheck %s

// What the frozen weights make of each row is a function of its own; the step takes it as an input and needs x no more.

// CHECK-LABEL: func.func @features
// CHECK-SAME:    (%[[X:.*]]: tensor<?x4xf32, #graph.dims<"batch", "">> {graph.input = "x"}, %[[F:.*]]: tensor<4x3xf32> {graph.variable = "frozen"})
// CHECK-SAME:    -> (tensor<?x3xf32, #graph.dims<"batch", "">> {graph.output = "features.0"})
// CHECK:         graph.dot_general %[[X]], %[[F]]
// CHECK:         graph.tanh
// CHECK-LABEL: func.func @train_step
// CHECK-SAME:    (%[[Y:.*]]: tensor<?x2xf32, #graph.dims<"batch", "">> {graph.target = "y"}, %[[W:.*]]: tensor<3x2xf32> {graph.variable = "w"}, %[[H:.*]]: tensor<?x3xf32, #graph.dims<"batch", "">> {graph.input = "features.0"})
// CHECK-NOT:     graph.tanh
// CHECK:         graph.dot_general %[[H]], %[[W]]
// CHECK:         graph.dot_general %[[H]], %{{.*}} contracting [0] x [0]
func.func @train_step(%x: tensor<?x4xf32, #graph.dims<"batch", "">> {graph.input = "x"},
                      %y: tensor<?x2xf32, #graph.dims<"batch", "">> {graph.target = "y"},
                      %f: tensor<4x3xf32> {graph.variable = "frozen"}, %w: tensor<3x2xf32> {graph.variable = "w"})
    -> (tensor<3x2xf32> {graph.variable = "w"}) {
  %0 = graph.dot_general %x, %f contracting [1] x [0] : tensor<?x4xf32, #graph.dims<"batch", "">>, tensor<4x3xf32>
  %1 = graph.tanh %0 : tensor<?x3xf32, #graph.dims<"batch", "">>
  %2 = graph.dot_general %1, %w contracting [1] x [0] : tensor<?x3xf32, #graph.dims<"batch", "">>, tensor<3x2xf32>
  %3 = graph.subtract %2, %y : tensor<?x2xf32, #graph.dims<"batch", "">>
  %4 = graph.dot_general %1, %3 contracting [0] x [0] : tensor<?x3xf32, #graph.dims<"batch", "">>, tensor<?x2xf32, #graph.dims<"batch", "">>
  %5 = graph.subtract %w, %4 : tensor<3x2xf32>
  return %5 : tensor<3x2xf32>
}

// -----

// What mixes rows (a mean over the batch) or depends on the step (noise) is not the same in every epoch: the product
// behind it stays in the step, and a warning says so.

// CHECK-LABEL: func.func @train_step
// CHECK-SAME:    graph.input = "x"
// expected-warning @+1 {{no product of the training step is the same in every epoch}}
func.func @train_step(%x: tensor<?x4xf32, #graph.dims<"batch", "">> {graph.input = "x"},
                      %f: tensor<4x3xf32> {graph.variable = "frozen"}, %w: tensor<3xf32> {graph.variable = "w"})
    -> (tensor<3xf32> {graph.variable = "w"}) {
  %0 = graph.reduce_sum %x dims [0] : tensor<?x4xf32, #graph.dims<"batch", "">>
  %1 = graph.broadcast %0 dims [1] : tensor<4xf32> -> tensor<?x4xf32, #graph.dims<"batch", "">>
  %2 = graph.subtract %x, %1 : tensor<?x4xf32, #graph.dims<"batch", "">>
  %3 = graph.dot_general %2, %f contracting [1] x [0] : tensor<?x4xf32, #graph.dims<"batch", "">>, tensor<4x3xf32>
  %4 = graph.reduce_sum %3 dims [0] : tensor<?x3xf32, #graph.dims<"batch", "">>
  %5 = graph.subtract %w, %4 : tensor<3xf32>
  return %5 : tensor<3xf32>
}

// -----

// Only programs that train are split.

// CHECK-LABEL: func.func @predict
// CHECK-NOT:   @features
func.func @predict(%x: tensor<?x4xf32, #graph.dims<"batch", "">> {graph.input = "x"}) -> (tensor<?x4xf32, #graph.dims<"batch", "">> {graph.output = "y"}) {
  %0 = graph.tanh %x : tensor<?x4xf32, #graph.dims<"batch", "">>
  return %0 : tensor<?x4xf32, #graph.dims<"batch", "">>
}
