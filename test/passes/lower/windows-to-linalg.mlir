// Convolutions are contractions and pooling is a reduction, both with windows that are read in place.
// RUN: dlc-opt %s --dlc-graph-to-linalg --canonicalize --cse --split-input-file | FileCheck %s

// The input is read in place: windows times strides plus the place in the window. No patch is ever written down.
// CHECK-DAG: #[[INPUT:.*]] = affine_map<(d0, d1, d2, d3, d4, d5, d6) -> (d0, d1 * 2 + d4, d2 + d5, d6)>
// CHECK-DAG: #[[FILTER:.*]] = affine_map<(d0, d1, d2, d3, d4, d5, d6) -> (d4, d5, d6, d3)>
// CHECK-DAG: #[[RESULT:.*]] = affine_map<(d0, d1, d2, d3, d4, d5, d6) -> (d0, d1, d2, d3)>
// CHECK-LABEL: func.func private @conv
// CHECK-SAME: kernel.kind = "contraction", kernel.result_sizes = {{\[}}["batch", "4", "7", "16"]]
// CHECK: linalg.generic {indexing_maps = [#[[INPUT]], #[[FILTER]], #[[RESULT]]], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction", "reduction", "reduction"]} ins(%{{.*}}, %{{.*}} : tensor<?x9x8x3xf32>, tensor<3x2x3x16xf32>)
// CHECK: arith.mulf {{.*}} fastmath<contract>
// CHECK: arith.addf {{.*}} fastmath<reassoc,contract>
// CHECK-NOT: linalg.generic
func.func private @conv(%x: tensor<?x9x8x3xf32, #graph.dims<"batch", "", "", "">>, %w: tensor<3x2x3x16xf32>)
    -> tensor<?x4x7x16xf32, #graph.dims<"batch", "", "", "">> attributes {graph.kernel} {
  %y = graph.convolution %x, %w strides [2, 1] dilation [1, 1] : tensor<?x9x8x3xf32, #graph.dims<"batch", "", "", "">>, tensor<3x2x3x16xf32>
  return %y : tensor<?x4x7x16xf32, #graph.dims<"batch", "", "", "">>
}

// -----

// Dilation moves the places in the window; groups are a loop of both operands.
// CHECK-DAG: #[[INPUT:.*]] = affine_map<(d0, d1, d2, d3, d4, d5) -> (d0, d1 + d4 * 2, d2, d5)>
// CHECK-DAG: #[[FILTER:.*]] = affine_map<(d0, d1, d2, d3, d4, d5) -> (d4, d2, d5, d3)>
// CHECK-LABEL: func.func private @gconv
// CHECK: linalg.generic {indexing_maps = [#[[INPUT]], #[[FILTER]], {{.*}}], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction", "reduction"]}
func.func private @gconv(%x: tensor<2x?x4x3xf32, #graph.dims<"", "t+4", "", "">>, %w: tensor<3x4x3x5xf32>)
    -> tensor<2x?x4x5xf32, #graph.dims<"", "t", "", "">> attributes {graph.kernel} {
  %y = graph.convolution %x, %w strides [1] dilation [2] grouped : tensor<2x?x4x3xf32, #graph.dims<"", "t+4", "", "">>, tensor<3x4x3x5xf32>
  return %y : tensor<2x?x4x5xf32, #graph.dims<"", "t", "", "">>
}

// -----

// A filter of one element leaves plain indices: a product of matrices.
// CHECK-DAG: #[[INPUT:.*]] = affine_map<(d0, d1, d2, d3, d4) -> (d0, d1, d4)>
// CHECK-LABEL: func.func private @one
// CHECK: linalg.generic {indexing_maps = [#[[INPUT]],
func.func private @one(%x: tensor<2x6x3xf32>, %w: tensor<1x3x5xf32>) -> tensor<2x6x5xf32> attributes {graph.kernel} {
  %y = graph.convolution %x, %w strides [1] dilation [1] : tensor<2x6x3xf32>, tensor<1x3x5xf32>
  return %y : tensor<2x6x5xf32>
}

// -----

// A filter's gradient: the examples are the channels, and lie before the lengths in memory. So they are the outer of the
// reduced loops.
// CHECK-DAG: #[[INPUT:.*]] = affine_map<(d0, d1, d2, d3, d4) -> (d3, d1 + d4, d0)>
// CHECK-DAG: #[[FILTER:.*]] = affine_map<(d0, d1, d2, d3, d4) -> (d3, d4, d2)>
// CHECK-LABEL: func.func private @filtergrad
// CHECK: linalg.generic {indexing_maps = [#[[INPUT]], #[[FILTER]],
func.func private @filtergrad(%x: tensor<2x6x3xf32>, %d: tensor<2x4x5xf32>) -> tensor<3x3x5xf32> attributes {graph.kernel} {
  %xt = graph.transpose %x permutation [2, 1, 0] : tensor<2x6x3xf32>
  %dt = graph.transpose %d permutation [1, 0, 2] : tensor<2x4x5xf32>
  %y = graph.convolution %xt, %dt strides [1] dilation [1] : tensor<3x6x2xf32>, tensor<4x2x5xf32>
  %z = graph.transpose %y permutation [1, 0, 2] : tensor<3x3x5xf32>
  return %z : tensor<3x3x5xf32>
}

// -----

// The length of the windows is a tensor that nothing is read from. Only dimensions with windows have a second loop.
// CHECK-DAG: #[[INPUT:.*]] = affine_map<(d0, d1, d2, d3) -> (d0, d1 * 2 + d3, d2)>
// CHECK-DAG: #[[LENGTH:.*]] = affine_map<(d0, d1, d2, d3) -> (d3)>
// CHECK-LABEL: func.func private @sums
// CHECK-SAME: kernel.kind = "reduction"
// CHECK: %[[LENGTHS:.*]] = tensor.empty() : tensor<3xi8>
// CHECK: linalg.generic {indexing_maps = [#[[INPUT]], #[[LENGTH]], {{.*}}], iterator_types = ["parallel", "parallel", "parallel", "reduction"]} ins(%{{.*}}, %[[LENGTHS]] :
// CHECK: arith.addf %out, %in fastmath<reassoc,contract>
func.func private @sums(%x: tensor<4x9x6xf32>) -> tensor<4x4x6xf32> attributes {graph.kernel} {
  %y = graph.window_sum %x window [1, 3, 1] strides [1, 2, 1] : tensor<4x9x6xf32>
  return %y : tensor<4x4x6xf32>
}

// -----

// A place is a row-major number in one byte; NaN beats all, the first of equals stays.
// CHECK-LABEL: func.func private @maxima
// CHECK: linalg.fill ins(%{{.*}} : f32)
// CHECK: linalg.generic
// CHECK: arith.maximumf
// CHECK: linalg.generic {{.*}} iterator_types = ["parallel", "parallel", "parallel", "reduction", "reduction"]
// CHECK: arith.cmpf ogt
// CHECK: arith.cmpf uno
// CHECK: %[[ROW:.*]] = linalg.index 3
// CHECK: arith.muli %[[ROW]], %c2
// CHECK: %[[COLUMN:.*]] = linalg.index 4
// CHECK: %[[NUMBER:.*]] = arith.addi
// CHECK: arith.index_cast %[[NUMBER]] : index to i8
func.func private @maxima(%x: tensor<4x9x6xf32>) -> (tensor<4x4x3xf32>, tensor<4x4x3xi8>) attributes {graph.kernel} {
  %y = graph.window_max %x window [1, 3, 2] strides [1, 2, 2] : tensor<4x9x6xf32>
  %i = graph.window_arg_max %x window [1, 3, 2] strides [1, 2, 2] : tensor<4x9x6xf32>
  return %y, %i : tensor<4x4x3xf32>, tensor<4x4x3xi8>
}

// -----

// An element takes from the at most two windows that it lies in; indices that are not there read element 0 and count as
// zero. A byte that is no place of the window stays inside.
// CHECK-LABEL: func.func private @places
// CHECK: linalg.generic {{.*}} iterator_types = ["parallel"]} outs
// CHECK-COUNT-4: tensor.extract
// CHECK-NOT: tensor.extract
// CHECK: linalg.generic
// CHECK: arith.remui
// CHECK: arith.minui
// CHECK: tensor.extract
func.func private @places(%u: tensor<4xf32>, %i: tensor<4xi8>, %x: tensor<9xf32>) -> (tensor<9xf32>, tensor<4xf32>) attributes {graph.kernel} {
  %d = graph.window_scatter %u, %i window [3] strides [2] : tensor<4xf32>, tensor<4xi8> -> tensor<9xf32>
  %y = graph.window_gather %x, %i window [3] strides [2] : tensor<9xf32>, tensor<4xi8> -> tensor<4xf32>
  return %d, %y : tensor<9xf32>, tensor<4xf32>
}
