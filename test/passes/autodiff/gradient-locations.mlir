// Backward ops are named so in their locations; what stood before the request is not, even where the function
// differentiated ends with a loop, which is replaced.
// RUN: dlc-opt %s --dlc-differentiate --mlir-print-debuginfo --mlir-print-local-scope | FileCheck %s
// CHECK-LABEL: func.func @step
// CHECK: graph.exp {{.*}} loc("before"("m.dl":1:1))
// CHECK: graph.multiply {{.*}} loc("product"("m.dl":3:1))
// CHECK: graph.scan {{.*}} loc("loop"("m.dl":4:1))
// CHECK: graph.scan {{.*}} loc("loop (gradient)"("m.dl":4:1))
// CHECK: graph.multiply {{.*}} loc("product (gradient)"("m.dl":3:1))
func.func @step(%x: tensor<f32>, %xs: tensor<?xf32, #graph.dims<"t">>) -> tensor<f32> {
  %e = graph.exp %x : tensor<f32> loc("before"("m.dl":1:1))
  %l, %g = graph.value_and_grad @loss(%e, %xs) wrt [0] : (tensor<f32>, tensor<?xf32, #graph.dims<"t">>) -> (tensor<f32>, tensor<f32>) loc("request"("m.dl":2:1))
  return %g : tensor<f32>
}
func.func private @turn(%i: tensor<i64>, %h: tensor<f32>, %x: tensor<f32>) -> tensor<f32> attributes {graph.body} {
  %s = graph.multiply %h, %x : tensor<f32> loc("turn"("m.dl":5:1))
  return %s : tensor<f32>
}
func.func private @loss(%h: tensor<f32>, %xs: tensor<?xf32, #graph.dims<"t">>) -> tensor<f32> {
  %p = graph.multiply %h, %h : tensor<f32> loc("product"("m.dl":3:1))
  %n = graph.scan @turn length "t" carries(%p) sequences(%xs) invariants() : (tensor<f32>, tensor<?xf32, #graph.dims<"t">>) -> tensor<f32> loc("loop"("m.dl":4:1))
  return %n : tensor<f32>
}
