#include "frontend/dsl/Callable.h"

namespace dlc::dsl {

llvm::StringRef kindText(ast::DeclKind kind) {
  switch (kind) {
  case ast::DeclKind::Import:
    return "import";
  case ast::DeclKind::Const:
    return "const";
  case ast::DeclKind::Fn:
    return "fn";
  case ast::DeclKind::Layer:
    return "layer";
  case ast::DeclKind::Model:
    return "model";
  case ast::DeclKind::Optimizer:
    return "optimizer";
  case ast::DeclKind::Metric:
    return "metric";
  case ast::DeclKind::Train:
    return "train";
  }
  llvm_unreachable("unknown declaration kind");
}

std::string callableName(const Value &value) {
  switch (value.kind()) {
  case ValueKind::Function:
    return value.asCallable().name;
  case ValueKind::Builtin:
    return value.asBuiltin()->name;
  case ValueKind::Partial:
    return callableName(value.asPartial().callee);
  case ValueKind::Class:
    return value.asClass()->decl->name.name;
  case ValueKind::Instance:
    return value.asInstance()->declaration->decl->name.name;
  default:
    return "";
  }
}

std::string describeCallable(const Value &value) {
  std::string name = callableName(value);
  if (value.is(ValueKind::Class) || value.is(ValueKind::Instance)) {
    const Declaration *declaration =
        value.is(ValueKind::Class) ? value.asClass() : value.asInstance()->declaration;
    std::string text = (kindText(declaration->decl->kind) + " " + name).str();
    return value.is(ValueKind::Instance) ? text + "(...)" : text;
  }
  return name.empty() ? "a function" : "fn " + name;
}

bool sameFunction(const Callable &lhs, const Callable &rhs) {
  return lhs.body == rhs.body && lhs.environment == rhs.environment;
}

} // namespace dlc::dsl
