// A script says what is interesting: here, that a module still has a tanh. All the rest goes.
// RUN: dlc-reduce %s --reduction-tree="traversal-mode=0 test=%S/Inputs/has-tanh.sh" | FileCheck %s
// RUN: dlc-reduce %s --opt-reduction-pass="opt-pass=dlc-simplify-graph test=%S/Inputs/has-tanh.sh" | FileCheck %s --check-prefix=SIMPLIFIED

// CHECK: func.func @interesting
// CHECK: graph.tanh
// CHECK-NOT: @boring

// SIMPLIFIED: func.func @boring
// SIMPLIFIED-NOT: graph.sin
// SIMPLIFIED: func.func @interesting
func.func @boring(%x: tensor<4xf32>) -> tensor<4xf32> {
  %dead = graph.sin %x : tensor<4xf32>
  %y = graph.exp %x : tensor<4xf32>
  return %y : tensor<4xf32>
}
func.func @interesting(%x: tensor<4xf32>) -> tensor<4xf32> {
  %y = graph.tanh %x : tensor<4xf32>
  return %y : tensor<4xf32>
}
