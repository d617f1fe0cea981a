// What all functions of a program share: the block of variables and the segment of constants.
#ifndef DLC_PASSES_PLAN_PROGRAMBLOCKS_H
#define DLC_PASSES_PLAN_PROGRAMBLOCKS_H

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/BuiltinTypes.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/StringMap.h"

namespace dlc {

/// The block of variables: those of the module's `graph.variables`, in that order, each at a multiple of 64.
class VariableBlock {
public:
  /// Fails, with an error at the module, when an entry is incomplete or not of fixed size.
  llvm::LogicalResult layOut(mlir::ModuleOp module);

  struct Variable {
    uint64_t index;
    mlir::RankedTensorType type;
  };
  /// Empty when there is no variable of that name.
  std::optional<Variable> find(llvm::StringRef name) const;

  mlir::ArrayAttr entries(mlir::MLIRContext *context) const { return mlir::ArrayAttr::get(context, list); }
  int64_t bytes() const { return end; }

private:
  llvm::LogicalResult add(mlir::ModuleOp module, mlir::DictionaryAttr entry);

  llvm::SmallVector<mlir::Attribute> list;
  llvm::StringMap<Variable> byName;
  int64_t end = 0; // rounded up to 64
};

/// The segment of constants: equal ones are there once.
class ConstantSegment {
public:
  /// Index of the entry that holds \p value.
  uint64_t indexOf(mlir::ElementsAttr value);
  /// The list for the module's `plan.constants`.
  mlir::ArrayAttr entries(mlir::MLIRContext *context) const;
  bool empty() const { return offsets.empty(); }

private:
  llvm::MapVector<mlir::ElementsAttr, int64_t> offsets;
  int64_t end = 0;
};

} // namespace dlc

#endif
