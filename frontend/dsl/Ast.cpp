#include "frontend/dsl/Ast.h"

using namespace dlc::dsl::ast;

BlockExpr::~BlockExpr() = default;

const Expr *BlockExpr::value() const {
  if (statements.empty())
    return nullptr;
  auto *last = llvm::dyn_cast_or_null<ExprStmt>(statements.back().get());
  return last ? last->expr.get() : nullptr;
}

llvm::StringRef dlc::dsl::ast::spelling(BinaryOp op) {
  switch (op) {
  case BinaryOp::Pipe:
    return "|>";
  case BinaryOp::Or:
    return "or";
  case BinaryOp::And:
    return "and";
  case BinaryOp::Equal:
    return "==";
  case BinaryOp::NotEqual:
    return "!=";
  case BinaryOp::Less:
    return "<";
  case BinaryOp::LessEqual:
    return "<=";
  case BinaryOp::Greater:
    return ">";
  case BinaryOp::GreaterEqual:
    return ">=";
  case BinaryOp::Add:
    return "+";
  case BinaryOp::Subtract:
    return "-";
  case BinaryOp::Multiply:
    return "*";
  case BinaryOp::Divide:
    return "/";
  case BinaryOp::Remainder:
    return "%";
  case BinaryOp::MatMul:
    return "@";
  case BinaryOp::Power:
    return "**";
  }
  return "";
}

llvm::StringRef dlc::dsl::ast::spelling(UnaryOp op) { return op == UnaryOp::Negate ? "-" : "not"; }
