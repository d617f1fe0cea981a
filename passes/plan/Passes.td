#ifndef DLC_PASSES_PLAN_PASSES_TD
#define DLC_PASSES_PLAN_PASSES_TD

include "mlir/Pass/PassBase.td"

def GraphToPlanPass : Pass<"dlc-graph-to-plan", "::mlir::ModuleOp"> {
  let summary = "turns functions that only call kernels into a program of steps on buffers";
  let description = [{
    Every function without `graph.kernel` becomes a `plan.function`; the module's `graph.variables` becomes the block
    of variables; constants go to the module's `plan.constants`. A reshape is another name of its input's buffer.

    A new value of a variable is written to the variable's own bytes by the launch that computes it when that is
    right: no guard follows, no later step reads the old value, and the launch itself reads it only at the index it
    writes (`graph.inout` of the kernel). Else it goes to the workspace and a copy at the end. Launches behind the last
    guard are reordered so that readers of a variable come before its writer.

        %b = graph.launch @k0(%g, %w) ; return %b (graph.variable = "w")
            =>  plan.launch @k0(%workspace, %variable) -> (%variable) inout [1:0]

    Form before: fused; after: plan, with workspace buffers that have no slot yet.
  }];
  let dependentDialects = ["::dlc::plan::PlanDialect"];
  let statistics = [
    Statistic<"launches", "launches", "kernel launches in all functions">,
    Statistic<"inPlace", "in-place", "variables written in place">,
    Statistic<"copies", "copies", "copies of values to variables and outputs">
  ];
}

def AssignBuffersPass : Pass<"dlc-assign-buffers", "::mlir::ModuleOp"> {
  let summary = "gives every workspace buffer a slot that no buffer living at the same time has";
  let description = [{
    A buffer lives from the step that first writes it to the last that reads it, both included. Largest buffers first,
    each goes to the slot that fits best: one whose formulas cover its size before one that has to grow. A slot's size
    is the largest of its formulas.

        workspace : "64*batch" (steps 0-1), workspace : "4" (steps 2-3)  =>  both workspace[0], slots [["64*batch"]]

    Form before and after: plan.
  }];
  let dependentDialects = ["::dlc::plan::PlanDialect"];
  let options = [
    Option<"nominalSize", "nominal-size", "int64_t", "32", "value of every symbol when sizes are compared">
  ];
  let statistics = [
    Statistic<"buffers", "buffers", "workspace buffers">,
    Statistic<"slots", "slots", "slots">,
    Statistic<"bytesUnshared", "bytes-unshared", "bytes of all workspace buffers at the nominal size">,
    Statistic<"bytes", "bytes", "bytes of all slots at the nominal size">
  ];
}

#endif
