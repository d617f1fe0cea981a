#include "passes/fusion/DataFlow.h"

#include "passes/fusion/IndexMaps.h"

using namespace mlir;
using namespace dlc;
using namespace dlc::fusion;

DataFlow::DataFlow(func::FuncOp function) {
  Block &block = function.getBody().front();
  llvm::DenseMap<Operation *, unsigned> guardNumbers;
  for (Operation &op : block) {
    if (isa<graph::GuardOp>(op))
      guardNumbers[&op] = guardCount++;
    if (isa<graph::GuardOp>(op) || op.hasTrait<OpTrait::IsTerminator>()) {
      memoryReaders.push_back(&op);
      continue;
    }
    if (isBarrier(&op))
      barrierNumbers.try_emplace(&op, barrierNumbers.size());
    list.push_back(&op);
  }
  for (Operation *op : list) {
    llvm::BitVector &set = barriers.try_emplace(op, barrierNumbers.size()).first->second;
    for (Value operand : op->getOperands())
      if (Operation *producer = operand.getDefiningOp())
        set |= barriers.find(producer)->second;
    if (auto number = barrierNumbers.find(op); number != barrierNumbers.end())
      set.set(number->second);
  }
  for (Operation *op : llvm::reverse(list)) {
    unsigned phase = guardCount;
    for (Operation *user : op->getUsers()) {
      auto guard = guardNumbers.find(user);
      unsigned needed = guard != guardNumbers.end() ? guard->second : guardCount;
      if (auto known = phases.find(user); known != phases.end())
        needed = known->second;
      phase = std::min(phase, needed);
    }
    phases[op] = phase;
  }
}

bool DataFlow::dependsOn(Value value, Operation *barrier) const {
  Operation *op = value.getDefiningOp();
  return op && barriersOf(op).test(barrierNumbers.lookup(barrier));
}
