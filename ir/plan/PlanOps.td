#ifndef DLC_IR_PLAN_PLANOPS_TD
#define DLC_IR_PLAN_PLANOPS_TD

include "ir/plan/PlanDialect.td"
include "mlir/IR/OpAsmInterface.td"
include "mlir/IR/SymbolInterfaces.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def Plan_ProgramOp : Plan_Op<"program", [IsolatedFromAbove, NoTerminator, SingleBlock]> {
  let summary = "a whole program: its symbols, its block of variables and its functions";
  let description = [{
    `symbols`: names in the order in which every kernel gets their values (the module's `kernel.symbols`).
    `variables`: one dictionary a variable, in the order of the block:
    `{name, kind, type, offset, bytes, trainable, owner, file, line, column[, value]}`.
    `kind` is param, state, slot, metric, hyper or session; `type` a static tensor type; `owner` the parameter of an
    optimizer slot; `value` the initial value in the file, zeros if absent.
    Units: `offset` and `bytes` in bytes; offsets are multiples of 64, and so is `variables_bytes`, the whole block.
    Errors: entries missing or of the wrong type; blocks that overlap; two functions of one name.
    Source: rules.md 22 and 28.
    Example:
    ```mlir
    plan.program @Tiny symbols ["batch"] variables_bytes 64 variables [
      {bytes = 8 : i64, column = 3 : i64, file = "tiny.dl", kind = "param", line = 2 : i64, name = "w", offset = 0 : i64, owner = "", trainable = true, type = tensor<2xf32>}
    ] {
      plan.function @predict inputs [
        {column = 0 : i64, dims = ["batch", "2"], dtype = f32, file = "", line = 0 : i64, name = "x", role = "input", where = ""}
      ] outputs [
        {column = 0 : i64, dims = ["batch"], dtype = f32, file = "", line = 0 : i64, name = "p", role = "output", where = ""}
      ] slots [] {
        %input = plan.buffer input[0] : f32 bytes "8*batch"
        %variable = plan.buffer variable[0] : f32 bytes "8"
        %output = plan.buffer output[0] : f32 bytes "4*batch"
        plan.launch @k0(%input, %variable) -> (%output)
        plan.return
      }
    }
    ```
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, StrArrayAttr:$symbols, I64Attr:$variables_bytes,
                       ArrayAttr:$variables);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = [{
    $sym_name `symbols` $symbols `variables_bytes` $variables_bytes `variables` custom<Entries>($variables) $body
    attr-dict-with-keyword
  }];
  let hasVerifier = 1;
}

def Plan_FunctionOp : Plan_Op<"function", [IsolatedFromAbove, SingleBlock, HasParent<"ProgramOp">]> {
  let summary = "one callable function: ports, slots of the workspace, buffers, steps";
  let description = [{
    `inputs` and `outputs`: one dictionary a port, `{name, dtype, dims, role, file, line, column, where}`; `dtype` an
    element type, `dims` a list of formulas, `role` input, target or output.
    `slots`: the workspace as a list of lists of formulas (bytes): a slot is as large as the largest of its formulas,
    rounded up to 64. Absent until `--dlc-assign-buffers`.
    Errors: a buffer that is not a port, variable or slot; a size that does not fit; a step that reads a workspace or
    output buffer before it is written or after its slot went to another buffer; a variable written before a guard.
    Source: rules.md 15, 16, 22.  Example: see `plan.program`.
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, ArrayAttr:$inputs, ArrayAttr:$outputs,
                       OptionalAttr<ArrayAttr>:$slots);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = [{
    $sym_name `inputs` custom<Entries>($inputs) `outputs` custom<Entries>($outputs)
    (`slots` custom<Entries>($slots)^)? $body attr-dict-with-keyword
  }];
  let hasRegionVerifier = 1;
}

def Plan_BufferOp : Plan_Op<"buffer", [Pure, HasParent<"FunctionOp">, DeclareOpInterfaceMethods<OpAsmOpInterface, ["getAsmResultNames"]>]> {
  let summary = "names the bytes of one value";
  let description = [{
    `kind[index]`: `variable` (index into the program's variables), `input` and `output` (index into the function's
    ports), `workspace` (a slot; no index before `--dlc-assign-buffers`), `constant` (index into the module's
    `plan.constants`). Dense, row-major, 64-byte aligned; an i1 element is one byte.
    Units: `size` in bytes, a formula.
    Errors: the index is out of range; element or size differ from what is declared there; two ops for one place that
    is not workspace.  Source: rules.md 22.
    Example: `%workspace = plan.buffer workspace[2] : f32 bytes "64*batch"`
  }];
  let arguments = (ins Plan_BufferKind:$kind, OptionalAttr<ConfinedAttr<I64Attr, [IntNonNegative]>>:$index,
                       TypeAttr:$element, StrAttr:$size);
  let results = (outs Plan_BufferType:$result);
  let assemblyFormat = "$kind (`[` $index^ `]`)? `:` $element `bytes` $size attr-dict";
  let hasVerifier = 1;
}

def Plan_LaunchOp : Plan_Op<"launch", [AttrSizedOperandSegments, DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "runs one kernel on buffers";
  let description = [{
    The kernel gets the inputs' addresses, then the outputs'. `inout [i:o]`: input `i` and output `o` are one buffer,
    which the kernel reads and writes at the same index. Any two other operands of which one is written are disjoint.
    Errors: no such kernel; counts or sizes differ from the kernel's; an output given twice; an input that is also an
    output and not marked; a marked pair of two buffers.
    Source: rules.md 16.
    Example: `plan.launch @k1(%gradient, %w) -> (%w) inout [1:0]`
  }];
  let arguments = (ins FlatSymbolRefAttr:$kernel, Variadic<Plan_BufferType>:$inputs, Variadic<Plan_BufferType>:$outputs,
                       DefaultValuedAttr<DenseI64ArrayAttr, "{}">:$inout);
  let assemblyFormat = [{
    $kernel `(` $inputs `)` `->` `(` $outputs `)` (`inout` custom<Pairs>($inout)^)? attr-dict
  }];
  let hasVerifier = 1;
}

def Plan_GuardOp : Plan_Op<"guard"> {
  let summary = "stops the call with an error when a bool is false";
  let description = [{
    Reads one byte of `ok`. 0 ends the call with `reason`, at the step's location; no variable has been written then.
    Errors: `ok` is not one i1 element; a variable is written before.  Source: rules.md 15.
    Example: `plan.guard %ok "the loss or a gradient is not finite"`
  }];
  let arguments = (ins Plan_BufferType:$ok, StrAttr:$reason);
  let assemblyFormat = "$ok $reason attr-dict";
  let hasVerifier = 1;
}

def Plan_CopyOp : Plan_Op<"copy"> {
  let summary = "copies all bytes of one buffer to another";
  let description = [{
    Errors: sizes differ; source and target are one buffer.
    Example: `plan.copy %workspace to %variable`
  }];
  let arguments = (ins Plan_BufferType:$source, Plan_BufferType:$target);
  let assemblyFormat = "$source `to` $target attr-dict";
  let hasVerifier = 1;
}

def Plan_LoopOp : Plan_Op<"loop", [SingleBlock, NoTerminator, AttrSizedOperandSegments]> {
  let summary = "repeats its steps";
  let description = [{
    Runs the body `count` times, one after the other, on the same buffers and on the present element of stacks
    (`plan.element`); `count` is a formula and may be 0. Elements are taken from the first to the last, with `reverse`
    from the last to the first. The number of the present element is written to the i64 `index` before each turn. With
    `when` nothing happens unless this bool is true.
    Errors: a step of the body reads what only a later step of the body writes; a guard or variable write inside; an
    index that is not one i64; a `when` that is not one bool.
    Source: rules.md 22.
    Example:
    ```mlir
    plan.loop "t" {
      %x = plan.element %xs : f32 bytes "16"
      plan.launch @k4(%h, %x) -> (%h) inout [0:0]
    }
    ```
  }];
  let arguments = (ins StrAttr:$count, UnitAttr:$reverse, Optional<Plan_BufferType>:$index,
                       Optional<Plan_BufferType>:$when);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = "$count (`reverse` $reverse^)? (`index` `(` $index^ `)`)? (`when` `(` $when^ `)`)? $body attr-dict";
  let hasVerifier = 1;
}

def Plan_ElementOp : Plan_Op<"element", [Pure, HasParent<"LoopOp">]> {
  let summary = "the part of a stack that the present turn of a loop works on";
  let description = [{
    A stack holds one element for each turn of the loop, one after another.
    Units: `size` in bytes, a formula; the stack has `count` times as many.
    Errors: a size or element type that does not fit the stack.
    Source: rules.md 22.
    Example: `%x = plan.element %xs : f32 bytes "4*batch"`
  }];
  let arguments = (ins Plan_BufferType:$stack, TypeAttr:$element, StrAttr:$size);
  let results = (outs Plan_BufferType:$result);
  let assemblyFormat = "$stack `:` $element `bytes` $size attr-dict";
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    /// The buffer that the elements are part of, through the loops around this one.
    ::dlc::plan::BufferOp getBuffer();
  }];
}

def Plan_BranchOp : Plan_Op<"branch", [SingleBlock, NoTerminator]> {
  let summary = "chooses between two lists of steps by the size of a symbol";
  let description = [{
    Runs `small` when the value of the formula `size` is below `limit`, else `large`. Both must leave the same buffers
    written. Chooses between the variants of a contraction (at most three, so two nested branches).
    Errors: a buffer that is written on one side only is read afterwards.
    Source: rules.md 20.
    Example: `plan.branch "batch" below 64 { plan.launch @k2_rows(%x) -> (%y) } else { plan.launch @k2(%x) -> (%y) }`
  }];
  let arguments = (ins StrAttr:$size, ConfinedAttr<I64Attr, [IntPositive]>:$limit);
  let regions = (region SizedRegion<1>:$small, SizedRegion<1>:$large);
  let assemblyFormat = "$size `below` $limit $small `else` $large attr-dict";
  let hasVerifier = 1;
}

def Plan_CollectiveOp : Plan_Op<"collective"> {
  let summary = "combines buffers of all participants of a data-parallel run, in place";
  let description = [{
    Every participant calls with the same buffers in the same order and has the same result after it.
    Errors: no buffers; a buffer that is an input or a constant; an element type that is not a number.
    Example: `plan.collective mean(%dw, %db)`
  }];
  let arguments = (ins Plan_CollectiveKind:$kind, Variadic<Plan_BufferType>:$buffers);
  let assemblyFormat = "$kind `(` $buffers `)` attr-dict";
  let hasVerifier = 1;
}

def Plan_ReturnOp : Plan_Op<"return", [Pure, Terminator, HasParent<"FunctionOp">]> {
  let summary = "ends a function";
  let description = [{
    Example: `plan.return`
  }];
  let assemblyFormat = "attr-dict";
}

#endif
