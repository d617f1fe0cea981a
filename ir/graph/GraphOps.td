#ifndef DLC_IR_GRAPH_GRAPHOPS_TD
#define DLC_IR_GRAPH_GRAPHOPS_TD

include "ir/graph/ops/Contraction.td"
include "ir/graph/ops/Control.td"
include "ir/graph/ops/Convolution.td"
include "ir/graph/ops/Elementwise.td"
include "ir/graph/ops/Indexing.td"
include "ir/graph/ops/Pooling.td"
include "ir/graph/ops/Random.td"
include "ir/graph/ops/Reduction.td"
include "ir/graph/ops/Shape.td"

#endif
