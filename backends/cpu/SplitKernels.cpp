#include "backends/cpu/SplitKernels.h"
#include "backends/cpu/ImageLinker.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/SymbolTable.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace dlc;

/// \p entry and all that it refers to, directly or not.
static llvm::SetVector<Operation *> reachableFrom(Operation *entry, const SymbolTable &symbols) {
  llvm::SetVector<Operation *> reached;
  reached.insert(entry);
  for (size_t i = 0; i < reached.size(); ++i)
    if (auto uses = SymbolTable::getSymbolUses(reached[i]))
      for (SymbolTable::SymbolUse use : *uses)
        if (Operation *used = symbols.lookup(use.getSymbolRef().getRootReference()))
          reached.insert(used);
  return reached;
}

SmallVector<KernelModule> dlc::splitKernels(ModuleOp module) {
  SymbolTable symbols(module);
  SmallVector<KernelModule> parts;
  for (auto entry : module.getOps<LLVM::LLVMFuncOp>()) {
    if (!entry.getName().ends_with(kEntrySuffix))
      continue;
    KernelModule part{entry.getName().drop_back(kEntrySuffix.size()).str(), ModuleOp::create(entry.getLoc())};
    for (Operation *op : reachableFrom(entry, symbols))
      part.module->getBody()->push_back(op->clone());
    parts.push_back(std::move(part));
  }
  return parts;
}
