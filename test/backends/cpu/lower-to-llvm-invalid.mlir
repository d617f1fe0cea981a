// RUN: dlc-opt %s --dlc-lower-kernel-abi --dlc-lower-to-llvm --verify-diagnostics

// Loops must be branches by now: --convert-scf-to-cf and --lower-affine come before.
func.func private @caller(%begin: index, %end: index) attributes {kernel.symbols = [], kernel.args = []} {
  // expected-error @below {{failed to legalize operation 'affine.for'}}
  affine.for %i = 0 to 4 {
  }
  return
}
