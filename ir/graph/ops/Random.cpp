#include "ir/graph/GraphOps.h"

using namespace mlir;

namespace dlc::graph {

LogicalResult RandomUniformOp::verify() {
  Type element = getType().getElementType();
  if (!element.isF32() && !element.isF64())
    return emitOpError("result must have elements f32 or f64, got ") << element;
  return success();
}

} // namespace dlc::graph
