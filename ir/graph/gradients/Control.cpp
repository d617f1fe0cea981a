#include "ir/graph/gradients/GradientBuilder.h"

using namespace mlir;

namespace dlc::graph {

Value WaitOp::buildCotangent(GradientBuilder &, Value dresult, unsigned operand) {
  return operand == 0 ? dresult : Value();
}

} // namespace dlc::graph
