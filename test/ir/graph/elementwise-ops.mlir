// RUN: dlc-opt %s | dlc-opt | FileCheck %s

// The float functions, and the ops that integers have too.
// CHECK-LABEL: func.func @unary
func.func @unary(%x: tensor<4xf32>, %n: tensor<4xi32>, %p: tensor<4xi1>) {
  // CHECK: graph.neg %{{.*}} : tensor<4xf32>
  %neg = graph.neg %x : tensor<4xf32>
  // CHECK: graph.neg %{{.*}} : tensor<4xi32>
  %neg_integer = graph.neg %n : tensor<4xi32>
  // CHECK: graph.abs
  %abs = graph.abs %x : tensor<4xf32>
  // CHECK: graph.sign
  %sign = graph.sign %n : tensor<4xi32>
  // CHECK: graph.exp %
  %exp = graph.exp %x : tensor<4xf32>
  // CHECK: graph.expm1
  %expm1 = graph.expm1 %x : tensor<4xf32>
  // CHECK: graph.log %
  %log = graph.log %x : tensor<4xf32>
  // CHECK: graph.log1p
  %log1p = graph.log1p %x : tensor<4xf32>
  // CHECK: graph.sqrt
  %sqrt = graph.sqrt %x : tensor<4xf32>
  // CHECK: graph.rsqrt
  %rsqrt = graph.rsqrt %x : tensor<4xf32>
  // CHECK: graph.tanh
  %tanh = graph.tanh %x : tensor<4xf32>
  // CHECK: graph.logistic
  %logistic = graph.logistic %x : tensor<4xf32>
  // CHECK: graph.relu
  %relu = graph.relu %x : tensor<4xf32>
  // CHECK: graph.sin
  %sin = graph.sin %x : tensor<4xf32>
  // CHECK: graph.cos
  %cos = graph.cos %x : tensor<4xf32>
  // CHECK: graph.erf
  %erf = graph.erf %x : tensor<4xf32>
  // CHECK: graph.floor
  %floor = graph.floor %x : tensor<4xf32>
  // CHECK: graph.ceil
  %ceil = graph.ceil %x : tensor<4xf32>
  // CHECK: graph.round_even
  %round_even = graph.round_even %x : tensor<4xf32>
  // CHECK: graph.not %{{.*}} : tensor<4xi1>
  %not = graph.not %p : tensor<4xi1>
  return
}

// CHECK-LABEL: func.func @binary
func.func @binary(%x: tensor<4xf32>, %y: tensor<4xf32>, %p: tensor<4xi1>, %n: tensor<4xi64>) {
  // CHECK: graph.add %{{.*}}, %{{.*}} : tensor<4xf32>
  %add = graph.add %x, %y : tensor<4xf32>
  // CHECK: graph.subtract
  %subtract = graph.subtract %x, %y : tensor<4xf32>
  // CHECK: graph.multiply
  %multiply = graph.multiply %x, %y : tensor<4xf32>
  // CHECK: graph.divide
  %divide = graph.divide %x, %y : tensor<4xf32>
  // CHECK: graph.remainder
  %remainder = graph.remainder %x, %y : tensor<4xf32>
  // CHECK: graph.power
  %power = graph.power %x, %y : tensor<4xf32>
  // CHECK: graph.maximum
  %maximum = graph.maximum %x, %y : tensor<4xf32>
  // CHECK: graph.minimum
  %minimum = graph.minimum %n, %n : tensor<4xi64>
  // CHECK: graph.and %{{.*}}, %{{.*}} : tensor<4xi1>
  %and = graph.and %p, %p : tensor<4xi1>
  // CHECK: graph.or
  %or = graph.or %p, %p : tensor<4xi1>
  // CHECK: graph.xor %{{.*}}, %{{.*}} : tensor<4xi64>
  %xor = graph.xor %n, %n : tensor<4xi64>
  return
}

// Symbolic sizes pass through, and result types that are not written are inferred.
// CHECK-LABEL: func.func @symbolic
func.func @symbolic(%x: tensor<?x4xf32, #graph.dims<"batch", "">>, %low: tensor<?x4xf32, #graph.dims<"batch", "">>)
    -> (tensor<?x4xi1, #graph.dims<"batch", "">>, tensor<?x4xf32, #graph.dims<"batch", "">>) {
  // CHECK: graph.compare lt %{{.*}}, %{{.*}} : tensor<?x4xf32, #graph.dims<"batch", "">>
  %p = graph.compare lt %x, %low : tensor<?x4xf32, #graph.dims<"batch", "">>
  // CHECK: graph.select %{{.*}}, %{{.*}}, %{{.*}} : tensor<?x4xf32, #graph.dims<"batch", "">>
  %z = graph.select %p, %x, %low : tensor<?x4xf32, #graph.dims<"batch", "">>
  // CHECK: graph.clamp
  %y = graph.clamp %low, %z, %x : tensor<?x4xf32, #graph.dims<"batch", "">>
  // CHECK: graph.is_finite %{{.*}} : tensor<?x4xf32, #graph.dims<"batch", "">>
  %f = graph.is_finite %y : tensor<?x4xf32, #graph.dims<"batch", "">>
  // CHECK: graph.convert %{{.*}} : tensor<?x4xf32, #graph.dims<"batch", "">> -> tensor<?x4xf64, #graph.dims<"batch", "">>
  %c = graph.convert %y : tensor<?x4xf32, #graph.dims<"batch", "">> -> tensor<?x4xf64, #graph.dims<"batch", "">>
  return %f, %y : tensor<?x4xi1, #graph.dims<"batch", "">>, tensor<?x4xf32, #graph.dims<"batch", "">>
}

// CHECK-LABEL: func.func @every_direction
func.func @every_direction(%x: tensor<f64>, %y: tensor<f64>) {
  // CHECK: compare eq {{.*}}
  %eq = graph.compare eq %x, %y : tensor<f64>
  // CHECK: compare ne
  %ne = graph.compare ne %x, %y : tensor<f64>
  // CHECK: compare le
  %le = graph.compare le %x, %y : tensor<f64>
  // CHECK: compare gt
  %gt = graph.compare gt %x, %y : tensor<f64>
  // CHECK: compare ge
  %ge = graph.compare ge %x, %y : tensor<f64>
  return
}
