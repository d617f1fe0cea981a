// RUN: dlc-opt %s --dlc-graph-to-linalg --canonicalize --cse --split-input-file | FileCheck %s

// The bias is read through its map, not broadcast into memory; the batch is an index argument.
// CHECK: #[[BIAS:.*]] = affine_map<(d0, d1) -> (d1)>
// CHECK-LABEL: func.func private @dense
// CHECK-SAME: %[[X:.*]]: tensor<?x20xf32>, %[[W:.*]]: tensor<20x16xf32>, %[[B:.*]]: tensor<16xf32>, %[[BATCH:.*]]: index
// CHECK-SAME: kernel.arg_sizes = {{\[}}["batch", "20"], ["20", "16"], ["16"]], kernel.kind = "contraction", kernel.result_sizes = {{\[}}["batch", "16"]], kernel.symbols = ["batch"]
// CHECK: tensor.empty(%[[BATCH]]) : tensor<?x16xf32>
// CHECK: linalg.fill
// CHECK: linalg.generic {{.*}} iterator_types = ["parallel", "parallel", "reduction"]} ins(%[[X]], %[[W]]
// CHECK: arith.mulf {{.*}} fastmath<contract>
// CHECK: arith.addf {{.*}} fastmath<reassoc,contract>
// CHECK: linalg.generic {indexing_maps = [{{.*}}, #[[BIAS]], {{.*}}]{{.*}} ins({{.*}}, %[[B]]
// CHECK: arith.cmpf ogt
// CHECK-NEXT: arith.select
func.func private @dense(%x: tensor<?x20xf32, #graph.dims<"batch", "">>, %w: tensor<20x16xf32>, %b: tensor<16xf32>)
    -> tensor<?x16xf32, #graph.dims<"batch", "">> attributes {graph.kernel} {
  %0 = graph.dot_general %x, %w batching [] x [] contracting [1] x [0] : tensor<?x20xf32, #graph.dims<"batch", "">>, tensor<20x16xf32>
  %1 = graph.broadcast %b dims [1] : tensor<16xf32> -> tensor<?x16xf32, #graph.dims<"batch", "">>
  %2 = graph.add %0, %1 : tensor<?x16xf32, #graph.dims<"batch", "">>
  %3 = graph.relu %2 : tensor<?x16xf32, #graph.dims<"batch", "">>
  return %3 : tensor<?x16xf32, #graph.dims<"batch", "">>
}

// -----

// Functions belong to the plan: only kernels stay.
// CHECK-NOT: @predict
// CHECK-LABEL: func.func private @square
func.func @predict(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = graph.launch @square(%x) : (tensor<4xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}
func.func private @square(%x: tensor<4xf32>) -> tensor<4xf32> attributes {graph.kernel} {
  %0 = graph.multiply %x, %x : tensor<4xf32>
  return %0 : tensor<4xf32>
}

// -----

// Bools are bytes in memory and i1 in bodies.
// CHECK-LABEL: func.func private @mask
// CHECK-SAME: (%{{.*}}: tensor<8xf32>, %{{.*}}: tensor<8xi8>) -> tensor<8xi8>
// CHECK: arith.trunci {{.*}} : i8 to i1
// CHECK: arith.andi {{.*}} : i1
// CHECK: arith.extui {{.*}} : i1 to i8
func.func private @mask(%x: tensor<8xf32>, %m: tensor<8xi1>) -> tensor<8xi1> attributes {graph.kernel} {
  %0 = graph.is_finite %x : tensor<8xf32>
  %1 = graph.and %0, %m : tensor<8xi1>
  return %1 : tensor<8xi1>
}

// -----

// A transposed operand is only another map: nothing is copied.
// CHECK: #[[T:.*]] = affine_map<(d0, d1, d2) -> (d1, d2)>
// CHECK-LABEL: func.func private @transposed
// CHECK: linalg.generic
// CHECK-NOT: linalg.generic
func.func private @transposed(%x: tensor<5x7xf32>, %w: tensor<3x7xf32>) -> tensor<5x3xf32> attributes {graph.kernel} {
  %0 = graph.transpose %w permutation [1, 0] : tensor<3x7xf32>
  %1 = graph.dot_general %x, %0 batching [] x [] contracting [1] x [0] : tensor<5x7xf32>, tensor<7x3xf32>
  return %1 : tensor<5x3xf32>
}

// -----

// A returned view is copied; indices outside are clamped, never read.
// CHECK-LABEL: func.func private @padded
// CHECK: tensor.extract
// CHECK: arith.select
func.func private @padded(%x: tensor<3xf32>, %v: tensor<f32>) -> tensor<6xf32> attributes {graph.kernel} {
  %0 = graph.pad %x, %v low [1] high [2] interior [0] : tensor<3xf32>
  return %0 : tensor<6xf32>
}

// -----

// The size of the batch is the index argument, not a tensor.
// CHECK-LABEL: func.func private @mean
// CHECK-SAME: %[[BATCH:[a-z0-9]+]]: index
// CHECK: linalg.generic {{.*}} iterator_types = ["reduction"]
// CHECK: arith.index_cast %[[BATCH]] : index to i64
// CHECK: arith.divf
func.func private @mean(%x: tensor<?xf32, #graph.dims<"batch">>) -> (tensor<f32>, tensor<f32>) attributes {graph.kernel} {
  %0 = graph.reduce_sum %x dims [0] : tensor<?xf32, #graph.dims<"batch">>
  %1 = graph.size "batch"
  %2 = graph.convert %1 : tensor<i64> -> tensor<f32>
  %3 = graph.divide %0, %2 : tensor<f32>
  return %0, %3 : tensor<f32>, tensor<f32>
}

// -----

// A part that begins at 0, in loops of known sizes: linalg would take the plain index for the whole length.
// CHECK: #[[PART:.*]] = affine_map<(d0) -> (d0 mod 20)>
// CHECK-LABEL: func.func private @differences
// CHECK: linalg.generic {indexing_maps = [#[[PART]], #
func.func private @differences(%x: tensor<20xf32>) -> tensor<19xf32> attributes {graph.kernel} {
  %a = graph.slice %x starts [0] limits [19] strides [1] : tensor<20xf32>
  %b = graph.slice %x starts [1] limits [20] strides [1] : tensor<20xf32>
  %y = graph.subtract %a, %b : tensor<19xf32>
  return %y : tensor<19xf32>
}
