// Logarithms of probabilities become functions of the logits; a clamp between bounds the logarithm.
// RUN: dlc-opt %s --dlc-stabilize-gradients --split-input-file | FileCheck %s
// RUN: dlc-opt %s --dlc-stabilize-gradients --dlc-differentiate --dlc-simplify-graph --split-input-file | FileCheck %s --check-prefix=GRADIENT

// log(logistic(x)) = -softplus(-x)
// CHECK-LABEL: func.func @log_sigmoid
// CHECK-SAME: (%[[X:.*]]: tensor<4xf32>)
// CHECK: %[[MINUS:.*]] = graph.neg %[[X]]
// CHECK: %[[PLUS:.*]] = graph.neg %[[MINUS]]
// CHECK: %[[ABS:.*]] = graph.maximum %[[PLUS]], %[[MINUS]]
// CHECK: %[[NABS:.*]] = graph.neg %[[ABS]]
// CHECK: %[[E:.*]] = graph.exp %[[NABS]]
// CHECK: %[[TAIL:.*]] = graph.log1p %[[E]]
// CHECK: %[[HEAD:.*]] = graph.relu %[[MINUS]]
// CHECK: %[[SOFTPLUS:.*]] = graph.add %[[HEAD]], %[[TAIL]]
// CHECK: %[[Y:.*]] = graph.neg %[[SOFTPLUS]]
// CHECK: return %[[Y]]
func.func @log_sigmoid(%x: tensor<4xf32>) -> tensor<4xf32> {
  %p = graph.logistic %x : tensor<4xf32>
  %y = graph.log %p : tensor<4xf32>
  return %y : tensor<4xf32>
}

// Both ways to write log(1 - logistic(x)) = -softplus(x).
// CHECK-LABEL: func.func @log_complement
// CHECK-NOT: graph.logistic
// CHECK-NOT: graph.log %
// CHECK: graph.relu %[[X:.*]] :
// CHECK: graph.relu %[[X]] :
func.func @log_complement(%x: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %p = graph.logistic %x : tensor<4xf32>
  %one = graph.constant dense<1.0> : tensor<4xf32>
  %q = graph.subtract %one, %p : tensor<4xf32>
  %y = graph.log %q : tensor<4xf32>
  %n = graph.neg %p : tensor<4xf32>
  %z = graph.log1p %n : tensor<4xf32>
  return %y, %z : tensor<4xf32>, tensor<4xf32>
}

// log(softmax(x)) needs no exponential of the quotient, only the logarithm of the sum.
// CHECK-LABEL: func.func @log_softmax
// CHECK: %[[T:.*]] = graph.subtract
// CHECK: %[[E:.*]] = graph.exp %[[T]]
// CHECK: %[[S:.*]] = graph.reduce_sum %[[E]] dims [1]
// CHECK: %[[L:.*]] = graph.log %[[S]] : tensor<8xf32>
// CHECK: %[[LB:.*]] = graph.broadcast %[[L]] dims [0]
// CHECK: %[[Y:.*]] = graph.subtract %[[T]], %[[LB]]
// CHECK: return %[[Y]]
func.func @log_softmax(%x: tensor<8x10xf32>) -> tensor<8x10xf32> {
  %m = graph.reduce_max %x dim 1 : tensor<8x10xf32>
  %mb = graph.broadcast %m dims [0] : tensor<8xf32> -> tensor<8x10xf32>
  %t = graph.subtract %x, %mb : tensor<8x10xf32>
  %e = graph.exp %t : tensor<8x10xf32>
  %s = graph.reduce_sum %e dims [1] : tensor<8x10xf32>
  %sb = graph.broadcast %s dims [0] : tensor<8xf32> -> tensor<8x10xf32>
  %p = graph.divide %e, %sb : tensor<8x10xf32>
  %y = graph.log %p : tensor<8x10xf32>
  return %y : tensor<8x10xf32>
}

// A clamp still bounds the value and cuts the gradient: log(0.1) = -2.3, log(0.9) = -0.105.
// CHECK-LABEL: func.func @clamped
// CHECK-DAG: %[[LOW:.*]] = graph.constant dense<-2.302{{[0-9]*}}>
// CHECK-DAG: %[[HIGH:.*]] = graph.constant dense<-0.105{{[0-9]*}}>
// CHECK-NOT: graph.log %
// CHECK: graph.clamp
func.func @clamped(%x: tensor<4xf32>) -> tensor<4xf32> {
  %lo = graph.constant dense<0.1> : tensor<4xf32>
  %hi = graph.constant dense<0.9> : tensor<4xf32>
  %p = graph.logistic %x : tensor<4xf32>
  %c = graph.clamp %lo, %p, %hi : tensor<4xf32>
  %y = graph.log %c : tensor<4xf32>
  return %y : tensor<4xf32>
}

// Bounds that only keep the logarithm finite go.
// CHECK-LABEL: func.func @guarded
// CHECK-NOT: graph.logistic
// CHECK-NOT: graph.clamp
// CHECK: return
func.func @guarded(%x: tensor<4xf32>) -> tensor<4xf32> {
  %lo = graph.constant dense<1.0e-7> : tensor<4xf32>
  %hi = graph.constant dense<0.9999999> : tensor<4xf32>
  %p = graph.logistic %x : tensor<4xf32>
  %c = graph.clamp %lo, %p, %hi : tensor<4xf32>
  %y = graph.log %c : tensor<4xf32>
  return %y : tensor<4xf32>
}

// So they do behind a softmax, and so does a division by its sum.
// CHECK-LABEL: func.func @guarded_softmax
// CHECK-NOT: graph.divide
// CHECK-NOT: graph.clamp
// CHECK: %[[L:.*]] = graph.log %{{.*}} : tensor<8xf32>
// CHECK: %[[LB:.*]] = graph.broadcast %[[L]] dims [0]
// CHECK: %[[Y:.*]] = graph.subtract %{{.*}}, %[[LB]]
// CHECK: return %[[Y]]
func.func @guarded_softmax(%x: tensor<8x10xf32>) -> tensor<8x10xf32> {
  %lo = graph.constant dense<1.0e-7> : tensor<8x10xf32>
  %hi = graph.constant dense<0.9999999> : tensor<8x10xf32>
  %e = graph.exp %x : tensor<8x10xf32>
  %s = graph.reduce_sum %e dims [1] : tensor<8x10xf32>
  %sb = graph.broadcast %s dims [0] : tensor<8xf32> -> tensor<8x10xf32>
  %p = graph.divide %e, %sb : tensor<8x10xf32>
  %t = graph.reduce_sum %p dims [1] : tensor<8x10xf32>
  %tb = graph.broadcast %t dims [0] : tensor<8xf32> -> tensor<8x10xf32>
  %q = graph.divide %p, %tb : tensor<8x10xf32>
  %c = graph.clamp %lo, %q, %hi : tensor<8x10xf32>
  %y = graph.log %c : tensor<8x10xf32>
  return %y : tensor<8x10xf32>
}

// Of the complement, as in binary cross-entropy; a bound of 0 has no logarithm, so that one stays.
// CHECK-LABEL: func.func @clamped_complement
// CHECK-DAG: graph.constant dense<-2.302{{[0-9]*}}>
// CHECK-DAG: graph.constant dense<-0.105{{[0-9]*}}>
// CHECK: graph.log %
// CHECK-NOT: graph.log %
func.func @clamped_complement(%x: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %zero = graph.constant dense<0.0> : tensor<4xf32>
  %one = graph.constant dense<1.0> : tensor<4xf32>
  %lo = graph.constant dense<0.1> : tensor<4xf32>
  %hi = graph.constant dense<0.9> : tensor<4xf32>
  %p = graph.logistic %x : tensor<4xf32>
  %c = graph.clamp %lo, %p, %hi : tensor<4xf32>
  %q = graph.subtract %one, %c : tensor<4xf32>
  %y = graph.log %q : tensor<4xf32>
  %d = graph.clamp %zero, %p, %one : tensor<4xf32>
  %z = graph.log %d : tensor<4xf32>
  return %y, %z : tensor<4xf32>, tensor<4xf32>
}

// A logarithm of other quotients and sums is not touched.
// CHECK-LABEL: func.func @others
// CHECK: graph.divide
// CHECK: graph.log %
// CHECK: graph.log1p
func.func @others(%x: tensor<4xf32>, %y: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %e = graph.exp %x : tensor<4xf32>
  %q = graph.divide %e, %y : tensor<4xf32>
  %l = graph.log %q : tensor<4xf32>
  %m = graph.log1p %y : tensor<4xf32>
  return %l, %m : tensor<4xf32>, tensor<4xf32>
}

// -----

// The point of it: no division is left in the gradient, so no 0 / 0.
// GRADIENT-LABEL: func.func @gradient
// GRADIENT-NOT: graph.logistic
// GRADIENT: return
// CHECK-LABEL: func.func @gradient
func.func @gradient(%x: tensor<4xf32>) -> tensor<4xf32> {
  %l, %g = graph.value_and_grad @loss(%x) wrt [0] : (tensor<4xf32>) -> (tensor<f32>, tensor<4xf32>)
  return %g : tensor<4xf32>
}
func.func private @loss(%x: tensor<4xf32>) -> tensor<f32> {
  %p = graph.logistic %x : tensor<4xf32>
  %y = graph.log %p : tensor<4xf32>
  %l = graph.reduce_sum %y dims [0] : tensor<4xf32>
  return %l : tensor<f32>
}
