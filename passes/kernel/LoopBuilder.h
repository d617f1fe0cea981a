// Builds nested loops whose operations are placed at the outermost loop level that their operands allow, once each.
#ifndef DLC_PASSES_KERNEL_LOOPBUILDER_H
#define DLC_PASSES_KERNEL_LOOPBUILDER_H

#include "ir/graph/SymbolicSize.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/Builders.h"
#include <map>

namespace dlc::kernel {

/// First elements of memo keys: what kind of thing is remembered.
enum MemoTag : uintptr_t { kPureTag, kElementTag, kConstantTag, kViewTag };

/// Identifies a computed value within a scope: what is computed, and from which values.
using MemoKey = llvm::SmallVector<uintptr_t, 8>;

class LoopBuilder {
public:
  /// Appends to the entry block of \p function; \p symbols gives the index arguments by name.
  LoopBuilder(mlir::func::FuncOp function, llvm::StringMap<mlir::Value> symbols);

  mlir::Location loc;

  /// \name Pure values. Equal requests in open scopes give the same value.
  /// @{
  mlir::Value index(int64_t value);
  mlir::Value constant(mlir::TypedAttr value);
  mlir::Value size(const graph::SymbolicSize &size);
  mlir::Value add(mlir::Value lhs, mlir::Value rhs);
  mlir::Value add(mlir::Value lhs, int64_t rhs) { return rhs == 0 ? lhs : add(lhs, index(rhs)); }
  mlir::Value sub(mlir::Value lhs, mlir::Value rhs);
  mlir::Value mul(mlir::Value lhs, int64_t rhs);
  mlir::Value min(mlir::Value lhs, mlir::Value rhs);
  /// The largest multiple of \p step that is not above \p value (not negative).
  mlir::Value roundDown(mlir::Value value, int64_t step);
  /// \p scalar in every lane; vectors stay as they are.
  mlir::Value broadcast(mlir::Value scalar, int64_t lanes);
  /// A pure operation by name.
  mlir::Value pure(llvm::StringRef name, mlir::Type type, mlir::ValueRange operands,
                   mlir::ArrayRef<mlir::NamedAttribute> attributes = {});
  llvm::SmallVector<mlir::Value> pure(llvm::StringRef name, mlir::TypeRange types, mlir::ValueRange operands,
                                      mlir::ArrayRef<mlir::NamedAttribute> attributes);
  template <typename Op, typename... Args> mlir::Value make(mlir::ValueRange operands, Args &&...args) {
    mlir::OpBuilder at = builderFor(operands);
    return Op::create(at, loc, std::forward<Args>(args)...);
  }
  /// @}

  static std::optional<int64_t> constantOf(mlir::Value value);

  /// \name Control flow
  /// @{
  using Body = llvm::function_ref<llvm::SmallVector<mlir::Value>(mlir::Value index, mlir::ValueRange carried)>;
  /// for index in [low, high) by step; loops with at most one known iteration are not built.
  llvm::SmallVector<mlir::Value> loop(mlir::Value low, mlir::Value high, int64_t step, mlir::ValueRange initial,
                                      Body body);
  void loop(mlir::Value low, mlir::Value high, int64_t step, llvm::function_ref<void(mlir::Value)> body);
  /// if condition; \p otherwise may be null only without results.
  llvm::SmallVector<mlir::Value> when(mlir::Value condition, mlir::TypeRange types,
                                      llvm::function_ref<llvm::SmallVector<mlir::Value>()> then,
                                      llvm::function_ref<llvm::SmallVector<mlir::Value>()> otherwise);
  /// @}

  /// \name Placement
  /// @{
  /// For operations with side effects: the end of the innermost scope.
  mlir::OpBuilder &here();
  /// For operations that depend on nothing but \p operands: the end of the innermost scope that defines one of them.
  mlir::OpBuilder builderFor(mlir::ValueRange operands);
  /// The same for loads of what the kernel has written: within the branch that may have written it.
  mlir::OpBuilder builderForResult(mlir::ValueRange operands);
  /// For constants and stack buffers: the beginning of the function.
  mlir::OpBuilder atEntry();
  /// @}

  /// \name Memory of what was computed, forgotten when the scope of the value is left
  /// @{
  mlir::Value recall(const MemoKey &key) const;
  void remember(const MemoKey &key, mlir::Value value);
  /// Remembers only until the innermost scope is left.
  void rememberHere(const MemoKey &key, mlir::Value value) { scopes.back().memo[key] = value; }
  /// @}

private:
  struct Scope {
    mlir::Block *block;
    mlir::Operation *op; ///< the operation that holds the block; null for the function
    std::map<MemoKey, mlir::Value> memo;
  };
  unsigned levelOf(mlir::Value value) const;
  unsigned levelOf(mlir::ValueRange values) const;
  mlir::OpBuilder builderAt(unsigned level);
  void open(mlir::Block *block, mlir::Operation *op);
  void close(mlir::ValueRange results);

  mlir::func::FuncOp function;
  llvm::StringMap<mlir::Value> symbols;
  mlir::OpBuilder builder;
  mlir::Operation *lastConstant = nullptr;
  llvm::SmallVector<Scope> scopes;
};

} // namespace dlc::kernel

#endif
