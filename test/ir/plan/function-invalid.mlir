// What the verifier of a function must refuse: wrong places, reads of bytes that are not there, broken in-place marks.
// RUN: dlc-opt %s --split-input-file --verify-diagnostics

func.func private @k(%a: tensor<2xf32>) -> tensor<2xf32>
plan.program @P symbols [] variables_bytes 0 variables [] {
  plan.function @f inputs [] outputs [] slots [["8"]] {
    // expected-note @+1 {{the buffer}}
    %a = plan.buffer workspace[0] : f32 bytes "8"
    %b = plan.buffer workspace : f32 bytes "8"
    // expected-error @+1 {{reads a buffer that is not written yet}}
    plan.launch @k(%a) -> (%b)
    plan.return
  }
}

// -----

func.func private @k(%a: tensor<2xf32>) -> tensor<2xf32>
plan.program @P symbols [] variables_bytes 64 variables [
  {name = "w", kind = "param", type = tensor<2xf32>, offset = 0 : i64, bytes = 8 : i64, trainable = true, owner = "", file = "", line = 0 : i64, column = 0 : i64}
] {
  plan.function @f inputs [] outputs [] slots [["8"], ["8"]] {
    %w = plan.buffer variable[0] : f32 bytes "8"
    %a = plan.buffer workspace[0] : f32 bytes "8"
    %b = plan.buffer workspace[1] : f32 bytes "8"
    %c = plan.buffer workspace[0] : f32 bytes "8"
    plan.launch @k(%w) -> (%a)
    plan.launch @k(%a) -> (%b)
    plan.launch @k(%b) -> (%c)
    // expected-error @+1 {{reads a buffer of slot 0 after another one has overwritten it}}
    plan.launch @k(%a) -> (%b)
    plan.return
  }
}

// -----

func.func private @k(%a: tensor<2xf32>) -> tensor<2xf32>
plan.program @P symbols [] variables_bytes 64 variables [
  {name = "w", kind = "param", type = tensor<2xf32>, offset = 0 : i64, bytes = 8 : i64, trainable = true, owner = "", file = "", line = 0 : i64, column = 0 : i64}
] {
  plan.function @f inputs [] outputs [] slots [] {
    %w = plan.buffer variable[0] : f32 bytes "8"
    // expected-error @+1 {{input 0 is also output 0, but inout does not mark the pair}}
    plan.launch @k(%w) -> (%w)
    plan.return
  }
}

// -----

func.func private @k(%a: tensor<2xf32>) -> tensor<2xf32>
plan.program @P symbols [] variables_bytes 64 variables [
  {name = "w", kind = "param", type = tensor<2xf32>, offset = 0 : i64, bytes = 8 : i64, trainable = true, owner = "", file = "", line = 0 : i64, column = 0 : i64}
] {
  plan.function @f inputs [] outputs [] slots [["8"]] {
    %w = plan.buffer variable[0] : f32 bytes "8"
    %a = plan.buffer workspace[0] : f32 bytes "8"
    // expected-error @+1 {{inout pair 0:0 must be one buffer}}
    plan.launch @k(%w) -> (%a) inout [0:0]
    plan.return
  }
}

// -----

func.func private @k(%a: tensor<2xf32>) -> tensor<2xf32>
plan.program @P symbols [] variables_bytes 64 variables [
  {name = "w", kind = "param", type = tensor<2xf32>, offset = 0 : i64, bytes = 8 : i64, trainable = true, owner = "", file = "", line = 0 : i64, column = 0 : i64}
] {
  plan.function @f inputs [] outputs [] slots [["8"]] {
    %w = plan.buffer variable[0] : f32 bytes "8"
    %a = plan.buffer workspace[0] : f32 bytes "8"
    %b = plan.buffer workspace[0] : f32 bytes "8"
    plan.launch @k(%w) -> (%a)
    // expected-error @+1 {{input 0 and output 0 are different buffers in one slot}}
    plan.launch @k(%a) -> (%b)
    plan.return
  }
}

// -----

plan.program @P symbols [] variables_bytes 0 variables [] {
  plan.function @f inputs [] outputs [] {
    %a = plan.buffer workspace : f32 bytes "8"
    // expected-error @+1 {{kernel @missing is not in the module}}
    plan.launch @missing() -> (%a)
    plan.return
  }
}

// -----

func.func private @k(%a: tensor<2xf32>) -> tensor<2xf32>
plan.program @P symbols ["batch"] variables_bytes 0 variables [] {
  plan.function @f inputs [
    {name = "x", dtype = f32, dims = ["3"], role = "input", file = "", line = 0 : i64, column = 0 : i64, where = ""}
  ] outputs [] {
    %x = plan.buffer input[0] : f32 bytes "12"
    %a = plan.buffer workspace : f32 bytes "8"
    // expected-error @+1 {{input 0 must be 'f32' bytes "8" as in the kernel, got 'f32' bytes "12"}}
    plan.launch @k(%x) -> (%a)
    plan.return
  }
}

// -----

func.func private @k(%a: tensor<2xf32>) -> tensor<2xf32>
plan.program @P symbols [] variables_bytes 64 variables [
  {name = "w", kind = "param", type = tensor<2xf32>, offset = 0 : i64, bytes = 8 : i64, trainable = true, owner = "", file = "", line = 0 : i64, column = 0 : i64}
] {
  plan.function @f inputs [
    {name = "ok", dtype = i1, dims = [], role = "input", file = "", line = 0 : i64, column = 0 : i64, where = ""}
  ] outputs [] {
    %w = plan.buffer variable[0] : f32 bytes "8"
    %ok = plan.buffer input[0] : i1 bytes "1"
    plan.launch @k(%w) -> (%w) inout [0:0]
    // expected-error @+1 {{a variable is written before this guard}}
    plan.guard %ok "not finite"
    plan.return
  }
}

// -----

plan.program @P symbols [] variables_bytes 0 variables [] {
  plan.function @f inputs [] outputs [] {
    // expected-error @+1 {{there is no variable of index 0}}
    %w = plan.buffer variable[0] : f32 bytes "8"
    plan.return
  }
}

// -----

plan.program @P symbols ["batch"] variables_bytes 0 variables [] {
  plan.function @f inputs [
    {name = "x", dtype = f32, dims = ["batch", "3"], role = "input", file = "", line = 0 : i64, column = 0 : i64, where = ""}
  ] outputs [] {
    // expected-error @+1 {{must be 'f32' bytes "12*batch" as declared, got 'f32' bytes "8*batch"}}
    %x = plan.buffer input[0] : f32 bytes "8*batch"
    plan.return
  }
}

// -----

plan.program @P symbols ["batch"] variables_bytes 0 variables [] {
  plan.function @f inputs [] outputs [] slots [["8*batch"]] {
    // expected-error @+1 {{size "8*batch+4" is covered by no formula of slot 0}}
    %x = plan.buffer workspace[0] : f32 bytes "8*batch+4"
    plan.return
  }
}

// -----

func.func private @k(%a: tensor<2xf32>) -> tensor<2xf32>
plan.program @P symbols ["batch"] variables_bytes 0 variables [] {
  plan.function @f inputs [
    {name = "x", dtype = f32, dims = ["2"], role = "input", file = "", line = 0 : i64, column = 0 : i64, where = ""}
  ] outputs [] {
    %x = plan.buffer input[0] : f32 bytes "8"
    // expected-note @+1 {{the buffer}}
    %a = plan.buffer workspace : f32 bytes "8"
    %b = plan.buffer workspace : f32 bytes "8"
    plan.branch "batch" below 64 {
      plan.launch @k(%x) -> (%a)
    } else {
    }
    // expected-error @+1 {{reads a buffer that is not written yet}}
    plan.launch @k(%a) -> (%b)
    plan.return
  }
}

// -----

plan.program @P symbols [] variables_bytes 0 variables [] {
  plan.function @f inputs [] outputs [
    {name = "y", dtype = f32, dims = ["2"], role = "output", file = "", line = 0 : i64, column = 0 : i64, where = ""}
  ] {
    // expected-error @+1 {{output is never written}}
    %y = plan.buffer output[0] : f32 bytes "8"
    plan.return
  }
}
