// RUN: dlc-opt %s --split-input-file --verify-diagnostics

// expected-error @+1 {{#graph.dims must have one entry for each of 2 dimensions, got 1}}
func.func private @rank(tensor<?x4xf32, #graph.dims<"batch">>)

// -----

// expected-error @+1 {{#graph.dims must name dynamic dimension 0}}
func.func private @missing(tensor<?x?xf32, #graph.dims<"", "t">>)

// -----

// expected-error @+1 {{#graph.dims must have "" for static dimension 1, got "t"}}
func.func private @superfluous(tensor<?x4xf32, #graph.dims<"batch", "t">>)

// -----

// expected-error @+1 {{a tensor without dynamic dimensions has no #graph.dims}}
func.func private @static(tensor<4xf32, #graph.dims<"">>)

// -----

// expected-error @+1 {{a size must be a polynomial of names, like "2*batch+1", got "2 batch"}}
func.func private @syntax(tensor<?xf32, #graph.dims<"2 batch">>)

// -----

// expected-error @+1 {{a constant size belongs in the tensor's shape, got "3+4"}}
func.func private @constant(tensor<?xf32, #graph.dims<"3+4">>)

// -----

// expected-error @+1 {{a size must be written in canonical form, expected "2*batch+1", got "1 + batch*2"}}
func.func private @canonical(tensor<?xf32, #graph.dims<"1 + batch*2">>)

// -----

// expected-error @+1 {{a size must be a polynomial of names, like "2*batch+1", got "9223372036854775808*batch"}}
func.func private @overflow(tensor<?xf32, #graph.dims<"9223372036854775808*batch">>)
