// Kernels in linalg form, as graph-to-linalg makes them, become loops over vectors of the target's width.
// RUN: dlc-opt %s --split-input-file --dlc-graph-to-linalg --canonicalize --cse --dlc-vectorize-kernels --canonicalize --cse | FileCheck %s

// Row by row, in [begin, end) of the batch: 19 = 16 + 3 columns, the rest under a mask. The bias is loaded once.
// CHECK-LABEL: func.func private @bias
// CHECK-SAME: (%[[X:.*]]: memref<?x19xf32>, %[[B:.*]]: memref<19xf32>, %[[Y:.*]]: memref<?x19xf32>, %{{.*}}: index, %[[BEGIN:.*]]: index, %[[END:.*]]: index)
// CHECK-SAME: kernel.args = {{\[\[}}"batch", "19"], ["19"], ["batch", "19"]]
// CHECK-SAME: kernel.inout = {{\[\[}}0, 2]]
// CHECK-SAME: kernel.parallel = "batch"
// CHECK: arith.constant dense<[true, true, true, false, false, false, false, false]> : vector<8xi1>
// CHECK-DAG: vector.load %[[B]]
// CHECK-DAG: vector.maskedload %[[B]]
// CHECK: scf.for %[[I:.*]] = %[[BEGIN]] to %[[END]]
// CHECK: vector.load %[[X]][%[[I]], %{{.*}}] : memref<?x19xf32>, vector<16xf32>
// CHECK: arith.addf
// CHECK: vector.store %{{.*}}, %[[Y]][%[[I]]
// CHECK: vector.maskedload %[[X]][%[[I]]
// CHECK: arith.addf {{.*}} : vector<8xf32>
// CHECK: vector.maskedstore %[[Y]][%[[I]]
// CHECK-NOT: scf.for
// CHECK: return
module attributes {kernel.target = {level = "x86-64-v3", vector_bits = 256 : i64, registers = 16 : i64}} {
  func.func private @bias(%x: tensor<?x19xf32, #graph.dims<"batch", "">>, %b: tensor<19xf32>)
      -> tensor<?x19xf32, #graph.dims<"batch", "">> attributes {graph.kernel} {
    %0 = graph.broadcast %b dims [1] : tensor<19xf32> -> tensor<?x19xf32, #graph.dims<"batch", "">>
    %1 = graph.add %x, %0 : tensor<?x19xf32, #graph.dims<"batch", "">>
    return %1 : tensor<?x19xf32, #graph.dims<"batch", "">>
  }
}

// -----

// Nothing depends on the place in a row: all elements are one row, and only its very end needs a mask.
// CHECK-LABEL: func.func private @flat
// CHECK-SAME: kernel.parallel = "19*batch"
// CHECK: memref.reinterpret_cast {{.*}} to memref<?xf32>
// CHECK: scf.for
// CHECK: math.absf {{.*}} : vector<16xf32>
// CHECK: scf.for
// CHECK: %[[MASK:.*]] = vector.create_mask %{{.*}} : vector<8xi1>
// CHECK: vector.maskedload {{.*}}, %[[MASK]],
// CHECK: vector.maskedstore {{.*}}, %[[MASK]],
module attributes {kernel.target = {level = "x86-64-v3", vector_bits = 256 : i64, registers = 16 : i64}} {
  func.func private @flat(%x: tensor<?x19xf32, #graph.dims<"batch", "">>) -> tensor<?x19xf32, #graph.dims<"batch", "">>
      attributes {graph.kernel} {
    %0 = graph.abs %x : tensor<?x19xf32, #graph.dims<"batch", "">>
    return %0 : tensor<?x19xf32, #graph.dims<"batch", "">>
  }
}

// -----

// Sums of rows: partial sums in the lanes of a vector, added up behind the loop. Lanes without a column add nothing.
// CHECK-LABEL: func.func private @row_sums
// CHECK-SAME: kernel.parallel = "batch"
// CHECK: scf.for
// CHECK: scf.for {{.*}} iter_args({{.*}}) -> (vector<16xf32>)
// CHECK: arith.addf {{.*}} fastmath<reassoc,contract> : vector<16xf32>
// CHECK: vector.maskedload {{.*}} into vector<8xf32>
// CHECK: %[[SUM:.*]] = vector.reduction <add>, %{{.*}} : vector<8xf32> into f32
// CHECK: memref.store %[[SUM]]
// Sums of columns: a vector holds columns, and no lane meets another.
// CHECK-LABEL: func.func private @column_sums
// CHECK-SAME: kernel.parallel = "37"
// CHECK-NOT: vector.reduction
// CHECK: scf.for {{.*}} iter_args
// CHECK: vector.store
// CHECK: vector.create_mask
// CHECK: vector.maskedstore
module attributes {kernel.target = {level = "x86-64-v3", vector_bits = 256 : i64, registers = 16 : i64}} {
  func.func private @row_sums(%x: tensor<?x37xf32, #graph.dims<"batch", "">>) -> tensor<?xf32, #graph.dims<"batch">>
      attributes {graph.kernel} {
    %0 = graph.reduce_sum %x dims [1] : tensor<?x37xf32, #graph.dims<"batch", "">>
    return %0 : tensor<?xf32, #graph.dims<"batch">>
  }
  func.func private @column_sums(%x: tensor<?x37xf32, #graph.dims<"batch", "">>) -> tensor<37xf32> attributes {graph.kernel} {
    %0 = graph.reduce_sum %x dims [0] : tensor<?x37xf32, #graph.dims<"batch", "">>
    return %0 : tensor<37xf32>
  }
}

// -----

// A contraction keeps a tile of accumulators in registers; its epilogue runs on them, and nothing else is stored.
// CHECK-LABEL: func.func private @dense
// CHECK-SAME: memref<?x16xf32>, %{{.*}}: index, %[[BEGIN:[^:]*]]: index, %[[END:[^:]*]]: index)
// CHECK-SAME: kernel.grain = 6
// CHECK-SAME: kernel.parallel = "batch"
// CHECK-NOT: memref.alloca
// CHECK: scf.for {{.*}} = %[[BEGIN]] to
// CHECK: %[[TILE:.*]]:12 = scf.for {{.*}} iter_args
// CHECK: vector.fma
// CHECK: scf.yield
// CHECK: %[[Z:.*]] = arith.addf %[[TILE]]#0
// CHECK: %[[P:.*]] = arith.cmpf ogt, %{{.*}}, %[[Z]] : vector<8xf32>
// CHECK: %[[R:.*]] = arith.select %[[P]], %{{.*}}, %[[Z]]
// CHECK: vector.store %[[R]]
module attributes {kernel.target = {level = "x86-64-v3", vector_bits = 256 : i64, registers = 16 : i64}} {
  func.func private @dense(%x: tensor<?x20xf32, #graph.dims<"batch", "">>, %w: tensor<20x16xf32>, %b: tensor<16xf32>)
      -> tensor<?x16xf32, #graph.dims<"batch", "">> attributes {graph.kernel} {
    %0 = graph.dot_general %x, %w contracting [1] x [0] : tensor<?x20xf32, #graph.dims<"batch", "">>, tensor<20x16xf32>
    %1 = graph.broadcast %b dims [1] : tensor<16xf32> -> tensor<?x16xf32, #graph.dims<"batch", "">>
    %2 = graph.add %0, %1 : tensor<?x16xf32, #graph.dims<"batch", "">>
    %3 = graph.relu %2 : tensor<?x16xf32, #graph.dims<"batch", "">>
    return %3 : tensor<?x16xf32, #graph.dims<"batch", "">>
  }
}

// -----

// Other targets have other widths.
// CHECK-LABEL: func.func private @wide
// CHECK: vector.fma {{.*}} : vector<16xf32>
module attributes {kernel.target = {level = "x86-64-v4", vector_bits = 512 : i64, registers = 32 : i64}} {
  func.func private @wide(%x: tensor<?x20xf32, #graph.dims<"batch", "">>, %w: tensor<20x16xf32>)
      -> tensor<?x16xf32, #graph.dims<"batch", "">> attributes {graph.kernel} {
    %0 = graph.dot_general %x, %w contracting [1] x [0] : tensor<?x20xf32, #graph.dims<"batch", "">>, tensor<20x16xf32>
    return %0 : tensor<?x16xf32, #graph.dims<"batch", "">>
  }
}

// -----

// Softmax is one loop over rows: each row is reduced, read again while it is in the cache, and written.
// CHECK-LABEL: func.func private @softmax
// CHECK-SAME: %[[BEGIN:[^:]*]]: index, %[[END:[^:]*]]: index)
// CHECK: scf.for %[[ROW:.*]] = %[[BEGIN]] to %[[END]]
// CHECK: vector.reduction <maximumf>
// CHECK: math.exp
// CHECK: vector.reduction <add>
// CHECK: arith.divf
// CHECK-NOT: = %[[BEGIN]] to
// CHECK: return
module attributes {kernel.target = {level = "x86-64-v3", vector_bits = 256 : i64, registers = 16 : i64}} {
  func.func private @softmax(%x: tensor<?x100xf32, #graph.dims<"batch", "">>)
      -> (tensor<?xf32, #graph.dims<"batch">>, tensor<?xf32, #graph.dims<"batch">>, tensor<?x100xf32, #graph.dims<"batch", "">>)
      attributes {graph.kernel} {
    %m = graph.reduce_max %x dim 1 : tensor<?x100xf32, #graph.dims<"batch", "">>
    %mb = graph.broadcast %m dims [0] : tensor<?xf32, #graph.dims<"batch">> -> tensor<?x100xf32, #graph.dims<"batch", "">>
    %d = graph.subtract %x, %mb : tensor<?x100xf32, #graph.dims<"batch", "">>
    %e = graph.exp %d : tensor<?x100xf32, #graph.dims<"batch", "">>
    %s = graph.reduce_sum %e dims [1] : tensor<?x100xf32, #graph.dims<"batch", "">>
    %sb = graph.broadcast %s dims [0] : tensor<?xf32, #graph.dims<"batch">> -> tensor<?x100xf32, #graph.dims<"batch", "">>
    %p = graph.divide %e, %sb : tensor<?x100xf32, #graph.dims<"batch", "">>
    return %m, %s, %p : tensor<?xf32, #graph.dims<"batch">>, tensor<?xf32, #graph.dims<"batch">>, tensor<?x100xf32, #graph.dims<"batch", "">>
  }
}

// -----

// A transposed input is read at other indices than it would be written: it must not give its memory to the result.
// Squares are read and written in whole vectors and transposed between in three rounds of shuffles.
// CHECK-LABEL: func.func private @transposed
// CHECK-SAME: kernel.grain = 8 : i64, kernel.inout = []
// CHECK-NOT: vector.gather
// CHECK-COUNT-8: vector.load
// CHECK-COUNT-24: vector.shuffle
// CHECK-NOT: vector.shuffle
// CHECK-COUNT-8: vector.store
// CHECK-NOT: vector.gather
// CHECK: return
module attributes {kernel.target = {level = "x86-64-v3", vector_bits = 256 : i64, registers = 16 : i64}} {
  func.func private @transposed(%x: tensor<64x64xf32>) -> tensor<64x64xf32> attributes {graph.kernel} {
    %0 = graph.transpose %x permutation [1, 0] : tensor<64x64xf32>
    return %0 : tensor<64x64xf32>
  }
}

// -----

// Without whole squares elements are gathered.
// CHECK-LABEL: func.func private @no_squares
// CHECK: vector.gather
// CHECK-NOT: vector.shuffle
module attributes {kernel.target = {level = "x86-64-v3", vector_bits = 256 : i64, registers = 16 : i64}} {
  func.func private @no_squares(%x: tensor<60x64xf32>) -> tensor<64x60xf32> attributes {graph.kernel} {
    %0 = graph.transpose %x permutation [1, 0] : tensor<60x64xf32>
    return %0 : tensor<64x60xf32>
  }
}
