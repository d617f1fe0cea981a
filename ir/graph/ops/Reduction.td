// Ops that combine the elements along dimensions, which vanish from the result.
#ifndef DLC_IR_GRAPH_OPS_REDUCTION_TD
#define DLC_IR_GRAPH_OPS_REDUCTION_TD

include "ir/graph/GraphBase.td"

/// \p dims: a C++ expression of the reduced dimensions. \p infer: a function of TypeInference.h.
class Graph_AnyReduceOp<string mnemonic, string dims, string infer, list<Trait> traits>
  : Graph_InferredOp<mnemonic, "Reduction", 1, traits> {
  let extraClassDefinition = [{
    ::llvm::LogicalResult $cppClass::inferReturnTypes(::mlir::MLIRContext *, std::optional<::mlir::Location> location,
        Adaptor adaptor, ::llvm::SmallVectorImpl<::mlir::Type> &inferredReturnTypes) {
      return ::dlc::graph::}] # infer # [{("}] # mnemonic # [{", location, adaptor.getInput(), }] # dims # [{,
                                          inferredReturnTypes);
    }
  }];
}

class Graph_ReduceOp<string mnemonic, list<Trait> traits>
  : Graph_AnyReduceOp<mnemonic, "adaptor.getDims()", "inferReduction", traits> {
  let assemblyFormat = "$input `dims` $dims attr-dict `:` type($input)";
  let hasFolder = 1;
}

class Graph_ReduceDimOp<string mnemonic, string infer, list<Trait> traits>
  : Graph_AnyReduceOp<mnemonic, "static_cast<int64_t>(adaptor.getDim())", infer, traits> {
  let assemblyFormat = "$input `dim` $dim attr-dict `:` type($input)";
}

def Graph_ReduceSumOp : Graph_ReduceOp<"reduce_sum", Graph_HasGradient> {
  let summary = "sum along dimensions";
  let description = [{
    `result[kept…] = sum over dims of input[…]`; 0 over no elements; integers wrap.
    Shapes: result has the input's sizes without `dims`.
    Errors: `dims` out of range or not rising; an element type that is bool.
    Source: StableHLO, reduce with add.
    Example: `%s = graph.reduce_sum %x dims [1] : tensor<4x8xf32>`
  }];
  let arguments = (ins Graph_NumberTensor:$input, DenseI64ArrayAttr:$dims);
  let results = (outs Graph_NumberTensor:$result);
}

def Graph_ReduceMaxOp : Graph_ReduceDimOp<"reduce_max", "inferReduction", Graph_HasGradient> {
  let summary = "largest element along a dimension";
  let description = [{
    `result[kept…] = maximum over dim of input[…]`; NaN if one is NaN; the type's lowest value (-inf) over no elements.
    The gradient goes to the first of equal elements.
    Shapes: result has the input's sizes without `dim`.
    Errors: `dim` out of range; an element type that is bool.
    Source: StableHLO, reduce with maximum; rules.md 14.
    Example: `%m = graph.reduce_max %x dim 1 : tensor<4x8xf32>`
  }];
  let arguments = (ins Graph_NumberTensor:$input, I64Attr:$dim);
  let results = (outs Graph_NumberTensor:$result);
}

def Graph_ReduceMinOp : Graph_ReduceDimOp<"reduce_min", "inferReduction", Graph_HasGradient> {
  let summary = "smallest element along a dimension";
  let description = [{
    `result[kept…] = minimum over dim of input[…]`; NaN if one is NaN; the type's highest value (inf) over no elements.
    The gradient goes to the first of equal elements.
    Shapes: result has the input's sizes without `dim`.
    Errors: `dim` out of range; an element type that is bool.
    Source: StableHLO, reduce with minimum; rules.md 14.
    Example: `%m = graph.reduce_min %x dim 1 : tensor<4x8xf32>`
  }];
  let arguments = (ins Graph_NumberTensor:$input, I64Attr:$dim);
  let results = (outs Graph_NumberTensor:$result);
}

def Graph_ArgMaxOp : Graph_ReduceDimOp<"arg_max", "inferArgReduction", Graph_HasNoGradient> {
  let summary = "index of the largest element along a dimension";
  let description = [{
    `result[kept…] = first index along dim of the maximum of input[…]`; the first NaN if there is one; 0 over no
    elements.
    Shapes: result has the input's sizes without `dim` and elements i32.
    Errors: `dim` out of range; an element type that is bool.
    Source: NumPy, argmax.
    Example: `%i = graph.arg_max %x dim 1 : tensor<4x8xf32>`
  }];
  let arguments = (ins Graph_NumberTensor:$input, I64Attr:$dim);
  let results = (outs Graph_IndexTensor:$result);
}

def Graph_ArgMinOp : Graph_ReduceDimOp<"arg_min", "inferArgReduction", Graph_HasNoGradient> {
  let summary = "index of the smallest element along a dimension";
  let description = [{
    `result[kept…] = first index along dim of the minimum of input[…]`; the first NaN if there is one; 0 over no
    elements.
    Shapes: result has the input's sizes without `dim` and elements i32.
    Errors: `dim` out of range; an element type that is bool.
    Source: NumPy, argmin.
    Example: `%i = graph.arg_min %x dim 1 : tensor<4x8xf32>`
  }];
  let arguments = (ins Graph_NumberTensor:$input, I64Attr:$dim);
  let results = (outs Graph_IndexTensor:$result);
}

def Graph_ReduceAndOp : Graph_ReduceOp<"reduce_and", Graph_HasNoGradient> {
  let summary = "whether all elements along dimensions are true";
  let description = [{
    `result[kept…] = and over dims of input[…]`; true over no elements.
    Shapes: result has the input's sizes without `dims`.
    Errors: `dims` out of range or not rising; an element type that is not bool.
    Source: StableHLO, reduce with and.
    Example: `%a = graph.reduce_and %p dims [0, 1] : tensor<4x8xi1>`
  }];
  let arguments = (ins Graph_BoolTensor:$input, DenseI64ArrayAttr:$dims);
  let results = (outs Graph_BoolTensor:$result);
}

def Graph_ReduceOrOp : Graph_ReduceOp<"reduce_or", Graph_HasNoGradient> {
  let summary = "whether any element along dimensions is true";
  let description = [{
    `result[kept…] = or over dims of input[…]`; false over no elements.
    Shapes: result has the input's sizes without `dims`.
    Errors: `dims` out of range or not rising; an element type that is not bool.
    Source: StableHLO, reduce with or.
    Example: `%a = graph.reduce_or %p dims [0, 1] : tensor<4x8xi1>`
  }];
  let arguments = (ins Graph_BoolTensor:$input, DenseI64ArrayAttr:$dims);
  let results = (outs Graph_BoolTensor:$result);
}

#endif
