// RUN: dlc-opt %s --split-input-file --verify-diagnostics

func.func @no_reason(%ok: tensor<i1>) {
  // expected-error @+1 {{'graph.guard' op reason must say what is wrong when the guard fails, got ""}}
  graph.guard %ok reason ""
  return
}

// -----

func.func @no_kernel(%x: tensor<4xf32>) {
  // expected-error @+1 {{'graph.launch' op there is no function @k0}}
  %y = graph.launch @k0(%x) : (tensor<4xf32>) -> tensor<4xf32>
  return
}

// -----

func.func private @f(tensor<4xf32>) -> tensor<4xf32>
func.func @not_a_kernel(%x: tensor<4xf32>) {
  // expected-error @+1 {{'graph.launch' op @f must be a kernel, but has no attribute graph.kernel}}
  %y = graph.launch @f(%x) : (tensor<4xf32>) -> tensor<4xf32>
  return
}

// -----

func.func private @k0(tensor<4xf32>) -> tensor<4xf32> attributes {graph.kernel}
func.func @argument_types(%x: tensor<5xf32>) {
  // expected-error @+1 {{'graph.launch' op argument 0 of @k0 must be 'tensor<4xf32>', got 'tensor<5xf32>'}}
  %y = graph.launch @k0(%x) : (tensor<5xf32>) -> tensor<4xf32>
  return
}

// -----

func.func private @k0(tensor<4xf32>) -> tensor<4xf32> attributes {graph.kernel}
func.func @result_count(%x: tensor<4xf32>) {
  // expected-error @+1 {{'graph.launch' op @k0 must be used with 1 result(s), got 0}}
  graph.launch @k0(%x) : (tensor<4xf32>) -> ()
  return
}

// -----

func.func @no_callee(%x: tensor<4xf32>) {
  // expected-error @+1 {{'graph.value_and_grad' op there is no function @loss}}
  %l, %g = graph.value_and_grad @loss(%x) wrt [0] : (tensor<4xf32>) -> (tensor<f32>, tensor<4xf32>)
  return
}

// -----

func.func private @loss(tensor<4xf32>) -> tensor<4xf32>
func.func @loss_is_a_vector(%x: tensor<4xf32>) {
  // expected-error @+1 {{'graph.value_and_grad' op result 0 of @loss must be a float of rank 0, got 'tensor<4xf32>'}}
  %l, %g = graph.value_and_grad @loss(%x) wrt [0] : (tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>)
  return
}

// -----

func.func private @loss()
func.func @no_loss() {
  // expected-error @+1 {{'graph.value_and_grad' op result 0 of @loss must be a float of rank 0, but it has no results}}
  graph.value_and_grad @loss() wrt [] : () -> ()
  return
}

// -----

func.func private @loss(tensor<4xf32>) -> tensor<f32>
func.func @wrt_out_of_range(%x: tensor<4xf32>) {
  // expected-error @+1 {{'graph.value_and_grad' op wrt must name arguments below 1, got 1}}
  %l, %g = graph.value_and_grad @loss(%x) wrt [1] : (tensor<4xf32>) -> (tensor<f32>, tensor<4xf32>)
  return
}

// -----

func.func private @loss(tensor<4xf32>) -> tensor<f32>
func.func @wrt_twice(%x: tensor<4xf32>) {
  // expected-error @+1 {{'graph.value_and_grad' op wrt must name each argument once, got [0, 0]}}
  %l:3 = graph.value_and_grad @loss(%x) wrt [0, 0] : (tensor<4xf32>) -> (tensor<f32>, tensor<4xf32>, tensor<4xf32>)
  return
}

// -----

func.func private @loss(tensor<4xi32>) -> tensor<f32>
func.func @wrt_integer(%x: tensor<4xi32>) {
  // expected-error @+1 {{'graph.value_and_grad' op argument 0 of wrt must be a float tensor, got 'tensor<4xi32>'}}
  %l:2 = graph.value_and_grad @loss(%x) wrt [0] : (tensor<4xi32>) -> (tensor<f32>, tensor<4xi32>)
  return
}

// -----

func.func private @loss(tensor<4xf32>) -> tensor<f32>
func.func @results(%x: tensor<4xf32>) {
  // expected-error @+1 {{'graph.value_and_grad' op must have the results of @loss and the gradients by wrt, expected 'tensor<f32>', 'tensor<4xf32>', got 'tensor<f32>'}}
  %l = graph.value_and_grad @loss(%x) wrt [0] : (tensor<4xf32>) -> tensor<f32>
  return
}

// -----

func.func @no_body(%h: tensor<4xf32>, %x: tensor<?x2xf32, #graph.dims<"t", "">>, %w: tensor<3xf32>) {
  // expected-error @+1 {{'graph.scan' op there is no function @turn}}
  %r:2 = graph.scan @turn length "t" carries(%h) sequences(%x) invariants(%w) : (tensor<4xf32>, tensor<?x2xf32, #graph.dims<"t", "">>, tensor<3xf32>) -> (tensor<4xf32>, tensor<?x5xf32, #graph.dims<"t", "">>)
  return
}

// -----

func.func private @turn(tensor<i64>, tensor<4xf32>, tensor<2xf32>, tensor<3xf32>) -> (tensor<4xf32>, tensor<5xf32>)
func.func @not_a_body(%h: tensor<4xf32>, %x: tensor<?x2xf32, #graph.dims<"t", "">>, %w: tensor<3xf32>) {
  // expected-error @+1 {{'graph.scan' op @turn must be the body of a scan, but has no attribute graph.body}}
  %r:2 = graph.scan @turn length "t" carries(%h) sequences(%x) invariants(%w) : (tensor<4xf32>, tensor<?x2xf32, #graph.dims<"t", "">>, tensor<3xf32>) -> (tensor<4xf32>, tensor<?x5xf32, #graph.dims<"t", "">>)
  return
}

// -----

func.func private @turn(tensor<i64>, tensor<4xf32>, tensor<2xf32>, tensor<3xf32>) -> (tensor<4xf32>, tensor<5xf32>) attributes {graph.body}
func.func @length(%h: tensor<4xf32>, %x: tensor<?x2xf32, #graph.dims<"t", "">>, %w: tensor<3xf32>) {
  // expected-error @+1 {{'graph.scan' op length must be a size, got "t+"}}
  %r:2 = graph.scan @turn length "t+" carries(%h) sequences(%x) invariants(%w) : (tensor<4xf32>, tensor<?x2xf32, #graph.dims<"t", "">>, tensor<3xf32>) -> (tensor<4xf32>, tensor<?x5xf32, #graph.dims<"t", "">>)
  return
}

// -----

func.func private @turn(tensor<i64>, tensor<4xf32>, tensor<2xf32>, tensor<3xf32>) -> (tensor<4xf32>, tensor<5xf32>) attributes {graph.body}
func.func @negative_length(%h: tensor<4xf32>, %x: tensor<?x2xf32, #graph.dims<"t", "">>, %w: tensor<3xf32>) {
  // expected-error @+1 {{'graph.scan' op length must be a size, got "-3"}}
  %r:2 = graph.scan @turn length "-3" carries(%h) sequences(%x) invariants(%w) : (tensor<4xf32>, tensor<?x2xf32, #graph.dims<"t", "">>, tensor<3xf32>) -> (tensor<4xf32>, tensor<?x5xf32, #graph.dims<"t", "">>)
  return
}

// -----

func.func private @turn(tensor<i64>, tensor<4xf32>, tensor<2xf32>) -> (tensor<4xf32>, tensor<5xf32>) attributes {graph.body}
func.func @argument_count(%h: tensor<4xf32>, %x: tensor<?x2xf32, #graph.dims<"t", "">>, %w: tensor<3xf32>) {
  // expected-error @+1 {{'graph.scan' op @turn must take the step and 3 values and give at least 1 carries, but takes 3 and gives 2}}
  %r:2 = graph.scan @turn length "t" carries(%h) sequences(%x) invariants(%w) : (tensor<4xf32>, tensor<?x2xf32, #graph.dims<"t", "">>, tensor<3xf32>) -> (tensor<4xf32>, tensor<?x5xf32, #graph.dims<"t", "">>)
  return
}

// -----

func.func private @turn(tensor<i64>, tensor<4xf32>, tensor<2xf32>, tensor<3xf32>) attributes {graph.body}
func.func @no_carries_back(%h: tensor<4xf32>, %x: tensor<?x2xf32, #graph.dims<"t", "">>, %w: tensor<3xf32>) {
  // expected-error @+1 {{'graph.scan' op @turn must take the step and 3 values and give at least 1 carries, but takes 4 and gives 0}}
  %r:2 = graph.scan @turn length "t" carries(%h) sequences(%x) invariants(%w) : (tensor<4xf32>, tensor<?x2xf32, #graph.dims<"t", "">>, tensor<3xf32>) -> (tensor<4xf32>, tensor<?x5xf32, #graph.dims<"t", "">>)
  return
}

// -----

func.func private @turn(tensor<i32>, tensor<4xf32>, tensor<2xf32>, tensor<3xf32>) -> (tensor<4xf32>, tensor<5xf32>) attributes {graph.body}
func.func @step(%h: tensor<4xf32>, %x: tensor<?x2xf32, #graph.dims<"t", "">>, %w: tensor<3xf32>) {
  // expected-error @+1 {{'graph.scan' op argument 0 of @turn must be 'tensor<i64>', got 'tensor<i32>'}}
  %r:2 = graph.scan @turn length "t" carries(%h) sequences(%x) invariants(%w) : (tensor<4xf32>, tensor<?x2xf32, #graph.dims<"t", "">>, tensor<3xf32>) -> (tensor<4xf32>, tensor<?x5xf32, #graph.dims<"t", "">>)
  return
}

// -----

func.func private @turn(tensor<i64>, tensor<4xf32>, tensor<2xf32>, tensor<3xf32>) -> (tensor<4xf32>, tensor<5xf32>) attributes {graph.body}
func.func @carry_in(%h: tensor<6xf32>, %x: tensor<?x2xf32, #graph.dims<"t", "">>, %w: tensor<3xf32>) {
  // expected-error @+1 {{'graph.scan' op argument 1 of @turn must be 'tensor<6xf32>', got 'tensor<4xf32>'}}
  %r:2 = graph.scan @turn length "t" carries(%h) sequences(%x) invariants(%w) : (tensor<6xf32>, tensor<?x2xf32, #graph.dims<"t", "">>, tensor<3xf32>) -> (tensor<4xf32>, tensor<?x5xf32, #graph.dims<"t", "">>)
  return
}

// -----

func.func private @turn(tensor<i64>, tensor<4xf32>, tensor<2xf32>, tensor<3xf32>) -> (tensor<4xf32>, tensor<5xf32>) attributes {graph.body}
func.func @sequence(%h: tensor<4xf32>, %x: tensor<?x3xf32, #graph.dims<"t", "">>, %w: tensor<3xf32>) {
  // expected-error @+1 {{'graph.scan' op argument 2 of @turn must be 'tensor<?x2xf32, #graph.dims<"t", "">>', got 'tensor<?x3xf32, #graph.dims<"t", "">>'}}
  %r:2 = graph.scan @turn length "t" carries(%h) sequences(%x) invariants(%w) : (tensor<4xf32>, tensor<?x3xf32, #graph.dims<"t", "">>, tensor<3xf32>) -> (tensor<4xf32>, tensor<?x5xf32, #graph.dims<"t", "">>)
  return
}

// -----

func.func private @turn(tensor<i64>, tensor<4xf32>, tensor<2xf32>, tensor<3xf32>) -> (tensor<4xf32>, tensor<5xf32>) attributes {graph.body}
func.func @sequence_length(%h: tensor<4xf32>, %x: tensor<?x2xf32, #graph.dims<"s", "">>, %w: tensor<3xf32>) {
  // expected-error @+1 {{'graph.scan' op argument 2 of @turn must be 'tensor<?x2xf32, #graph.dims<"t", "">>', got 'tensor<?x2xf32, #graph.dims<"s", "">>'}}
  %r:2 = graph.scan @turn length "t" carries(%h) sequences(%x) invariants(%w) : (tensor<4xf32>, tensor<?x2xf32, #graph.dims<"s", "">>, tensor<3xf32>) -> (tensor<4xf32>, tensor<?x5xf32, #graph.dims<"t", "">>)
  return
}

// -----

func.func private @turn(tensor<i64>, tensor<4xf32>, tensor<2xf32>, tensor<3xf32>) -> (tensor<4xf32>, tensor<5xf32>) attributes {graph.body}
func.func @invariant(%h: tensor<4xf32>, %x: tensor<?x2xf32, #graph.dims<"t", "">>, %w: tensor<7xf32>) {
  // expected-error @+1 {{'graph.scan' op argument 3 of @turn must be 'tensor<7xf32>', got 'tensor<3xf32>'}}
  %r:2 = graph.scan @turn length "t" carries(%h) sequences(%x) invariants(%w) : (tensor<4xf32>, tensor<?x2xf32, #graph.dims<"t", "">>, tensor<7xf32>) -> (tensor<4xf32>, tensor<?x5xf32, #graph.dims<"t", "">>)
  return
}

// -----

func.func private @turn(tensor<i64>, tensor<4xf32>, tensor<2xf32>, tensor<3xf32>) -> (tensor<9xf32>, tensor<5xf32>) attributes {graph.body}
func.func @carry_out(%h: tensor<4xf32>, %x: tensor<?x2xf32, #graph.dims<"t", "">>, %w: tensor<3xf32>) {
  // expected-error @+1 {{'graph.scan' op carry 0 of @turn must be 'tensor<4xf32>', got 'tensor<9xf32>'}}
  %r:2 = graph.scan @turn length "t" carries(%h) sequences(%x) invariants(%w) : (tensor<4xf32>, tensor<?x2xf32, #graph.dims<"t", "">>, tensor<3xf32>) -> (tensor<4xf32>, tensor<?x5xf32, #graph.dims<"t", "">>)
  return
}

// -----

func.func private @turn(tensor<i64>, tensor<4xf32>, tensor<2xf32>, tensor<3xf32>) -> (tensor<4xf32>, tensor<5xf32>) attributes {graph.body}
func.func @result_count(%h: tensor<4xf32>, %x: tensor<?x2xf32, #graph.dims<"t", "">>, %w: tensor<3xf32>) {
  // expected-error @+1 {{'graph.scan' op @turn must be used with 2 result(s), got 1}}
  %r:1 = graph.scan @turn length "t" carries(%h) sequences(%x) invariants(%w) : (tensor<4xf32>, tensor<?x2xf32, #graph.dims<"t", "">>, tensor<3xf32>) -> (tensor<4xf32>)
  return
}

// -----

func.func private @turn(tensor<i64>, tensor<4xf32>, tensor<2xf32>, tensor<3xf32>) -> (tensor<4xf32>, tensor<5xf32>) attributes {graph.body}
func.func @emit(%h: tensor<4xf32>, %x: tensor<?x2xf32, #graph.dims<"t", "">>, %w: tensor<3xf32>) {
  // expected-error @+1 {{'graph.scan' op result 1 of @turn must be 'tensor<?x5xf32, #graph.dims<"t", "">>', got 'tensor<5xf32>'}}
  %r:2 = graph.scan @turn length "t" carries(%h) sequences(%x) invariants(%w) : (tensor<4xf32>, tensor<?x2xf32, #graph.dims<"t", "">>, tensor<3xf32>) -> (tensor<4xf32>, tensor<5xf32>)
  return
}

// -----

func.func private @turn(tensor<i64>, tensor<4xf32>, index) -> tensor<4xf32> attributes {graph.body}
func.func @no_tensor(%h: tensor<4xf32>, %x: tensor<?x2xf32, #graph.dims<"t", "">>) {
  // expected-error @+1 {{'graph.scan' op @turn must take and give tensors, but has a value of type 'index'}}
  %r = graph.scan @turn length "t" carries(%h) sequences(%x) invariants() : (tensor<4xf32>, tensor<?x2xf32, #graph.dims<"t", "">>) -> tensor<4xf32>
  return
}

// -----

func.func private @f(tensor<4xf32>) -> tensor<4xf32>
func.func @checkpoint_types(%x: tensor<5xf32>) {
  // expected-error @+1 {{'graph.checkpoint' op argument 0 of @f must be 'tensor<4xf32>', got 'tensor<5xf32>'}}
  %y = graph.checkpoint @f(%x) : (tensor<5xf32>) -> tensor<4xf32>
  return
}

// -----

func.func private @f(tensor<4xf32>, tensor<4xi32>) -> tensor<4xf32>
func.func private @b(tensor<4xf32>, tensor<4xi32>, tensor<4xf32>) -> tensor<4xf32>
func.func @no_cotangent(%x: tensor<4xf32>, %n: tensor<4xi32>) {
  // expected-error @+1 {{'graph.custom_vjp' op @b must be used with 3 argument(s), got 4}}
  %y = graph.custom_vjp @f(%x, %n) captures() backward @b captures() : (tensor<4xf32>, tensor<4xi32>) -> tensor<4xf32>
  return
}

// -----

func.func private @f(tensor<4xf32>) -> tensor<4xf32>
func.func private @b(tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) -> tensor<f32>
func.func @other_gradient(%x: tensor<4xf32>) {
  // expected-error @+1 {{'graph.custom_vjp' op result 0 of @b must be 'tensor<f32>', got 'tensor<4xf32>'}}
  %y = graph.custom_vjp @f(%x) captures() backward @b captures() : (tensor<4xf32>) -> tensor<4xf32>
  return
}

// -----

func.func private @turn(tensor<i64>, tensor<4xf32>) -> tensor<4xf32> attributes {graph.body}
func.func @unknown_length(%h: tensor<4xf32>) {
  // expected-error @+1 {{'graph.scan' op recompute must be 0, 1, or, without a condition, the steps in a part of a constant length, got 2}}
  %y = graph.scan @turn length "t" recompute 2 carries(%h) sequences() invariants() : (tensor<4xf32>) -> tensor<4xf32>
  return
}
