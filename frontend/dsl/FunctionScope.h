// One function of the module while it is being built.
#ifndef DLC_FRONTEND_DSL_FUNCTIONSCOPE_H
#define DLC_FRONTEND_DSL_FUNCTIONSCOPE_H

#include "frontend/dsl/Variables.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/MapVector.h"

namespace dlc::dsl {

/// Threads variables as values: a read is an argument at first use, a write replaces the
/// current value and becomes a result. A nested function (the body of `grad(f)`, the loss)
/// receives what it uses of the enclosing ones as further arguments.
class FunctionScope {
public:
  FunctionScope(mlir::ModuleOp module, llvm::StringRef name, VariableTable &variables,
                FunctionScope *parent, mlir::Location location);

  mlir::OpBuilder &builder() { return opBuilder; }
  mlir::func::FuncOp function() { return func; }

  /// A tensor handed in by the caller; \p attribute ("graph.input", "graph.target") and
  /// \p name are recorded on public functions.
  mlir::Value addArgument(mlir::RankedTensorType type, llvm::StringRef attribute, llvm::StringRef name);
  mlir::Value read(unsigned variable);
  /// What the first read of a variable gives instead of the function's argument for it, the callback's second.
  void setFirstRead(std::function<mlir::Value(unsigned, mlir::Value)> callback) { firstRead = std::move(callback); }
  void write(unsigned variable, mlir::Value value);
  const llvm::MapVector<unsigned, mlir::Value> &written() const { return writes; }
  /// \p value as seen in this function; null when it belongs to a function that does not
  /// enclose this one.
  mlir::Value use(mlir::Value value);
  /// The outer value of each argument that `use` or `read` added, by argument index.
  const llvm::MapVector<unsigned, mlir::Value> &captures() const { return captured; }

  /// Ends a public function: named outputs, then every written variable.
  void finish(llvm::ArrayRef<std::pair<std::string, mlir::Value>> outputs);
  /// The same without the written variables.
  void finishWithoutWrites(llvm::ArrayRef<std::pair<std::string, mlir::Value>> outputs);
  /// Ends a nested function: \p results, then every written variable.
  void finishNested(llvm::ArrayRef<mlir::Value> results);

private:
  mlir::Value addCapture(mlir::Value outer);
  void setReturn(llvm::ArrayRef<mlir::Value> results);

  VariableTable &variables;
  FunctionScope *parent;
  mlir::func::FuncOp func;
  mlir::OpBuilder opBuilder;
  std::function<mlir::Value(unsigned, mlir::Value)> firstRead;
  llvm::DenseMap<unsigned, mlir::Value> current; // variable -> its value here and now
  llvm::MapVector<unsigned, mlir::Value> writes;
  llvm::DenseMap<mlir::Value, mlir::Value> inner; // outer value -> what stands for it here
  llvm::MapVector<unsigned, mlir::Value> captured;
};

/// "prefix_1", or the first higher number that no function of \p module has.
std::string freshName(mlir::ModuleOp module, llvm::StringRef prefix);

/// Removes ops and variables that nothing uses: elaboration computes both a run-time and a compile-time form of some
/// values. Only when all functions are complete, since a value's type is still asked for while a later one is built: the
/// optimizer's arguments in the first values of its slots.
void eraseUnused(mlir::func::FuncOp function);

} // namespace dlc::dsl

#endif
