// What the verifiers must refuse of loops: stacks that do not fit, steps that must not be repeated, bytes that are not there.
// RUN: dlc-opt %s --split-input-file --verify-diagnostics

func.func private @add(%h: tensor<4xf32>, %x: tensor<4xf32>) -> tensor<4xf32>
plan.program @P symbols ["t"] variables_bytes 64 variables [
  {name = "w", kind = "param", type = tensor<4xf32>, offset = 0 : i64, bytes = 16 : i64, trainable = true, owner = "", file = "", line = 0 : i64, column = 0 : i64}
] {
  plan.function @f inputs [
    {name = "x", dtype = f32, dims = ["t", "4"], role = "input", file = "", line = 0 : i64, column = 0 : i64, where = ""},
    {name = "ok", dtype = i1, dims = [], role = "input", file = "", line = 0 : i64, column = 0 : i64, where = ""}
  ] outputs [] {
    %x = plan.buffer input[0] : f32 bytes "16*t"
    %ok = plan.buffer input[1] : i1 bytes "1"
    %w = plan.buffer variable[0] : f32 bytes "16"
    %h = plan.buffer workspace : f32 bytes "16"
    %s = plan.buffer workspace : f32 bytes "16*t"
    // expected-error @+1 {{'plan.loop' op count must be a polynomial of the symbols, got "t+"}}
    plan.loop "t+" {
    }
    plan.return
  }
}

// -----

func.func private @add(%h: tensor<4xf32>, %x: tensor<4xf32>) -> tensor<4xf32>
plan.program @P symbols ["t"] variables_bytes 64 variables [
  {name = "w", kind = "param", type = tensor<4xf32>, offset = 0 : i64, bytes = 16 : i64, trainable = true, owner = "", file = "", line = 0 : i64, column = 0 : i64}
] {
  plan.function @f inputs [
    {name = "x", dtype = f32, dims = ["t", "4"], role = "input", file = "", line = 0 : i64, column = 0 : i64, where = ""},
    {name = "ok", dtype = i1, dims = [], role = "input", file = "", line = 0 : i64, column = 0 : i64, where = ""}
  ] outputs [] {
    %x = plan.buffer input[0] : f32 bytes "16*t"
    %ok = plan.buffer input[1] : i1 bytes "1"
    %w = plan.buffer variable[0] : f32 bytes "16"
    %h = plan.buffer workspace : f32 bytes "16"
    %s = plan.buffer workspace : f32 bytes "16*t"
    // expected-error @+1 {{'plan.loop' op index must be one i64 element, got 'f32' bytes "16"}}
    plan.loop "t" index(%h) {
    }
    plan.return
  }
}

// -----

func.func private @add(%h: tensor<4xf32>, %x: tensor<4xf32>) -> tensor<4xf32>
plan.program @P symbols ["t"] variables_bytes 64 variables [
  {name = "w", kind = "param", type = tensor<4xf32>, offset = 0 : i64, bytes = 16 : i64, trainable = true, owner = "", file = "", line = 0 : i64, column = 0 : i64}
] {
  plan.function @f inputs [
    {name = "x", dtype = f32, dims = ["t", "4"], role = "input", file = "", line = 0 : i64, column = 0 : i64, where = ""},
    {name = "ok", dtype = i1, dims = [], role = "input", file = "", line = 0 : i64, column = 0 : i64, where = ""}
  ] outputs [] {
    %x = plan.buffer input[0] : f32 bytes "16*t"
    %ok = plan.buffer input[1] : i1 bytes "1"
    %w = plan.buffer variable[0] : f32 bytes "16"
    %h = plan.buffer workspace : f32 bytes "16"
    %s = plan.buffer workspace : f32 bytes "16*t"
    %i = plan.buffer workspace : i64 bytes "8*t"
    // expected-error @+1 {{'plan.loop' op index must be one i64 element, got 'i64' bytes "8*t"}}
    plan.loop "t" index(%i) {
    }
    plan.return
  }
}

// -----

func.func private @add(%h: tensor<4xf32>, %x: tensor<4xf32>) -> tensor<4xf32>
plan.program @P symbols ["t"] variables_bytes 64 variables [
  {name = "w", kind = "param", type = tensor<4xf32>, offset = 0 : i64, bytes = 16 : i64, trainable = true, owner = "", file = "", line = 0 : i64, column = 0 : i64}
] {
  plan.function @f inputs [
    {name = "x", dtype = f32, dims = ["t", "4"], role = "input", file = "", line = 0 : i64, column = 0 : i64, where = ""},
    {name = "ok", dtype = i1, dims = [], role = "input", file = "", line = 0 : i64, column = 0 : i64, where = ""}
  ] outputs [] {
    %x = plan.buffer input[0] : f32 bytes "16*t"
    %ok = plan.buffer input[1] : i1 bytes "1"
    %w = plan.buffer variable[0] : f32 bytes "16"
    %h = plan.buffer workspace : f32 bytes "16"
    %s = plan.buffer workspace : f32 bytes "16*t"
    // expected-error @+1 {{'plan.element' op expects parent op 'plan.loop'}}
    %e = plan.element %x : f32 bytes "16"
    plan.return
  }
}

// -----

func.func private @add(%h: tensor<4xf32>, %x: tensor<4xf32>) -> tensor<4xf32>
plan.program @P symbols ["t"] variables_bytes 64 variables [
  {name = "w", kind = "param", type = tensor<4xf32>, offset = 0 : i64, bytes = 16 : i64, trainable = true, owner = "", file = "", line = 0 : i64, column = 0 : i64}
] {
  plan.function @f inputs [
    {name = "x", dtype = f32, dims = ["t", "4"], role = "input", file = "", line = 0 : i64, column = 0 : i64, where = ""},
    {name = "ok", dtype = i1, dims = [], role = "input", file = "", line = 0 : i64, column = 0 : i64, where = ""}
  ] outputs [] {
    %x = plan.buffer input[0] : f32 bytes "16*t"
    %ok = plan.buffer input[1] : i1 bytes "1"
    %w = plan.buffer variable[0] : f32 bytes "16"
    %h = plan.buffer workspace : f32 bytes "16"
    %s = plan.buffer workspace : f32 bytes "16*t"
    plan.loop "t" {
      // expected-error @+1 {{'plan.element' op size must be a polynomial of the symbols, got "16*"}}
      %e = plan.element %x : f32 bytes "16*"
    }
    plan.return
  }
}

// -----

func.func private @add(%h: tensor<4xf32>, %x: tensor<4xf32>) -> tensor<4xf32>
plan.program @P symbols ["t"] variables_bytes 64 variables [
  {name = "w", kind = "param", type = tensor<4xf32>, offset = 0 : i64, bytes = 16 : i64, trainable = true, owner = "", file = "", line = 0 : i64, column = 0 : i64}
] {
  plan.function @f inputs [
    {name = "x", dtype = f32, dims = ["t", "4"], role = "input", file = "", line = 0 : i64, column = 0 : i64, where = ""},
    {name = "ok", dtype = i1, dims = [], role = "input", file = "", line = 0 : i64, column = 0 : i64, where = ""}
  ] outputs [] {
    %x = plan.buffer input[0] : f32 bytes "16*t"
    %ok = plan.buffer input[1] : i1 bytes "1"
    %w = plan.buffer variable[0] : f32 bytes "16"
    %h = plan.buffer workspace : f32 bytes "16"
    %s = plan.buffer workspace : f32 bytes "16*t"
    plan.loop "t" {
      // expected-error @+1 {{'plan.element' op a stack of t elements of 'f32' bytes "8" must have bytes "8*t", got 'f32' bytes "16*t"}}
      %e = plan.element %x : f32 bytes "8"
    }
    plan.return
  }
}

// -----

func.func private @add(%h: tensor<4xf32>, %x: tensor<4xf32>) -> tensor<4xf32>
plan.program @P symbols ["t"] variables_bytes 64 variables [
  {name = "w", kind = "param", type = tensor<4xf32>, offset = 0 : i64, bytes = 16 : i64, trainable = true, owner = "", file = "", line = 0 : i64, column = 0 : i64}
] {
  plan.function @f inputs [
    {name = "x", dtype = f32, dims = ["t", "4"], role = "input", file = "", line = 0 : i64, column = 0 : i64, where = ""},
    {name = "ok", dtype = i1, dims = [], role = "input", file = "", line = 0 : i64, column = 0 : i64, where = ""}
  ] outputs [] {
    %x = plan.buffer input[0] : f32 bytes "16*t"
    %ok = plan.buffer input[1] : i1 bytes "1"
    %w = plan.buffer variable[0] : f32 bytes "16"
    %h = plan.buffer workspace : f32 bytes "16"
    %s = plan.buffer workspace : f32 bytes "16*t"
    plan.loop "t" {
      // expected-error @+1 {{'plan.element' op a stack of t elements of 'i32' bytes "16" must have bytes "16*t", got 'f32' bytes "16*t"}}
      %e = plan.element %x : i32 bytes "16"
    }
    plan.return
  }
}

// -----

func.func private @add(%h: tensor<4xf32>, %x: tensor<4xf32>) -> tensor<4xf32>
plan.program @P symbols ["t"] variables_bytes 64 variables [
  {name = "w", kind = "param", type = tensor<4xf32>, offset = 0 : i64, bytes = 16 : i64, trainable = true, owner = "", file = "", line = 0 : i64, column = 0 : i64}
] {
  plan.function @f inputs [
    {name = "x", dtype = f32, dims = ["t", "4"], role = "input", file = "", line = 0 : i64, column = 0 : i64, where = ""},
    {name = "ok", dtype = i1, dims = [], role = "input", file = "", line = 0 : i64, column = 0 : i64, where = ""}
  ] outputs [] {
    %x = plan.buffer input[0] : f32 bytes "16*t"
    %ok = plan.buffer input[1] : i1 bytes "1"
    %w = plan.buffer variable[0] : f32 bytes "16"
    %h = plan.buffer workspace : f32 bytes "16"
    %s = plan.buffer workspace : f32 bytes "16*t"
    plan.loop "t" {
      %e = plan.element %x : f32 bytes "16"
      plan.loop "2" {
        // expected-error @+1 {{'plan.element' op a stack of 2 elements of 'f32' bytes "16" must have bytes "32", got 'f32' bytes "16"}}
        %d = plan.element %e : f32 bytes "16"
      }
    }
    plan.return
  }
}

// -----

func.func private @add(%h: tensor<4xf32>, %x: tensor<4xf32>) -> tensor<4xf32>
plan.program @P symbols ["t"] variables_bytes 64 variables [
  {name = "w", kind = "param", type = tensor<4xf32>, offset = 0 : i64, bytes = 16 : i64, trainable = true, owner = "", file = "", line = 0 : i64, column = 0 : i64}
] {
  plan.function @f inputs [
    {name = "x", dtype = f32, dims = ["t", "4"], role = "input", file = "", line = 0 : i64, column = 0 : i64, where = ""},
    {name = "ok", dtype = i1, dims = [], role = "input", file = "", line = 0 : i64, column = 0 : i64, where = ""}
  ] outputs [] {
    %x = plan.buffer input[0] : f32 bytes "16*t"
    %ok = plan.buffer input[1] : i1 bytes "1"
    %w = plan.buffer variable[0] : f32 bytes "16"
    %h = plan.buffer workspace : f32 bytes "16"
    %s = plan.buffer workspace : f32 bytes "16*t"
    // expected-error @+1 {{a variable is written inside a loop}}
    plan.loop "t" {
      %e = plan.element %x : f32 bytes "16"
      plan.launch @add(%w, %e) -> (%w) inout [0:0]
    }
    plan.return
  }
}

// -----

func.func private @put() -> tensor<f32>
func.func private @add(%h: tensor<4xf32>, %x: tensor<4xf32>) -> tensor<4xf32>
plan.program @P symbols ["t"] variables_bytes 64 variables [
  {name = "w", kind = "param", type = tensor<4xf32>, offset = 0 : i64, bytes = 16 : i64, trainable = true, owner = "", file = "", line = 0 : i64, column = 0 : i64}
] {
  plan.function @f inputs [
    {name = "x", dtype = f32, dims = ["t", "4"], role = "input", file = "", line = 0 : i64, column = 0 : i64, where = ""},
    {name = "ok", dtype = i1, dims = [], role = "input", file = "", line = 0 : i64, column = 0 : i64, where = ""}
  ] outputs [] {
    %x = plan.buffer input[0] : f32 bytes "16*t"
    %ok = plan.buffer input[1] : i1 bytes "1"
    %w = plan.buffer variable[0] : f32 bytes "16"
    %h = plan.buffer workspace : f32 bytes "16"
    %s = plan.buffer workspace : f32 bytes "16*t"
    // expected-error @+1 {{a variable is written inside a loop}}
    plan.loop "4" {
      %e = plan.element %w : f32 bytes "4"
      plan.launch @put() -> (%e)
    }
    plan.return
  }
}

// -----

func.func private @put() -> tensor<4xf32>
func.func private @add(%h: tensor<4xf32>, %x: tensor<4xf32>) -> tensor<4xf32>
plan.program @P symbols ["t"] variables_bytes 64 variables [
  {name = "w", kind = "param", type = tensor<4xf32>, offset = 0 : i64, bytes = 16 : i64, trainable = true, owner = "", file = "", line = 0 : i64, column = 0 : i64}
] {
  plan.function @f inputs [
    {name = "x", dtype = f32, dims = ["t", "4"], role = "input", file = "", line = 0 : i64, column = 0 : i64, where = ""},
    {name = "ok", dtype = i1, dims = [], role = "input", file = "", line = 0 : i64, column = 0 : i64, where = ""}
  ] outputs [] {
    %x = plan.buffer input[0] : f32 bytes "16*t"
    %ok = plan.buffer input[1] : i1 bytes "1"
    %w = plan.buffer variable[0] : f32 bytes "16"
    %h = plan.buffer workspace : f32 bytes "16"
    %s = plan.buffer workspace : f32 bytes "16*t"
    plan.loop "t" {
      %e = plan.element %x : f32 bytes "16"
      // expected-error @+1 {{writes to an input}}
      plan.launch @put() -> (%e)
    }
    plan.return
  }
}

// -----

func.func private @add(%h: tensor<4xf32>, %x: tensor<4xf32>) -> tensor<4xf32>
plan.program @P symbols ["t"] variables_bytes 64 variables [
  {name = "w", kind = "param", type = tensor<4xf32>, offset = 0 : i64, bytes = 16 : i64, trainable = true, owner = "", file = "", line = 0 : i64, column = 0 : i64}
] {
  plan.function @f inputs [
    {name = "x", dtype = f32, dims = ["t", "4"], role = "input", file = "", line = 0 : i64, column = 0 : i64, where = ""},
    {name = "ok", dtype = i1, dims = [], role = "input", file = "", line = 0 : i64, column = 0 : i64, where = ""}
  ] outputs [] {
    %x = plan.buffer input[0] : f32 bytes "16*t"
    %ok = plan.buffer input[1] : i1 bytes "1"
    %w = plan.buffer variable[0] : f32 bytes "16"
    // expected-note @+1 {{the buffer}}
    %h = plan.buffer workspace : f32 bytes "16"
    %s = plan.buffer workspace : f32 bytes "16*t"
    plan.loop "t" {
      %e = plan.element %x : f32 bytes "16"
      // expected-error @+1 {{reads a buffer that is not written yet}}
      plan.launch @add(%h, %e) -> (%h) inout [0:0]
    }
    plan.return
  }
}

// -----

func.func private @put() -> tensor<4xf32>
func.func private @add(%h: tensor<4xf32>, %x: tensor<4xf32>) -> tensor<4xf32>
plan.program @P symbols ["t"] variables_bytes 64 variables [
  {name = "w", kind = "param", type = tensor<4xf32>, offset = 0 : i64, bytes = 16 : i64, trainable = true, owner = "", file = "", line = 0 : i64, column = 0 : i64}
] {
  plan.function @f inputs [
    {name = "x", dtype = f32, dims = ["t", "4"], role = "input", file = "", line = 0 : i64, column = 0 : i64, where = ""},
    {name = "ok", dtype = i1, dims = [], role = "input", file = "", line = 0 : i64, column = 0 : i64, where = ""}
  ] outputs [] {
    %x = plan.buffer input[0] : f32 bytes "16*t"
    %ok = plan.buffer input[1] : i1 bytes "1"
    %w = plan.buffer variable[0] : f32 bytes "16"
    // expected-note @+1 {{the buffer}}
    %h = plan.buffer workspace : f32 bytes "16"
    %s = plan.buffer workspace : f32 bytes "16*t"
    %g = plan.buffer workspace : f32 bytes "16"
    // After no turn there is nothing in it.
    plan.loop "t" {
      plan.launch @put() -> (%h)
    }
    // expected-error @+1 {{reads a buffer that is not written yet}}
    plan.copy %h to %g
    plan.return
  }
}

// -----

func.func private @add(%h: tensor<4xf32>, %x: tensor<4xf32>) -> tensor<4xf32>
plan.program @P symbols ["t"] variables_bytes 64 variables [
  {name = "w", kind = "param", type = tensor<4xf32>, offset = 0 : i64, bytes = 16 : i64, trainable = true, owner = "", file = "", line = 0 : i64, column = 0 : i64}
] {
  plan.function @f inputs [
    {name = "x", dtype = f32, dims = ["t", "4"], role = "input", file = "", line = 0 : i64, column = 0 : i64, where = ""},
    {name = "ok", dtype = i1, dims = [], role = "input", file = "", line = 0 : i64, column = 0 : i64, where = ""}
  ] outputs [] {
    %x = plan.buffer input[0] : f32 bytes "16*t"
    %ok = plan.buffer input[1] : i1 bytes "1"
    %w = plan.buffer variable[0] : f32 bytes "16"
    %h = plan.buffer workspace : f32 bytes "16"
    // expected-note @+1 {{the buffer}}
    %s = plan.buffer workspace : f32 bytes "16*t"
    plan.loop "t" {
      %e = plan.element %s : f32 bytes "16"
      // expected-error @+1 {{reads a buffer that is not written yet}}
      plan.copy %e to %h
    }
    plan.return
  }
}

// -----

func.func private @add(%h: tensor<4xf32>, %x: tensor<4xf32>) -> tensor<4xf32>
plan.program @P symbols ["t"] variables_bytes 64 variables [
  {name = "w", kind = "param", type = tensor<4xf32>, offset = 0 : i64, bytes = 16 : i64, trainable = true, owner = "", file = "", line = 0 : i64, column = 0 : i64}
] {
  plan.function @f inputs [
    {name = "x", dtype = f32, dims = ["t", "4"], role = "input", file = "", line = 0 : i64, column = 0 : i64, where = ""},
    {name = "ok", dtype = i1, dims = [], role = "input", file = "", line = 0 : i64, column = 0 : i64, where = ""}
  ] outputs [] {
    %x = plan.buffer input[0] : f32 bytes "16*t"
    %ok = plan.buffer input[1] : i1 bytes "1"
    %w = plan.buffer variable[0] : f32 bytes "16"
    %i = plan.buffer workspace : i64 bytes "8"
    // expected-note @+1 {{the buffer}}
    %j = plan.buffer workspace : i64 bytes "8"
    %h = plan.buffer workspace : f32 bytes "16"
    %s = plan.buffer workspace : f32 bytes "16*t"
    // The number of the turn is there inside only.
    plan.loop "t" index(%j) {
      plan.copy %j to %i
    }
    // expected-error @+1 {{reads a buffer that is not written yet}}
    plan.copy %j to %i
    plan.return
  }
}

// -----

plan.program @P symbols ["t"] variables_bytes 0 variables [] {
  plan.function @f inputs [
    {name = "ok", dtype = i1, dims = [], role = "input", file = "", line = 0 : i64, column = 0 : i64, where = ""}
  ] outputs [] {
    %ok = plan.buffer input[0] : i1 bytes "1"
    plan.loop "t" {
      // expected-error @+1 {{'plan.guard' op must be outside of loops}}
      plan.guard %ok "finite"
    }
    plan.return
  }
}

// -----

plan.program @P symbols ["t"] variables_bytes 0 variables [] {
  plan.function @f inputs [
    {name = "x", dtype = f32, dims = ["t"], role = "input", file = "", line = 0 : i64, column = 0 : i64, where = ""}
  ] outputs [] {
    %x = plan.buffer input[0] : f32 bytes "4*t"
    // expected-error @+1 {{'plan.loop' op when must be one bool, got 'f32' bytes "4*t"}}
    plan.loop "t" when(%x) {
    }
    plan.return
  }
}

// -----

plan.program @P symbols ["t"] variables_bytes 0 variables [] {
  plan.function @f inputs [] outputs [] {
    // expected-note @+1 {{the buffer}}
    %ok = plan.buffer workspace : i1 bytes "1"
    // expected-error @+1 {{reads a buffer that is not written yet}}
    plan.loop "2" when(%ok) {
    }
    plan.return
  }
}
