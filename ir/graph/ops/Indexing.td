// Parts of a tensor, by constant ranges or by index tensors.
#ifndef DLC_IR_GRAPH_OPS_INDEXING_TD
#define DLC_IR_GRAPH_OPS_INDEXING_TD

include "ir/graph/GraphBase.td"

def Graph_SliceOp : Graph_InferredOp<"slice", "Broadcast", 0, Graph_HasGradient> {
  let summary = "a range of each dimension";
  let description = [{
    `result[i…] = input[starts + i * strides…]` for all indices below `limits`; a negative limit counts from the end,
    -1 is the end.
    Shapes: size d of the result is `ceil((limits[d] - starts[d]) / strides[d])`.
    Errors: lists that are not one number for each dimension; not `0 <= start <= limit <= size`; a stride below 1; of
    a symbolic size, a limit that does not count from the end or a stride other than 1.
    Source: StableHLO, slice.
    Example: `%y = graph.slice %x starts [0, 2] limits [4, -1] strides [1, 2] : tensor<4x8xf32>`
  }];
  let arguments = (ins Graph_Tensor:$input, DenseI64ArrayAttr:$starts, DenseI64ArrayAttr:$limits,
                       DenseI64ArrayAttr:$strides);
  let results = (outs Graph_Tensor:$result);
  let assemblyFormat = "$input `starts` $starts `limits` $limits `strides` $strides attr-dict `:` type($input)";
  let hasFolder = 1;
}

def Graph_TakeOp : Graph_InferredOp<"take", "Broadcast", 0, Graph_HasGradient> {
  let summary = "rows by index";
  let description = [{
    `result[i…, j…] = input[clamp(indices[i…], 0, rows - 1), j…]`.
    Shapes: input `[rows, j sizes]`; result `[indices' sizes, j sizes]`.
    Errors: input of rank 0 or without rows; indices that are not i32.
    Source: NumPy, take with mode='clip', axis=0.
    Example: `%y = graph.take %table, %i : tensor<100x8xf32>, tensor<4xi32>`
  }];
  let arguments = (ins Graph_Tensor:$input, Graph_IndexTensor:$indices);
  let results = (outs Graph_Tensor:$result);
  let assemblyFormat = "$input `,` $indices attr-dict `:` type($input) `,` type($indices)";
}

def Graph_ScatterAddOp : Graph_ExplicitOp<"scatter_add", "Opaque", 1, Graph_HasGradient> {
  let summary = "sums rows by index: the transpose of take";
  let description = [{
    `result[r, j…] = sum of updates[i…, j…] over all i… with clamp(indices[i…], 0, rows - 1) = r`.
    Shapes: result `[rows, j sizes]` as written; updates `[indices' sizes, j sizes]`.
    Errors: result of rank 0 or without rows; sizes or element types of updates that do not fit.
    Source: TensorFlow, scatter_nd for rows, with clamped indices.
    Example: `%t = graph.scatter_add %i, %u : tensor<4xi32>, tensor<4x8xf32> -> tensor<100x8xf32>`
  }];
  let arguments = (ins Graph_IndexTensor:$indices, Graph_NumberTensor:$updates);
  let results = (outs Graph_NumberTensor:$result);
  let assemblyFormat = "$indices `,` $updates attr-dict `:` type($indices) `,` type($updates) `->` type($result)";
}

#endif
