// The functions that the language has without the library: they make ops of the graph, or
// compute at compile time. frontend/std/README.md lists them.
#ifndef DLC_FRONTEND_DSL_BUILTINS_H
#define DLC_FRONTEND_DSL_BUILTINS_H

#include "frontend/dsl/Interpreter.h"

namespace dlc::dsl {

class BuiltinTable {
public:
  /// \p signature as a user would write it: "sum(x, axis = none, keepdims = false)";
  /// defaults are none, true, false or numbers, `...` takes any further arguments.
  void add(llvm::StringRef signature, Value (*run)(BuiltinCall &));
  void bindAll(Environment &env) const;

private:
  std::deque<Builtin> builtins;
};

void addElementwiseBuiltins(BuiltinTable &table);
void addReductionBuiltins(BuiltinTable &table);
void addShapeBuiltins(BuiltinTable &table);
void addCreationBuiltins(BuiltinTable &table);
void addIndexingBuiltins(BuiltinTable &table);
void addConvolutionBuiltins(BuiltinTable &table);
void addClassWeightBuiltins(BuiltinTable &table);
void addControlBuiltins(BuiltinTable &table);
void addCompileTimeBuiltins(BuiltinTable &table);
void addRecipeBuiltins(BuiltinTable &table);
void addReaderBuiltins(BuiltinTable &table);

/// All of them, made once.
const BuiltinTable &builtinTable();

/// Argument \p index as a tensor, a literal taking \p preferred; null after an error.
mlir::Value tensorArgument(BuiltinCall &call, size_t index, mlir::Type preferred = {});
/// The list of tensors in argument \p index, of one dtype; empty after an error.
llvm::SmallVector<mlir::Value> tensorListArgument(BuiltinCall &call, size_t index);
/// Argument \p index as a dtype; `none` is the float of the context.
std::optional<mlir::Type> dtypeArgument(BuiltinCall &call, size_t index);

} // namespace dlc::dsl

#endif
