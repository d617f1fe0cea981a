// RUN: dlc-opt %s --dlc-expand-math --split-input-file | FileCheck %s

// With AVX-512 the power of two is applied by one instruction, on each register of a wide vector.
module attributes {kernel.target = {level = "x86-64-v4"}} {
// CHECK-LABEL: func.func @exp_of_wide_vector
// CHECK: %[[N:.*]] = math.roundeven
// CHECK-COUNT-6: math.fma
// CHECK: arith.addf
// CHECK-COUNT-2: llvm.call_intrinsic "llvm.x86.avx512.mask.scalef.ps.512"
// CHECK-NOT: math.exp
func.func @exp_of_wide_vector(%x: vector<32xf32>) -> vector<32xf32> {
  %y = math.exp %x fastmath<contract> : vector<32xf32>
  return %y : vector<32xf32>
}

// Scalars take the same instruction in an xmm register, so that they have the bits of vectors.
// CHECK-LABEL: func.func @exp_of_scalar
// CHECK: llvm.call_intrinsic "llvm.x86.avx512.mask.scalef.pd.128"
func.func @exp_of_scalar(%x: f64) -> f64 {
  %y = math.exp %x : f64
  return %y : f64
}

// What instructions exist for stays.
// CHECK-LABEL: func.func @kept
// CHECK: math.roundeven
// CHECK: math.sqrt
// CHECK: math.fma
func.func @kept(%x: vector<16xf32>) -> vector<16xf32> {
  %a = math.roundeven %x : vector<16xf32>
  %b = math.sqrt %a : vector<16xf32>
  %c = math.fma %b, %a, %x : vector<16xf32>
  return %c : vector<16xf32>
}

// 1 / sqrt is exact to 1.5 ulp; the estimate instruction is not.
// CHECK-LABEL: func.func @rsqrt
// CHECK: %[[ROOT:.*]] = math.sqrt
// CHECK: arith.divf %{{.*}}, %[[ROOT]]
func.func @rsqrt(%x: vector<16xf32>) -> vector<16xf32> {
  %y = math.rsqrt %x : vector<16xf32>
  return %y : vector<16xf32>
}

// Large arguments take a branch, and only there the table of 2/pi is read.
// CHECK-LABEL: func.func @sin
// CHECK: scf.if
// CHECK: memref.get_global @two_over_pi
func.func @sin(%x: vector<8xf64>) -> vector<8xf64> {
  %y = math.sin %x : vector<8xf64>
  return %y : vector<8xf64>
}

// Rows of n-D vectors one by one.
// CHECK-LABEL: func.func @rows
// CHECK-COUNT-2: vector.insert {{.*}} : vector<16xf32> into vector<2x16xf32>
func.func @rows(%x: vector<2x16xf32>) -> vector<2x16xf32> {
  %y = math.tanh %x : vector<2x16xf32>
  return %y : vector<2x16xf32>
}
}

// -----

// Without AVX-512: two exact steps by factors whose bits are put together.
module attributes {kernel.target = {level = "x86-64-v3"}} {
// CHECK-LABEL: func.func @two_steps
// CHECK-NOT: scalef
// CHECK: arith.shli
// CHECK: arith.bitcast
// CHECK: arith.mulf
// CHECK: arith.shli
// CHECK: arith.bitcast
// CHECK: arith.mulf
func.func @two_steps(%x: vector<8xf32>) -> vector<8xf32> {
  %y = math.exp %x : vector<8xf32>
  return %y : vector<8xf32>
}
}

// -----

// Without FMA, which would be a library call: f32 by way of f64, and no math.fma or vector.fma is left.
module attributes {kernel.target = {level = "x86-64-v2"}} {
// CHECK-LABEL: func.func @no_fma
// CHECK-NOT: {{math|vector}}.fma
// CHECK: arith.extf {{.*}} : vector<4xf32> to vector<4xf64>
// CHECK: arith.truncf
// CHECK-NOT: {{math|vector}}.fma
func.func @no_fma(%x: vector<4xf32>) -> vector<4xf32> {
  %y = math.log %x : vector<4xf32>
  %z = vector.fma %x, %x, %y : vector<4xf32>
  return %z : vector<4xf32>
}
}
