#ifndef DLC_IR_INTERFACES_DIFFERENTIABLEOPINTERFACE_TD
#define DLC_IR_INTERFACES_DIFFERENTIABLEOPINTERFACE_TD

include "mlir/IR/OpBase.td"

def DifferentiableOpInterface : OpInterface<"DifferentiableOpInterface"> {
  let cppNamespace = "::dlc";
  let description = [{
    An op that knows its vector-Jacobian product. An op that implements the interface without a rule of its own
    reports "has no gradient", unless it carries the trait NoGradient: then its result does not depend
    differentiably on any operand (integers, rounding), and every cotangent is zero.
  }];
  let methods = [
    InterfaceMethod<[{
        Builds the cotangents of the operands from those of the results, at the builder's insertion point.
        A null Value stands for zero, in and out. Only operands with `operandNeeded[i]` get a value; an operand that
        is not of a float type never does. Fails, with an error at the op, when the op has no gradient.
      }], "::llvm::LogicalResult", "buildVjp",
      (ins "::mlir::OpBuilder &":$builder, "::mlir::ValueRange":$resultCotangents,
           "::llvm::ArrayRef<bool>":$operandNeeded, "::llvm::MutableArrayRef<::mlir::Value>":$operandCotangents),
      /*methodBody=*/"", /*defaultImpl=*/[{
        if (ConcreteOp::template hasTrait<::dlc::NoGradient>())
          return ::mlir::success();
        return $_op->emitOpError("has no gradient");
      }]>
  ];
}

/// The result does not depend differentiably on any operand.
def NoGradient : NativeOpTrait<"NoGradient"> {
  let cppNamespace = "::dlc";
}

#endif
