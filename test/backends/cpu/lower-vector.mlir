// RUN: dlc-opt %s --dlc-lower-vector | FileCheck %s

// The bound of a mask may be the rest of a long loop: its comparison is 64 bits wide.
// CHECK-LABEL: func.func @mask
// CHECK: arith.cmpi sgt, {{.*}} : vector<16xi64>
// CHECK-NOT: vector.create_mask
func.func @mask(%rest: index) -> vector<16xi1> {
  %mask = vector.create_mask %rest : vector<16xi1>
  return %mask : vector<16xi1>
}

// CHECK-LABEL: func.func @masked_transfer
// CHECK: vector.maskedload
// CHECK-NOT: vector.mask {
func.func @masked_transfer(%x: memref<?xf32>, %at: index, %mask: vector<16xi1>) -> vector<16xf32> {
  %none = arith.constant 0.0 : f32
  %v = vector.mask %mask {
    vector.transfer_read %x[%at], %none {in_bounds = [true]} : memref<?xf32>, vector<16xf32>
  } : vector<16xi1> -> vector<16xf32>
  return %v : vector<16xf32>
}

// Rows of a 2-D transfer are loads.
// CHECK-LABEL: func.func @rows
// CHECK-COUNT-2: vector.load {{.*}} vector<4xf32>
// CHECK-NOT: vector.transfer_read
func.func @rows(%x: memref<2x4xf32>) -> vector<2x4xf32> {
  %zero = arith.constant 0 : index
  %none = arith.constant 0.0 : f32
  %v = vector.transfer_read %x[%zero, %zero], %none {in_bounds = [true, true]} : memref<2x4xf32>, vector<2x4xf32>
  return %v : vector<2x4xf32>
}

// A contraction is a chain of FMAs on rows.
// CHECK-LABEL: func.func @contraction
// CHECK-COUNT-2: vector.fma {{.*}} : vector<16xf32>
// CHECK-NOT: vector.contract
func.func @contraction(%a: vector<2x1xf32>, %b: vector<1x16xf32>, %c: vector<2x16xf32>) -> vector<2x16xf32> {
  %r = vector.contract {indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>,
                                         affine_map<(m, n, k) -> (m, n)>],
                        iterator_types = ["parallel", "parallel", "reduction"], kind = #vector.kind<add>} %a, %b, %c
      : vector<2x1xf32>, vector<1x16xf32> into vector<2x16xf32>
  return %r : vector<2x16xf32>
}
