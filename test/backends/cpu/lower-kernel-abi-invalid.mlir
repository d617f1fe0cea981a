// RUN: dlc-opt %s --dlc-lower-kernel-abi --split-input-file --verify-diagnostics

// expected-error @below {{a kernel must have the attributes kernel.args and kernel.symbols}}
func.func private @plain(%x: memref<4xf32>) {
  return
}

// -----

// expected-error @below {{expected 1 memrefs, 0 symbols, begin and end, found 2 arguments}}
func.func private @no_range(%x: memref<4xf32>, %begin: index)
    attributes {kernel.symbols = [], kernel.args = [["4"]]} {
  return
}

// -----

// expected-error @below {{expected a memref with identity layout and sizes ["4", "4"], found 'memref<4xf32>'}}
func.func private @other_rank(%x: memref<4xf32>, %begin: index, %end: index)
    attributes {kernel.symbols = [], kernel.args = [["4", "4"]]} {
  return
}

// -----

module attributes {kernel.symbols = ["batch"]} {
// expected-error @below {{size 't' uses the symbol 't', which is not in the kernel's kernel.symbols}}
func.func private @unknown_size(%x: memref<?xf32>, %batch: index, %begin: index, %end: index)
    attributes {kernel.symbols = ["batch"], kernel.args = [["t"]]} {
  return
}
}

// -----

module attributes {kernel.symbols = ["batch"]} {
// expected-error @below {{the symbol 't' is not in the module's kernel.symbols}}
func.func private @unknown_symbol(%x: memref<?xf32>, %t: index, %begin: index, %end: index)
    attributes {kernel.symbols = ["t"], kernel.args = [["t"]]} {
  return
}
}

// -----

// expected-error @below {{kernel.inout names memref 2 of 1}}
func.func private @inout(%x: memref<4xf32>, %begin: index, %end: index)
    attributes {kernel.symbols = [], kernel.args = [["4"]], kernel.inout = [[0, 2]]} {
  return
}
