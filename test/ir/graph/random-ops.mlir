// RUN: dlc-opt %s | dlc-opt | FileCheck %s

// CHECK-LABEL: func.func @draws
func.func @draws(%seed: tensor<i64>, %step: tensor<i64>) {
  // CHECK: graph.random_uniform %{{.*}}, %{{.*}} domain train id 42 : tensor<4x8xf32>
  %u = graph.random_uniform %seed, %step domain train id 42 : tensor<4x8xf32>
  // CHECK: graph.random_uniform %{{.*}}, %{{.*}} domain init id -1 : tensor<?xf64, #graph.dims<"batch">>
  %v = graph.random_uniform %seed, %step domain init id -1 : tensor<?xf64, #graph.dims<"batch">>
  // CHECK: domain data
  %w = graph.random_uniform %seed, %step domain data id 0 : tensor<f32>
  return
}
