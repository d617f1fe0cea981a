// Operators, calls, indexing, and the constructs with blocks.
#include "frontend/dsl/ParserCore.h"

using namespace dlc::dsl;
using namespace dlc::dsl::ast;

namespace {

struct Operator {
  TokenKind token;
  BinaryOp op;
  unsigned precedence; // higher binds tighter
};
constexpr unsigned kPipePrecedence = 1, kComparisonPrecedence = 4;
constexpr Operator kOperators[] = {
    {TokenKind::Pipe, BinaryOp::Pipe, kPipePrecedence},
    {TokenKind::Or, BinaryOp::Or, 2},
    {TokenKind::And, BinaryOp::And, 3},
    {TokenKind::EqualEqual, BinaryOp::Equal, kComparisonPrecedence},
    {TokenKind::NotEqual, BinaryOp::NotEqual, kComparisonPrecedence},
    {TokenKind::Less, BinaryOp::Less, kComparisonPrecedence},
    {TokenKind::LessEqual, BinaryOp::LessEqual, kComparisonPrecedence},
    {TokenKind::Greater, BinaryOp::Greater, kComparisonPrecedence},
    {TokenKind::GreaterEqual, BinaryOp::GreaterEqual, kComparisonPrecedence},
    {TokenKind::Plus, BinaryOp::Add, 5},
    {TokenKind::Minus, BinaryOp::Subtract, 5},
    {TokenKind::Star, BinaryOp::Multiply, 6},
    {TokenKind::Slash, BinaryOp::Divide, 6},
    {TokenKind::Percent, BinaryOp::Remainder, 6},
    {TokenKind::At, BinaryOp::MatMul, 7},
};

const Operator *operatorOf(TokenKind kind) {
  for (const Operator &candidate : kOperators)
    if (candidate.token == kind)
      return &candidate;
  return nullptr;
}

bool isUnparenthesizedNot(const Expr &expr) {
  auto *unary = llvm::dyn_cast<UnaryExpr>(&expr);
  return unary && unary->op == UnaryOp::Not && !unary->parenthesized;
}

} // namespace

ExprPtr Parser::parseExpression() {
  Nesting nested(*this);
  return nested ? parseBinary(kPipePrecedence) : nullptr;
}

ExprPtr Parser::parseBinary(unsigned minPrecedence) {
  uint32_t begin = token().begin;
  ExprPtr lhs = parseUnary();
  while (lhs) {
    const Operator *found = operatorOf(token().kind);
    if (!found || found->precedence < minPrecedence || (found->op != BinaryOp::Pipe && !continuesLine()))
      break;
    if (found->op == BinaryOp::Pipe && pipeEndsLambda)
      break;
    // `not a == b` means (not a) == b here and not (a == b) in Python.
    if (found->precedence == kComparisonPrecedence && isUnparenthesizedNot(*lhs)) {
      diagnostics.error(lhs->range, "put parentheses after 'not': 'not' binds tighter than '" + textOf(token()) + "'");
      return nullptr;
    }
    auto binary = std::make_unique<BinaryExpr>(lhs->range);
    binary->op = found->op;
    binary->opRange = rangeOf(token());
    advance();
    Restore<bool> lambdaInPipe(pipeEndsLambda, pipeEndsLambda || found->op == BinaryOp::Pipe);
    binary->lhs = std::move(lhs);
    binary->rhs = parseBinary(found->precedence + 1);
    if (!binary->rhs || !growChain(begin))
      return nullptr;
    binary->range = rangeSince(begin);
    lhs = std::move(binary);
    const Operator *following = operatorOf(token().kind);
    if (found->precedence == kComparisonPrecedence && following && following->precedence == kComparisonPrecedence &&
        continuesLine()) {
      diagnostics.error(rangeOf(token()), "comparisons do not chain; join two of them with 'and'");
      return nullptr;
    }
  }
  return lhs;
}

ExprPtr Parser::parseUnary() {
  if (!at(TokenKind::Minus) && !at(TokenKind::Not))
    return parsePower();
  Nesting nested(*this);
  if (!nested)
    return nullptr;
  uint32_t begin = token().begin;
  auto unary = std::make_unique<UnaryExpr>(rangeOf(token()));
  unary->op = at(TokenKind::Minus) ? UnaryOp::Negate : UnaryOp::Not;
  advance();
  unary->operand = parseUnary();
  unary->range = rangeSince(begin);
  return unary->operand ? std::move(unary) : nullptr;
}

ExprPtr Parser::parsePower() {
  uint32_t begin = token().begin;
  ExprPtr base = parsePostfix();
  if (!base || !at(TokenKind::StarStar) || !continuesLine())
    return base;
  Nesting nested(*this);
  if (!nested)
    return nullptr;
  auto power = std::make_unique<BinaryExpr>(base->range);
  power->op = BinaryOp::Power;
  power->opRange = rangeOf(token());
  advance();
  power->lhs = std::move(base);
  power->rhs = parseUnary();
  power->range = rangeSince(begin);
  return power->rhs && growChain(begin) ? std::move(power) : nullptr;
}

ExprPtr Parser::parsePostfix() {
  uint32_t begin = token().begin;
  ExprPtr base = parsePrimary();
  while (base) {
    if (at(TokenKind::Dot)) {
      auto access = std::make_unique<FieldExpr>(base->range);
      advance();
      std::optional<Identifier> field = parseName("a field's name after '.'");
      if (!field)
        return nullptr;
      access->base = std::move(base);
      access->field = std::move(*field);
      base = std::move(access);
    } else if (at(TokenKind::LeftParen) && continuesLine()) {
      auto call = std::make_unique<CallExpr>(base->range);
      call->callee = std::move(base);
      if (!parseArguments(call->arguments, TokenKind::LeftParen, TokenKind::RightParen))
        return nullptr;
      base = std::move(call);
    } else if (at(TokenKind::LeftBracket) && continuesLine()) {
      base = parseIndex(std::move(base), begin);
      if (!base)
        return nullptr;
    } else {
      break;
    }
    base->range = rangeSince(begin);
    if (!growChain(begin))
      return nullptr;
  }
  return base;
}

ExprPtr Parser::parseIndex(ExprPtr base, uint32_t begin) {
  auto access = std::make_unique<IndexExpr>(base->range);
  access->base = std::move(base);
  if (!parseList(TokenKind::LeftBracket, TokenKind::RightBracket, "the subscript",
                 [&] { return parseSubscript(access->subscripts); }))
    return nullptr;
  if (!access->subscripts.empty())
    return access;
  diagnostics.error(rangeSince(begin), "expected at least one subscript between '[' and ']'");
  return nullptr;
}

bool Parser::parseSubscript(std::vector<Subscript> &subscripts) {
  Subscript subscript;
  uint32_t begin = token().begin;
  auto atPartEnd = [&] { return at(TokenKind::Colon) || at(TokenKind::Comma) || at(TokenKind::RightBracket); };
  if (accept(TokenKind::Ellipsis)) {
    subscript.kind = SubscriptKind::Ellipsis;
  } else {
    ExprPtr first;
    if (!at(TokenKind::Colon) && !(first = parseExpression()))
      return false;
    if (accept(TokenKind::Colon)) {
      subscript.kind = SubscriptKind::Slice;
      subscript.start = std::move(first);
      if (!atPartEnd() && !(subscript.stop = parseExpression()))
        return false;
      if (accept(TokenKind::Colon) && !atPartEnd() && !(subscript.step = parseExpression()))
        return false;
    } else if (llvm::isa<NoneExpr>(first.get())) {
      subscript.kind = SubscriptKind::NewAxis;
    } else {
      subscript.value = std::move(first);
    }
  }
  subscript.range = rangeSince(begin);
  subscripts.push_back(std::move(subscript));
  return true;
}
