// RUN: dlc-opt %s | dlc-opt | FileCheck %s

// The encoding keeps its text: it is canonical already.
// CHECK-LABEL: func.func private @polynomials(
// CHECK-SAME: tensor<?x4x?xf32, #graph.dims<"batch", "", "2*batch*t-1">>
func.func private @polynomials(tensor<?x4x?xf32, #graph.dims<"batch", "", "2*batch*t-1">>)
