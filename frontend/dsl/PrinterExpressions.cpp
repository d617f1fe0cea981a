#include "frontend/dsl/PrinterCore.h"
#include <algorithm>

using namespace dlc::dsl;
using namespace dlc::dsl::ast;

Format Printer::expression(const Expr &expr) {
  Format comments = inlineComments(expr.range.begin);
  Format inner = unparenthesized(expr);
  if (expr.parenthesized)
    inner = cat({word("("), hasSpreadBlock(expr) ? inner : doc.align(inner), word(")")});
  return comments ? cat({comments, inner}) : inner;
}

Format Printer::unparenthesized(const Expr &expr) {
  switch (expr.kind) {
  case ExprKind::Float:
    // `1.` gets a digit, lest a dot follow it.
    return word(textOf(expr.range).str() + (textOf(expr.range).ends_with(".") ? "0" : ""));
  case ExprKind::Int:
  case ExprKind::String:
  case ExprKind::Bool:
  case ExprKind::None:
  case ExprKind::Name:
    return word(textOf(expr.range));
  case ExprKind::Unary: {
    auto &unary = llvm::cast<UnaryExpr>(expr);
    return cat({word(unary.op == UnaryOp::Not ? "not " : "-"), expression(*unary.operand)});
  }
  case ExprKind::Binary: {
    auto &binary = llvm::cast<BinaryExpr>(expr);
    return binary.op == BinaryOp::Pipe ? pipe(binary) : chain(binary);
  }
  case ExprKind::Call: {
    auto &call = llvm::cast<CallExpr>(expr);
    Format callee = expression(*call.callee);
    return cat({callee, arguments(call.arguments)});
  }
  case ExprKind::Index: {
    auto &index = llvm::cast<IndexExpr>(expr);
    Format base = expression(*index.base);
    std::vector<ListItem> items;
    for (const Subscript &each : index.subscripts)
      items.push_back({each.range, [this, &each] { return subscript(each); }});
    return cat({base, list("[", "]", items)});
  }
  case ExprKind::Field: {
    auto &field = llvm::cast<FieldExpr>(expr);
    return cat({expression(*field.base), word("." + field.field.name)});
  }
  case ExprKind::Lambda:
    return lambda(llvm::cast<LambdaExpr>(expr));
  case ExprKind::If:
    return branch(llvm::cast<IfExpr>(expr));
  case ExprKind::Block:
    return block(llvm::cast<BlockExpr>(expr));
  case ExprKind::Tuple:
    return tuple(llvm::cast<TupleExpr>(expr));
  case ExprKind::List:
    return expressions("[", "]", llvm::cast<ListExpr>(expr).items);
  case ExprKind::Type:
    return type(llvm::cast<TypeExpr>(expr));
  case ExprKind::Scan:
    return scan(llvm::cast<ScanExpr>(expr));
  }
  return nullptr;
}

/// The operands of a chain, from the left, which the tree holds from the right.
static std::vector<const BinaryExpr *> linksOf(const BinaryExpr &last, bool (*belongs)(BinaryOp, BinaryOp)) {
  std::vector<const BinaryExpr *> links{&last};
  while (auto *lhs = llvm::dyn_cast<BinaryExpr>(links.back()->lhs.get())) {
    if (lhs->parenthesized || !belongs(last.op, lhs->op))
      break;
    links.push_back(lhs);
  }
  std::reverse(links.begin(), links.end());
  return links;
}

Format Printer::pipe(const BinaryExpr &pipe) {
  auto links = linksOf(pipe, [](BinaryOp, BinaryOp op) { return op == BinaryOp::Pipe; });
  bool isSpread = false;
  uint32_t previousEnd = links.front()->lhs->range.end;
  for (const BinaryExpr *link : links) {
    isSpread |= hasLineBreak(previousEnd, link->opRange.begin);
    previousEnd = link->rhs->range.end;
  }
  Format source = expression(*links.front()->lhs);
  Lines lines{links.front()->lhs->range.end, {}, {}, nullptr};
  std::vector<Format> stages;
  for (const BinaryExpr *link : links) {
    size_t first = lines.things.size();
    takeComments(lines, link->rhs->range.begin);
    addThing(lines, link->rhs->range, cat({word("|> "), expression(*link->rhs)}));
    isSpread |= lines.things.size() > first + 1;
  }
  for (Format thing : lines.things) {
    stages.push_back(isSpread ? doc.hardLine() : doc.line());
    stages.push_back(thing);
  }
  return doc.group(cat({source, lines.opening, doc.nest(2, cat(stages))}), isSpread);
}

static int precedenceClass(BinaryOp op) {
  switch (op) {
  case BinaryOp::Or:
    return 2;
  case BinaryOp::And:
    return 3;
  case BinaryOp::Add:
  case BinaryOp::Subtract:
    return 5;
  case BinaryOp::Multiply:
  case BinaryOp::Divide:
  case BinaryOp::Remainder:
    return 6;
  case BinaryOp::MatMul:
    return 7;
  case BinaryOp::Power:
    return 8;
  default:
    return 4;
  }
}

/// Operators of equal precedence: broken after an operator, as the language asks.
Format Printer::chain(const BinaryExpr &binary) {
  auto links = linksOf(binary, [](BinaryOp last, BinaryOp op) {
    return last != BinaryOp::Power && op != BinaryOp::Pipe && precedenceClass(op) == precedenceClass(last);
  });
  std::vector<Format> parts;
  Format operand = expression(*links.front()->lhs);
  int indent = binary.parenthesized ? 0 : 4; // parentheses align what they hold
  for (const BinaryExpr *link : links) {
    operand = cat({operand, word(" " + spelling(link->op).str())});
    Format between = separator(link->opRange.end, link->rhs->range.begin, operand, indent);
    parts.push_back(doc.group(operand));
    parts.push_back(between);
    operand = expression(*link->rhs);
  }
  parts.push_back(doc.group(operand));
  return doc.fill(std::move(parts));
}

Format Printer::subscript(const Subscript &subscript) {
  switch (subscript.kind) {
  case SubscriptKind::Value:
    return expression(*subscript.value);
  case SubscriptKind::Ellipsis:
    return word("...");
  case SubscriptKind::NewAxis:
    return word("none");
  case SubscriptKind::Slice:
    break;
  }
  std::vector<Format> parts;
  if (subscript.start)
    parts.push_back(expression(*subscript.start));
  parts.push_back(word(":"));
  if (subscript.stop)
    parts.push_back(expression(*subscript.stop));
  if (subscript.step) {
    parts.push_back(word(":"));
    parts.push_back(expression(*subscript.step));
  }
  return cat(parts);
}

Format Printer::lambda(const LambdaExpr &lambda) {
  Format head = cat({word("fn"), parameters(lambda.parameters)});
  if (auto *body = llvm::dyn_cast<BlockExpr>(lambda.body.get()); body && !body->parenthesized)
    return cat({head, word(" "), block(*body)});
  return cat({head, word(" => "), expression(*lambda.body)});
}

/// All branches on one line, or each on lines of its own.
Format Printer::branch(const IfExpr &branch) {
  bool isSpread = false;
  for (const Expr *next = &branch; next;) {
    auto *conditional = llvm::dyn_cast<IfExpr>(next);
    isSpread |= this->isSpread(conditional ? *conditional->thenBlock : llvm::cast<BlockExpr>(*next));
    next = conditional ? conditional->elseBranch.get() : nullptr;
  }
  std::vector<Format> parts;
  for (const Expr *next = &branch; next;) {
    auto *conditional = llvm::dyn_cast<IfExpr>(next);
    if (next != &branch)
      parts.push_back(word(" else "));
    if (conditional) {
      parts.push_back(word("if "));
      parts.push_back(expression(*conditional->condition));
      parts.push_back(word(" "));
    }
    parts.push_back(blockInGroup(conditional ? *conditional->thenBlock : llvm::cast<BlockExpr>(*next), isSpread));
    next = conditional ? conditional->elseBranch.get() : nullptr;
  }
  return doc.group(cat(parts));
}

Format Printer::tuple(const TupleExpr &tuple) {
  if (tuple.names.empty())
    return expressions("(", tuple.items.size() == 1 ? ",)" : ")", tuple.items);
  std::vector<ListItem> items;
  for (size_t i = 0; i < tuple.items.size(); ++i)
    items.push_back({join(tuple.names[i].range, tuple.items[i]->range), [this, &tuple, i] {
                       return cat({word(tuple.names[i].name + " = "), expression(*tuple.items[i])});
                     }});
  return list("(", ")", items);
}

Format Printer::scan(const ScanExpr &scan) {
  std::vector<Format> parts{word("scan "), pattern(scan.element), word(" over "), expression(*scan.sequence)};
  auto clause = [&](llvm::StringRef name, Format value) {
    parts.push_back(doc.nest(4, doc.line()));
    parts.push_back(cat({word(name), value}));
  };
  if (scan.axis)
    clause("axis ", expression(*scan.axis));
  if (scan.reverse)
    clause("reverse ", expression(*scan.reverse));
  if (scan.recompute)
    clause("recompute ", expression(*scan.recompute));
  if (!scan.carries.empty())
    clause("with ", arguments(scan.carries));
  return cat({doc.group(cat(parts)), word(" "), block(*scan.body)});
}

bool Printer::hasSpreadBlock(const Expr &expr) const {
  switch (expr.kind) {
  case ExprKind::Block:
    return isSpread(llvm::cast<BlockExpr>(expr));
  case ExprKind::Lambda:
    return hasSpreadBlock(*llvm::cast<LambdaExpr>(expr).body);
  case ExprKind::Scan:
    return true;
  case ExprKind::If: {
    auto &branch = llvm::cast<IfExpr>(expr);
    return isSpread(*branch.thenBlock) || (branch.elseBranch && hasSpreadBlock(*branch.elseBranch));
  }
  case ExprKind::Call: {
    auto &call = llvm::cast<CallExpr>(expr);
    return std::any_of(call.arguments.begin(), call.arguments.end(),
                       [&](const Argument &argument) { return hasSpreadBlock(*argument.value); });
  }
  default:
    return false;
  }
}
