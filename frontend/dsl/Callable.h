// The values that can be called.
#ifndef DLC_FRONTEND_DSL_CALLABLE_H
#define DLC_FRONTEND_DSL_CALLABLE_H

#include "frontend/dsl/Ast.h"
#include "frontend/dsl/Environment.h"
#include "llvm/ADT/StringSet.h"

namespace dlc::dsl {

class Interpreter;
struct BuiltinCall;

/// `fn f(x) = …` or `fn(x) => …` with the scope it closes over.
struct Callable {
  std::string name; // "" for a lambda
  const std::vector<ast::Parameter> *parameters;
  const ast::ResultSpec *result; // or null
  const ast::Expr *body;
  Environment *environment;
};

/// A layer, model, optimizer or metric as declared; \p environment holds its file's names.
struct Declaration {
  const ast::TemplateDecl *decl;
  Environment *environment;
};

/// A declaration with its hyper-parameters. A layer's also knows what it has made so far.
struct Instance {
  const Declaration *declaration;
  Environment *hypers;
  std::string path; // of a layer, once it has one
  bool hasPath = false;
  unsigned namedIn = 0; // the run that gave the path: an instance in a const outlives it
  llvm::StringMap<unsigned> childCounts;
  llvm::StringSet<> usedNames;
  llvm::StringMap<SourceRange> variables; // declared in the current call, by local name
  bool isFrozenState = false; // has state and was frozen by the recipe
};

/// An argument that was evaluated, with its place for messages.
struct ArgumentValue {
  Value value;
  SourceRange range;
  std::string name; // "" when positional
};

struct PartialCall {
  Value callee;
  std::vector<ArgumentValue> arguments;
};

struct BuiltinParameter {
  std::string name;
  std::optional<Value> defaultValue;
};

struct Builtin {
  std::string name;
  std::vector<BuiltinParameter> parameters;
  bool takesMore = false; // `...`: any further arguments
  Value (*run)(BuiltinCall &);
};

/// What a call of a builtin receives: one value for each parameter, in order.
struct BuiltinCall {
  Interpreter &interpreter;
  const Builtin &builtin;
  SourceRange range; // of the whole call
  std::vector<ArgumentValue> arguments; // those of `...` follow the named parameters

  const std::string &name() const { return builtin.name; }
  const Value &operator[](size_t index) const { return arguments[index].value; }
  SourceRange place(size_t index) const {
    return arguments[index].range.isValid() ? arguments[index].range : range;
  }
};

/// "layer dense", "fn softmax".
std::string describeCallable(const Value &value);
/// The name a user would call it by; "" for a lambda.
std::string callableName(const Value &value);
bool sameFunction(const Callable &lhs, const Callable &rhs);
llvm::StringRef kindText(ast::DeclKind kind);

} // namespace dlc::dsl

#endif
