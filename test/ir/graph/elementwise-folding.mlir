// RUN: dlc-opt %s --canonicalize | FileCheck %s

// x + 0, x - 0, x * 1, x / 1 and x^1 are x, on either side where the op commutes.
// CHECK-LABEL: func.func @neutral_elements
// CHECK-SAME: (%[[X:.*]]: tensor<4xf32>
func.func @neutral_elements(%x: tensor<4xf32>) -> tensor<4xf32> {
  %zero = graph.constant dense<0.0> : tensor<4xf32>
  %one = graph.constant dense<1.0> : tensor<4xf32>
  %a = graph.add %x, %zero : tensor<4xf32>
  %b = graph.add %zero, %a : tensor<4xf32>
  %c = graph.subtract %b, %zero : tensor<4xf32>
  %d = graph.multiply %c, %one : tensor<4xf32>
  %e = graph.multiply %one, %d : tensor<4xf32>
  %f = graph.divide %e, %one : tensor<4xf32>
  %g = graph.power %f, %one : tensor<4xf32>
  // CHECK-NEXT: return %[[X]]
  return %g : tensor<4xf32>
}

// With a symbolic size the constant is a broadcast.
// CHECK-LABEL: func.func @neutral_broadcast
// CHECK-SAME: (%[[X:[^:]*]]:
func.func @neutral_broadcast(%x: tensor<?xf32, #graph.dims<"batch">>) -> tensor<?xf32, #graph.dims<"batch">> {
  %zero = graph.constant dense<0.0> : tensor<f32>
  %zeros = graph.broadcast %zero dims [] : tensor<f32> -> tensor<?xf32, #graph.dims<"batch">>
  %a = graph.add %x, %zeros : tensor<?xf32, #graph.dims<"batch">>
  // CHECK-NEXT: return %[[X]]
  return %a : tensor<?xf32, #graph.dims<"batch">>
}

// A product with 0 stays: NaN * 0 is NaN, and must be found. 0 - x and x / 0 are no identities either.
// CHECK-LABEL: func.func @no_neutral_elements
func.func @no_neutral_elements(%x: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %zero = graph.constant dense<0.0> : tensor<4xf32>
  // CHECK: graph.multiply
  %a = graph.multiply %x, %zero : tensor<4xf32>
  // CHECK: graph.subtract
  %b = graph.subtract %zero, %x : tensor<4xf32>
  return %a, %b : tensor<4xf32>, tensor<4xf32>
}

// CHECK-LABEL: func.func @twice
// CHECK-SAME: (%[[X:.*]]: tensor<4xf32>, %[[P:.*]]: tensor<4xi1>
func.func @twice(%x: tensor<4xf32>, %p: tensor<4xi1>) -> (tensor<4xf32>, tensor<4xi1>, tensor<4xf32>, tensor<4xf32>) {
  %a = graph.neg %x : tensor<4xf32>
  %b = graph.neg %a : tensor<4xf32>
  %q = graph.not %p : tensor<4xi1>
  %r = graph.not %q : tensor<4xi1>
  // CHECK-NEXT: %[[RELU:.*]] = graph.relu %[[X]]
  %c = graph.relu %x : tensor<4xf32>
  %d = graph.relu %c : tensor<4xf32>
  %e = graph.maximum %x, %x : tensor<4xf32>
  // CHECK-NEXT: return %[[X]], %[[P]], %[[RELU]], %[[X]]
  return %b, %r, %d, %e : tensor<4xf32>, tensor<4xi1>, tensor<4xf32>, tensor<4xf32>
}

// CHECK-LABEL: func.func @logic
// CHECK-SAME: (%[[P:.*]]: tensor<4xi1>, %[[N:.*]]: tensor<4xi32>
func.func @logic(%p: tensor<4xi1>, %n: tensor<4xi32>) -> (tensor<4xi1>, tensor<4xi1>, tensor<4xi32>, tensor<4xi32>, tensor<4xi1>) {
  // CHECK-DAG: %[[FALSE:.*]] = graph.constant dense<false> : tensor<4xi1>
  %true = graph.constant dense<true> : tensor<4xi1>
  %false = graph.constant dense<false> : tensor<4xi1>
  %ones = graph.constant dense<-1> : tensor<4xi32>
  %zero = graph.constant dense<0> : tensor<4xi32>
  %a = graph.and %p, %true : tensor<4xi1>
  %b = graph.or %false, %a : tensor<4xi1>
  %c = graph.and %p, %false : tensor<4xi1>
  %d = graph.and %n, %ones : tensor<4xi32>
  %e = graph.xor %d, %zero : tensor<4xi32>
  %f = graph.or %e, %ones : tensor<4xi32>
  // CHECK-DAG: %[[ONES:.*]] = graph.constant dense<-1> : tensor<4xi32>
  %g = graph.and %p, %p : tensor<4xi1>
  // CHECK: return %[[P]], %[[FALSE]], %[[N]], %[[ONES]], %[[P]]
  return %b, %c, %e, %f, %g : tensor<4xi1>, tensor<4xi1>, tensor<4xi32>, tensor<4xi32>, tensor<4xi1>
}

// CHECK-LABEL: func.func @choices
// CHECK-SAME: (%[[P:.*]]: tensor<4xi1>, %[[X:.*]]: tensor<4xf32>, %[[Y:.*]]: tensor<4xf32>
func.func @choices(%p: tensor<4xi1>, %x: tensor<4xf32>, %y: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) {
  %true = graph.constant dense<true> : tensor<4xi1>
  %false = graph.constant dense<false> : tensor<4xi1>
  %a = graph.select %p, %x, %x : tensor<4xf32>
  %b = graph.select %true, %x, %y : tensor<4xf32>
  %c = graph.select %false, %x, %y : tensor<4xf32>
  // CHECK-NEXT: return %[[X]], %[[X]], %[[Y]]
  return %a, %b, %c : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
}

// Back from a wider type is the value; back from a narrower one is not.
// CHECK-LABEL: func.func @conversions
// CHECK-SAME: (%[[X:.*]]: tensor<4xf32>, %[[N:.*]]: tensor<4xi32>
func.func @conversions(%x: tensor<4xf32>, %n: tensor<4xi32>) -> (tensor<4xf32>, tensor<4xi32>, tensor<4xf32>, tensor<4xi32>) {
  %a = graph.convert %x : tensor<4xf32> -> tensor<4xf32>
  %b = graph.convert %a : tensor<4xf32> -> tensor<4xf64>
  %c = graph.convert %b : tensor<4xf64> -> tensor<4xf32>
  %d = graph.convert %n : tensor<4xi32> -> tensor<4xf64>
  %e = graph.convert %d : tensor<4xf64> -> tensor<4xi32>
  // CHECK-NEXT: graph.convert %[[X]]
  %f = graph.convert %x : tensor<4xf32> -> tensor<4xf16>
  // CHECK-NEXT: %[[LOSSY:.*]] = graph.convert
  %g = graph.convert %f : tensor<4xf16> -> tensor<4xf32>
  // CHECK-NEXT: graph.convert %[[N]]
  %h = graph.convert %n : tensor<4xi32> -> tensor<4xf32>
  // CHECK-NEXT: %[[ROUNDED:.*]] = graph.convert
  %i = graph.convert %h : tensor<4xf32> -> tensor<4xi32>
  // CHECK-NEXT: return %[[X]], %[[N]], %[[LOSSY]], %[[ROUNDED]]
  return %c, %e, %g, %i : tensor<4xf32>, tensor<4xi32>, tensor<4xf32>, tensor<4xi32>
}

// Arithmetic on constants of symbolic size becomes arithmetic on one number.
// CHECK-LABEL: func.func @splats_of_symbolic_size
func.func @splats_of_symbolic_size(%x: tensor<?x2xf32, #graph.dims<"batch", "">>) -> tensor<?x2xf32, #graph.dims<"batch", "">> {
  %two = graph.constant dense<2.0> : tensor<f32>
  %three = graph.constant dense<3.0> : tensor<2xf32>
  %twos = graph.broadcast %two dims [] : tensor<f32> -> tensor<?x2xf32, #graph.dims<"batch", "">>
  %threes = graph.broadcast %three dims [1] : tensor<2xf32> -> tensor<?x2xf32, #graph.dims<"batch", "">>
  // CHECK: %[[POWER:.*]] = graph.{{power|constant}} {{.*}}tensor<f32>
  // CHECK: graph.broadcast %[[POWER]] dims [] : tensor<f32> -> tensor<?x2xf32, #graph.dims<"batch", "">>
  %power = graph.power %twos, %threes : tensor<?x2xf32, #graph.dims<"batch", "">>
  %y = graph.add %x, %power : tensor<?x2xf32, #graph.dims<"batch", "">>
  return %y : tensor<?x2xf32, #graph.dims<"batch", "">>
}
