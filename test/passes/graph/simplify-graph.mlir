// Each rule of the description once, beside a case that looks alike and must stay.
// RUN: dlc-opt %s --dlc-simplify-graph | FileCheck %s

// What repeats is computed once for each repeated element.
// CHECK-LABEL: func.func @compute_before_broadcast
// CHECK-SAME: (%[[A:.*]]: tensor<4xf32>, %[[B:.*]]: tensor<4xf32>)
// CHECK-NEXT: %[[S:.*]] = graph.add %[[A]], %[[B]] : tensor<4xf32>
// CHECK-NEXT: %[[R:.*]] = graph.broadcast %[[S]] dims [1]
// CHECK-NEXT: return %[[R]]
func.func @compute_before_broadcast(%a: tensor<4xf32>, %b: tensor<4xf32>) -> tensor<8x4xf32> {
  %x = graph.broadcast %a dims [1] : tensor<4xf32> -> tensor<8x4xf32>
  %y = graph.broadcast %b dims [1] : tensor<4xf32> -> tensor<8x4xf32>
  %z = graph.add %x, %y : tensor<8x4xf32>
  return %z : tensor<8x4xf32>
}

// Rows and columns differ: every element is a sum of its own.
// CHECK-LABEL: func.func @broadcasts_of_other_dimensions
// CHECK: graph.add {{.*}} : tensor<8x4xf32>
func.func @broadcasts_of_other_dimensions(%a: tensor<4xf32>, %b: tensor<8xf32>) -> tensor<8x4xf32> {
  %x = graph.broadcast %a dims [1] : tensor<4xf32> -> tensor<8x4xf32>
  %y = graph.broadcast %b dims [0] : tensor<8xf32> -> tensor<8x4xf32>
  %z = graph.add %x, %y : tensor<8x4xf32>
  return %z : tensor<8x4xf32>
}

// CHECK-LABEL: func.func @compute_before_reshape
// CHECK-NEXT: %[[P:.*]] = graph.multiply {{.*}} : tensor<4x2xf32>
// CHECK-NEXT: graph.reshape %[[P]]
func.func @compute_before_reshape(%a: tensor<4x2xf32>, %b: tensor<4x2xf32>) -> tensor<8xf32> {
  %x = graph.reshape %a : tensor<4x2xf32> -> tensor<8xf32>
  %y = graph.reshape %b : tensor<4x2xf32> -> tensor<8xf32>
  %z = graph.multiply %x, %y : tensor<8xf32>
  return %z : tensor<8xf32>
}

// A sum of repeated elements is a product with their number; the batch's is known at run time.
// CHECK-LABEL: func.func @sum_of_broadcast
// CHECK: %[[FIVE:.*]] = graph.constant dense<5.000000e+00>
// CHECK: %[[C:.*]] = graph.broadcast %[[FIVE]]
// CHECK: graph.multiply %{{.*}}, %[[C]] : tensor<?xf32
// CHECK: %[[SIZE:.*]] = graph.size "batch"
// CHECK: %[[N:.*]] = graph.convert %[[SIZE]]
// CHECK: %[[C:.*]] = graph.broadcast %[[N]]
// CHECK: graph.multiply %{{.*}}, %[[C]] : tensor<4xf32>
// CHECK-NOT: graph.reduce_sum
func.func @sum_of_broadcast(%a: tensor<?xf32, #graph.dims<"batch">>, %b: tensor<4xf32>)
    -> (tensor<?xf32, #graph.dims<"batch">>, tensor<4xf32>) {
  %x = graph.broadcast %a dims [0] : tensor<?xf32, #graph.dims<"batch">> -> tensor<?x5xf32, #graph.dims<"batch", "">>
  %s = graph.reduce_sum %x dims [1] : tensor<?x5xf32, #graph.dims<"batch", "">>
  %y = graph.broadcast %b dims [1] : tensor<4xf32> -> tensor<?x4xf32, #graph.dims<"batch", "">>
  %t = graph.reduce_sum %y dims [0] : tensor<?x4xf32, #graph.dims<"batch", "">>
  return %s, %t : tensor<?xf32, #graph.dims<"batch">>, tensor<4xf32>
}

// CHECK-LABEL: func.func @sums_of_sums
// CHECK-SAME: (%[[A:.*]]: tensor<4x5x6xf32>, %[[B:.*]]: tensor<4x5xf32>)
// CHECK-NEXT: graph.reduce_sum %[[A]] dims [0, 2]
// CHECK-NEXT: graph.reduce_sum %[[B]] dims [0, 1]
// CHECK-NEXT: return
func.func @sums_of_sums(%a: tensor<4x5x6xf32>, %b: tensor<4x5xf32>) -> (tensor<5xf32>, tensor<f32>) {
  %x = graph.reduce_sum %a dims [2] : tensor<4x5x6xf32>
  %s = graph.reduce_sum %x dims [0] : tensor<4x5xf32>
  %y = graph.reshape %b : tensor<4x5xf32> -> tensor<20xf32>
  %t = graph.reduce_sum %y dims [0] : tensor<20xf32>
  return %s, %t : tensor<5xf32>, tensor<f32>
}

// Only the reduction of one element is none.
// CHECK-LABEL: func.func @reductions_of_one
// CHECK-NEXT: %[[R:.*]] = graph.reshape
// CHECK-NEXT: %[[K:.*]] = graph.reduce_max {{.*}} dim 0
// CHECK-NEXT: return %[[R]], %[[R]], %[[K]]
func.func @reductions_of_one(%a: tensor<4x1xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<1xf32>) {
  %s = graph.reduce_sum %a dims [1] : tensor<4x1xf32>
  %m = graph.reduce_max %a dim 1 : tensor<4x1xf32>
  %k = graph.reduce_max %a dim 0 : tensor<4x1xf32>
  return %s, %m, %k : tensor<4xf32>, tensor<4xf32>, tensor<1xf32>
}

// Contractions read and write in any order of dimensions: no element has to move for a gradient.
// CHECK-LABEL: func.func @transposes
// CHECK-SAME: (%[[A:.*]]: tensor<7x4xf32>, %[[B:.*]]: tensor<7x5xf32>, %[[C:.*]]: tensor<4x7xf32>)
// CHECK-NEXT: %[[X:.*]] = graph.dot_general %[[A]], %[[B]] contracting [0] x [0]
// CHECK-NEXT: %[[Y:.*]] = graph.dot_general %[[B]], %[[C]] contracting [0] x [1]
// CHECK-NEXT: return %[[X]], %[[Y]]
func.func @transposes(%a: tensor<7x4xf32>, %b: tensor<7x5xf32>, %c: tensor<4x7xf32>) -> (tensor<4x5xf32>, tensor<5x4xf32>) {
  %at = graph.transpose %a permutation [1, 0] : tensor<7x4xf32>
  %x = graph.dot_general %at, %b contracting [1] x [0] : tensor<4x7xf32>, tensor<7x5xf32>
  %d = graph.dot_general %c, %b contracting [1] x [0] : tensor<4x7xf32>, tensor<7x5xf32>
  %y = graph.transpose %d permutation [1, 0] : tensor<4x5xf32>
  return %x, %y : tensor<4x5xf32>, tensor<5x4xf32>
}

// The batching dimension comes first in every contraction's result.
// CHECK-LABEL: func.func @transpose_of_batching
// CHECK: graph.transpose
func.func @transpose_of_batching(%a: tensor<3x4x7xf32>, %b: tensor<3x7x5xf32>) -> tensor<4x3x5xf32> {
  %d = graph.dot_general %a, %b batching [0] x [0] contracting [2] x [1] : tensor<3x4x7xf32>, tensor<3x7x5xf32>
  %t = graph.transpose %d permutation [1, 0, 2] : tensor<3x4x5xf32>
  return %t : tensor<4x3x5xf32>
}

// CHECK-LABEL: func.func @outer_product
// CHECK-NOT: graph.dot_general
// CHECK: graph.broadcast {{.*}} dims [0]
// CHECK: graph.broadcast {{.*}} dims [1]
// CHECK: graph.multiply
func.func @outer_product(%a: tensor<?x1xf32, #graph.dims<"batch", "">>, %b: tensor<1x6xf32>)
    -> tensor<?x6xf32, #graph.dims<"batch", "">> {
  %d = graph.dot_general %a, %b contracting [1] x [0] : tensor<?x1xf32, #graph.dims<"batch", "">>, tensor<1x6xf32>
  return %d : tensor<?x6xf32, #graph.dims<"batch", "">>
}

// A mask of zeros comes behind the product; a mask of ones is none.
// CHECK-LABEL: func.func @mask_after_product
// CHECK-SAME: (%[[P:.*]]: tensor<4xi1>, %[[A:.*]]: tensor<4xf32>, %[[B:.*]]: tensor<4xf32>)
// CHECK: %[[AB:.*]] = graph.multiply %[[A]], %[[B]]
// CHECK: %[[X:.*]] = graph.select %[[P]], %{{.*}}, %[[AB]]
// CHECK: %[[N:.*]] = graph.select %[[P]], %{{.*}}, %[[A]]
// CHECK: %[[Y:.*]] = graph.multiply %[[N]], %[[B]]
// CHECK: return %[[X]], %[[Y]]
func.func @mask_after_product(%p: tensor<4xi1>, %a: tensor<4xf32>, %b: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %zero = graph.constant dense<0.0> : tensor<4xf32>
  %one = graph.constant dense<1.0> : tensor<4xf32>
  %m = graph.select %p, %zero, %a : tensor<4xf32>
  %x = graph.multiply %m, %b : tensor<4xf32>
  %n = graph.select %p, %one, %a : tensor<4xf32>
  %y = graph.multiply %n, %b : tensor<4xf32>
  return %x, %y : tensor<4xf32>, tensor<4xf32>
}

// x > 0 and x < 0 exclude each other: their branches are one choice. x > 0 and x >= 0 do not.
// CHECK-LABEL: func.func @join_masks
// CHECK-SAME: (%[[X:.*]]: tensor<4xf32>, %[[A:.*]]: tensor<4xf32>, %[[B:.*]]: tensor<4xf32>)
// CHECK: %[[ZERO:.*]] = graph.constant
// CHECK: %[[POSITIVE:.*]] = graph.compare gt
// CHECK: %[[NEGATIVE:.*]] = graph.compare lt
// CHECK: %[[OTHER:.*]] = graph.select %[[NEGATIVE]], %[[B]], %[[ZERO]]
// CHECK: %[[JOINED:.*]] = graph.select %[[POSITIVE]], %[[A]], %[[OTHER]]
// CHECK: %[[SUM:.*]] = graph.add
// CHECK: return %[[JOINED]], %[[SUM]]
func.func @join_masks(%x: tensor<4xf32>, %a: tensor<4xf32>, %b: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %zero = graph.constant dense<0.0> : tensor<4xf32>
  %p = graph.compare gt %x, %zero : tensor<4xf32>
  %q = graph.compare lt %x, %zero : tensor<4xf32>
  %r = graph.compare ge %x, %zero : tensor<4xf32>
  %l = graph.select %p, %a, %zero : tensor<4xf32>
  %m = graph.select %q, %b, %zero : tensor<4xf32>
  %n = graph.select %r, %b, %zero : tensor<4xf32>
  %y = graph.add %l, %m : tensor<4xf32>
  %z = graph.add %l, %n : tensor<4xf32>
  return %y, %z : tensor<4xf32>, tensor<4xf32>
}

// CHECK-LABEL: func.func @signs
// CHECK-SAME: (%[[A:.*]]: tensor<4xf32>, %[[B:.*]]: tensor<4xf32>)
// CHECK-DAG: %[[X:.*]] = graph.subtract %[[A]], %[[B]]
// CHECK-DAG: %[[Y:.*]] = graph.add %[[A]], %[[B]]
// CHECK: return %[[X]], %[[Y]], %[[B]]
func.func @signs(%a: tensor<4xf32>, %b: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) {
  %n = graph.neg %b : tensor<4xf32>
  %x = graph.add %a, %n : tensor<4xf32>
  %y = graph.subtract %a, %n : tensor<4xf32>
  %w = graph.neg %n : tensor<4xf32>
  return %x, %y, %w : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
}

// NaN and infinity must be seen: nothing here is 0 or 1.
// CHECK-LABEL: func.func @not_constant
// CHECK: graph.multiply
// CHECK: graph.subtract
// CHECK: graph.divide
func.func @not_constant(%a: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) {
  %zero = graph.constant dense<0.0> : tensor<4xf32>
  %x = graph.multiply %a, %zero : tensor<4xf32>
  %y = graph.subtract %a, %a : tensor<4xf32>
  %z = graph.divide %a, %a : tensor<4xf32>
  return %x, %y, %z : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
}

// Equal ops are one and unused ones go, but a guard is used by nobody and stays, and other ids draw other numbers.
// CHECK-LABEL: func.func @common_and_dead
// CHECK-NOT: graph.sin
// CHECK: graph.exp
// CHECK-NOT: graph.exp
// CHECK: graph.guard
// CHECK: graph.random_uniform {{.*}} id 1
// CHECK-NEXT: graph.random_uniform {{.*}} id 2
func.func @common_and_dead(%a: tensor<f32>, %seed: tensor<i64>) -> (tensor<f32>, tensor<f32>, tensor<4xf32>, tensor<4xf32>) {
  %dead = graph.sin %a : tensor<f32>
  %x = graph.exp %a : tensor<f32>
  %y = graph.exp %a : tensor<f32>
  %ok = graph.is_finite %a : tensor<f32>
  graph.guard %ok reason "not finite"
  %p = graph.random_uniform %seed, %seed domain init id 1 : tensor<4xf32>
  %q = graph.random_uniform %seed, %seed domain init id 2 : tensor<4xf32>
  return %x, %y, %p, %q : tensor<f32>, tensor<f32>, tensor<4xf32>, tensor<4xf32>
}
