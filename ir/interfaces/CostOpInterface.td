#ifndef DLC_IR_INTERFACES_COSTOPINTERFACE_TD
#define DLC_IR_INTERFACES_COSTOPINTERFACE_TD

include "mlir/IR/OpBase.td"

def CostOpInterface : OpInterface<"CostOpInterface"> {
  let cppNamespace = "::dlc";
  let description = [{Work of one execution as a polynomial of the symbolic sizes.}];
  let methods = [
    InterfaceMethod<[{
        Floating-point or integer operations. A multiply-add counts two; functions like `exp` count as many as
        their polynomial has, about ten; moving data counts zero.
      }], "::dlc::graph::SymbolicSize", "getFlops", (ins)>
  ];
}

#endif
