// Functions of kernel calls become steps on buffers; what may be written in place is.
// RUN: dlc-opt %s --dlc-graph-to-plan --split-input-file | FileCheck %s
// RUN: dlc-opt %s --dlc-graph-to-plan --dlc-assign-buffers --split-input-file | FileCheck %s --check-prefix=ASSIGNED

// CHECK: module attributes {graph.name = "Net", kernel.symbols = ["batch"]}
// ASSIGNED: plan.program @Net
module attributes {graph.name = "Net", graph.variables = [
    {name = "w", type = tensor<4xf32>, kind = "param", trainable = true, owner = "", file = "net.dl", line = 2 : i64, column = 5 : i64},
    {name = "v", type = tensor<4xf32>, kind = "slot", trainable = false, owner = "w", file = "", line = 0 : i64, column = 0 : i64},
    {name = "step", type = tensor<i64>, kind = "session", trainable = false, owner = "", file = "", line = 0 : i64, column = 0 : i64, value = dense<7> : tensor<i64>}]} {

// CHECK: plan.program @Net symbols ["batch"] variables_bytes 192 variables [
// CHECK-NEXT: {name = "w", kind = "param", type = tensor<4xf32>, offset = 0 : i64, bytes = 16 : i64
// CHECK-NEXT: {name = "v", kind = "slot", type = tensor<4xf32>, offset = 64 : i64, bytes = 16 : i64
// CHECK-NEXT: {name = "step", kind = "session", type = tensor<i64>, offset = 128 : i64, bytes = 8 : i64
// CHECK-SAME: value = dense<7>
// CHECK: plan.function @train_step inputs [
// CHECK-NEXT: {name = "x", role = "input", dtype = f32, dims = ["batch", "4"], column = 17 : i64, file = "net.dl", line = 1 : i64, where = ""},
// CHECK-NEXT: {name = "y", role = "target", dtype = f32, dims = ["batch"]
// CHECK-NEXT: ] outputs [
// CHECK-NEXT: {name = "loss", role = "output", dtype = f32, dims = []
// CHECK-NEXT: ] {
func.func @train_step(%x: tensor<?x4xf32, #graph.dims<"batch", "">> {graph.input = "x"} loc("net.dl":1:17),
                      %y: tensor<?xf32, #graph.dims<"batch">> {graph.target = "y"},
                      %w: tensor<4xf32> {graph.variable = "w"}, %v: tensor<4xf32> {graph.variable = "v"},
                      %step: tensor<i64> {graph.variable = "step"})
    -> (tensor<f32> {graph.output = "loss"}, tensor<4xf32> {graph.variable = "w"}, tensor<4xf32> {graph.variable = "v"},
        tensor<i64> {graph.variable = "step"}) {
  // CHECK-DAG: %[[X:.*]] = plan.buffer input[0] : f32 bytes "16*batch"
  // CHECK-DAG: %[[Y:.*]] = plan.buffer input[1] : f32 bytes "4*batch"
  // CHECK-DAG: %[[W:.*]] = plan.buffer variable[0] : f32 bytes "16"
  // CHECK-DAG: %[[V:.*]] = plan.buffer variable[1] : f32 bytes "16"
  // CHECK-DAG: %[[STEP:.*]] = plan.buffer variable[2] : i64 bytes "8"
  // CHECK-DAG: %[[LOSS:.*]] = plan.buffer output[0] : f32 bytes "4"
  // CHECK-DAG: %[[OK:.*]] = plan.buffer workspace : i1 bytes "1"
  // CHECK-DAG: %[[G:.*]] = plan.buffer workspace : f32 bytes "16"
  // CHECK-DAG: %[[NEXT:.*]] = plan.buffer workspace : i64 bytes "8"

  // CHECK: plan.launch @k0(%[[X]], %[[Y]], %[[W]]) -> (%[[LOSS]], %[[G]], %[[OK]])
  // CHECK: plan.guard %[[OK]] "not finite"
  // The update of step is no element-wise function of step in its kernel: a copy at the end. That of w and v is.
  // CHECK: plan.launch @k2(%[[STEP]]) -> (%[[NEXT]])
  // CHECK: plan.launch @k1(%[[W]], %[[V]], %[[G]]) -> (%[[W]], %[[V]]) inout [0:0, 1:1]
  // CHECK: plan.copy %[[NEXT]] to %[[STEP]]
  // CHECK: plan.return
  %loss, %g, %ok = graph.launch @k0(%x, %y, %w) : (tensor<?x4xf32, #graph.dims<"batch", "">>, tensor<?xf32, #graph.dims<"batch">>, tensor<4xf32>) -> (tensor<f32>, tensor<2x2xf32>, tensor<i1>)
  graph.guard %ok reason "not finite"
  %n = graph.launch @k2(%step) : (tensor<i64>) -> tensor<i64>
  // A reshape is a view: it costs no step and no buffer.
  %g1 = graph.reshape %g : tensor<2x2xf32> -> tensor<4xf32>
  %w1, %v1 = graph.launch @k1(%w, %v, %g1) : (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>)
  return %loss, %w1, %v1, %n : tensor<f32>, tensor<4xf32>, tensor<4xf32>, tensor<i64>
}
func.func private @k0(%x: tensor<?x4xf32, #graph.dims<"batch", "">>, %y: tensor<?xf32, #graph.dims<"batch">>, %w: tensor<4xf32>) -> (tensor<f32>, tensor<2x2xf32>, tensor<i1>) attributes {graph.kernel}
func.func private @k1(%w: tensor<4xf32>, %v: tensor<4xf32>, %g: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) attributes {graph.kernel, graph.inout = [array<i64: 0, 0>, array<i64: 1, 1>]}
func.func private @k2(%s: tensor<i64>) -> tensor<i64> attributes {graph.kernel}
}

// -----

// A later launch reads the old w, so it goes first although it comes later in the program.
// CHECK-LABEL: plan.program @Order
module attributes {graph.name = "Order", graph.variables = [
    {name = "w", type = tensor<4xf32>, kind = "param", trainable = true, owner = "", file = "", line = 0 : i64, column = 0 : i64}]} {
func.func @train_step(%w: tensor<4xf32> {graph.variable = "w"}) -> (tensor<4xf32> {graph.variable = "w"}, tensor<f32> {graph.output = "norm"}) {
  // CHECK: plan.launch @norm
  // CHECK-NEXT: plan.launch @update({{.*}}) -> (%[[W:.*]]) inout [0:0]
  // CHECK-NEXT: plan.return
  %w1 = graph.launch @update(%w) : (tensor<4xf32>) -> tensor<4xf32>
  %n = graph.launch @norm(%w) : (tensor<4xf32>) -> tensor<f32>
  return %w1, %n : tensor<4xf32>, tensor<f32>
}
func.func private @update(%w: tensor<4xf32>) -> tensor<4xf32> attributes {graph.kernel, graph.inout = [array<i64: 0, 0>]}
func.func private @norm(%w: tensor<4xf32>) -> tensor<f32> attributes {graph.kernel}
}

// -----

// The guard follows: w must keep its value if the call fails, so the new one waits in the workspace.
// CHECK-LABEL: plan.program @Guarded
module attributes {graph.name = "Guarded", graph.variables = [
    {name = "w", type = tensor<4xf32>, kind = "param", trainable = true, owner = "", file = "", line = 0 : i64, column = 0 : i64}]} {
func.func @train_step(%w: tensor<4xf32> {graph.variable = "w"}) -> (tensor<4xf32> {graph.variable = "w"}) {
  // CHECK-DAG: %[[W:.*]] = plan.buffer variable[0]
  // CHECK-DAG: %[[NEW:.*]] = plan.buffer workspace : f32 bytes "16"
  // CHECK: plan.launch @update(%[[W]]) -> (%[[NEW]], %{{.*}})
  // CHECK: plan.guard
  // CHECK: plan.copy %[[NEW]] to %[[W]]
  %w1, %ok = graph.launch @update(%w) : (tensor<4xf32>) -> (tensor<4xf32>, tensor<i1>)
  graph.guard %ok reason "not finite"
  return %w1 : tensor<4xf32>
}
func.func private @update(%w: tensor<4xf32>) -> (tensor<4xf32>, tensor<i1>) attributes {graph.kernel, graph.inout = [array<i64: 0, 0>]}
}

// -----

// Two variables change places; an input is also an output; a constant is an output.
// CHECK-LABEL: plan.program @Swap
// ASSIGNED-LABEL: plan.program @Swap
module attributes {graph.name = "Swap", graph.variables = [
    {name = "a", type = tensor<4xf32>, kind = "state", trainable = false, owner = "", file = "", line = 0 : i64, column = 0 : i64},
    {name = "b", type = tensor<4xf32>, kind = "state", trainable = false, owner = "", file = "", line = 0 : i64, column = 0 : i64}]} {
func.func @swap(%a: tensor<4xf32> {graph.variable = "a"}, %b: tensor<4xf32> {graph.variable = "b"}, %x: tensor<2xf32> {graph.input = "x"})
    -> (tensor<4xf32> {graph.variable = "b"}, tensor<4xf32> {graph.variable = "a"}, tensor<2xf32> {graph.output = "x"}, tensor<65xf32> {graph.output = "c"}) {
  // CHECK-DAG: %[[A:.*]] = plan.buffer variable[0]
  // CHECK-DAG: %[[B:.*]] = plan.buffer variable[1]
  // CHECK-DAG: %[[X:.*]] = plan.buffer input[0]
  // CHECK-DAG: %[[C:.*]] = plan.buffer constant[0]
  // CHECK: plan.copy %[[A]] to %[[OLDA:.*]]
  // CHECK-NEXT: plan.copy %[[B]] to %[[OLDB:.*]]
  // CHECK-NEXT: plan.copy %[[OLDA]] to %[[B]]
  // CHECK-NEXT: plan.copy %[[OLDB]] to %[[A]]
  // CHECK-NEXT: plan.copy %[[X]] to
  // CHECK-NEXT: plan.copy %[[C]] to
  %c = graph.constant dense<[0.0, 1.0, 2.0, 3.0, 4.0, 0.0, 1.0, 2.0, 3.0, 4.0, 0.0, 1.0, 2.0, 3.0, 4.0, 0.0, 1.0, 2.0, 3.0, 4.0, 0.0, 1.0, 2.0, 3.0, 4.0, 0.0, 1.0, 2.0, 3.0, 4.0, 0.0, 1.0, 2.0, 3.0, 4.0, 0.0, 1.0, 2.0, 3.0, 4.0, 0.0, 1.0, 2.0, 3.0, 4.0, 0.0, 1.0, 2.0, 3.0, 4.0, 0.0, 1.0, 2.0, 3.0, 4.0, 0.0, 1.0, 2.0, 3.0, 4.0, 0.0, 1.0, 2.0, 3.0, 4.0]> : tensor<65xf32>
  return %a, %b, %x, %c : tensor<4xf32>, tensor<4xf32>, tensor<2xf32>, tensor<65xf32>
}
}
