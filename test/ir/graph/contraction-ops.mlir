// RUN: dlc-opt %s | dlc-opt | FileCheck %s

// CHECK-LABEL: func.func @matrix_product
func.func @matrix_product(%x: tensor<4x8xf32>, %w: tensor<8x3xf32>) -> tensor<4x3xf32> {
  // CHECK: graph.dot_general %{{.*}}, %{{.*}} contracting [1] x [0] : tensor<4x8xf32>, tensor<8x3xf32>
  %z = graph.dot_general %x, %w contracting [1] x [0] : tensor<4x8xf32>, tensor<8x3xf32>
  return %z : tensor<4x3xf32>
}

// Batching dimensions come first, then the free ones of each side in order; names are kept.
// CHECK-LABEL: func.func @symbolic_batches
func.func @symbolic_batches(%q: tensor<?x?x2x16xf32, #graph.dims<"batch", "t", "", "">>,
                            %k: tensor<?x?x2x16xf32, #graph.dims<"batch", "2*t", "", "">>)
    -> tensor<?x2x?x?xf32, #graph.dims<"batch", "", "t", "2*t">> {
  // CHECK: graph.dot_general %{{.*}}, %{{.*}} batching [0, 2] x [0, 2] contracting [3] x [3]
  %z = graph.dot_general %q, %k batching [0, 2] x [0, 2] contracting [3] x [3]
      : tensor<?x?x2x16xf32, #graph.dims<"batch", "t", "", "">>, tensor<?x?x2x16xf32, #graph.dims<"batch", "2*t", "", "">>
  return %z : tensor<?x2x?x?xf32, #graph.dims<"batch", "", "t", "2*t">>
}

// Without contracting dimensions it is an outer product, and of integers too.
// CHECK-LABEL: func.func @outer_product
func.func @outer_product(%x: tensor<4xi32>, %y: tensor<3xi32>) -> tensor<4x3xi32> {
  // CHECK: graph.dot_general %{{.*}}, %{{.*}} : tensor<4xi32>, tensor<3xi32>
  %z = graph.dot_general %x, %y : tensor<4xi32>, tensor<3xi32>
  return %z : tensor<4x3xi32>
}
