#include "passes/fusion/InPlacePairs.h"

#include "passes/fusion/DataFlow.h"
#include "passes/fusion/IndexMaps.h"

using namespace mlir;
using namespace dlc;
using namespace dlc::fusion;

// The values that depend on the argument; nothing if one of them is read in any other way than at its own index.
static std::optional<llvm::SetVector<Value>> dependentsOf(BlockArgument argument) {
  llvm::SetVector<Value> values;
  values.insert(argument);
  for (size_t next = 0; next < values.size(); ++next)
    for (OpOperand &use : values[next].getUses()) {
      Operation *user = use.getOwner();
      if (user->hasTrait<OpTrait::IsTerminator>())
        continue;
      if (!isPointwise(use))
        return std::nullopt;
      values.insert(user->getResult(0));
    }
  return values;
}

// For every op the results of the kernel that it, or what it reads, needs at other indices than its own: their nest must
// be complete before its nest begins.
static llvm::DenseMap<Operation *, llvm::BitVector> completeResults(func::FuncOp kernel) {
  Block &body = kernel.getBody().front();
  llvm::DenseMap<Value, unsigned> numbers;
  for (OpOperand &operand : body.getTerminator()->getOpOperands())
    numbers[operand.get()] = operand.getOperandNumber();
  llvm::DenseMap<Operation *, llvm::BitVector> needed;
  for (Operation &op : body) {
    llvm::BitVector results(body.getTerminator()->getNumOperands());
    for (OpOperand &operand : op.getOpOperands()) {
      Operation *producer = operand.get().getDefiningOp();
      if (!producer)
        continue;
      results |= needed.find(producer)->second;
      if (auto number = numbers.find(operand.get()); number != numbers.end() && !isPointwise(operand))
        results.set(number->second);
    }
    needed.try_emplace(&op, std::move(results));
  }
  return needed;
}

SmallVector<std::pair<unsigned, unsigned>> dlc::fusion::findInPlacePairs(func::FuncOp kernel) {
  DataFlow flow(kernel);
  llvm::DenseMap<Operation *, llvm::BitVector> complete = completeResults(kernel);
  Operation *terminator = kernel.getBody().front().getTerminator();
  SmallVector<std::pair<unsigned, unsigned>> pairs;
  for (BlockArgument argument : kernel.getArguments()) {
    std::optional<llvm::SetVector<Value>> dependents = dependentsOf(argument);
    if (!dependents)
      continue;
    SmallVector<unsigned> results;
    const llvm::BitVector *barriers = nullptr, *before = nullptr;
    bool oneNest = true;
    for (OpOperand &operand : terminator->getOpOperands()) {
      Operation *producer = operand.get().getDefiningOp();
      if (!dependents->contains(operand.get()))
        continue;
      oneNest &= producer && (!barriers || *barriers == flow.barriersOf(producer)) &&
                 (!before || *before == complete.find(producer)->second);
      if (!producer)
        continue;
      barriers = &flow.barriersOf(producer);
      before = &complete.find(producer)->second;
      if (operand.get().getType() == argument.getType())
        results.push_back(operand.getOperandNumber());
    }
    for (unsigned result : oneNest ? results : SmallVector<unsigned>())
      pairs.emplace_back(argument.getArgNumber(), result);
  }
  return pairs;
}
