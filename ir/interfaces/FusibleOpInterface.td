#ifndef DLC_IR_INTERFACES_FUSIBLEOPINTERFACE_TD
#define DLC_IR_INTERFACES_FUSIBLEOPINTERFACE_TD

include "mlir/IR/OpBase.td"

def FusibleOpInterface : OpInterface<"FusibleOpInterface"> {
  let cppNamespace = "::dlc";
  let description = [{Says how an element of the result depends on the elements of the operands.}];
  let methods = [
    InterfaceMethod<"The kind of dependence between elements.", "::dlc::FusionKind", "getFusionKind", (ins)>
  ];
}

#endif
