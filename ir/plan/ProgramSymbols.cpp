#include "ir/plan/ProgramSymbols.h"

#include "ir/graph/GraphOps.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include <set>

using namespace mlir;
using namespace dlc;

static void collect(Type type, std::set<std::string> &names) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  for (int64_t dim = 0; tensor && dim < tensor.getRank(); ++dim)
    graph::sizeOfDim(tensor, dim).collectSymbols(names);
}

SmallVector<std::string> dlc::plan::programSymbols(ModuleOp module) {
  SmallVector<std::string> symbols;
  if (auto known = module->getAttrOfType<ArrayAttr>("kernel.symbols")) {
    for (StringAttr name : known.getAsRange<StringAttr>())
      symbols.push_back(name.str());
    return symbols;
  }
  std::set<std::string> names;
  module.walk([&](Operation *op) {
    if (auto function = dyn_cast<FunctionOpInterface>(op))
      for (Type type : function.getArgumentTypes())
        collect(type, names);
    for (Type type : op->getResultTypes())
      collect(type, names);
    if (auto size = dyn_cast<graph::SizeOp>(op))
      if (FailureOr<graph::SymbolicSize> formula = graph::SymbolicSize::parse(size.getSize()); succeeded(formula))
        formula->collectSymbols(names);
  });
  if (names.erase("batch"))
    symbols.push_back("batch");
  symbols.append(names.begin(), names.end());
  return symbols;
}
