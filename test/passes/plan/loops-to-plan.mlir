// Scans become loops over stacks: which carries are written in place, which are copied, and in what order.
// RUN: dlc-opt %s --dlc-graph-to-plan --split-input-file | FileCheck %s
// RUN: dlc-opt %s --dlc-graph-to-plan --dlc-assign-buffers --split-input-file | FileCheck %s --check-prefix=ASSIGNED

// ASSIGNED-LABEL: plan.function @emitted
// ASSIGNED-DAG: workspace[[[I:[0-9]+]]] : i64 bytes "8"
// ASSIGNED-NOT: workspace[[[I]]] : f32
// ASSIGNED: plan.loop "7" reverse index

// The kernel may write the next carry over the present one; what is emitted goes to its element at once.
// CHECK-LABEL: plan.function @inplace
// CHECK-DAG: %[[X:.*]] = plan.buffer input[1] : f32 bytes "16*t"
// CHECK-DAG: %[[W:.*]] = plan.buffer input[2] : f32 bytes "16"
// CHECK-DAG: %[[H:workspace.*]] = plan.buffer workspace : f32 bytes "16"
// CHECK-DAG: %[[PS:workspace.*]] = plan.buffer workspace : f32 bytes "16*t"
// CHECK: plan.copy %{{.*}} to %[[H]]
// CHECK-NEXT: plan.loop "t" {
// CHECK-DAG: %[[XT:.*]] = plan.element %[[X]] : f32 bytes "16"
// CHECK-DAG: %[[PT:.*]] = plan.element %[[PS]] : f32 bytes "16"
// CHECK-NEXT: plan.launch @k0(%[[H]], %[[XT]], %[[W]]) -> (%[[H]], %[[PT]]) inout [0:0]
// CHECK-NEXT: }
// CHECK: plan.copy %[[H]] to
// CHECK: plan.copy %[[PS]] to
// CHECK-NOT: graph.body
func.func private @turn(%i: tensor<i64>, %h: tensor<4xf32>, %x: tensor<4xf32>, %w: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) attributes {graph.body} {
  %n, %p = graph.launch @k0(%h, %x, %w) : (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>)
  return %n, %p : tensor<4xf32>, tensor<4xf32>
}
func.func @inplace(%h: tensor<4xf32> {graph.input = "h"}, %xs: tensor<?x4xf32, #graph.dims<"t", "">> {graph.input = "xs"}, %w: tensor<4xf32> {graph.input = "w"})
   -> (tensor<4xf32> {graph.output = "last"}, tensor<?x4xf32, #graph.dims<"t", "">> {graph.output = "ps"}) {
  %last, %ps = graph.scan @turn length "t" carries(%h) sequences(%xs) invariants(%w) : (tensor<4xf32>, tensor<?x4xf32, #graph.dims<"t", "">>, tensor<4xf32>) -> (tensor<4xf32>, tensor<?x4xf32, #graph.dims<"t", "">>)
  return %last, %ps : tensor<4xf32>, tensor<?x4xf32, #graph.dims<"t", "">>
}
func.func private @k0(tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) attributes {graph.kernel, graph.inout = [array<i64: 0, 0>]}

// -----

// The next carry is emitted, too: it is written there and copied. The number of the step has a buffer only if it is read.
// CHECK-LABEL: plan.function @emitted
// CHECK-DAG: %[[H:workspace.*]] = plan.buffer workspace : f32 bytes "16"
// CHECK-DAG: %[[I:workspace.*]] = plan.buffer workspace : i64 bytes "8"
// CHECK: plan.loop "7" reverse index(%[[I]]) {
// CHECK-NEXT: %[[E:.*]] = plan.element
// CHECK-NEXT: plan.launch @k0(%[[H]], %[[I]]) -> (%[[E]])
// CHECK-NEXT: plan.copy %[[E]] to %[[H]]
// CHECK-NEXT: }
func.func private @turn(%i: tensor<i64>, %h: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) attributes {graph.body} {
  %n = graph.launch @k0(%h, %i) : (tensor<4xf32>, tensor<i64>) -> tensor<4xf32>
  return %n, %n : tensor<4xf32>, tensor<4xf32>
}
func.func @emitted(%h: tensor<4xf32> {graph.input = "h"})
   -> (tensor<4xf32> {graph.output = "last"}, tensor<7x4xf32> {graph.output = "ps"}) {
  %last, %ps = graph.scan @turn length "7" reverse carries(%h) sequences() invariants() : (tensor<4xf32>) -> (tensor<4xf32>, tensor<7x4xf32>)
  return %last, %ps : tensor<4xf32>, tensor<7x4xf32>
}
func.func private @k0(tensor<4xf32>, tensor<i64>) -> tensor<4xf32> attributes {graph.kernel, graph.inout = [array<i64: 0, 0>]}

// -----

// b is read as the next a, so the kernel must not write over it. A carry that stays needs no step; a value from outside is
// copied to every element.
// CHECK-LABEL: plan.function @swapped
// CHECK: %[[H:.*]] = plan.buffer input[0]
// CHECK: plan.copy %[[H]] to %[[A:.*]]
// CHECK-NEXT: plan.copy %[[H]] to %[[B:.*]]
// CHECK-NEXT: plan.copy %[[H]] to %{{.*}}
// CHECK-NEXT: plan.loop "7" {
// CHECK-NEXT: %[[E:.*]] = plan.element
// CHECK-NEXT: plan.launch @k0(%[[B]], %[[H]]) -> (%[[NEXT:.*]])
// CHECK-NEXT: plan.copy %[[H]] to %[[E]]
// CHECK-NEXT: plan.copy %[[B]] to %[[SAVED:.*]]
// CHECK-NEXT: plan.copy %[[SAVED]] to %[[A]]
// CHECK-NEXT: plan.copy %[[NEXT]] to %[[B]]
// CHECK-NEXT: }
func.func private @turn(%i: tensor<i64>, %a: tensor<4xf32>, %b: tensor<4xf32>, %c: tensor<4xf32>, %w: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) attributes {graph.body} {
  %n = graph.launch @k0(%b, %w) : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return %b, %n, %c, %w : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
}
func.func @swapped(%h: tensor<4xf32> {graph.input = "h"})
   -> (tensor<4xf32> {graph.output = "a"}, tensor<4xf32> {graph.output = "b"}, tensor<4xf32> {graph.output = "c"},tensor<7x4xf32> {graph.output = "ps"}) {
  %a, %b, %c, %ps = graph.scan @turn length "7" carries(%h, %h, %h) sequences() invariants(%h) : (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<7x4xf32>)
  return %a, %b, %c, %ps : tensor<4xf32>, tensor<4xf32>,  tensor<4xf32>, tensor<7x4xf32>
}
func.func private @k0(tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32> attributes {graph.kernel, graph.inout = [array<i64: 0, 0>]}

// -----

// Two carries change places.
// CHECK-LABEL: plan.function @exchange
// CHECK: plan.loop "7" {
// CHECK-NEXT: plan.copy %[[B:.*]] to %[[SAVEDB:.*]]
// CHECK-NEXT: plan.copy %[[A:.*]] to %[[SAVEDA:.*]]
// CHECK-NEXT: plan.copy %[[SAVEDB]] to %[[A]]
// CHECK-NEXT: plan.copy %[[SAVEDA]] to %[[B]]
// CHECK-NEXT: }
func.func private @turn(%i: tensor<i64>, %a: tensor<4xf32>, %b: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) attributes {graph.body} {
  return %b, %a : tensor<4xf32>, tensor<4xf32>
}
func.func @exchange(%h: tensor<4xf32> {graph.input = "h"}, %g: tensor<4xf32> {graph.input = "g"})
   -> (tensor<4xf32> {graph.output = "a"}, tensor<4xf32> {graph.output = "b"}) {
  %a, %b = graph.scan @turn length "7" carries(%h, %g) sequences() invariants() : (tensor<4xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>)
  return %a, %b : tensor<4xf32>, tensor<4xf32>
}

// -----

// Loops in loops; a view of what is emitted costs nothing.
// CHECK-LABEL: plan.function @nested
// CHECK: plan.loop "t" {
// CHECK-DAG: %[[XT:.*]] = plan.element %{{.*}} : f32 bytes "16*s"
// CHECK-DAG: %[[VT:.*]] = plan.element %{{.*}} : f32 bytes "16"
// CHECK: plan.copy %[[H:.*]] to %[[VT]]
// CHECK-NEXT: plan.loop "s" {
// CHECK-NEXT: %[[XS:.*]] = plan.element %[[XT]] : f32 bytes "16"
// CHECK-NEXT: plan.launch @k0(%[[VT]], %[[XS]]) -> (%[[VT]]) inout [0:0]
// CHECK-NEXT: }
// CHECK-NEXT: plan.copy %[[VT]] to %[[H]]
// CHECK-NEXT: }
func.func private @inner(%i: tensor<i64>, %h: tensor<4xf32>, %x: tensor<4xf32>) -> (tensor<4xf32>) attributes {graph.body} {
  %n = graph.launch @k0(%h, %x) : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return %n : tensor<4xf32>
}
func.func private @outer(%i: tensor<i64>, %h: tensor<4xf32>, %xs: tensor<?x4xf32, #graph.dims<"s", "">>) -> (tensor<4xf32>, tensor<2x2xf32>) attributes {graph.body} {
  %n = graph.scan @inner length "s" carries(%h) sequences(%xs) invariants() : (tensor<4xf32>, tensor<?x4xf32, #graph.dims<"s", "">>) -> (tensor<4xf32>)
  %v = graph.reshape %n : tensor<4xf32> -> tensor<2x2xf32>
  return %n, %v : tensor<4xf32>, tensor<2x2xf32>
}
func.func @nested(%h: tensor<4xf32> {graph.input = "h"}, %xs: tensor<?x?x4xf32, #graph.dims<"t", "s", "">> {graph.input = "xs"})
   -> (tensor<4xf32> {graph.output = "last"}, tensor<?x2x2xf32, #graph.dims<"t", "", "">> {graph.output = "vs"}) {
  %last, %vs = graph.scan @outer length "t" carries(%h) sequences(%xs) invariants() : (tensor<4xf32>, tensor<?x?x4xf32, #graph.dims<"t", "s", "">>) -> (tensor<4xf32>, tensor<?x2x2xf32, #graph.dims<"t", "", "">>)
  return %last, %vs : tensor<4xf32>, tensor<?x2x2xf32, #graph.dims<"t", "", "">>
}
func.func private @k0(tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32> attributes {graph.kernel, graph.inout = [array<i64: 0, 0>]}
