// Moves the marked ops of one function into kernels.
#ifndef DLC_PASSES_FUSION_KERNELOUTLINER_H
#define DLC_PASSES_FUSION_KERNELOUTLINER_H

#include "ir/graph/GraphOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "passes/fusion/DataFlow.h"

namespace dlc::fusion {

/// The kernels of a module: equal ones are one function.
class KernelTable {
public:
  explicit KernelTable(mlir::ModuleOp module) : module(module), symbols(module) {}

  /// Takes \p kernel, which has no name yet: inserts it, or erases it when the module has its equal.
  mlir::func::FuncOp insert(mlir::func::FuncOp kernel);
  unsigned count() const { return total; }

private:
  mlir::ModuleOp module;
  mlir::SymbolTable symbols;
  llvm::DenseMap<llvm::hash_code, llvm::SmallVector<mlir::func::FuncOp>> byHash;
  unsigned total = 0, next = 0;
};

class KernelOutliner {
public:
  KernelOutliner(mlir::func::FuncOp function, KernelTable &kernels)
      : function(function), kernels(kernels), flow(function) {}

  /// Fails with an error at an op that --dlc-form-fusion-groups has not marked.
  llvm::LogicalResult run();
  unsigned launchCount() const { return groups.size(); }

private:
  llvm::LogicalResult readGroups();
  void keepLoop(graph::ScanOp scan, mlir::OpBuilder &builder);
  void outline(llvm::ArrayRef<mlir::Operation *> group, mlir::OpBuilder &builder);
  mlir::func::FuncOp buildKernel(llvm::ArrayRef<mlir::Operation *> group, llvm::ArrayRef<mlir::Value> arguments,
                                 llvm::ArrayRef<mlir::Value> results);
  void describe(mlir::func::FuncOp kernel);
  mlir::Value valueOf(mlir::Value value, mlir::OpBuilder &builder);

  mlir::func::FuncOp function;
  KernelTable &kernels;
  DataFlow flow;
  llvm::SmallVector<llvm::SmallVector<mlir::Operation *>> groups; // by number, ops in program order
  llvm::DenseMap<mlir::Value, mlir::Value> values;                // of the function's old ops, behind the launches
};

} // namespace dlc::fusion

#endif
