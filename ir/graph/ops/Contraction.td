// Sums of products.
#ifndef DLC_IR_GRAPH_OPS_CONTRACTION_TD
#define DLC_IR_GRAPH_OPS_CONTRACTION_TD

include "ir/graph/GraphBase.td"

def Graph_DotGeneralOp : Graph_InferredOp<"dot_general", "Contraction", 2, Graph_HasGradient> {
  let summary = "generalized matrix product";
  let description = [{
    `result[b…, m…, n…] = sum over k… of lhs[b…, m…, k…] * rhs[b…, n…, k…]`, the dimensions of each operand in any
    order: entry i of `lhs_batching` (`lhs_contracting`) is one size with entry i of `rhs_batching` (`rhs_contracting`).
    The other dimensions of lhs and rhs are free and keep their order. A sum over no elements is 0.
    Shapes: result `[batching sizes, free sizes of lhs, free sizes of rhs]`; one element type.
    Errors: a dimension out of range or used twice; lists of different lengths; paired sizes or element types differ.
    Source: StableHLO, dot_general.
    Example: `%z = graph.dot_general %x, %w contracting [1] x [0] : tensor<4x8xf32>, tensor<8x3xf32>`
  }];
  let arguments = (ins Graph_NumberTensor:$lhs, Graph_NumberTensor:$rhs,
                       DefaultValuedAttr<DenseI64ArrayAttr, "{}">:$lhs_batching,
                       DefaultValuedAttr<DenseI64ArrayAttr, "{}">:$rhs_batching,
                       DefaultValuedAttr<DenseI64ArrayAttr, "{}">:$lhs_contracting,
                       DefaultValuedAttr<DenseI64ArrayAttr, "{}">:$rhs_contracting);
  let results = (outs Graph_NumberTensor:$result);
  let assemblyFormat = [{
    $lhs `,` $rhs (`batching` $lhs_batching^ `x` $rhs_batching)? (`contracting` $lhs_contracting^ `x` $rhs_contracting)?
    attr-dict `:` type($lhs) `,` type($rhs)
  }];
  let extraClassDeclaration = [{
    ::dlc::FusionKind getFusionKind() { return ::dlc::FusionKind::Contraction; }
    /// Two for each multiply-add.
    ::dlc::graph::SymbolicSize getFlops();
    /// Dimensions that are neither batching nor contracting, in order.
    ::llvm::SmallVector<int64_t> getLhsFree();
    ::llvm::SmallVector<int64_t> getRhsFree();
  }];
}

#endif
