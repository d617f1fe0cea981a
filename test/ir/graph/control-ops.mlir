// RUN: dlc-opt %s | dlc-opt | FileCheck %s
// RUN: dlc-opt %s --canonicalize | FileCheck %s --check-prefix=DEAD

func.func private @loss(%w: tensor<4xf32>, %x: tensor<4xf32>) -> (tensor<f32>, tensor<4xf32>) {
  %y = graph.multiply %w, %x : tensor<4xf32>
  // CHECK: graph.stop_gradient %{{.*}} : tensor<4xf32>
  %z = graph.stop_gradient %y : tensor<4xf32>
  %s = graph.reduce_sum %y dims [0] : tensor<4xf32>
  return %s, %z : tensor<f32>, tensor<4xf32>
}

func.func private @k0(%x: tensor<4xf32>) -> tensor<4xf32> attributes {graph.kernel} {
  %y = graph.exp %x : tensor<4xf32>
  return %y : tensor<4xf32>
}

// CHECK-LABEL: func.func @step
// DEAD-LABEL: func.func @step
func.func @step(%w: tensor<4xf32>, %x: tensor<4xf32>) -> (tensor<f32>, tensor<4xf32>) {
  // CHECK: graph.value_and_grad @loss(%{{.*}}, %{{.*}}) wrt [0] : (tensor<4xf32>, tensor<4xf32>) -> (tensor<f32>, tensor<4xf32>, tensor<4xf32>)
  %l:3 = graph.value_and_grad @loss(%w, %x) wrt [0] : (tensor<4xf32>, tensor<4xf32>) -> (tensor<f32>, tensor<4xf32>, tensor<4xf32>)
  // CHECK: graph.launch @k0(%{{.*}}) : (tensor<4xf32>) -> tensor<4xf32>
  // DEAD-NOT: graph.launch
  %unused = graph.launch @k0(%x) : (tensor<4xf32>) -> tensor<4xf32>
  %ok = graph.is_finite %l#0 : tensor<f32>
  // A guard stays although it has no result.
  // CHECK: graph.guard %{{.*}} reason "the loss is not finite"
  // DEAD: graph.guard
  graph.guard %ok reason "the loss is not finite"
  return %l#0, %l#2 : tensor<f32>, tensor<4xf32>
}

func.func private @turn(%i: tensor<i64>, %h: tensor<4xf32>, %n: tensor<i32>, %x: tensor<4xf32>, %w: tensor<4xf32>)
    -> (tensor<4xf32>, tensor<i32>, tensor<4xf32>) attributes {graph.body} {
  %p = graph.multiply %h, %w : tensor<4xf32>
  %s = graph.add %p, %x : tensor<4xf32>
  return %s, %n, %p : tensor<4xf32>, tensor<i32>, tensor<4xf32>
}

// Carries, then what is emitted, stacked.
// CHECK-LABEL: func.func @loop
// DEAD-LABEL: func.func @loop
func.func @loop(%h: tensor<4xf32>, %n: tensor<i32>, %xs: tensor<?x4xf32, #graph.dims<"t", "">>, %w: tensor<4xf32>)
    -> (tensor<4xf32>, tensor<?x4xf32, #graph.dims<"t", "">>) {
  // CHECK: graph.scan @turn length "t" carries(%{{.*}}, %{{.*}}) sequences(%{{.*}}) invariants(%{{.*}}) : (tensor<4xf32>, tensor<i32>, tensor<?x4xf32, #graph.dims<"t", "">>, tensor<4xf32>) -> (tensor<4xf32>, tensor<i32>, tensor<?x4xf32, #graph.dims<"t", "">>)
  %last, %m, %ps = graph.scan @turn length "t" carries(%h, %n) sequences(%xs) invariants(%w)
      : (tensor<4xf32>, tensor<i32>, tensor<?x4xf32, #graph.dims<"t", "">>, tensor<4xf32>)
      -> (tensor<4xf32>, tensor<i32>, tensor<?x4xf32, #graph.dims<"t", "">>)
  // A loop has no effects.
  // CHECK: graph.scan @turn length "t" reverse carries(
  // DEAD-NOT: reverse
  %unused:3 = graph.scan @turn length "t" reverse carries(%h, %n) sequences(%xs) invariants(%w)
      : (tensor<4xf32>, tensor<i32>, tensor<?x4xf32, #graph.dims<"t", "">>, tensor<4xf32>)
      -> (tensor<4xf32>, tensor<i32>, tensor<?x4xf32, #graph.dims<"t", "">>)
  // DEAD: return
  return %last, %ps : tensor<4xf32>, tensor<?x4xf32, #graph.dims<"t", "">>
}

// Neither carries nor sequences are needed: the step alone, a fixed number of times.
func.func private @count(%i: tensor<i64>) -> tensor<i64> attributes {graph.body} {
  return %i : tensor<i64>
}
// CHECK-LABEL: func.func @steps
func.func @steps() -> tensor<7xi64> {
  // CHECK: graph.scan @count length "7" carries() sequences() invariants() : () -> tensor<7xi64>
  %n = graph.scan @count length "7" carries() sequences() invariants() : () -> tensor<7xi64>
  return %n : tensor<7xi64>
}

func.func private @scaled(%x: tensor<4xf32>, %n: tensor<i32>, %w: tensor<4xf32>) -> tensor<4xf32> {
  %y = graph.multiply %x, %w : tensor<4xf32>
  return %y : tensor<4xf32>
}
func.func private @scaled_backward(%x: tensor<4xf32>, %n: tensor<i32>, %y: tensor<4xf32>, %d: tensor<4xf32>) -> tensor<4xf32> {
  return %d : tensor<4xf32>
}

// CHECK-LABEL: func.func @calls
func.func @calls(%x: tensor<4xf32>, %n: tensor<i32>, %w: tensor<4xf32>, %xs: tensor<6x4xf32>, %n2: tensor<f32>) -> (tensor<4xf32>, tensor<4xf32>) {
  // CHECK: graph.checkpoint @scaled(%{{.*}}, %{{.*}}, %{{.*}}) : (tensor<4xf32>, tensor<i32>, tensor<4xf32>) -> tensor<4xf32>
  %a = graph.checkpoint @scaled(%x, %n, %w) : (tensor<4xf32>, tensor<i32>, tensor<4xf32>) -> tensor<4xf32>
  // CHECK: graph.custom_vjp @scaled(%{{.*}}, %{{.*}}) captures(%{{.*}}) backward @scaled_backward captures() : (tensor<4xf32>, tensor<i32>, tensor<4xf32>) -> tensor<4xf32>
  %b = graph.custom_vjp @scaled(%a, %n) captures(%w) backward @scaled_backward captures() : (tensor<4xf32>, tensor<i32>, tensor<4xf32>) -> tensor<4xf32>
  // CHECK: graph.wait %{{.*}} for %{{.*}} : tensor<4xf32>, tensor<i32>
  %c = graph.wait %b for %n : tensor<4xf32>, tensor<i32>
  // CHECK: graph.scan @turn length "6" reverse recompute 2 carries
  %d:3 = graph.scan @turn length "6" reverse recompute 2 carries(%c, %n) sequences(%xs) invariants(%w) : (tensor<4xf32>, tensor<i32>, tensor<6x4xf32>, tensor<4xf32>) -> (tensor<4xf32>, tensor<i32>, tensor<6x4xf32>)
  %holds = graph.is_finite %n2 : tensor<f32>
  // CHECK: graph.scan @turn length "6" carries({{.*}}) sequences({{.*}}) invariants({{.*}}) when(%{{.*}}) : (tensor<4xf32>, tensor<i32>, tensor<6x4xf32>, tensor<4xf32>, tensor<i1>)
  %e:3 = graph.scan @turn length "6" carries(%c, %n) sequences(%xs) invariants(%w) when(%holds) : (tensor<4xf32>, tensor<i32>, tensor<6x4xf32>, tensor<4xf32>, tensor<i1>) -> (tensor<4xf32>, tensor<i32>, tensor<6x4xf32>)
  return %e#0, %d#0 : tensor<4xf32>, tensor<4xf32>
}
