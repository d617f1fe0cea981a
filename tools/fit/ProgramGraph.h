// A program as a graph that TensorBoard draws.
#ifndef DLC_TOOLS_FIT_PROGRAMGRAPH_H
#define DLC_TOOLS_FIT_PROGRAMGRAPH_H

#include "tools/fit/Program.h"

namespace dlc::fit {

/// An encoded GraphDef of `predict`, or "" of a program without it. Nodes are the inputs, the variables and constants
/// that are read, every step of the plan, and the outputs; edges are who wrote the bytes that a step reads. Names are
/// those of the source, "dense_1/x @ w", in the letters that TensorFlow allows, so that layers are scopes; the
/// attributes have the kernel, its place in the source, its costs, and the shapes or numbers of elements.
std::string graphDef(const Program &program);

} // namespace dlc::fit

#endif
