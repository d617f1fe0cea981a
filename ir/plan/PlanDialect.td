#ifndef DLC_IR_PLAN_PLANDIALECT_TD
#define DLC_IR_PLAN_PLANDIALECT_TD

include "mlir/IR/EnumAttr.td"
include "mlir/IR/OpBase.td"
include "mlir/IR/AttrTypeBase.td"

def Plan_Dialect : Dialect {
  let name = "plan";
  let cppNamespace = "::dlc::plan";
  let summary = "what a program does when it is called: kernel launches on buffers, in order";
  let description = [{
    The last form before the file. A `plan.program` owns the block of variables and the functions; a `plan.function`
    declares its buffers and then runs steps on them. Sizes are polynomials of the program's symbols, written as
    strings (`"64*batch+4"`). Where memory is shared is decided here and nowhere else; the verifier proves that no
    step sees bytes that a later owner of the same memory has overwritten.

    The module's attribute `plan.constants` is a list of `{offset, bytes, value}`: the constants segment.
  }];
  let useDefaultTypePrinterParser = 1;
  let hasOperationAttrVerify = 1;
}

def Plan_BufferKind : I32EnumAttr<"BufferKind", "where the bytes of a buffer are", [
    I32EnumAttrCase<"Variable", 0, "variable">,
    I32EnumAttrCase<"Input", 1, "input">,
    I32EnumAttrCase<"Output", 2, "output">,
    I32EnumAttrCase<"Workspace", 3, "workspace">,
    I32EnumAttrCase<"Constant", 4, "constant">]> {
  let cppNamespace = "::dlc::plan";
}

def Plan_CollectiveKind : I32EnumAttr<"CollectiveKind", "how the participants' buffers are combined", [
    I32EnumAttrCase<"Sum", 0, "sum">,
    I32EnumAttrCase<"Mean", 1, "mean">,
    I32EnumAttrCase<"Maximum", 2, "maximum">]> {
  let cppNamespace = "::dlc::plan";
}

def Plan_BufferType : TypeDef<Plan_Dialect, "Buffer"> {
  let mnemonic = "buffer";
  let summary = "dense row-major bytes with an element type and a size formula, both kept by the plan.buffer op";
}

class Plan_Op<string mnemonic, list<Trait> traits = []> : Op<Plan_Dialect, mnemonic, traits>;

#endif
