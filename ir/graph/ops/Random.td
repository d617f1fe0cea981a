// Counter-based random numbers.
#ifndef DLC_IR_GRAPH_OPS_RANDOM_TD
#define DLC_IR_GRAPH_OPS_RANDOM_TD

include "ir/graph/GraphBase.td"

def Graph_RandomUniformOp : Graph_ExplicitOp<"random_uniform", "Elementwise", 60, Graph_HasNoGradient> {
  let summary = "uniform random numbers from a counter";
  let description = [{
    `result[e] = u(philox4x32_10(key = seed, counter = (e, id, domain, step)))` in [0, 1), e the row-major linear index.
    Words of the key: seed's low and high 32 bits. Words of the counter: e's low 32, e's high 32,
    `low32(id) xor (domain << 30)`, step's low 32. f32: `(word0 >> 8) * 2^-24`;
    f64: `((word0 >> 6) * 2^27 + (word1 >> 5)) * 2^-53`.
    Shapes: seed and step are rank-0 tensors of i64; result as written.
    Errors: a result that is neither f32 nor f64.
    Source: Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", 2011.
    Example: `%u = graph.random_uniform %seed, %step domain train id 42 : tensor<4x8xf32>`
  }];
  let arguments = (ins Graph_I64Scalar:$seed, Graph_I64Scalar:$step, I64Attr:$id, Graph_RandomDomainAttr:$domain);
  let results = (outs Graph_FloatTensor:$result);
  let assemblyFormat = "$seed `,` $step `domain` `` $domain `id` $id attr-dict `:` type($result)";
}

#endif
