// What waits is there by the time that its kernel runs: the launch has the event among its operands.
#include "ir/graph/GraphOps.h"
#include "passes/lower/KernelLowering.h"

using namespace mlir;
using namespace dlc::graph;
namespace dlc::lower {

static LogicalResult wait(KernelLowering &kernel, Operation *op) {
  kernel.define(op->getResult(0), kernel.lowered(cast<WaitOp>(op).getInput()));
  return success();
}

void addControlLowerings(LoweringTable &table) { table[WaitOp::getOperationName()] = wait; }

} // namespace dlc::lower
