// Buffers that never live at the same step share a slot; those that do, do not.
// RUN: dlc-opt %s --dlc-assign-buffers | FileCheck %s

func.func private @map(%a: tensor<?x4xf32, #graph.dims<"batch", "">>) -> tensor<?x4xf32, #graph.dims<"batch", "">>
func.func private @weights(%a: tensor<?x4xf32, #graph.dims<"batch", "">>) -> tensor<250000xf32>
func.func private @update(%a: tensor<?x4xf32, #graph.dims<"batch", "">>, %g: tensor<250000xf32>) -> tensor<f32>
func.func private @sum(%a: tensor<?x4xf32, #graph.dims<"batch", "">>) -> tensor<f32>
func.func private @fill(%a: tensor<f32>) -> tensor<64xf32>
func.func private @norm(%a: tensor<64xf32>) -> tensor<f32>

plan.program @P symbols ["batch"] variables_bytes 0 variables [] {
  // CHECK: plan.function @f
  // CHECK: slots [
  // CHECK-NEXT: ["16*batch", "256"],
  // CHECK-NEXT: ["16*batch", "4"]
  // CHECK-NEXT: ] {
  plan.function @f inputs [
    {name = "x", dtype = f32, dims = ["batch", "4"], role = "input", file = "", line = 0 : i64, column = 0 : i64, where = ""}
  ] outputs [
    {name = "y", dtype = f32, dims = [], role = "output", file = "", line = 0 : i64, column = 0 : i64, where = ""}
  ] {
    %x = plan.buffer input[0] : f32 bytes "16*batch"
    %y = plan.buffer output[0] : f32 bytes "4"
    // CHECK: plan.buffer workspace[0] : f32 bytes "16*batch"
    // CHECK-NEXT: plan.buffer workspace[1] : f32 bytes "16*batch"
    // CHECK-NEXT: plan.buffer workspace[0] : f32 bytes "16*batch"
    // CHECK-NEXT: plan.buffer workspace[1] : f32 bytes "4"
    // CHECK-NEXT: plan.buffer workspace[0] : f32 bytes "256"
    %a = plan.buffer workspace : f32 bytes "16*batch"
    %b = plan.buffer workspace : f32 bytes "16*batch"
    %c = plan.buffer workspace : f32 bytes "16*batch"
    %s = plan.buffer workspace : f32 bytes "4"
    %t = plan.buffer workspace : f32 bytes "256"
    plan.launch @map(%x) -> (%a)
    plan.launch @map(%a) -> (%b)
    plan.launch @map(%b) -> (%c)
    plan.launch @sum(%c) -> (%s)
    plan.launch @fill(%s) -> (%t)
    plan.launch @norm(%t) -> (%y)
    plan.return
  }
  // What a loop's body uses lives for the whole loop: the two cannot share although their uses do not overlap in it.
  // CHECK: plan.function @g
  // CHECK: slots [
  // CHECK-NEXT: ["16*batch"],
  // CHECK-NEXT: ["16*batch"]
  // CHECK-NEXT: ] {
  plan.function @g inputs [
    {name = "x", dtype = f32, dims = ["batch", "4"], role = "input", file = "", line = 0 : i64, column = 0 : i64, where = ""}
  ] outputs [] {
    %x = plan.buffer input[0] : f32 bytes "16*batch"
    %a = plan.buffer workspace : f32 bytes "16*batch"
    %b = plan.buffer workspace : f32 bytes "16*batch"
    plan.loop "batch" {
      plan.launch @map(%x) -> (%a)
      plan.launch @map(%a) -> (%b)
    }
    plan.return
  }
  // A constant size, large for small batches and alive for long, takes no slot from what grows with the batch.
  // CHECK: plan.function @h
  // CHECK: slots [
  // CHECK-NEXT: ["16*batch"],
  // CHECK-NEXT: ["16*batch"],
  // CHECK-NEXT: ["1000000"]
  // CHECK-NEXT: ] {
  plan.function @h inputs [
    {name = "x", dtype = f32, dims = ["batch", "4"], role = "input", file = "", line = 0 : i64, column = 0 : i64, where = ""}
  ] outputs [
    {name = "y", dtype = f32, dims = [], role = "output", file = "", line = 0 : i64, column = 0 : i64, where = ""}
  ] {
    %x = plan.buffer input[0] : f32 bytes "16*batch"
    %y = plan.buffer output[0] : f32 bytes "4"
    %a = plan.buffer workspace : f32 bytes "16*batch"
    %b = plan.buffer workspace : f32 bytes "16*batch"
    %g = plan.buffer workspace : f32 bytes "1000000"
    %c = plan.buffer workspace : f32 bytes "16*batch"
    %d = plan.buffer workspace : f32 bytes "16*batch"
    plan.launch @map(%x) -> (%a)
    plan.launch @map(%a) -> (%b)
    plan.launch @weights(%b) -> (%g)
    plan.launch @map(%b) -> (%c)
    plan.launch @map(%c) -> (%d)
    plan.launch @update(%d, %g) -> (%y)
    plan.return
  }
}
