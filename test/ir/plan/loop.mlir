// Loops read and write one element of each stack a turn; stacks of stacks have elements with elements.
// RUN: dlc-opt %s | FileCheck %s
// RUN: dlc-opt %s > %t && dlc-opt %t | diff %t -

module attributes {plan.constants = [{offset = 0 : i64, bytes = 16 : i64, value = dense<0.0> : tensor<4xf32>}]} {
func.func private @add(%h: tensor<4xf32>, %x: tensor<4xf32>) -> tensor<4xf32>
func.func private @use(%i: tensor<i64>, %x: tensor<4xf32>) -> tensor<4xf32>

plan.program @P symbols ["s", "t"] variables_bytes 0 variables [] {
  plan.function @f inputs [
    {name = "x", dtype = f32, dims = ["t", "s", "4"], role = "input", file = "", line = 0 : i64, column = 0 : i64, where = ""}
  ] outputs [
    {name = "y", dtype = f32, dims = ["t", "4"], role = "output", file = "", line = 0 : i64, column = 0 : i64, where = ""}
  ] {
    // CHECK: %[[X:.*]] = plan.buffer input[0]
    // CHECK-NEXT: %[[Y:.*]] = plan.buffer output[0]
    // CHECK-NEXT: %[[ZERO:.*]] = plan.buffer constant[0]
    // CHECK-NEXT: %[[H:.*]] = plan.buffer workspace : f32 bytes "16"
    // CHECK-NEXT: %[[I:.*]] = plan.buffer workspace : i64 bytes "8"
    %x = plan.buffer input[0] : f32 bytes "16*s*t"
    %y = plan.buffer output[0] : f32 bytes "16*t"
    %zero = plan.buffer constant[0] : f32 bytes "16"
    %h = plan.buffer workspace : f32 bytes "16"
    %i = plan.buffer workspace : i64 bytes "8"
    plan.copy %zero to %h
    // CHECK: plan.loop "t" reverse index(%[[I]]) {
    // CHECK-NEXT: %[[XT:.*]] = plan.element %[[X]] : f32 bytes "16*s"
    // CHECK-NEXT: %[[YT:.*]] = plan.element %[[Y]] : f32 bytes "16"
    // CHECK-NEXT: plan.loop "s" {
    // CHECK-NEXT: %[[XTS:.*]] = plan.element %[[XT]] : f32 bytes "16"
    // CHECK-NEXT: plan.launch @add(%[[H]], %[[XTS]]) -> (%[[H]]) inout [0:0]
    // CHECK-NEXT: }
    // CHECK-NEXT: plan.launch @use(%[[I]], %[[H]]) -> (%[[YT]])
    // CHECK-NEXT: }
    plan.loop "t" reverse index(%i) {
      %xt = plan.element %x : f32 bytes "16*s"
      %yt = plan.element %y : f32 bytes "16"
      plan.loop "s" {
        %xts = plan.element %xt : f32 bytes "16"
        plan.launch @add(%h, %xts) -> (%h) inout [0:0]
      }
      plan.launch @use(%i, %h) -> (%yt)
    }
    plan.return
  }
  // A stack that no turn writes has no elements: it may be read behind the loop, and so may one of a fixed count.
  // CHECK: plan.function @g
  plan.function @g inputs [
    {name = "x", dtype = f32, dims = ["t", "4"], role = "input", file = "", line = 0 : i64, column = 0 : i64, where = ""}
  ] outputs [
    {name = "y", dtype = f32, dims = ["t", "4"], role = "output", file = "", line = 0 : i64, column = 0 : i64, where = ""}
  ] {
    %x = plan.buffer input[0] : f32 bytes "16*t"
    %y = plan.buffer output[0] : f32 bytes "16*t"
    %stack = plan.buffer workspace : f32 bytes "16*t"
    // CHECK: plan.loop "t" {
    plan.loop "t" {
      %xt = plan.element %x : f32 bytes "16"
      %st = plan.element %stack : f32 bytes "16"
      // CHECK: plan.copy
      plan.copy %xt to %st
    }
    // CHECK: plan.copy %{{.*}} to %{{.*}}
    plan.copy %stack to %y
    plan.return
  }
}
}
