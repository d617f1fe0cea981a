// RUN: dlc-opt %s --dlc-hoist-scan-products --split-input-file | FileCheck %s

// A product of elements with weights, and the bias after it, leave the loop as one product of the whole sequence.

// CHECK-LABEL: func.func @products
// CHECK:         %[[Z:.*]] = graph.dot_general %arg1, %arg2 contracting [2] x [0] : tensor<6x4x3xf32>, tensor<3x5xf32>
// CHECK:         %[[B:.*]] = graph.broadcast %{{.*}} dims [1, 2] : tensor<4x5xf32> -> tensor<6x4x5xf32>
// CHECK:         %[[S:.*]] = graph.add %[[Z]], %[[B]] : tensor<6x4x5xf32>
// CHECK:         graph.scan @body length "6" carries(%arg0) sequences(%[[S]]) invariants(%arg3)
// CHECK-LABEL: func.func private @body
// CHECK-SAME:    (%{{.*}}: tensor<i64>, %[[H:.*]]: tensor<4x5xf32>, %[[X:.*]]: tensor<4x5xf32>, %[[U:.*]]: tensor<5x5xf32>)
// CHECK-NEXT:    %[[P:.*]] = graph.dot_general %[[H]], %[[U]]
// CHECK-NEXT:    graph.add %[[X]], %[[P]]
func.func @products(%h: tensor<4x5xf32>, %xs: tensor<6x4x3xf32>, %w: tensor<3x5xf32>, %u: tensor<5x5xf32>,
                    %b: tensor<5xf32>) -> tensor<4x5xf32> {
  %0 = graph.scan @body length "6" carries(%h) sequences(%xs) invariants(%w, %u, %b)
    : (tensor<4x5xf32>, tensor<6x4x3xf32>, tensor<3x5xf32>, tensor<5x5xf32>, tensor<5xf32>) -> tensor<4x5xf32>
  return %0 : tensor<4x5xf32>
}
func.func private @body(%i: tensor<i64>, %h: tensor<4x5xf32>, %x: tensor<4x3xf32>, %w: tensor<3x5xf32>,
                        %u: tensor<5x5xf32>, %b: tensor<5xf32>) -> tensor<4x5xf32> attributes {graph.body} {
  %0 = graph.dot_general %x, %w contracting [1] x [0] : tensor<4x3xf32>, tensor<3x5xf32>
  %1 = graph.broadcast %b dims [1] : tensor<5xf32> -> tensor<4x5xf32>
  %2 = graph.add %0, %1 : tensor<4x5xf32>
  %3 = graph.dot_general %h, %u contracting [1] x [0] : tensor<4x5xf32>, tensor<5x5xf32>
  %4 = graph.add %2, %3 : tensor<4x5xf32>
  %5 = graph.tanh %4 : tensor<4x5xf32>
  return %5 : tensor<4x5xf32>
}

// -----

// A product that never changes is computed once; what it costs nothing to repeat stays.

// CHECK-LABEL: func.func @invariants
// CHECK:         %[[W:.*]] = graph.dot_general %arg1, %arg2
// CHECK:         graph.scan @body length "t" carries(%arg0) sequences(%{{.*}}) invariants(%[[W]])
// CHECK-LABEL: func.func private @body
// CHECK-NOT:     dot_general
func.func @invariants(%h: tensor<4xf32>, %a: tensor<4x3xf32>, %b: tensor<3xf32>,
                      %xs: tensor<?x4xf32, #graph.dims<"t", "">>) -> tensor<4xf32> {
  %0 = graph.scan @body length "t" carries(%h) sequences(%xs) invariants(%a, %b)
    : (tensor<4xf32>, tensor<?x4xf32, #graph.dims<"t", "">>, tensor<4x3xf32>, tensor<3xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}
func.func private @body(%i: tensor<i64>, %h: tensor<4xf32>, %x: tensor<4xf32>, %a: tensor<4x3xf32>,
                        %b: tensor<3xf32>) -> tensor<4xf32> attributes {graph.body} {
  %0 = graph.dot_general %a, %b contracting [1] x [0] : tensor<4x3xf32>, tensor<3xf32>
  %1 = graph.multiply %h, %0 : tensor<4xf32>
  %2 = graph.add %1, %x : tensor<4xf32>
  return %2 : tensor<4xf32>
}

// -----

// Element-wise work without a product stays: its result would only be one more sequence to store. A stack that nobody
// reads is dropped, and so is an argument that nothing uses.

// CHECK-LABEL: func.func @unread
// CHECK:         %[[R:.*]] = graph.scan @body length "6" carries(%arg0) sequences(%arg1) invariants()
// CHECK-SAME:      -> tensor<4xf32>
// CHECK-LABEL: func.func private @body
// CHECK:         graph.tanh
// CHECK:         return %{{[^,]*}} : tensor<4xf32>
func.func @unread(%h: tensor<4xf32>, %xs: tensor<6x4xf32>, %w: tensor<4xf32>) -> tensor<4xf32> {
  %0:2 = graph.scan @body length "6" carries(%h) sequences(%xs) invariants(%w)
    : (tensor<4xf32>, tensor<6x4xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<6x4xf32>)
  return %0#0 : tensor<4xf32>
}
func.func private @body(%i: tensor<i64>, %h: tensor<4xf32>, %x: tensor<4xf32>, %w: tensor<4xf32>)
    -> (tensor<4xf32>, tensor<4xf32>) attributes {graph.body} {
  %0 = graph.tanh %x : tensor<4xf32>
  %1 = graph.add %h, %0 : tensor<4xf32>
  return %1, %1 : tensor<4xf32>, tensor<4xf32>
}

// -----

// The body of two scans is left alone.

// CHECK-LABEL: func.func @shared
// CHECK-NEXT:    graph.scan @body length "2" carries(%arg0) sequences(%arg1) invariants(%arg2)
func.func @shared(%h: tensor<4x4xf32>, %xs: tensor<2x4x4xf32>, %w: tensor<4x4xf32>) -> tensor<4x4xf32> {
  %0 = graph.scan @body length "2" carries(%h) sequences(%xs) invariants(%w)
    : (tensor<4x4xf32>, tensor<2x4x4xf32>, tensor<4x4xf32>) -> tensor<4x4xf32>
  %1 = graph.scan @body length "2" carries(%0) sequences(%xs) invariants(%w)
    : (tensor<4x4xf32>, tensor<2x4x4xf32>, tensor<4x4xf32>) -> tensor<4x4xf32>
  return %1 : tensor<4x4xf32>
}
func.func private @body(%i: tensor<i64>, %h: tensor<4x4xf32>, %x: tensor<4x4xf32>, %w: tensor<4x4xf32>)
    -> tensor<4x4xf32> attributes {graph.body} {
  %0 = graph.dot_general %x, %w contracting [1] x [0] : tensor<4x4xf32>, tensor<4x4xf32>
  %1 = graph.add %h, %0 : tensor<4x4xf32>
  return %1 : tensor<4x4xf32>
}
