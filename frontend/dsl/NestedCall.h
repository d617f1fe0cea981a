// A call whose body becomes a function of its own: for gradients, checkpoints and gradients written by hand.
#ifndef DLC_FRONTEND_DSL_NESTEDCALL_H
#define DLC_FRONTEND_DSL_NESTEDCALL_H

#include "frontend/dsl/Interpreter.h"

namespace dlc::dsl {

/// The tensors in \p value, through lists and tuples.
void collectTensors(const Value &value, llvm::SmallVectorImpl<Value> &leaves);

/// \p value with its tensors replaced in order by those that \p next gives.
Value withTensors(const Value &value, llvm::function_ref<Value(const Value &)> next);

/// In this order: call, finish, operands; then an op that calls `function`, and takeResults.
class NestedCall {
public:
  NestedCall(Interpreter &interpreter, llvm::StringRef name, SourceRange range);

  /// Calls \p callee inside; the tensors of \p arguments become arguments of the function.
  Value call(const Value &callee, const std::vector<ArgumentValue> &arguments);
  /// Ends the function: the tensors of \p result, what `add_loss` was called with, then the variables that it wrote.
  void finish(const Value &result);
  /// The outer values for the function's arguments: those of the call, then what it uses beside them.
  llvm::SmallVector<mlir::Value> operands() const;
  llvm::ArrayRef<mlir::Value> arguments() const { return outer; }
  llvm::SmallVector<mlir::Value> captures() const;
  /// \p result outside, from the calling op's results; variables get their new values, the loss what was added.
  Value takeResults(const Value &result, mlir::ValueRange::iterator &next);

  FunctionScope function;
  std::vector<ArgumentValue> addedLosses;

private:
  Interpreter &interpreter;
  SourceRange range;
  llvm::SmallVector<mlir::Value> outer;
};

} // namespace dlc::dsl

#endif
