// RUN: dlc-opt %s --emit-bytecode | dlc-opt | FileCheck %s
// A program file keeps the graph as bytecode: attributes, enums and symbolic sizes survive.

// CHECK-LABEL: func.func @all_kinds_of_attributes
func.func @all_kinds_of_attributes(%x: tensor<?x4xf32, #graph.dims<"batch", "">>, %seed: tensor<i64>) {
  // CHECK: graph.random_uniform %{{.*}}, %{{.*}} domain train id 7 : tensor<?x4xf32, #graph.dims<"batch", "">>
  %u = graph.random_uniform %seed, %seed domain train id 7 : tensor<?x4xf32, #graph.dims<"batch", "">>
  // CHECK: graph.compare lt
  %p = graph.compare lt %x, %u : tensor<?x4xf32, #graph.dims<"batch", "">>
  // CHECK: graph.dot_general %{{.*}}, %{{.*}} contracting [1] x [1]
  %z = graph.dot_general %x, %u contracting [1] x [1] : tensor<?x4xf32, #graph.dims<"batch", "">>, tensor<?x4xf32, #graph.dims<"batch", "">>
  // CHECK: graph.constant dense<2.500000e+00> : tensor<8xf32>
  %c = graph.constant dense<2.5> : tensor<8xf32>
  // CHECK: graph.size "4*batch"
  %n = graph.size "4*batch"
  return
}
