#include "passes/fusion/NominalSizes.h"

#include "ir/graph/GraphOps.h"

using namespace mlir;
using namespace dlc;
using namespace dlc::fusion;

NominalSizes::NominalSizes(ModuleOp module, int64_t otherwise) : batch(otherwise), otherwise(otherwise) {
  auto recipe = module->getAttrOfType<DictionaryAttr>("graph.recipe");
  if (auto size = recipe ? recipe.getAs<IntegerAttr>("batch_size") : IntegerAttr())
    batch = std::max<int64_t>(size.getInt(), 1);
}

int64_t NominalSizes::of(const graph::SymbolicSize &size) const {
  auto valueOf = [&](StringRef symbol) { return std::optional<int64_t>(symbol == "batch" ? batch : otherwise); };
  return size.evaluate(valueOf).value_or(std::numeric_limits<int64_t>::max() / 4);
}

int64_t NominalSizes::elements(Type type) const { return of(graph::elementCount(cast<RankedTensorType>(type))); }

int64_t NominalSizes::flops(Operation *op) const {
  // Random bits cost sixty integer operations, but reading a stored mask back costs memory for the whole backward
  // pass; the generator is made to be run again.
  if (isa<graph::RandomUniformOp>(op))
    return 2 * elements(op->getResult(0).getType());
  auto cost = dyn_cast<CostOpInterface>(op);
  return cost ? of(cost.getFlops()) : 0;
}

int64_t NominalSizes::flopsPerElement(Operation *op) const {
  int64_t count = std::max<int64_t>(elements(op->getResult(0).getType()), 1);
  return (flops(op) + count - 1) / count;
}
