// Gradients of convolutions are convolutions, those of sums over windows are sums over windows.
// RUN: dlc-opt %s --dlc-differentiate --split-input-file | FileCheck %s

// The input's gradient under a stride of 2: two filters, one for even and one for odd elements, as features of one
// convolution over the windows; their results are interleaved. The filter's gradient changes strides and dilation.
// CHECK-LABEL: func.func @conv
// CHECK-SAME: (%[[X:.*]]: tensor<?x9x2xf32, {{.*}}>, %[[W:.*]]: tensor<3x2x4xf32>)
// CHECK: %[[D:.*]] = graph.broadcast %{{.*}} -> tensor<?x4x4xf32,
// CHECK: graph.pad %[[W]], %{{.*}} low [0, 0, 0] high [1, 0, 0] interior [0, 0, 0]
// CHECK: graph.reverse %{{.*}} dims [0] : tensor<2x2x2x4xf32>
// CHECK: graph.transpose %{{.*}} permutation [0, 3, 1, 2]
// CHECK: %[[PHASES:.*]] = graph.reshape %{{.*}} -> tensor<2x4x4xf32>
// CHECK: %[[P:.*]] = graph.pad %[[D]], %{{.*}} low [0, 1, 0] high [0, 1, 0] interior [0, 0, 0]
// CHECK: graph.convolution %[[P]], %[[PHASES]] strides [1] dilation [1]
// CHECK: %[[WHOLE:.*]] = graph.reshape %{{.*}} -> tensor<?x10x2xf32,
// CHECK: %[[DX:.*]] = graph.slice %[[WHOLE]] starts [0, 0, 0] limits [-1, 9, -1]
// CHECK: %[[XT:.*]] = graph.transpose %[[X]] permutation [2, 1, 0]
// CHECK: %[[DT:.*]] = graph.transpose %[[D]] permutation [1, 0, 2]
// CHECK: %[[SUMS:.*]] = graph.convolution %[[XT]], %[[DT]] strides [1] dilation [2]
// CHECK: %[[DW:.*]] = graph.transpose %[[SUMS]] permutation [1, 0, 2] : tensor<2x3x4xf32>
// CHECK: return %[[DX]], %[[DW]]
func.func @conv(%x: tensor<?x9x2xf32, #graph.dims<"batch", "", "">>, %w: tensor<3x2x4xf32>) -> (tensor<?x9x2xf32, #graph.dims<"batch", "", "">>, tensor<3x2x4xf32>) {
  %l, %g:2 = graph.value_and_grad @loss(%x, %w) wrt [0, 1] : (tensor<?x9x2xf32, #graph.dims<"batch", "", "">>, tensor<3x2x4xf32>) -> (tensor<f32>, tensor<?x9x2xf32, #graph.dims<"batch", "", "">>, tensor<3x2x4xf32>)
  return %g#0, %g#1 : tensor<?x9x2xf32, #graph.dims<"batch", "", "">>, tensor<3x2x4xf32>
}
func.func private @loss(%x: tensor<?x9x2xf32, #graph.dims<"batch", "", "">>, %w: tensor<3x2x4xf32>) -> tensor<f32> {
  %y = graph.convolution %x, %w strides [2] dilation [1] : tensor<?x9x2xf32, #graph.dims<"batch", "", "">>, tensor<3x2x4xf32>
  %l = graph.reduce_sum %y dims [0, 1, 2] : tensor<?x4x4xf32, #graph.dims<"batch", "", "">>
  return %l : tensor<f32>
}

// -----

// Over a length of symbolic size; dilation becomes the stride of the filter's gradient.
// CHECK-LABEL: func.func @dilated
// CHECK: graph.pad %{{.*}}, %{{.*}} low [0, 4, 0] high [0, 4, 0] interior [0, 0, 0] : tensor<1x?x4xf32, #graph.dims<"", "t-4", "">>
// CHECK: graph.convolution {{.*}} strides [1] dilation [2] : tensor<1x?x4xf32, #graph.dims<"", "t+4", "">>
// CHECK: graph.convolution {{.*}} strides [2] dilation [1] : tensor<2x?x1xf32, #graph.dims<"", "t", "">>, tensor<?x1x4xf32, #graph.dims<"t-4", "", "">>
func.func @dilated(%x: tensor<1x?x2xf32, #graph.dims<"", "t", "">>, %w: tensor<3x2x4xf32>) -> (tensor<1x?x2xf32, #graph.dims<"", "t", "">>, tensor<3x2x4xf32>) {
  %l, %g:2 = graph.value_and_grad @loss(%x, %w) wrt [0, 1] : (tensor<1x?x2xf32, #graph.dims<"", "t", "">>, tensor<3x2x4xf32>) -> (tensor<f32>, tensor<1x?x2xf32, #graph.dims<"", "t", "">>, tensor<3x2x4xf32>)
  return %g#0, %g#1 : tensor<1x?x2xf32, #graph.dims<"", "t", "">>, tensor<3x2x4xf32>
}
func.func private @loss(%x: tensor<1x?x2xf32, #graph.dims<"", "t", "">>, %w: tensor<3x2x4xf32>) -> tensor<f32> {
  %y = graph.convolution %x, %w strides [1] dilation [2] : tensor<1x?x2xf32, #graph.dims<"", "t", "">>, tensor<3x2x4xf32>
  %l = graph.reduce_sum %y dims [0, 1, 2] : tensor<1x?x4xf32, #graph.dims<"", "t-4", "">>
  return %l : tensor<f32>
}

// -----

// Windows side by side: each cotangent is repeated, with zeros for what no window reads. Overlapping ones: a sum over
// windows again. A maximum: to its place, which is found again.
// CHECK-LABEL: func.func @pool
// CHECK: graph.broadcast %{{.*}} dims [0, 1] : tensor<8x4xf32> -> tensor<8x4x2xf32>
// CHECK: graph.reshape
// CHECK: graph.pad %{{.*}} low [0, 0] high [0, 1] interior [0, 0]
// CHECK: graph.pad %{{.*}} low [0, 2] high [0, 2] interior [0, 1]
// CHECK: graph.window_sum %{{.*}} window [1, 3] strides [1, 1] : tensor<8x11xf32>
// CHECK: %[[D:.*]] = graph.broadcast %{{.*}} -> tensor<8x4xf32>
// CHECK: %[[AT:.*]] = graph.window_arg_max %{{.*}} window [1, 3] strides [1, 2]
// CHECK: graph.window_scatter %[[D]], %[[AT]] window [1, 3] strides [1, 2]
func.func @pool(%x: tensor<8x9xf32>) -> (tensor<8x9xf32>, tensor<8x9xf32>, tensor<8x9xf32>) {
  %l, %g = graph.value_and_grad @mean(%x) wrt [0] : (tensor<8x9xf32>) -> (tensor<f32>, tensor<8x9xf32>)
  %m, %h = graph.value_and_grad @overlapping(%x) wrt [0] : (tensor<8x9xf32>) -> (tensor<f32>, tensor<8x9xf32>)
  %n, %i = graph.value_and_grad @max(%x) wrt [0] : (tensor<8x9xf32>) -> (tensor<f32>, tensor<8x9xf32>)
  return %g, %h, %i : tensor<8x9xf32>, tensor<8x9xf32>, tensor<8x9xf32>
}
func.func private @mean(%x: tensor<8x9xf32>) -> tensor<f32> {
  %y = graph.window_sum %x window [1, 2] strides [1, 2] : tensor<8x9xf32>
  %l = graph.reduce_sum %y dims [0, 1] : tensor<8x4xf32>
  return %l : tensor<f32>
}
func.func private @overlapping(%x: tensor<8x9xf32>) -> tensor<f32> {
  %y = graph.window_sum %x window [1, 3] strides [1, 2] : tensor<8x9xf32>
  %l = graph.reduce_sum %y dims [0, 1] : tensor<8x4xf32>
  return %l : tensor<f32>
}
func.func private @max(%x: tensor<8x9xf32>) -> tensor<f32> {
  %y = graph.window_max %x window [1, 3] strides [1, 2] : tensor<8x9xf32>
  %l = graph.reduce_sum %y dims [0, 1] : tensor<8x4xf32>
  return %l : tensor<f32>
}

// -----

// Twice: the filter's gradient has a filter of its own, the cotangent, with the examples as channels.
// CHECK-LABEL: func.func @twice
// CHECK-NOT: value_and_grad
// CHECK-COUNT-3: graph.convolution
func.func @twice(%x: tensor<2x6x3xf32>, %w: tensor<3x3x4xf32>) -> tensor<2x6x3xf32> {
  %l, %g = graph.value_and_grad @norm(%x, %w) wrt [0] : (tensor<2x6x3xf32>, tensor<3x3x4xf32>) -> (tensor<f32>, tensor<2x6x3xf32>)
  return %g : tensor<2x6x3xf32>
}
func.func private @norm(%x: tensor<2x6x3xf32>, %w: tensor<3x3x4xf32>) -> tensor<f32> {
  %l, %g = graph.value_and_grad @loss(%x, %w) wrt [1] : (tensor<2x6x3xf32>, tensor<3x3x4xf32>) -> (tensor<f32>, tensor<3x3x4xf32>)
  %s = graph.multiply %g, %g : tensor<3x3x4xf32>
  %n = graph.reduce_sum %s dims [0, 1, 2] : tensor<3x3x4xf32>
  return %n : tensor<f32>
}
func.func private @loss(%x: tensor<2x6x3xf32>, %w: tensor<3x3x4xf32>) -> tensor<f32> {
  %y = graph.convolution %x, %w strides [1] dilation [1] : tensor<2x6x3xf32>, tensor<3x3x4xf32>
  %t = graph.tanh %y : tensor<2x4x4xf32>
  %l = graph.reduce_sum %t dims [0, 1, 2] : tensor<2x4x4xf32>
  return %l : tensor<f32>
}
