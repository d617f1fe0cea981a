// Which ops are computed together (graph.groups: the kernels, in their order), and which values are stored (graph.root).
// RUN: dlc-opt %s --dlc-form-fusion-groups --split-input-file | FileCheck %s
// RUN: dlc-opt %s --dlc-form-fusion-groups=cheap-flops=1 --split-input-file | FileCheck %s --check-prefix=STORE
// RUN: dlc-opt %s --dlc-form-fusion-groups=max-chained-work=100 --split-input-file | FileCheck %s --check-prefix=SPLIT
// RUN: dlc-opt %s --dlc-form-fusion-groups=explain --split-input-file 2>&1 | FileCheck %s --check-prefix=EXPLAIN

// The contraction stays in registers, bias and activation are its epilogue; only their end is stored.
// CHECK-LABEL: func.func @dense
// CHECK: graph.dot_general {{.*}} {graph.groups = array<i64: 0>} :
// CHECK: graph.broadcast {{.*}} {graph.groups = array<i64: 0>} :
// CHECK: graph.add {{.*}} {graph.groups = array<i64: 0>} :
// CHECK: graph.relu {{.*}} {graph.groups = array<i64: 0>, graph.root} :
// EXPLAIN: remark: dense, kernel 0: 1 loop nest, {{.*}}; [dot_general, relu]
// EXPLAIN: remark: relu is stored: it is a result
func.func @dense(%x: tensor<?x20xf32, #graph.dims<"batch", "">>, %w: tensor<20x16xf32>, %b: tensor<16xf32>)
    -> tensor<?x16xf32, #graph.dims<"batch", "">> {
  %z = graph.dot_general %x, %w contracting [1] x [0] : tensor<?x20xf32, #graph.dims<"batch", "">>, tensor<20x16xf32>
  %bb = graph.broadcast %b dims [1] : tensor<16xf32> -> tensor<?x16xf32, #graph.dims<"batch", "">>
  %s = graph.add %z, %bb : tensor<?x16xf32, #graph.dims<"batch", "">>
  %y = graph.relu %s : tensor<?x16xf32, #graph.dims<"batch", "">>
  return %y : tensor<?x16xf32, #graph.dims<"batch", "">>
}

// -----

// The second contraction reads each activation many times: they are stored, and the layers are kernels of their own.
// CHECK-LABEL: func.func @two_layers
// CHECK: graph.dot_general {{.*}} {graph.groups = array<i64: 0>} :
// CHECK: graph.tanh {{.*}} {graph.groups = array<i64: 0>, graph.root} :
// CHECK: graph.dot_general {{.*}} {graph.groups = array<i64: 1>, graph.root} :
// EXPLAIN: remark: tanh is stored: a contraction reads it many times
func.func @two_layers(%x: tensor<?x2000xf32, #graph.dims<"batch", "">>, %w: tensor<2000x160xf32>, %v: tensor<160x90xf32>)
    -> tensor<?x90xf32, #graph.dims<"batch", "">> {
  %z = graph.dot_general %x, %w contracting [1] x [0] : tensor<?x2000xf32, #graph.dims<"batch", "">>, tensor<2000x160xf32>
  %h = graph.tanh %z : tensor<?x160xf32, #graph.dims<"batch", "">>
  %y = graph.dot_general %h, %v contracting [1] x [0] : tensor<?x160xf32, #graph.dims<"batch", "">>, tensor<160x90xf32>
  return %y : tensor<?x90xf32, #graph.dims<"batch", "">>
}

// -----

// Reductions of rows and what is computed from them over the same rows are one loop nest.
// CHECK-LABEL: func.func @softmax
// CHECK: graph.reduce_max {{.*}} {graph.groups = array<i64: 0>, graph.root} :
// CHECK: graph.subtract {{.*}} {graph.groups = array<i64: 0>} :
// CHECK: graph.exp {{.*}} {graph.groups = array<i64: 0>, graph.root} :
// CHECK: graph.reduce_sum {{.*}} {graph.groups = array<i64: 0>, graph.root} :
// CHECK: graph.divide {{.*}} {graph.groups = array<i64: 0>, graph.root} :
// EXPLAIN: remark: softmax, kernel 0: 1 loop nest, {{.*}}; [reduce_max, exp, reduce_sum, divide]
func.func @softmax(%x: tensor<?x10xf32, #graph.dims<"batch", "">>) -> tensor<?x10xf32, #graph.dims<"batch", "">> {
  %m = graph.reduce_max %x dim 1 : tensor<?x10xf32, #graph.dims<"batch", "">>
  %mb = graph.broadcast %m dims [0] : tensor<?xf32, #graph.dims<"batch">> -> tensor<?x10xf32, #graph.dims<"batch", "">>
  %d = graph.subtract %x, %mb : tensor<?x10xf32, #graph.dims<"batch", "">>
  %e = graph.exp %d : tensor<?x10xf32, #graph.dims<"batch", "">>
  %s = graph.reduce_sum %e dims [1] : tensor<?x10xf32, #graph.dims<"batch", "">>
  %sb = graph.broadcast %s dims [0] : tensor<?xf32, #graph.dims<"batch">> -> tensor<?x10xf32, #graph.dims<"batch", "">>
  %p = graph.divide %e, %sb : tensor<?x10xf32, #graph.dims<"batch", "">>
  return %p : tensor<?x10xf32, #graph.dims<"batch", "">>
}

// -----

// The update only feeds a result: it comes behind the guard, though it is written before it.
// CHECK-LABEL: func.func @update
// CHECK: graph.subtract {{.*}} {graph.groups = array<i64: 1>, graph.root} :
// CHECK: graph.is_finite {{.*}} {graph.groups = array<i64: 0>} :
// CHECK: graph.reduce_and {{.*}} {graph.groups = array<i64: 0>, graph.root} :
// EXPLAIN: remark: reduce_and is stored: a guard reads it
func.func @update(%w: tensor<64xf32>, %g: tensor<64xf32>) -> tensor<64xf32> {
  %new = graph.subtract %w, %g : tensor<64xf32>
  %finite = graph.is_finite %g : tensor<64xf32>
  %ok = graph.reduce_and %finite dims [0] : tensor<64xi1>
  graph.guard %ok reason "not finite"
  return %new : tensor<64xf32>
}

// -----

// Sums of rows and of columns are two nests. Two flops an element are computed in both, unless that is too dear.
// CHECK-LABEL: func.func @two_sums
// CHECK: graph.multiply {{.*}} {graph.groups = array<i64: 0, 1>} :
// CHECK: graph.add {{.*}} {graph.groups = array<i64: 0, 1>} :
// CHECK: graph.reduce_sum {{.*}} {graph.groups = array<i64: 0>, graph.root} :
// CHECK: graph.reduce_sum {{.*}} {graph.groups = array<i64: 1>, graph.root} :
// STORE-LABEL: func.func @two_sums
// STORE: graph.multiply {{.*}} {graph.groups = array<i64: 0>} :
// STORE: graph.add {{.*}} {graph.groups = array<i64: 0>, graph.root} :
func.func @two_sums(%x: tensor<640x480xf32>, %y: tensor<640x480xf32>) -> (tensor<480xf32>, tensor<640xf32>) {
  %p = graph.multiply %x, %y : tensor<640x480xf32>
  %q = graph.add %p, %y : tensor<640x480xf32>
  %columns = graph.reduce_sum %q dims [0] : tensor<640x480xf32>
  %rows = graph.reduce_sum %q dims [1] : tensor<640x480xf32>
  return %columns, %rows : tensor<480xf32>, tensor<640xf32>
}

// -----

// Small nests share a kernel as long as their work together is small: each call has a price.
// CHECK-LABEL: func.func @small_nests
// CHECK: graph.exp {{.*}} {graph.groups = array<i64: 0>, graph.root} :
// CHECK: graph.exp {{.*}} {graph.groups = array<i64: 0>, graph.root} :
// SPLIT-LABEL: func.func @small_nests
// SPLIT: graph.exp {{.*}} {graph.groups = array<i64: 0>, graph.root} :
// SPLIT: graph.exp {{.*}} {graph.groups = array<i64: 1>, graph.root} :
func.func @small_nests(%a: tensor<80xf32>, %b: tensor<90xf32>) -> (tensor<80xf32>, tensor<90xf32>) {
  %x = graph.exp %a : tensor<80xf32>
  %y = graph.exp %b : tensor<90xf32>
  return %x, %y : tensor<80xf32>, tensor<90xf32>
}

// -----

// Kernels that exist already are left alone, and so are calls.
// CHECK-LABEL: func.func private @k0
// CHECK-NOT: graph.groups
func.func private @k0(%x: tensor<4xf32>) -> tensor<4xf32> attributes {graph.kernel} {
  %y = graph.exp %x : tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

// What gathers from the whole function, as the check of all gradients does, does not change the order of what it reads:
// the first product of a weight's gradient runs before the next cotangent, so that the present one need not be kept.
// CHECK-LABEL: func.func @backward
// CHECK: %[[D:.*]] = graph.dot_general %{{.*}}, %arg2 contracting [1] x [1] {graph.groups = array<i64: 2>
// CHECK: graph.dot_general %{{.*}}, %[[D]] contracting [0] x [0] {graph.groups = array<i64: 3>
// CHECK: %[[E:.*]] = graph.dot_general %[[D]], %arg1 contracting [1] x [1] {graph.groups = array<i64: 4>
// CHECK: graph.dot_general %arg0, %[[E]] contracting [0] x [0] {graph.groups = array<i64: 5>
func.func @backward(%x: tensor<?x640xf32, #graph.dims<"batch", "">>, %v: tensor<640x640xf32>, %w: tensor<640x640xf32>) -> (tensor<f32>, tensor<f32>, tensor<640x640xf32>, tensor<640x640xf32>) {
  %a = graph.dot_general %x, %v contracting [1] x [0] : tensor<?x640xf32, #graph.dims<"batch", "">>, tensor<640x640xf32>
  %b = graph.dot_general %a, %w contracting [1] x [0] : tensor<?x640xf32, #graph.dims<"batch", "">>, tensor<640x640xf32>
  %sum = graph.reduce_sum %b dims [0, 1] : tensor<?x640xf32, #graph.dims<"batch", "">>
  %loss = graph.exp %sum : tensor<f32>
  %d = graph.dot_general %b, %w contracting [1] x [1] : tensor<?x640xf32, #graph.dims<"batch", "">>, tensor<640x640xf32>
  %dw = graph.dot_general %a, %d contracting [0] x [0] : tensor<?x640xf32, #graph.dims<"batch", "">>, tensor<?x640xf32, #graph.dims<"batch", "">>
  %e = graph.dot_general %d, %v contracting [1] x [1] : tensor<?x640xf32, #graph.dims<"batch", "">>, tensor<640x640xf32>
  %dv = graph.dot_general %x, %e contracting [0] x [0] : tensor<?x640xf32, #graph.dims<"batch", "">>, tensor<?x640xf32, #graph.dims<"batch", "">>
  %s = graph.reduce_sum %dv dims [0, 1] : tensor<640x640xf32>
  %t = graph.reduce_sum %dw dims [0, 1] : tensor<640x640xf32>
  %u = graph.multiply %loss, %s : tensor<f32>
  %all = graph.multiply %u, %t : tensor<f32>
  return %loss, %all, %dv, %dw : tensor<f32>, tensor<f32>, tensor<640x640xf32>, tensor<640x640xf32>
}
