// What the verifier of a program must refuse: incomplete variables, blocks that overlap, names given twice.
// RUN: dlc-opt %s --split-input-file --verify-diagnostics

// expected-error @+1 {{a variable needs the integer 'bytes'}}
plan.program @P symbols [] variables_bytes 64 variables [
  {name = "w", kind = "param", type = tensor<2xf32>, offset = 0 : i64, trainable = true, owner = "", file = "", line = 0 : i64, column = 0 : i64}
] {
}

// -----

// expected-error @+1 {{kind of a variable must be param, state, slot, metric, hyper or session, got "weight"}}
plan.program @P symbols [] variables_bytes 64 variables [
  {name = "w", kind = "weight", type = tensor<2xf32>, offset = 0 : i64, bytes = 8 : i64, trainable = true, owner = "", file = "", line = 0 : i64, column = 0 : i64}
] {
}

// -----

// expected-error @+1 {{offset of variable "b" must be a multiple of 64 and at least 80, got 64}}
plan.program @P symbols [] variables_bytes 128 variables [
  {name = "w", kind = "param", type = tensor<20xf32>, offset = 0 : i64, bytes = 80 : i64, trainable = true, owner = "", file = "", line = 0 : i64, column = 0 : i64},
  {name = "b", kind = "param", type = tensor<2xf32>, offset = 64 : i64, bytes = 8 : i64, trainable = true, owner = "", file = "", line = 0 : i64, column = 0 : i64}
] {
}

// -----

// expected-error @+1 {{variable "w" of type 'tensor<2xf32>' does not take 12 bytes}}
plan.program @P symbols [] variables_bytes 64 variables [
  {name = "w", kind = "param", type = tensor<2xf32>, offset = 0 : i64, bytes = 12 : i64, trainable = true, owner = "", file = "", line = 0 : i64, column = 0 : i64}
] {
}

// -----

plan.program @P symbols [] variables_bytes 0 variables [] {
  plan.function @f inputs [] outputs [] {
    plan.return
  }
  // expected-error @+1 {{two functions are named @f}}
  plan.function @f inputs [] outputs [] {
    plan.return
  }
}

// -----

// expected-error @+1 {{offset of a constant must be a multiple of 64 behind the one before, got 4}}
module attributes {plan.constants = [{offset = 4 : i64, bytes = 4 : i64, value = dense<1.0> : tensor<1xf32>}]} {
}
