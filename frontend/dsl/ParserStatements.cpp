#include "frontend/dsl/ParserCore.h"

using namespace dlc::dsl;
using namespace dlc::dsl::ast;

BlockPtr Parser::parseBlock(BlockOwner owner, llvm::StringRef where) {
  Nesting nested(*this);
  if (!nested)
    return nullptr;
  Token open = token();
  auto block = std::make_unique<BlockExpr>(rangeOf(open));
  if (!expect(TokenKind::LeftBrace, where))
    return nullptr;
  Restore<bool> lines(lineBreaksEnd, true);
  Restore<bool> ownPipes(pipeEndsLambda, false);
  while (!accept(TokenKind::RightBrace)) {
    if (accept(TokenKind::Semicolon))
      continue;
    if (reportIfUnclosed(open))
      return nullptr;
    size_t statementBegin = index;
    if (StmtPtr statement = parseStatement(owner))
      block->statements.push_back(std::move(statement));
    else
      skipStatement(statementBegin);
    if (index == statementBegin && !at(TokenKind::RightBrace))
      advance();
  }
  block->range = rangeSince(open.begin);
  return block;
}

StmtPtr Parser::parseStatement(BlockOwner owner) {
  uint32_t begin = token().begin;
  StmtPtr statement;
  if (at(TokenKind::Let))
    statement = parseLet();
  else if (at(TokenKind::For))
    statement = parseFor();
  else if (at(TokenKind::Fn) && peek().is(TokenKind::Name)) {
    diagnostics.error(rangeOf(token()),
                      "functions with a name are declared outside of layers and functions; here write 'let " +
                          textOf(peek()) + " = fn(x) => ...'");
    return nullptr;
  } else if (at(TokenKind::Name))
    statement = parseWordStatement(owner);
  else
    statement = parseExpressionStatement();
  if (!statement)
    return nullptr;
  statement->range = rangeSince(begin);
  if (!atStatementEnd()) {
    errorExpected("the end of the line or ';' after the statement");
    return nullptr;
  }
  return statement;
}

/// Statements that begin with a word which elsewhere is an ordinary name.
StmtPtr Parser::parseWordStatement(BlockOwner owner) {
  const Token &next = peek();
  if (!next.startsLine) {
    if (atWord("param") && next.is(TokenKind::Name))
      return parseParam();
    if (atWord("state") && next.is(TokenKind::Name))
      return parseState();
    if (atWord("next") && next.is(TokenKind::Name))
      return parseNext();
    if (atWord("fit") && next.is(TokenKind::LeftBrace))
      return parseBlockStatement<FitStmt>(BlockOwner::Other);
    if (inScan && atWord("emit"))
      return parseValueStatement<EmitStmt>();
    if (owner == BlockOwner::Metric && atWord("update") && next.is(TokenKind::LeftBrace))
      return parseBlockStatement<UpdateStmt>(BlockOwner::Other);
    if (owner == BlockOwner::Metric && atWord("result"))
      return parseValueStatement<ResultStmt>();
    if (owner == BlockOwner::Optimizer && atWord("prepare") && next.is(TokenKind::LeftParen))
      return parsePrepare();
  }
  return parseExpressionStatement();
}

StmtPtr Parser::parseLet() {
  auto let = std::make_unique<LetStmt>(rangeOf(token()));
  advance();
  if (!parsePattern(let->pattern))
    return nullptr;
  if (at(TokenKind::Assign)) {
    diagnostics.error(rangeOf(token()), "'let' binds a name with '='; ':=' changes a state that exists");
    return nullptr;
  }
  if (!expect(TokenKind::Equals, "after the name"))
    return nullptr;
  let->value = parseExpression();
  return let->value ? std::move(let) : nullptr;
}

StmtPtr Parser::parseParam() {
  auto param = std::make_unique<ParamStmt>(rangeOf(token()));
  advance();
  param->name = *parseName("a name");
  if (!expect(TokenKind::Colon, "and the parameter's type, as 'param w: T[n, units] = glorot_uniform'"))
    return nullptr;
  param->type = parseType();
  if (!param->type)
    return nullptr;
  if (accept(TokenKind::Equals) && !(param->init = parseExpression()))
    return nullptr;
  while (accept(TokenKind::Comma)) {
    if (!at(TokenKind::Name) || !peek().is(TokenKind::Equals)) {
      errorExpected("an option, as 'regularizer = l2(0.01)'");
      return nullptr;
    }
    if (!parseArgument(param->options))
      return nullptr;
  }
  return param;
}

StmtPtr Parser::parseState() {
  auto state = std::make_unique<StateStmt>(rangeOf(token()));
  advance();
  state->name = *parseName("a name");
  if (accept(TokenKind::Colon) && !(state->type = parseType()))
    return nullptr;
  if (accept(TokenKind::Equals)) {
    state->init = parseExpression();
    return state->init ? std::move(state) : nullptr;
  }
  if (state->type)
    return state;
  errorExpected("': type' or '= value' after the state's name");
  return nullptr;
}

StmtPtr Parser::parseFor() {
  auto loop = std::make_unique<ForStmt>(rangeOf(token()));
  advance();
  if (!parsePattern(loop->pattern) || !expect(TokenKind::In, "after the loop's name"))
    return nullptr;
  loop->sequence = parseExpression();
  if (!loop->sequence)
    return nullptr;
  loop->body = parseBlock(BlockOwner::Other, "before the loop's body");
  return loop->body ? std::move(loop) : nullptr;
}

StmtPtr Parser::parseNext() {
  auto next = std::make_unique<NextStmt>(rangeOf(token()));
  advance();
  next->carry = *parseName("a name");
  if (!inScan) {
    diagnostics.error(next->range,
                      "'next' sets a value for the next step of a 'scan', but there is no 'scan' around it");
    return nullptr;
  }
  if (!expect(TokenKind::Equals, "after 'next " + next->carry.name + "'"))
    return nullptr;
  next->value = parseExpression();
  return next->value ? std::move(next) : nullptr;
}

StmtPtr Parser::parsePrepare() {
  auto prepare = std::make_unique<PrepareStmt>(rangeOf(token()));
  advance();
  if (!expect(TokenKind::LeftParen, ""))
    return nullptr;
  std::optional<Identifier> gradients = parseName("a name for the list of gradients");
  if (!gradients || !expect(TokenKind::RightParen, "after the list of gradients"))
    return nullptr;
  prepare->gradients = std::move(*gradients);
  prepare->body = parseBlock(BlockOwner::Other, "before the body of 'prepare'");
  return prepare->body ? std::move(prepare) : nullptr;
}

template <typename Statement> StmtPtr Parser::parseBlockStatement(BlockOwner owner) {
  auto statement = std::make_unique<Statement>(rangeOf(token()));
  advance();
  statement->body = parseBlock(owner, "");
  return statement->body ? std::move(statement) : nullptr;
}

template <typename Statement> StmtPtr Parser::parseValueStatement() {
  auto statement = std::make_unique<Statement>(rangeOf(token()));
  advance();
  statement->value = parseExpression();
  return statement->value ? std::move(statement) : nullptr;
}

StmtPtr Parser::parseExpressionStatement() {
  Token first = token();
  ExprPtr expr = parseExpression();
  if (!expr)
    return nullptr;
  if (!atStatementEnd() && (at(TokenKind::Assign) || at(TokenKind::Equals))) {
    auto *name = llvm::dyn_cast<NameExpr>(expr.get());
    if (at(TokenKind::Equals)) {
      std::string target = name ? name->name : "name";
      diagnostics.error(rangeOf(token()), "expected 'let " + target + " = ...' for a new name or '" + target +
                                              " := ...' to change a state");
      return nullptr;
    }
    if (!name || name->parenthesized) {
      diagnostics.error(expr->range, "only a name can stand before ':='");
      return nullptr;
    }
    auto assign = std::make_unique<AssignStmt>(rangeOf(first));
    assign->target = {name->name, name->range};
    advance();
    assign->value = parseExpression();
    return assign->value ? std::move(assign) : nullptr;
  }
  auto statement = std::make_unique<ExprStmt>(expr->range);
  statement->expr = std::move(expr);
  return statement;
}
