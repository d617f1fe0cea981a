// stop_gradient and wait are the identity; a guard that does not hold ends the run. launch is the interpreter's own.
#include "backends/reference/Interpreter.h"
#include "ir/graph/GraphOps.h"

using namespace mlir;
using namespace dlc::graph;
namespace dlc::reference {

static LogicalResult firstOperand(const Evaluation &e) {
  e.results[0].bytes = e.operands[0].bytes;
  return success();
}

static LogicalResult guard(const Evaluation &e) {
  if (!e.operands[0].getInt(0))
    return e.op->emitError("guard: ") << cast<GuardOp>(e.op).getReason();
  return success();
}

void addControlKernels(KernelTable &table) {
  table[StopGradientOp::getOperationName()] = firstOperand;
  table[WaitOp::getOperationName()] = firstOperand;
  table[GuardOp::getOperationName()] = guard;
}

} // namespace dlc::reference
