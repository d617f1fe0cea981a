// Names in scope while a block is elaborated.
#ifndef DLC_FRONTEND_DSL_ENVIRONMENT_H
#define DLC_FRONTEND_DSL_ENVIRONMENT_H

#include "frontend/dsl/Value.h"
#include "llvm/ADT/StringMap.h"
#include <deque>

namespace dlc::dsl {

namespace ast {
struct ConstDecl;
}
class Environment;

/// What a name stands for: a value, or a variable whose current value is looked up in
/// the function being built (so that a name of `state` reads what `:=` wrote).
/// A `const` is evaluated at its first use, in \p home.
struct Binding {
  Value value;
  std::optional<unsigned> variable;
  const ast::ConstDecl *constant = nullptr;
  Environment *home = nullptr;
  bool isBusy = false; // its value is being computed
};

class Environment {
public:
  explicit Environment(Environment *parent = nullptr) : parent(parent) {}

  Binding *find(llvm::StringRef name) {
    for (Environment *scope = this; scope; scope = scope->parent)
      if (auto it = scope->names.find(name); it != scope->names.end())
        return &it->second;
    return nullptr;
  }
  Binding *findHere(llvm::StringRef name) {
    auto it = names.find(name);
    return it == names.end() ? nullptr : &it->second;
  }
  void bind(llvm::StringRef name, Value value) { names[name] = Binding{std::move(value), {}}; }
  void bindVariable(llvm::StringRef name, unsigned variable) { names[name] = Binding{Value(), variable}; }
  void bindConstant(llvm::StringRef name, const ast::ConstDecl *constant) {
    names[name] = Binding{Value(), {}, constant, this};
  }

  /// Every name that can be seen from here, for "did you mean".
  template <typename Visit> void forEachName(Visit visit) const {
    for (const Environment *scope = this; scope; scope = scope->parent)
      for (const auto &entry : scope->names)
        visit(entry.getKey());
  }

private:
  Environment *parent;
  llvm::StringMap<Binding> names;
};

/// Owns every environment of one elaboration: closures keep plain pointers, and no cycle
/// of a closure and the scope it lives in can leak.
class EnvironmentArena {
public:
  Environment *create(Environment *parent = nullptr) { return &environments.emplace_back(parent); }

private:
  std::deque<Environment> environments;
};

} // namespace dlc::dsl

#endif
