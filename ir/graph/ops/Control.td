// Requests for gradients, functions with gradients of their own, loops, calls of kernels, and the check before updates.
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

def Graph_CheckpointOp : Graph_Op<"checkpoint", "Opaque", 0,
    [Pure, DifferentiableOpInterface, DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "a function whose values are computed again for its gradient";
  let description = [{
    `results = callee(args)`. The gradient keeps the arguments only and runs the callee once more. Gone after autodiff.
    Shapes: those of the callee's signature.
    Errors: no such function; arguments or results that do not fit.
    Source: Chen et al. 2016, arXiv:1604.06174; JAX, jax.checkpoint.
    Example: `%y = graph.checkpoint @block(%x, %w) : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>`
  }];
  let arguments = (ins FlatSymbolRefAttr:$callee, Variadic<Graph_Tensor>:$args);
  let results = (outs Variadic<Graph_Tensor>:$results);
  let assemblyFormat = "$callee `(` $args `)` attr-dict `:` functional-type($args, results)";
}

def Graph_CustomVjpOp : Graph_Op<"custom_vjp", "Opaque", 0,
    [Pure, AttrSizedOperandSegments, DifferentiableOpInterface, DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "a function with a gradient of its own";
  let description = [{
    `results = callee(args, captures)`. The cotangents of the float args, in order, are
    `backward(args, results, cotangents of the float results, backward_captures)`. Gone after autodiff.
    Shapes: those of the two signatures; a cotangent has the type of its value.
    Errors: no such function; arguments or results that do not fit; a gradient asked for by a capture.
    Source: JAX, jax.custom_vjp.
    Example: `%y = graph.custom_vjp @round(%x) captures() backward @straight_through captures() : (tensor<4xf32>) -> tensor<4xf32>`
  }];
  let arguments = (ins FlatSymbolRefAttr:$callee, Variadic<Graph_Tensor>:$args, Variadic<Graph_Tensor>:$captures,
                       FlatSymbolRefAttr:$backward, Variadic<Graph_Tensor>:$backward_captures);
  let results = (outs Variadic<Graph_Tensor>:$results);
  let assemblyFormat = [{
    $callee `(` $args `)` `captures` `(` $captures `)` `backward` $backward `captures` `(` $backward_captures `)`
    attr-dict `:` functional-type(operands, results)
  }];
}

def Graph_WaitOp : Graph_Op<"wait", "Broadcast", 0,
    !listconcat([Pure, AllTypesMatch<["input", "result"]>], Graph_HasGradient)> {
  let summary = "the input, not before another value is there";
  let description = [{
    `result = input`. What reads the result runs after what computes `event`, and is never merged with what reads the
    input: autodiff makes values again from it instead of keeping them.
    Shapes: result has the type of input.
    Errors: none beyond those of types.
    Source: StableHLO, optimization_barrier.
    Example: `%y = graph.wait %x for %d : tensor<4xf32>, tensor<2xf32>`
  }];
  let arguments = (ins Graph_Tensor:$input, Graph_Tensor:$event);
  let results = (outs Graph_Tensor:$result);
  let assemblyFormat = "$input `for` $event attr-dict `:` type($input) `,` type($event)";
  let extraClassDeclaration = fusionAndCost;
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
    Where `when` is given and false, no step is run: the carries stay as they are, and no emit may be read.
    For its gradient a loop keeps what the backward loop needs of every step; with `recompute` 1 only the carries, from
    which the rest is computed again; with `recompute` k > 1 the carries of every k-th step.
    The body is a private function with the attribute `graph.body`. Its first argument is i, a rank-0 tensor of i64.
    Shapes: sequences `[length, …]`; carries keep their types; an emit `[…]` gives a result `[length, …]`.
    Errors: no such function, or not a body; types that do not fit it; a length that is no size or below 0; a
    negative `recompute`, or one above 1 with a length that is not constant.
    Source: JAX, lax.scan; for `recompute`, Griewank and Walther 2000.
    Example: `%h, %ys = graph.scan @body length "t" carries(%h0) sequences(%xs) invariants(%w) : (tensor<4xf32>, tensor<?x4xf32, #graph.dims<"t", "">>, tensor<4xf32>) -> (tensor<4xf32>, tensor<?x4xf32, #graph.dims<"t", "">>)`
  }];
  let arguments = (ins FlatSymbolRefAttr:$body, StrAttr:$length, UnitAttr:$reverse,
                       DefaultValuedAttr<I64Attr, "0">:$recompute, Variadic<Graph_Tensor>:$carries,
                       Variadic<Graph_Tensor>:$sequences, Variadic<Graph_Tensor>:$invariants,
                       Optional<Graph_BoolScalar>:$when);
  let results = (outs Variadic<Graph_Tensor>:$results);
  let assemblyFormat = [{
    $body `length` $length (`reverse` $reverse^)? (`recompute` $recompute^)? `carries` `(` $carries `)` `sequences` `(` $sequences `)`
    `invariants` `(` $invariants `)` (`when` `(` $when^ `)`)? attr-dict `:` functional-type(operands, results)
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
