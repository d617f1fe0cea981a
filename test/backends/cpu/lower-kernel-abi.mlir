// RUN: dlc-opt %s --dlc-lower-kernel-abi --split-input-file | FileCheck %s

// Sizes are polynomials of symbols, strides their products; the entry finds symbols by their place in the program's list.
module attributes {kernel.symbols = ["t", "batch"]} {
// CHECK-LABEL: llvm.func internal @scale.body(
// CHECK-SAME: %[[X:.*]]: !llvm.ptr {llvm.noalias}, %[[Y:.*]]: !llvm.ptr {llvm.noalias}, %[[BATCH:.*]]: i64, %[[BEGIN:.*]]: i64, %[[END:.*]]: i64)
// CHECK: %[[TWO:.*]] = llvm.mlir.constant(2 : i64)
// CHECK: llvm.mul %[[TWO]], %[[BATCH]]
// CHECK: builtin.unrealized_conversion_cast {{.*}} to memref<?x3xf32>
// CHECK: builtin.unrealized_conversion_cast %[[BATCH]] : i64 to index
// CHECK: memref.load
// CHECK: llvm.return
// CHECK-LABEL: llvm.func @scale.entry(
// CHECK-SAME: %[[BUFFERS:.*]]: !llvm.ptr, %[[SYMBOLS:.*]]: !llvm.ptr, %[[FIRST:.*]]: i64, %[[LAST:.*]]: i64)
// CHECK: llvm.getelementptr %[[BUFFERS]][0] : (!llvm.ptr) -> !llvm.ptr, !llvm.ptr
// CHECK: llvm.getelementptr %[[BUFFERS]][1] : (!llvm.ptr) -> !llvm.ptr, !llvm.ptr
// CHECK: llvm.getelementptr %[[SYMBOLS]][1] : (!llvm.ptr) -> !llvm.ptr, i64
// CHECK: llvm.call tail @scale.body({{.*}}, %[[FIRST]], %[[LAST]])
func.func private @scale(%x: memref<?x3xf32>, %y: memref<f32>, %batch: index, %begin: index, %end: index)
    attributes {kernel.symbols = ["batch"], kernel.args = [["2*batch", "3"], []]} {
  %v = memref.load %x[%begin, %begin] : memref<?x3xf32>
  memref.store %v, %y[] : memref<f32>
  return
}
}

// -----

// What may be one buffer is not noalias; the third is.
// CHECK-LABEL: llvm.func internal @update.body(
// CHECK-SAME: %{{[^:]*}}: !llvm.ptr, %{{[^:]*}}: !llvm.ptr {llvm.noalias}, %{{[^:]*}}: !llvm.ptr, %
func.func private @update(%w: memref<4xf32>, %g: memref<4xf32>, %new: memref<4xf32>, %begin: index, %end: index)
    attributes {kernel.symbols = [], kernel.args = [["4"], ["4"], ["4"]], kernel.inout = [[0, 2]]} {
  return
}
