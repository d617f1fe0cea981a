// RUN: dlc-opt %s --dlc-expand-math --split-input-file --verify-diagnostics

func.func @half(%x: vector<16xf16>) -> vector<16xf16> {
  // expected-error @below {{cannot be expanded for 'f16', only for f32 and f64}}
  %y = math.exp %x : vector<16xf16>
  return %y : vector<16xf16>
}

// -----

// expected-error @below {{unknown target 'x86-64-v5', expected x86-64-v2, x86-64-v3 or x86-64-v4}}
module attributes {kernel.target = {level = "x86-64-v5"}} {
}

// -----

// expected-error @below {{'kernel.target' must be a dictionary with a string 'level', found "x86-64-v4"}}
module attributes {kernel.target = "x86-64-v4"} {
}
