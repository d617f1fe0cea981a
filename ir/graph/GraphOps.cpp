// The generated definitions: a file of their own, because they take longer to compile than all else here.
#include "ir/graph/GraphOps.h"
#include "ir/graph/AssemblyFormat.h"
#include "ir/graph/gradients/GradientBuilder.h"

using namespace mlir;
using namespace dlc::graph;

#define GET_OP_CLASSES
#include "ir/graph/GraphOps.cpp.inc"
