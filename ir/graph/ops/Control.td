// Requests for gradients, calls of kernels, and the check before updates.
#ifndef DLC_IR_GRAPH_OPS_CONTROL_TD
#define DLC_IR_GRAPH_OPS_CONTROL_TD

include "ir/graph/ops/Elementwise.td"
include "mlir/IR/SymbolInterfaces.td"

def Graph_StopGradientOp : Graph_UnaryOp<"stop_gradient", 0, Graph_Tensor, Graph_HasNoGradient> {
  let summary = "the input, as a constant for differentiation";
  let description = [{
    `result = input`; its gradient is 0. Gone after autodiff.
    Shapes: input and result have the same type.
    Errors: none beyond those of types.
    Source: JAX, lax.stop_gradient.
    Example: `%y = graph.stop_gradient %x : tensor<4xf32>`
  }];
}

def Graph_ValueAndGradOp : Graph_Op<"value_and_grad", "Opaque", 0, 
    [Pure, DifferentiableOpInterface, DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "a function's results and the gradient of the first";
  let description = [{
    `results = callee(args) ++ [d callee(args)[0] / d args[i] for i in wrt]`. Gone after autodiff.
    Shapes: the callee's results, the first a float of rank 0; then the types of the arguments of `wrt`.
    Errors: no such function; arguments or results that do not fit; a first result that is not a float of rank 0;
    `wrt` out of range, repeated, or naming an argument that is not a float.
    Source: JAX, value_and_grad.
    Example: `%l, %g = graph.value_and_grad @loss(%w, %x) wrt [0] : (tensor<4xf32>, tensor<4xf32>) -> (tensor<f32>, tensor<4xf32>)`
  }];
  let arguments = (ins FlatSymbolRefAttr:$callee, Variadic<Graph_Tensor>:$args, DenseI64ArrayAttr:$wrt);
  let results = (outs Variadic<Graph_Tensor>:$results);
  let assemblyFormat = "$callee `(` $args `)` `wrt` $wrt attr-dict `:` functional-type($args, results)";
}

def Graph_GuardOp : Graph_Op<"guard", "Opaque", 0, [DifferentiableOpInterface, MemoryEffects<[MemWrite]>]> {
  let summary = "ends the call unless a condition holds";
  let description = [{
    `if not ok: the call fails with reason`, and no variable is written: updates stay behind the guard.
    Shapes: ok is a rank-0 tensor of i1.
    Errors: an empty reason.
    Source: rules.md 15.
    Example: `graph.guard %ok reason "the loss is not finite"`
  }];
  let arguments = (ins Graph_BoolScalar:$ok, StrAttr:$reason);
  let results = (outs);
  let assemblyFormat = "$ok `reason` $reason attr-dict";
  let hasVerifier = 1;
}

def Graph_ScanOp : Graph_Op<"scan", "Opaque", 0,
    [Pure, AttrSizedOperandSegments, DifferentiableOpInterface, DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "repeats a function along the first dimension of sequences";
  let description = [{
    `for i in 0 … length - 1: carries, emits[i] = body(i, carries, sequences[i]…, invariants…)`; with `reverse`, i runs
    from length - 1 down to 0. The results are the last carries and the emits, stacked along a new first dimension.
    The body is a private function with the attribute `graph.body`. Its first argument is i, a rank-0 tensor of i64.
    Shapes: sequences `[length, …]`; carries keep their types; an emit `[…]` gives a result `[length, …]`.
    Errors: no such function, or not a body; types that do not fit it; a length that is no size or below 0.
    Source: JAX, lax.scan.
    Example: `%h, %ys = graph.scan @body length "t" carries(%h0) sequences(%xs) invariants(%w) : (tensor<4xf32>, tensor<?x4xf32, #graph.dims<"t", "">>, tensor<4xf32>) -> (tensor<4xf32>, tensor<?x4xf32, #graph.dims<"t", "">>)`
  }];
  let arguments = (ins FlatSymbolRefAttr:$body, StrAttr:$length, UnitAttr:$reverse, Variadic<Graph_Tensor>:$carries,
                       Variadic<Graph_Tensor>:$sequences, Variadic<Graph_Tensor>:$invariants);
  let results = (outs Variadic<Graph_Tensor>:$results);
  let assemblyFormat = [{
    $body `length` $length (`reverse` $reverse^)? `carries` `(` $carries `)` `sequences` `(` $sequences `)`
    `invariants` `(` $invariants `)` attr-dict `:` functional-type(operands, results)
  }];
  let extraClassDeclaration = fusionAndCost # [{
    ::mlir::OperandRange getArgs() { return getOperands(); }
    ::dlc::graph::SymbolicSize lengthSize();
  }];
}

def Graph_LaunchOp : Graph_Op<"launch", "Opaque", 0,
    [NoMemoryEffect, DifferentiableOpInterface, DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "runs a kernel";
  let description = [{
    `results = kernel(args)`. The kernel is a private function with the attribute `graph.kernel`.
    Shapes: those of the kernel's signature.
    Errors: no such function; it is no kernel; arguments or results that do not fit.
    Source: this dialect; made by --dlc-outline-kernels.
    Example: `%y = graph.launch @k0(%x) : (tensor<4xf32>) -> tensor<4xf32>`
  }];
  let arguments = (ins FlatSymbolRefAttr:$kernel, Variadic<Graph_Tensor>:$args);
  let results = (outs Variadic<Graph_Tensor>:$results);
  let assemblyFormat = "$kernel `(` $args `)` attr-dict `:` functional-type($args, results)";
}

#endif
