// RUN: dlc-opt %s --dlc-lower-kernel-abi --dlc-lower-to-llvm --reconcile-unrealized-casts | FileCheck %s

// Nothing but the LLVM dialect is left; contract flags survive, for they decide what becomes FMA.
module attributes {kernel.symbols = ["n"]} {
// CHECK-NOT: memref
// CHECK-NOT: unrealized_conversion_cast
// CHECK: llvm.mlir.global private constant @table
// CHECK-LABEL: llvm.func internal @axpy.body
// CHECK: llvm.load {{.*}} -> vector<16xf32>
// CHECK: llvm.fmul {{.*}} {fastmathFlags = #llvm.fastmath<contract>}
// CHECK: llvm.fadd {{.*}} {fastmathFlags = #llvm.fastmath<contract>}
// CHECK: llvm.store {{.*}} : vector<16xf32>
memref.global "private" constant @table : memref<16xf32> = dense<2.0>
func.func private @axpy(%x: memref<?xf32>, %y: memref<?xf32>, %n: index, %begin: index, %end: index)
    attributes {kernel.symbols = ["n"], kernel.args = [["n"], ["n"]]} {
  %zero = arith.constant 0 : index
  %table = memref.get_global @table : memref<16xf32>
  %a = vector.load %table[%zero] : memref<16xf32>, vector<16xf32>
  %v = vector.load %x[%begin] : memref<?xf32>, vector<16xf32>
  %p = arith.mulf %a, %v fastmath<contract> : vector<16xf32>
  %s = arith.addf %p, %v fastmath<contract> : vector<16xf32>
  vector.store %s, %y[%begin] : memref<?xf32>, vector<16xf32>
  return
}
}
