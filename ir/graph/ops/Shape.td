// Constants, sizes, and ops that move elements by their index.
#ifndef DLC_IR_GRAPH_OPS_SHAPE_TD
#define DLC_IR_GRAPH_OPS_SHAPE_TD

include "ir/graph/GraphBase.td"

def Graph_ConstantOp : Graph_InferredOp<"constant", "Broadcast", 0, !listconcat([ConstantLike], Graph_HasNoGradient)> {
  let summary = "literal";
  let description = [{
    `result[…] = value[…]`.
    Shapes: result has the type of `value`, a ranked tensor of static sizes.
    Errors: a value that is not a ranked tensor of a supported element type.
    Source: StableHLO, constant.
    Example: `%c = graph.constant dense<[1.0, 2.0]> : tensor<2xf32>`
  }];
  let arguments = (ins ElementsAttr:$value);
  let results = (outs Graph_Tensor:$result);
  let assemblyFormat = "attr-dict $value";
  let hasFolder = 1;
}

def Graph_SizeOp : Graph_ExplicitOp<"size", "Elementwise", 0, Graph_HasNoGradient> {
  let summary = "value of a symbolic size";
  let description = [{
    `result = size`, a polynomial of symbolic sizes, at run time.
    Shapes: result is a rank-0 tensor of i64.
    Errors: `size` is not a canonical polynomial.
    Source: this dialect; StableHLO's get_dimension_size for one dimension.
    Example: `%n = graph.size "4*batch"`
  }];
  let arguments = (ins StrAttr:$size);
  let results = (outs Graph_I64Scalar:$result);
  let assemblyFormat = "$size attr-dict";
  let hasFolder = 1;
}

def Graph_IotaOp : Graph_ExplicitOp<"iota", "Elementwise", 0, Graph_HasNoGradient> {
  let summary = "index along a dimension";
  let description = [{
    `result[i0, i1, …] = i_dim`, as the element type.
    Shapes: result as written; rank at least 1.
    Errors: `dim` out of range; an element type that is bool.
    Source: StableHLO, iota.
    Example: `%i = graph.iota dim 0 : tensor<8xi32>`
  }];
  let arguments = (ins I64Attr:$dim);
  let results = (outs Graph_NumberTensor:$result);
  let assemblyFormat = "`dim` $dim attr-dict `:` type($result)";
}

def Graph_ReshapeOp : Graph_ExplicitOp<"reshape", "Broadcast", 0, Graph_HasGradient> {
  let summary = "same elements in the same row-major order, other sizes";
  let description = [{
    `result[linear index] = input[linear index]`.
    Shapes: result as written, with as many elements as input and its element type.
    Errors: the element counts differ (as polynomials) or the element types differ.
    Source: StableHLO, reshape.
    Example: `%y = graph.reshape %x : tensor<4x8xf32> -> tensor<32xf32>`
  }];
  let arguments = (ins Graph_Tensor:$input);
  let results = (outs Graph_Tensor:$result);
  let assemblyFormat = "$input attr-dict `:` type($input) `->` type($result)";
  let hasFolder = 1;
  let hasCanonicalizeMethod = 1;
  let extraClassDeclaration = [{
    /// Broadcast when only dimensions of size 1 come or go, Opaque (a copy or a view) otherwise.
    ::dlc::FusionKind getFusionKind();
    ::dlc::graph::SymbolicSize getFlops() { return 0; }
    /// True when input and result differ in dimensions of size 1 only.
    bool changesUnitDimsOnly();
  }];
}

def Graph_BroadcastOp : Graph_ExplicitOp<"broadcast", "Broadcast", 0, Graph_HasGradient> {
  let summary = "repeats along new dimensions";
  let description = [{
    `result[i0, i1, …] = input[i_dims[0], i_dims[1], …]`: dimension d of the input becomes `dims[d]` of the result.
    Shapes: result as written; its size `dims[d]` is the input's size d. A size of 1 does not stretch.
    Errors: `dims` out of range, not rising, or not one for each input dimension; sizes or element types differ.
    Source: StableHLO, broadcast_in_dim without stretching.
    Example: `%y = graph.broadcast %x dims [1] : tensor<8xf32> -> tensor<4x8xf32>`
  }];
  let arguments = (ins Graph_Tensor:$input, DenseI64ArrayAttr:$dims);
  let results = (outs Graph_Tensor:$result);
  let assemblyFormat = "$input `dims` $dims attr-dict `:` type($input) `->` type($result)";
  let hasFolder = 1;
  let hasCanonicalizeMethod = 1;
}

def Graph_TransposeOp : Graph_InferredOp<"transpose", "Broadcast", 0, Graph_HasGradient> {
  let summary = "permutes the dimensions";
  let description = [{
    `result[i0, i1, …] = input[j…]` where `j_permutation[d] = i_d`: dimension d of the result is `permutation[d]` of
    the input.
    Shapes: size d of the result is size `permutation[d]` of the input.
    Errors: `permutation` is not a permutation of the input's dimensions.
    Source: StableHLO, transpose.
    Example: `%y = graph.transpose %x permutation [1, 0] : tensor<4x8xf32>`
  }];
  let arguments = (ins Graph_Tensor:$input, DenseI64ArrayAttr:$permutation);
  let results = (outs Graph_Tensor:$result);
  let assemblyFormat = "$input `permutation` $permutation attr-dict `:` type($input)";
  let hasFolder = 1;
  let hasCanonicalizeMethod = 1;
}

def Graph_ConcatenateOp : Graph_InferredOp<"concatenate", "Broadcast", 0, Graph_HasOwnGradient> {
  let summary = "joins along a dimension";
  let description = [{
    `result[…, i, …] = inputs[k][…, i - offset_k, …]`, `offset_k` the sum of the sizes before input k.
    Shapes: the inputs agree in rank, element type and all sizes but that of `dim`; the result has the sum there.
    Errors: no inputs; `dim` out of range; inputs that do not agree.
    Source: StableHLO, concatenate.
    Example: `%z = graph.concatenate %x, %y dim 1 : tensor<4x3xf32>, tensor<4x5xf32>`
  }];
  let arguments = (ins Variadic<Graph_Tensor>:$inputs, I64Attr:$dim);
  let results = (outs Graph_Tensor:$result);
  let assemblyFormat = "$inputs `dim` $dim attr-dict `:` type($inputs)";
  let hasFolder = 1;
}

def Graph_ReverseOp : Graph_InferredOp<"reverse", "Broadcast", 0, Graph_HasGradient> {
  let summary = "reverses dimensions";
  let description = [{
    `result[…, i, …] = input[…, size - 1 - i, …]` for each dimension of `dims`.
    Shapes: input and result have the same type.
    Errors: `dims` out of range or not rising.
    Source: StableHLO, reverse.
    Example: `%y = graph.reverse %x dims [0] : tensor<4x8xf32>`
  }];
  let arguments = (ins Graph_Tensor:$input, DenseI64ArrayAttr:$dims);
  let results = (outs Graph_Tensor:$result);
  let assemblyFormat = "$input `dims` $dims attr-dict `:` type($input)";
  let hasFolder = 1;
}

def Graph_PadOp : Graph_InferredOp<"pad", "Broadcast", 0, Graph_HasOwnGradient> {
  let summary = "puts a value around and between elements";
  let description = [{
    `result[low + i * (interior + 1)] = input[i]` in each dimension, `value` elsewhere.
    Shapes: value is a rank-0 tensor of the input's element type; size d of the result is
    `low[d] + size + max(size - 1, 0) * interior[d] + high[d]`.
    Errors: lists that are not one number for each dimension; a negative number; interior of a symbolic size.
    Source: StableHLO, pad, without negative padding.
    Example: `%y = graph.pad %x, %v low [0, 1] high [0, 1] interior [0, 0] : tensor<4x8xf32>`
  }];
  let arguments = (ins Graph_Tensor:$input, Graph_Scalar:$value, DenseI64ArrayAttr:$low, DenseI64ArrayAttr:$high,
                       DenseI64ArrayAttr:$interior);
  let results = (outs Graph_Tensor:$result);
  let assemblyFormat = [{
    $input `,` $value `low` $low `high` $high `interior` $interior attr-dict `:`
    custom<ScalarType>(type($input), type($value))
  }];
  let hasFolder = 1;
}

#endif
