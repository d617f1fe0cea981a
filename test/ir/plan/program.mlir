// A whole program prints one line a variable and port, and reads back as the same text.
// RUN: dlc-opt %s | FileCheck %s
// RUN: dlc-opt %s > %t && dlc-opt %t | diff %t -

// CHECK: plan.constants = [{bytes = 12 : i64, offset = 0 : i64, value = dense<{{.*}}> : tensor<3xf32>}]
module attributes {kernel.symbols = ["batch"],
                   plan.constants = [{offset = 0 : i64, bytes = 12 : i64, value = dense<[1.0, 2.0, 3.0]> : tensor<3xf32>}]} {

// CHECK: plan.program @Tiny symbols ["batch"] variables_bytes 128 variables [
// CHECK-NEXT: {name = "w", kind = "param", type = tensor<3xf32>, offset = 0 : i64, bytes = 12 : i64, {{.*}}},
// CHECK-NEXT: {name = "step", kind = "session", {{.*}}value = dense<0> : tensor<i64>}
// CHECK-NEXT: ] {
plan.program @Tiny symbols ["batch"] variables_bytes 128 variables [
  {name = "w", kind = "param", type = tensor<3xf32>, offset = 0 : i64, bytes = 12 : i64, trainable = true, owner = "", file = "tiny.dl", line = 2 : i64, column = 3 : i64},
  {name = "step", kind = "session", type = tensor<i64>, offset = 64 : i64, bytes = 8 : i64, trainable = false, owner = "", file = "", line = 0 : i64, column = 0 : i64, value = dense<0> : tensor<i64>}
] {
  // CHECK-NEXT: plan.function @train_step inputs [
  // CHECK-NEXT: {name = "x", role = "input", dtype = f32, dims = ["batch", "3"],
  // CHECK-NEXT: ] outputs [
  // CHECK-NEXT: {name = "loss", role = "output", dtype = f32, dims = [],
  // CHECK-NEXT: ] slots [
  // CHECK-NEXT: ["4*batch", "12"],
  // CHECK-NEXT: ["1"]
  // CHECK-NEXT: ] {
  plan.function @train_step inputs [
    {name = "x", dtype = f32, dims = ["batch", "3"], role = "input", file = "tiny.dl", line = 1 : i64, column = 12 : i64, where = ""}
  ] outputs [
    {name = "loss", dtype = f32, dims = [], role = "output", file = "", line = 0 : i64, column = 0 : i64, where = ""}
  ] slots [
    ["4*batch", "12"],
    ["1"]
  ] {
    // CHECK-NEXT: %[[X:.*]] = plan.buffer input[0] : f32 bytes "12*batch"
    // CHECK-NEXT: %[[W:variable.*]] = plan.buffer variable[0] : f32 bytes "12"
    // CHECK-NEXT: %[[LOSS:output.*]] = plan.buffer output[0] : f32 bytes "4"
    // CHECK-NEXT: %[[C:constant.*]] = plan.buffer constant[0] : f32 bytes "12"
    // CHECK-NEXT: %[[P:workspace.*]] = plan.buffer workspace[0] : f32 bytes "4*batch"
    // CHECK-NEXT: %[[G:workspace.*]] = plan.buffer workspace[0] : f32 bytes "12"
    // CHECK-NEXT: %[[OK:workspace.*]] = plan.buffer workspace[1] : i1 bytes "1"
    %x = plan.buffer input[0] : f32 bytes "12*batch"
    %w = plan.buffer variable[0] : f32 bytes "12"
    %loss = plan.buffer output[0] : f32 bytes "4"
    %c = plan.buffer constant[0] : f32 bytes "12"
    %p = plan.buffer workspace[0] : f32 bytes "4*batch"
    %g = plan.buffer workspace[0] : f32 bytes "12"
    %ok = plan.buffer workspace[1] : i1 bytes "1"
    // CHECK-NEXT: plan.launch @k0(%[[X]], %[[W]], %[[C]]) -> (%[[P]], %[[LOSS]], %[[OK]])
    // CHECK-NEXT: plan.guard %[[OK]] "the loss is not finite"
    // CHECK-NEXT: plan.launch @k1(%[[X]]) -> (%[[G]])
    // CHECK-NEXT: plan.launch @k2(%[[G]], %[[W]]) -> (%[[W]]) inout [1:0]
    // CHECK-NEXT: plan.return
    plan.launch @k0(%x, %w, %c) -> (%p, %loss, %ok)
    plan.guard %ok "the loss is not finite"
    plan.launch @k1(%x) -> (%g)
    plan.launch @k2(%g, %w) -> (%w) inout [1:0]
    plan.return
  }
  // Steps in regions: both sides of a branch write what is read after it; a loop may run no turn.
  // CHECK: plan.function @predict
  plan.function @predict inputs [] outputs [
    {name = "p", dtype = f32, dims = ["3"], role = "output", file = "", line = 0 : i64, column = 0 : i64, where = ""}
  ] slots [["12"]] {
    %w = plan.buffer variable[0] : f32 bytes "12"
    %p = plan.buffer output[0] : f32 bytes "12"
    %t = plan.buffer workspace[0] : f32 bytes "12"
    // CHECK: plan.branch "batch" below 64 {
    // CHECK-NEXT: plan.launch @k3
    // CHECK-NEXT: } else {
    // CHECK-NEXT: plan.launch @k3
    // CHECK-NEXT: }
    plan.branch "batch" below 64 {
      plan.launch @k3(%w) -> (%t)
    } else {
      plan.launch @k3(%w) -> (%t)
    }
    // CHECK-NEXT: plan.loop "batch" {
    // CHECK-NEXT: plan.launch @k3({{.*}}) -> ({{.*}}) inout [0:0]
    plan.loop "batch" {
      plan.launch @k3(%t) -> (%t) inout [0:0]
    }
    // CHECK: plan.collective sum(%{{.*}})
    plan.collective sum(%t)
    // CHECK-NEXT: plan.copy %{{.*}} to %{{.*}}
    plan.copy %t to %p
    plan.return
  }
}

func.func private @k0(%x: tensor<?x3xf32, #graph.dims<"batch", "">>, %w: tensor<3xf32>, %c: tensor<3xf32>) -> (tensor<?xf32, #graph.dims<"batch">>, tensor<f32>, tensor<i1>)
func.func private @k1(%x: tensor<?x3xf32, #graph.dims<"batch", "">>) -> tensor<3xf32>
func.func private @k2(%g: tensor<3xf32>, %w: tensor<3xf32>) -> tensor<3xf32>
func.func private @k3(%w: tensor<3xf32>) -> tensor<3xf32>
}
