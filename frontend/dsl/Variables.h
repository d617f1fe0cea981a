// The variables of a program: everything that outlives a call.
#ifndef DLC_FRONTEND_DSL_VARIABLES_H
#define DLC_FRONTEND_DSL_VARIABLES_H

#include "frontend/dsl/Value.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/Location.h"
#include "llvm/ADT/StringMap.h"
#include <functional>

namespace dlc::dsl {

enum class VariableKind { Param, State, Slot, Metric, Hyper, Session };

llvm::StringRef kindText(VariableKind kind);

struct Variable {
  Variable(std::string name, mlir::RankedTensorType type, VariableKind kind)
      : name(std::move(name)), type(type), kind(kind) {}

  std::string name; // a path: "dense_1/w"
  mlir::RankedTensorType type;
  VariableKind kind;
  bool trainable = false;
  std::string owner;             // a slot's parameter
  mlir::ElementsAttr initial;    // null: zeros until @init runs
  mlir::FileLineColLoc location; // of the declaration
  bool pinned = false;           // its default was used at compile time
  Value regularizer, constraint; // functions, or none
  /// Computes the first value in the function being built (@init, @metrics_reset).
  /// Returns null after reporting an error.
  std::function<mlir::Value()> initializer;
};

class VariableTable {
public:
  /// \p variable's name must be new.
  unsigned add(Variable variable);
  std::optional<unsigned> find(llvm::StringRef name) const;
  Variable &operator[](unsigned id) { return variables[id]; }
  const Variable &operator[](unsigned id) const { return variables[id]; }
  unsigned size() const { return variables.size(); }

  /// Module attribute `graph.variables`.
  mlir::ArrayAttr attribute(mlir::MLIRContext *context) const;

private:
  std::vector<Variable> variables;
  llvm::StringMap<unsigned> ids;
};

} // namespace dlc::dsl

#endif
