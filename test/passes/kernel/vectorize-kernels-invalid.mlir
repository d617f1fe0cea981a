// Targets that make no sense are errors; functions that are no kernels are left alone.
// RUN: dlc-opt %s --dlc-vectorize-kernels --split-input-file --verify-diagnostics | FileCheck %s

// expected-error @+1 {{kernel.target: vector_bits must be a power of two of at least 128, got 96}}
module attributes {kernel.target = {level = "x", vector_bits = 96 : i64, registers = 16 : i64}} {
}

// -----

// expected-error @+1 {{kernel.target: registers must be at least 16, got 8}}
module attributes {kernel.target = {level = "x", vector_bits = 256 : i64, registers = 8 : i64}} {
}

// -----

// CHECK-LABEL: func.func @no_kernel(%{{.*}}: tensor<4xf32>) -> tensor<4xf32>
// CHECK-NEXT: return
func.func @no_kernel(%x: tensor<4xf32>) -> tensor<4xf32> {
  return %x : tensor<4xf32>
}

// -----

func.func private @other_form(%x: tensor<4xf32>) -> tensor<2x2xf32>
    attributes {kernel.symbols = [], kernel.arg_sizes = [["4"]], kernel.result_sizes = [["2", "2"]]} {
  %shape = arith.constant dense<2> : tensor<2xindex>
  // expected-error @+1 {{'tensor.reshape' op is not part of the linalg form of a kernel}}
  %y = tensor.reshape %x(%shape) : (tensor<4xf32>, tensor<2xindex>) -> tensor<2x2xf32>
  return %y : tensor<2x2xf32>
}

// -----

// A modulus is taken away only where the loop does not reach it.
func.func private @wraps_around(%x: tensor<4xf32>, %y: tensor<2x8xf32>) -> tensor<2x8xf32>
    attributes {graph.kernel, kernel.kind = "elementwise", kernel.symbols = [], kernel.arg_sizes = [["4"], ["2", "8"]], kernel.result_sizes = [["2", "8"]]} {
  %0 = tensor.empty() : tensor<2x8xf32>
  // expected-error @+1 {{must read at sums of loops times constants, got affine_map<(d0, d1) -> (d1 mod 4)>}}
  %1 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d1 mod 4)>, affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]}
      ins(%x, %y : tensor<4xf32>, tensor<2x8xf32>) outs(%0 : tensor<2x8xf32>) {
  ^bb0(%in: f32, %in_0: f32, %out: f32):
    %2 = arith.addf %in, %in_0 : f32
    linalg.yield %2 : f32
  } -> tensor<2x8xf32>
  return %1 : tensor<2x8xf32>
}
