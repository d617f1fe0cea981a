// Literals, brackets, lambdas, if, scan.
#include "frontend/dsl/ParserCore.h"
#include "llvm/ADT/StringExtras.h"
#include <cmath>

using namespace dlc::dsl;
using namespace dlc::dsl::ast;

template <typename Literal> static std::unique_ptr<Literal> literal(SourceRange range) {
  return std::make_unique<Literal>(range);
}

ExprPtr Parser::parsePrimary() {
  SourceRange range = rangeOf(token());
  switch (token().kind) {
  case TokenKind::Int:
    return parseInt();
  case TokenKind::Float:
    return parseFloat();
  case TokenKind::String: {
    auto string = literal<StringExpr>(range);
    string->value = decodeString(textOf(token()));
    advance();
    return string;
  }
  case TokenKind::True:
  case TokenKind::False: {
    auto boolean = literal<BoolExpr>(range);
    boolean->value = at(TokenKind::True);
    advance();
    return boolean;
  }
  case TokenKind::None:
    advance();
    return literal<NoneExpr>(range);
  case TokenKind::Name: {
    auto name = literal<NameExpr>(range);
    name->name = textOf(token()).str();
    advance();
    return name;
  }
  case TokenKind::LeftParen:
    return parseParenthesized();
  case TokenKind::LeftBracket:
    return parseBracketedList();
  case TokenKind::LeftBrace:
    return parseBlock(BlockOwner::Other, "");
  case TokenKind::Fn:
    return parseLambda();
  case TokenKind::If:
    return parseIf();
  case TokenKind::Scan:
    return parseScan();
  default:
    break;
  }
  // A line that begins with an operator was meant to go on with the one before.
  bool isOperator = token().kind >= TokenKind::EqualEqual && token().kind <= TokenKind::At;
  if (token().startsLine && isOperator && lineBreaksEnd)
    diagnostics.error(range, "a line cannot begin with '" + textOf(token()) +
                                 "'; put the operator at the end of the line before");
  else
    errorExpected("an expression");
  return nullptr;
}

static std::string withoutUnderscores(llvm::StringRef digits) {
  std::string plain = digits.str();
  plain.erase(std::remove(plain.begin(), plain.end(), '_'), plain.end());
  return plain;
}

ExprPtr Parser::parseInt() {
  auto number = literal<IntExpr>(rangeOf(token()));
  if (llvm::StringRef(withoutUnderscores(textOf(token()))).getAsInteger(10, number->value)) {
    diagnostics.error(number->range, "the number does not fit in 64 bits, expected at most 9223372036854775807");
    return nullptr;
  }
  advance();
  return number;
}

ExprPtr Parser::parseFloat() {
  auto number = literal<FloatExpr>(rangeOf(token()));
  // Correct for any number of digits, and the same in every locale, unlike strtod.
  llvm::StringRef digits = textOf(token());
  bool failed = llvm::StringRef(withoutUnderscores(digits)).getAsDouble(number->value, /*AllowInexact=*/true);
  if (failed || !std::isfinite(number->value)) {
    diagnostics.error(number->range, "the number is too large for f64, expected less than 1.8e308");
    return nullptr;
  }
  advance();
  return number;
}

ExprPtr Parser::parseParenthesized() {
  uint32_t begin = token().begin;
  // `(a = x, b = y)` is a tuple with names.
  if (peek().is(TokenKind::Name) && peek(2).is(TokenKind::Equals)) {
    std::vector<Argument> items;
    if (!parseArguments(items, TokenKind::LeftParen, TokenKind::RightParen))
      return nullptr;
    auto tuple = literal<TupleExpr>(rangeSince(begin));
    for (Argument &item : items) {
      tuple->names.push_back(std::move(*item.name));
      tuple->items.push_back(std::move(item.value));
    }
    return tuple;
  }
  return parseTupleOrGroup(begin);
}

/// `(a)` is a; `(a,)` and `(a, b)` are tuples.
ExprPtr Parser::parseTupleOrGroup(uint32_t begin) {
  auto tuple = literal<TupleExpr>(rangeOf(token()));
  bool endsWithComma = false;
  bool isFine = parseList(TokenKind::LeftParen, TokenKind::RightParen, "the expression", [&] {
    tuple->items.push_back(parseExpression());
    endsWithComma = at(TokenKind::Comma);
    return tuple->items.back() != nullptr;
  });
  if (!isFine)
    return nullptr;
  if (tuple->items.size() == 1 && !endsWithComma) {
    ExprPtr inner = std::move(tuple->items.front());
    inner->parenthesized = true;
    return inner;
  }
  tuple->range = rangeSince(begin);
  return tuple;
}

ExprPtr Parser::parseBracketedList() {
  auto list = literal<ListExpr>(rangeOf(token()));
  uint32_t begin = token().begin;
  bool isFine = parseList(TokenKind::LeftBracket, TokenKind::RightBracket, "the item", [&] {
    list->items.push_back(parseExpression());
    return list->items.back() != nullptr;
  });
  list->range = rangeSince(begin);
  return isFine ? std::move(list) : nullptr;
}

ExprPtr Parser::parseLambda() {
  uint32_t begin = token().begin;
  auto lambda = literal<LambdaExpr>(rangeOf(token()));
  advance();
  if (!parseParameters(lambda->parameters))
    return nullptr;
  Restore<bool> outsideScan(inScan, false);
  if (at(TokenKind::LeftBrace))
    lambda->body = parseBlock(BlockOwner::Other, "");
  else if (accept(TokenKind::FatArrow))
    lambda->body = parseExpression();
  else
    errorExpected("'=>' or '{' after the parameters");
  lambda->range = rangeSince(begin);
  return lambda->body ? std::move(lambda) : nullptr;
}

ExprPtr Parser::parseIf() {
  Nesting nested(*this);
  if (!nested)
    return nullptr;
  uint32_t begin = token().begin;
  auto branch = literal<IfExpr>(rangeOf(token()));
  advance();
  branch->condition = parseExpression();
  if (!branch->condition)
    return nullptr;
  branch->thenBlock = parseBlock(BlockOwner::Other, "after the condition");
  if (!branch->thenBlock)
    return nullptr;
  if (accept(TokenKind::Else)) {
    branch->elseBranch = at(TokenKind::If) ? parseIf() : parseBlock(BlockOwner::Other, "after 'else'");
    if (!branch->elseBranch)
      return nullptr;
  }
  branch->range = rangeSince(begin);
  return branch;
}

ExprPtr Parser::parseScan() {
  uint32_t begin = token().begin;
  auto scan = literal<ScanExpr>(rangeOf(token()));
  advance();
  if (!parsePattern(scan->element))
    return nullptr;
  if (!acceptWord("over")) {
    errorExpected("'over' and the sequence, as 'scan xt over x axis 1 with (h = h0) { ... }'");
    return nullptr;
  }
  scan->sequence = parseExpression();
  if (!scan->sequence || !parseScanClauses(*scan))
    return nullptr;
  Restore<bool> insideScan(inScan, true);
  scan->body = parseBlock(BlockOwner::Scan, "before the scan's body");
  scan->range = rangeSince(begin);
  return scan->body ? std::move(scan) : nullptr;
}

/// In this order, each optional; they may begin a line.
bool Parser::parseScanClauses(ScanExpr &scan) {
  if (acceptWord("axis") && !(scan.axis = parseExpression()))
    return false;
  if (acceptWord("reverse") && !(scan.reverse = parseExpression()))
    return false;
  if (acceptWord("recompute") && !(scan.recompute = parseExpression()))
    return false;
  if (!acceptWord("with"))
    return true;
  if (!at(TokenKind::LeftParen)) {
    errorExpected("'(' and the first values, as 'with (h = zeros([batch, units]))'");
    return false;
  }
  if (!parseArguments(scan.carries, TokenKind::LeftParen, TokenKind::RightParen))
    return false;
  for (const Argument &carry : scan.carries)
    if (!carry.name) {
      diagnostics.error(carry.range, "expected 'name = value' for each value that is carried along");
      return false;
    }
  return true;
}
