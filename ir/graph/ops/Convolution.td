// Sums of products over sliding windows.
#ifndef DLC_IR_GRAPH_OPS_CONVOLUTION_TD
#define DLC_IR_GRAPH_OPS_CONVOLUTION_TD

include "ir/graph/GraphBase.td"

def Graph_ConvolutionOp : Graph_InferredOp<"convolution", "Contraction", 2, Graph_HasOwnGradient> {
  let summary = "cross-correlation with a filter, channels last";
  let description = [{
    `result[n, o…, g, co] = sum over k…, ci of input[n, o * strides + k * dilation…, g, ci] * filter[k…, g, ci, co]`.
    Without `grouped` there is no dimension g: every output channel sees every input channel. Padding is an op of its
    own (`graph.pad`).
    Shapes: input `[n, s…, (g,) ci]`, filter `[k…, (g,) ci, co]`, result `[n, o…, (g,) co]` with
    `o = floor((s - (k - 1) * dilation - 1) / strides) + 1`; one to three dimensions `s…`; one float type.
    Errors: ranks, channels or groups that do not fit; a window larger than its input; strides or dilation below 1, or
    both above 1 in one dimension; a stride above 1 along a symbolic size.
    Source: StableHLO, convolution with dimension numbers `[b, 0, 1, f] x [0, 1, i, o] -> [b, 0, 1, f]`.
    Example: `%y = graph.convolution %x, %w strides [1, 1] dilation [1, 1] : tensor<2x8x8x3xf32>, tensor<3x3x3x16xf32>`
  }];
  let arguments = (ins Graph_FloatTensor:$input, Graph_FloatTensor:$filter, DenseI64ArrayAttr:$strides,
                       DenseI64ArrayAttr:$dilation, UnitAttr:$grouped);
  let results = (outs Graph_FloatTensor:$result);
  let assemblyFormat = [{
    $input `,` $filter `strides` $strides `dilation` $dilation (`grouped` $grouped^)? attr-dict `:`
    type($input) `,` type($filter)
  }];
  let extraClassDeclaration = [{
    ::dlc::FusionKind getFusionKind() { return ::dlc::FusionKind::Contraction; }
    /// Two for each multiply-add.
    ::dlc::graph::SymbolicSize getFlops();
    /// Number of dimensions that windows slide along.
    int64_t getSpatialRank() { return getStrides().size(); }
  }];
}

#endif
