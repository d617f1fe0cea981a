// Reductions over sliding windows, and the ops of their gradients.
#ifndef DLC_IR_GRAPH_OPS_POOLING_TD
#define DLC_IR_GRAPH_OPS_POOLING_TD

include "ir/graph/GraphBase.td"

class Graph_WindowOp<string mnemonic, list<Trait> traits>
  : Graph_InferredOp<mnemonic, "Reduction", 1, traits> {
  let arguments = (ins Graph_NumberTensor:$input, DenseI64ArrayAttr:$window, DenseI64ArrayAttr:$strides);
  let assemblyFormat = "$input `window` $window `strides` $strides attr-dict `:` type($input)";
  let extraClassDeclaration = [{
    ::dlc::FusionKind getFusionKind() { return ::dlc::FusionKind::Reduction; }
    ::dlc::graph::SymbolicSize getFlops() {
      return ::dlc::graph::elementCount(getType()) * ::dlc::graph::SymbolicSize(windowElements(getWindow()));
    }
  }];
}

def Graph_WindowSumOp : Graph_WindowOp<"window_sum", Graph_HasGradient> {
  let summary = "sum over sliding windows";
  let description = [{
    `result[o…] = sum over k… below window of input[o * strides + k…]`.
    Shapes: size d of the result is `floor((s - window[d]) / strides[d]) + 1`.
    Errors: lists that are not one number for each dimension; a number below 1; a window larger than its input; a
    stride above 1 along a symbolic size.
    Source: StableHLO, reduce_window with add, without padding.
    Example: `%y = graph.window_sum %x window [1, 2, 2, 1] strides [1, 2, 2, 1] : tensor<4x8x8x3xf32>`
  }];
  let results = (outs Graph_NumberTensor:$result);
}

def Graph_WindowMaxOp : Graph_WindowOp<"window_max", Graph_HasGradient> {
  let summary = "largest element of sliding windows";
  let description = [{
    `result[o…] = maximum over k… below window of input[o * strides + k…]`; NaN if one is NaN. The gradient goes to the
    first of equal elements.
    Shapes: size d of the result is `floor((s - window[d]) / strides[d]) + 1`.
    Errors: lists that are not one number for each dimension; a number below 1; a window larger than its input; a
    window of more than 256 elements; a stride above 1 along a symbolic size.
    Source: StableHLO, reduce_window with maximum, without padding; rules.md 14.
    Example: `%y = graph.window_max %x window [1, 2, 2, 1] strides [1, 2, 2, 1] : tensor<4x8x8x3xf32>`
  }];
  let results = (outs Graph_NumberTensor:$result);
}

def Graph_WindowArgMaxOp : Graph_WindowOp<"window_arg_max", Graph_HasNoGradient> {
  let summary = "where the largest element of sliding windows is";
  let description = [{
    `result[o…] = the row-major number within the window of the first largest element`, or of the first NaN; one byte,
    without a sign.
    Shapes: size d of the result is `floor((s - window[d]) / strides[d]) + 1`; elements i8.
    Errors: those of `graph.window_max`.
    Source: rules.md 14.
    Example: `%i = graph.window_arg_max %x window [1, 2, 2, 1] strides [1, 2, 2, 1] : tensor<4x8x8x3xf32>`
  }];
  let results = (outs Graph_NumberTensor:$result);
}

def Graph_WindowScatterOp : Graph_ExplicitOp<"window_scatter", "Broadcast", 1, Graph_HasGradient> {
  let summary = "sums values at places within sliding windows: the transpose of window_gather";
  let description = [{
    `result[i…] = sum of updates[o…] over all o… whose place is i`: `o * strides + k… = i…` where `k…` is the element
    number `indices[o…]` of the window. The gradient of window_max.
    Shapes: updates and indices as the windows of the result, which is written down.
    Errors: sizes that are not those of the result's windows; indices that are not i8.
    Source: StableHLO, select_and_scatter.
    Example: `%d = graph.window_scatter %u, %i window [2] strides [2] : tensor<4xf32>, tensor<4xi8> -> tensor<8xf32>`
  }];
  let arguments = (ins Graph_FloatTensor:$updates, Graph_NumberTensor:$indices, DenseI64ArrayAttr:$window,
                       DenseI64ArrayAttr:$strides);
  let results = (outs Graph_FloatTensor:$result);
  let assemblyFormat = [{
    $updates `,` $indices `window` $window `strides` $strides attr-dict `:` type($updates) `,` type($indices) `->`
    type($result)
  }];
}

def Graph_WindowGatherOp : Graph_ExplicitOp<"window_gather", "Broadcast", 0, Graph_HasGradient> {
  let summary = "one element of each sliding window";
  let description = [{
    `result[o…] = input[o * strides + k…]` where `k…` is the element number `indices[o…]` of the window.
    Shapes: result as written, the windows of the input; indices of its sizes.
    Errors: sizes that are not those of the input's windows; indices that are not i8.
    Source: this dialect; the transpose of `graph.window_scatter`.
    Example: `%y = graph.window_gather %x, %i window [2] strides [2] : tensor<8xf32>, tensor<4xi8> -> tensor<4xf32>`
  }];
  let arguments = (ins Graph_FloatTensor:$input, Graph_NumberTensor:$indices, DenseI64ArrayAttr:$window,
                       DenseI64ArrayAttr:$strides);
  let results = (outs Graph_FloatTensor:$result);
  let assemblyFormat = [{
    $input `,` $indices `window` $window `strides` $strides attr-dict `:` type($input) `,` type($indices) `->`
    type($result)
  }];
}

#endif
