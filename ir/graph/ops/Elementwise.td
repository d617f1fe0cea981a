// Ops that compute each element of the result from the elements at the same index. Operands have equal types:
// broadcasting is explicit.
#ifndef DLC_IR_GRAPH_OPS_ELEMENTWISE_TD
#define DLC_IR_GRAPH_OPS_ELEMENTWISE_TD

include "ir/graph/GraphBase.td"

/// Operands and result have one type.
class Graph_SameTypeOp<string mnemonic, int work, list<Trait> traits>
  : Graph_InferredOp<mnemonic, "Elementwise", work, traits> {
  let extraClassDefinition = [{
    ::llvm::LogicalResult $cppClass::inferReturnTypes(::mlir::MLIRContext *, std::optional<::mlir::Location> location,
        Adaptor adaptor, ::llvm::SmallVectorImpl<::mlir::Type> &inferredReturnTypes) {
      return ::dlc::graph::inferSameType("}] # mnemonic # [{", location, adaptor.getOperands(), inferredReturnTypes);
    }
  }];
}

class Graph_UnaryOp<string mnemonic, int work, Type type, list<Trait> traits>
  : Graph_SameTypeOp<mnemonic, work, traits> {
  let arguments = (ins type:$input);
  let results = (outs type:$result);
  let assemblyFormat = "$input attr-dict `:` custom<SameType>(type($input), type($result))";
}

class Graph_BinaryOp<string mnemonic, int work, Type type, list<Trait> traits>
  : Graph_SameTypeOp<mnemonic, work, traits> {
  let arguments = (ins type:$lhs, type:$rhs);
  let results = (outs type:$result);
  let assemblyFormat = "$lhs `,` $rhs attr-dict `:` custom<SameType>(type($lhs), type($rhs), type($result))";
}

class Graph_FloatOp<string mnemonic, int work, list<Trait> traits = []>
  : Graph_UnaryOp<mnemonic, work, Graph_FloatTensor, !listconcat(Graph_HasGradient, traits)>;
class Graph_RoundingOp<string mnemonic>
  : Graph_UnaryOp<mnemonic, 1, Graph_FloatTensor, !listconcat(Graph_HasNoGradient, [Graph_Idempotent])>;
class Graph_ArithmeticOp<string mnemonic, int work = 1, list<Trait> traits = []>
  : Graph_BinaryOp<mnemonic, work, Graph_NumberTensor, !listconcat(Graph_HasGradient, traits)>;
class Graph_LogicalOp<string mnemonic, list<Trait> traits = []>
  : Graph_BinaryOp<mnemonic, 1, Graph_LogicalTensor, !listconcat(Graph_HasNoGradient, [Commutative], traits)>;

def Graph_NegOp : Graph_UnaryOp<"neg", 1, Graph_NumberTensor, !listconcat(Graph_HasGradient, [Graph_Involution])> {
  let summary = "negation";
  let description = [{
    `result = -input`; integers wrap.
    Shapes: input and result have the same type.
    Errors: an element type that is bool.
    Source: IEEE 754-2019, negate.
    Example: `%y = graph.neg %x : tensor<4xf32>`
  }];
}

def Graph_AbsOp : Graph_UnaryOp<"abs", 1, Graph_NumberTensor, !listconcat(Graph_HasGradient, [Graph_Idempotent])> {
  let summary = "absolute value";
  let description = [{
    `result = |input|`; the smallest integer stays. The gradient at 0 is 0.
    Shapes: input and result have the same type.
    Errors: an element type that is bool.
    Source: IEEE 754-2019, abs.
    Example: `%y = graph.abs %x : tensor<4xf32>`
  }];
}

def Graph_SignOp : Graph_UnaryOp<"sign", 1, Graph_NumberTensor, !listconcat(Graph_HasNoGradient, [Graph_Idempotent])> {
  let summary = "sign";
  let description = [{
    `result = -1, 0 or 1` with the sign of the input; NaN stays NaN.
    Shapes: input and result have the same type.
    Errors: an element type that is bool.
    Source: StableHLO, sign.
    Example: `%y = graph.sign %x : tensor<4xf32>`
  }];
}

def Graph_ExpOp : Graph_FloatOp<"exp", 10> {
  let summary = "exponential";
  let description = [{
    `result = e^input`.
    Shapes: input and result have the same type.
    Errors: an element type that is not a float.
    Source: C17 7.12.6.1.
    Example: `%y = graph.exp %x : tensor<4xf32>`
  }];
}

def Graph_Expm1Op : Graph_FloatOp<"expm1", 12> {
  let summary = "exponential minus one";
  let description = [{
    `result = e^input - 1`, exact near 0.
    Shapes: input and result have the same type.
    Errors: an element type that is not a float.
    Source: C17 7.12.6.3.
    Example: `%y = graph.expm1 %x : tensor<4xf32>`
  }];
}

def Graph_LogOp : Graph_FloatOp<"log", 10> {
  let summary = "natural logarithm";
  let description = [{
    `result = ln(input)`; -inf at 0, NaN below.
    Shapes: input and result have the same type.
    Errors: an element type that is not a float.
    Source: C17 7.12.6.7.
    Example: `%y = graph.log %x : tensor<4xf32>`
  }];
}

def Graph_Log1pOp : Graph_FloatOp<"log1p", 12> {
  let summary = "logarithm of one plus the input";
  let description = [{
    `result = ln(1 + input)`, exact near 0.
    Shapes: input and result have the same type.
    Errors: an element type that is not a float.
    Source: C17 7.12.6.9.
    Example: `%y = graph.log1p %x : tensor<4xf32>`
  }];
}

def Graph_SqrtOp : Graph_FloatOp<"sqrt", 2> {
  let summary = "square root";
  let description = [{
    `result = sqrt(input)`; NaN below 0.
    Shapes: input and result have the same type.
    Errors: an element type that is not a float.
    Source: IEEE 754-2019, squareRoot.
    Example: `%y = graph.sqrt %x : tensor<4xf32>`
  }];
}

def Graph_RsqrtOp : Graph_FloatOp<"rsqrt", 3> {
  let summary = "reciprocal square root";
  let description = [{
    `result = 1 / sqrt(input)`; inf at 0, NaN below.
    Shapes: input and result have the same type.
    Errors: an element type that is not a float.
    Source: IEEE 754-2019, rSqrt.
    Example: `%y = graph.rsqrt %x : tensor<4xf32>`
  }];
}

def Graph_TanhOp : Graph_FloatOp<"tanh", 12> {
  let summary = "hyperbolic tangent";
  let description = [{
    `result = tanh(input)`.
    Shapes: input and result have the same type.
    Errors: an element type that is not a float.
    Source: C17 7.12.5.6.
    Example: `%y = graph.tanh %x : tensor<4xf32>`
  }];
}

def Graph_LogisticOp : Graph_FloatOp<"logistic", 12> {
  let summary = "logistic function";
  let description = [{
    `result = 1 / (1 + e^-input)`, without overflow.
    Shapes: input and result have the same type.
    Errors: an element type that is not a float.
    Source: StableHLO, logistic.
    Example: `%y = graph.logistic %x : tensor<4xf32>`
  }];
}

def Graph_SinOp : Graph_FloatOp<"sin", 14> {
  let summary = "sine";
  let description = [{
    `result = sin(input)`, in radians.
    Shapes: input and result have the same type.
    Errors: an element type that is not a float.
    Source: C17 7.12.4.6.
    Example: `%y = graph.sin %x : tensor<4xf32>`
  }];
}

def Graph_CosOp : Graph_FloatOp<"cos", 14> {
  let summary = "cosine";
  let description = [{
    `result = cos(input)`, in radians.
    Shapes: input and result have the same type.
    Errors: an element type that is not a float.
    Source: C17 7.12.4.5.
    Example: `%y = graph.cos %x : tensor<4xf32>`
  }];
}

def Graph_ErfOp : Graph_FloatOp<"erf", 14> {
  let summary = "error function";
  let description = [{
    `result = 2 / sqrt(pi) * integral of e^(-t*t) for t from 0 to input`.
    Shapes: input and result have the same type.
    Errors: an element type that is not a float.
    Source: C17 7.12.8.1.
    Example: `%y = graph.erf %x : tensor<4xf32>`
  }];
}

def Graph_ReluOp : Graph_FloatOp<"relu", 1, [Graph_Idempotent]> {
  let summary = "rectified linear unit";
  let description = [{
    `result = 0 > input ? 0 : input`, so NaN stays NaN. The gradient at 0 is 0.
    Shapes: input and result have the same type.
    Errors: an element type that is not a float.
    Source: Nair and Hinton, 2010; rules.md 23 and 14.
    Example: `%y = graph.relu %x : tensor<4xf32>`
  }];
}

def Graph_FloorOp : Graph_RoundingOp<"floor"> {
  let summary = "largest integer that is not greater";
  let description = [{
    `result = floor(input)`.
    Shapes: input and result have the same type.
    Errors: an element type that is not a float.
    Source: IEEE 754-2019, roundToIntegralTowardNegative.
    Example: `%y = graph.floor %x : tensor<4xf32>`
  }];
}

def Graph_CeilOp : Graph_RoundingOp<"ceil"> {
  let summary = "smallest integer that is not less";
  let description = [{
    `result = ceil(input)`.
    Shapes: input and result have the same type.
    Errors: an element type that is not a float.
    Source: IEEE 754-2019, roundToIntegralTowardPositive.
    Example: `%y = graph.ceil %x : tensor<4xf32>`
  }];
}

def Graph_RoundEvenOp : Graph_RoundingOp<"round_even"> {
  let summary = "nearest integer, ties to even";
  let description = [{
    `result = roundeven(input)`.
    Shapes: input and result have the same type.
    Errors: an element type that is not a float.
    Source: IEEE 754-2019, roundToIntegralTiesToEven.
    Example: `%y = graph.round_even %x : tensor<4xf32>`
  }];
}

def Graph_NotOp : Graph_UnaryOp<"not", 1, Graph_BoolTensor, !listconcat(Graph_HasNoGradient, [Graph_Involution])> {
  let summary = "logical negation";
  let description = [{
    `result = !input`.
    Shapes: input and result have the same type.
    Errors: an element type that is not bool.
    Source: StableHLO, not.
    Example: `%y = graph.not %x : tensor<4xi1>`
  }];
}

/// The result has the operands' sizes and is a bool.
class Graph_PredicateOp<string mnemonic, list<Trait> traits>
  : Graph_InferredOp<mnemonic, "Elementwise", 1, !listconcat(Graph_HasNoGradient, traits)> {
  let extraClassDefinition = [{
    ::llvm::LogicalResult $cppClass::inferReturnTypes(::mlir::MLIRContext *, std::optional<::mlir::Location> location,
        Adaptor adaptor, ::llvm::SmallVectorImpl<::mlir::Type> &inferredReturnTypes) {
      return ::dlc::graph::inferPredicate("}] # mnemonic # [{", location, adaptor.getOperands(), inferredReturnTypes);
    }
  }];
}

def Graph_IsFiniteOp : Graph_PredicateOp<"is_finite", []> {
  let summary = "neither infinite nor NaN";
  let description = [{
    `result = |input| < inf`.
    Shapes: result has the input's sizes; its element type is bool.
    Errors: an element type that is not a float.
    Source: IEEE 754-2019, isFinite.
    Example: `%y = graph.is_finite %x : tensor<4xf32>`
  }];
  let arguments = (ins Graph_FloatTensor:$input);
  let results = (outs Graph_BoolTensor:$result);
  let assemblyFormat = "$input attr-dict `:` type($input)";
}

def Graph_AddOp : Graph_ArithmeticOp<"add", 1, [Commutative]> {
  let summary = "sum";
  let description = [{
    `result = lhs + rhs`; integers wrap.
    Shapes: operands and result have the same type.
    Errors: an element type that is bool; different operand types.
    Source: IEEE 754-2019, addition.
    Example: `%z = graph.add %x, %y : tensor<4xf32>`
  }];
  let hasFolder = 1;
}

def Graph_SubtractOp : Graph_ArithmeticOp<"subtract"> {
  let summary = "difference";
  let description = [{
    `result = lhs - rhs`; integers wrap.
    Shapes: operands and result have the same type.
    Errors: an element type that is bool; different operand types.
    Source: IEEE 754-2019, subtraction.
    Example: `%z = graph.subtract %x, %y : tensor<4xf32>`
  }];
  let hasFolder = 1;
}

def Graph_MultiplyOp : Graph_ArithmeticOp<"multiply", 1, [Commutative]> {
  let summary = "product";
  let description = [{
    `result = lhs * rhs`; integers wrap. A product with 0 is not folded: NaN and inf must be found.
    Shapes: operands and result have the same type.
    Errors: an element type that is bool; different operand types.
    Source: IEEE 754-2019, multiplication.
    Example: `%z = graph.multiply %x, %y : tensor<4xf32>`
  }];
  let hasFolder = 1;
}

def Graph_DivideOp : Graph_ArithmeticOp<"divide"> {
  let summary = "quotient";
  let description = [{
    `result = lhs / rhs`; integers round toward zero; an integer divided by 0 gives 0.
    Shapes: operands and result have the same type.
    Errors: an element type that is bool; different operand types.
    Source: IEEE 754-2019, division.
    Example: `%z = graph.divide %x, %y : tensor<4xf32>`
  }];
  let hasFolder = 1;
}

def Graph_RemainderOp : Graph_ArithmeticOp<"remainder", 4> {
  let summary = "remainder of the truncated division";
  let description = [{
    `result = lhs - trunc(lhs / rhs) * rhs`, with the sign of lhs, exact; an integer modulo 0 gives 0.
    Shapes: operands and result have the same type.
    Errors: an element type that is bool; different operand types.
    Source: C17 7.12.10.1, fmod.
    Example: `%z = graph.remainder %x, %y : tensor<4xf32>`
  }];
}

def Graph_PowerOp : Graph_BinaryOp<"power", 25, Graph_FloatTensor, Graph_HasGradient> {
  let summary = "power";
  let description = [{
    `result = lhs^rhs`. The gradient for rhs at lhs = 0 is 0.
    Shapes: operands and result have the same type.
    Errors: an element type that is not a float; different operand types.
    Source: C17 7.12.7.4, pow.
    Example: `%z = graph.power %x, %y : tensor<4xf32>`
  }];
  let hasFolder = 1;
}

def Graph_MaximumOp : Graph_ArithmeticOp<"maximum", 1, [Commutative, Graph_Idempotent]> {
  let summary = "larger of two";
  let description = [{
    `result = max(lhs, rhs)`; NaN if either is NaN. The gradient of a tie goes to lhs.
    Shapes: operands and result have the same type.
    Errors: an element type that is bool; different operand types.
    Source: IEEE 754-2019, maximum.
    Example: `%z = graph.maximum %x, %y : tensor<4xf32>`
  }];
}

def Graph_MinimumOp : Graph_ArithmeticOp<"minimum", 1, [Commutative, Graph_Idempotent]> {
  let summary = "smaller of two";
  let description = [{
    `result = min(lhs, rhs)`; NaN if either is NaN. The gradient of a tie goes to lhs.
    Shapes: operands and result have the same type.
    Errors: an element type that is bool; different operand types.
    Source: IEEE 754-2019, minimum.
    Example: `%z = graph.minimum %x, %y : tensor<4xf32>`
  }];
}

def Graph_AndOp : Graph_LogicalOp<"and", [Graph_Idempotent]> {
  let summary = "logical or bitwise and";
  let description = [{
    `result = lhs and rhs`, bit by bit.
    Shapes: operands and result have the same type.
    Errors: an element type that is a float; different operand types.
    Source: StableHLO, and.
    Example: `%z = graph.and %x, %y : tensor<4xi1>`
  }];
  let hasFolder = 1;
}

def Graph_OrOp : Graph_LogicalOp<"or", [Graph_Idempotent]> {
  let summary = "logical or bitwise or";
  let description = [{
    `result = lhs or rhs`, bit by bit.
    Shapes: operands and result have the same type.
    Errors: an element type that is a float; different operand types.
    Source: StableHLO, or.
    Example: `%z = graph.or %x, %y : tensor<4xi1>`
  }];
  let hasFolder = 1;
}

def Graph_XorOp : Graph_LogicalOp<"xor"> {
  let summary = "logical or bitwise exclusive or";
  let description = [{
    `result = lhs xor rhs`, bit by bit.
    Shapes: operands and result have the same type.
    Errors: an element type that is a float; different operand types.
    Source: StableHLO, xor.
    Example: `%z = graph.xor %x, %y : tensor<4xi1>`
  }];
  let hasFolder = 1;
}

def Graph_CompareOp : Graph_PredicateOp<"compare", []> {
  let summary = "comparison";
  let description = [{
    `result = lhs <direction> rhs`, direction one of eq, ne, lt, le, gt, ge. With a NaN only ne
    is true; bools order false < true.
    Shapes: lhs and rhs have the same type; result has their sizes and is a bool.
    Errors: different operand types.
    Source: IEEE 754-2019, compareQuiet.
    Example: `%p = graph.compare lt %x, %y : tensor<4xf32>`
  }];
  let arguments = (ins Graph_ComparisonDirectionAttr:$direction, Graph_Tensor:$lhs, Graph_Tensor:$rhs);
  let results = (outs Graph_BoolTensor:$result);
  let assemblyFormat = "`` $direction $lhs `,` $rhs attr-dict `:` custom<SameType>(type($lhs), type($rhs))";
}

def Graph_SelectOp : Graph_InferredOp<"select", "Elementwise", 1, Graph_HasGradient> {
  let summary = "choice by a condition";
  let description = [{
    `result = pred ? on_true : on_false`.
    Shapes: on_true, on_false and result have the same type; pred has its sizes and is a bool.
    Errors: on_true and on_false differ in type; pred differs from them in sizes.
    Source: StableHLO, select.
    Example: `%z = graph.select %p, %x, %y : tensor<4xf32>`
  }];
  let arguments = (ins Graph_BoolTensor:$pred, Graph_Tensor:$on_true, Graph_Tensor:$on_false);
  let results = (outs Graph_Tensor:$result);
  let assemblyFormat = [{
    $pred `,` $on_true `,` $on_false attr-dict `:`
    custom<SelectTypes>(type($pred), type($on_true), type($on_false), type($result))
  }];
  let hasFolder = 1;
}

def Graph_ClampOp : Graph_SameTypeOp<"clamp", 2, Graph_HasGradient> {
  let summary = "limits to an interval";
  let description = [{
    `result = minimum(maximum(input, min), max)`; NaN if any is NaN. The gradient passes to input at the bounds.
    Shapes: min, input, max and result have the same type.
    Errors: an element type that is bool; different operand types.
    Source: StableHLO, clamp; rules.md 14.
    Example: `%y = graph.clamp %low, %x, %high : tensor<4xf32>`
  }];
  let arguments = (ins Graph_NumberTensor:$min, Graph_NumberTensor:$input, Graph_NumberTensor:$max);
  let results = (outs Graph_NumberTensor:$result);
  let assemblyFormat = [{
    $min `,` $input `,` $max attr-dict `:` custom<SameType>(type($min), type($input), type($max), type($result))
  }];
}

def Graph_ConvertOp : Graph_ExplicitOp<"convert", "Elementwise", 1, Graph_HasGradient> {
  let summary = "change of the element type";
  let description = [{
    `result = input` as the other type: rounded to nearest between floats and from integers; toward zero and
    saturating from floats to integers (NaN gives 0); wrapping between integers; `input != 0` to bool, 0 or 1 from bool.
    Shapes: result has the input's sizes.
    Errors: result differs from input in sizes.
    Source: IEEE 754-2019, formatOf conversions.
    Example: `%y = graph.convert %x : tensor<4xf32> -> tensor<4xf64>`
  }];
  let arguments = (ins Graph_Tensor:$input);
  let results = (outs Graph_Tensor:$result);
  let assemblyFormat = "$input attr-dict `:` type($input) `->` type($result)";
  let hasFolder = 1;
}

#endif
