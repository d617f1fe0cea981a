#include "frontend/dsl/PrinterCore.h"

using namespace dlc::dsl;
using namespace dlc::dsl::ast;

Format Printer::block(const BlockExpr &block) { return doc.group(blockInGroup(block, isSpread(block))); }

/// Whether the author began a new line after the brace, or left comments that need one.
bool Printer::isSpread(const BlockExpr &block) const {
  uint32_t first = block.statements.empty() ? block.range.end : block.statements.front()->range.begin;
  return (!block.statements.empty() && hasLineBreak(block.range.begin, first)) ||
         hasComment(block.range.begin, block.range.end);
}

/// On one line or on several together with the group around it.
Format Printer::blockInGroup(const BlockExpr &block, bool isForced) {
  Format before = inlineComments(block.range.begin);
  Lines lines{block.range.begin + 1, {}, {}, nullptr};
  for (const StmtPtr &each : block.statements) {
    takeComments(lines, each->range.begin);
    addThing(lines, each->range, doc.group(statement(*each)));
  }
  takeComments(lines, block.range.end);
  if (lines.things.empty() && !lines.opening)
    return cat({before, word("{}")});
  if (lines.things.empty())
    return cat({before, word("{"), lines.opening, doc.hardLine(), word("}")});
  auto edge = [&] { return isForced ? doc.hardLine() : doc.line(); };
  Format body = doc.nest(2, cat({edge(), joined(lines, /*canBeFlat=*/!isForced)}));
  return cat({before, word("{"), lines.opening, body, edge(), word("}")});
}

Format Printer::statement(const Stmt &statement) {
  switch (statement.kind) {
  case StmtKind::Let: {
    auto &let = llvm::cast<LetStmt>(statement);
    return cat({word("let "), pattern(let.pattern), word(" = "), expression(*let.value)});
  }
  case StmtKind::Param:
    return param(llvm::cast<ParamStmt>(statement));
  case StmtKind::State: {
    auto &state = llvm::cast<StateStmt>(statement);
    Format head = word("state " + state.name.name);
    if (state.type)
      head = cat({head, word(": "), type(*state.type)});
    return state.init ? cat({head, word(" = "), expression(*state.init)}) : head;
  }
  case StmtKind::Assign: {
    auto &assign = llvm::cast<AssignStmt>(statement);
    return cat({word(assign.target.name + " := "), expression(*assign.value)});
  }
  case StmtKind::Expr:
    return expression(*llvm::cast<ExprStmt>(statement).expr);
  case StmtKind::For: {
    auto &loop = llvm::cast<ForStmt>(statement);
    Format head = cat({word("for "), pattern(loop.pattern), word(" in "), expression(*loop.sequence)});
    return cat({head, word(" "), block(*loop.body)});
  }
  case StmtKind::Next: {
    auto &next = llvm::cast<NextStmt>(statement);
    return cat({word("next " + next.carry.name + " = "), expression(*next.value)});
  }
  case StmtKind::Emit:
    return cat({word("emit "), expression(*llvm::cast<EmitStmt>(statement).value)});
  case StmtKind::Fit:
    return cat({word("fit "), block(*llvm::cast<FitStmt>(statement).body)});
  case StmtKind::Update:
    return cat({word("update "), block(*llvm::cast<UpdateStmt>(statement).body)});
  case StmtKind::Result:
    return cat({word("result "), expression(*llvm::cast<ResultStmt>(statement).value)});
  case StmtKind::Prepare: {
    auto &prepare = llvm::cast<PrepareStmt>(statement);
    return cat({word("prepare(" + prepare.gradients.name + ") "), block(*prepare.body)});
  }
  }
  return nullptr;
}

Format Printer::param(const ParamStmt &param) {
  Format head = cat({word("param " + param.name.name + ": "), type(*param.type)});
  if (param.init)
    head = cat({head, word(" = "), expression(*param.init)});
  std::vector<Format> parts;
  for (const Argument &option : param.options) {
    parts.push_back(doc.group(cat({head, word(",")})));
    parts.push_back(doc.nest(4, doc.line()));
    head = argument(option);
  }
  parts.push_back(doc.group(head));
  return doc.fill(std::move(parts));
}
