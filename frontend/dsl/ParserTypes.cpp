// Types, parameter lists, patterns, and lists in general.
#include "frontend/dsl/ParserCore.h"

using namespace dlc::dsl;
using namespace dlc::dsl::ast;

bool Parser::parseList(TokenKind opening, TokenKind closing, llvm::StringRef item,
                       llvm::function_ref<bool()> parseItem) {
  Token open = token();
  if (!expect(opening, ""))
    return false;
  Restore<bool> insideBrackets(lineBreaksEnd, false);
  Restore<bool> ownPipes(pipeEndsLambda, false);
  while (!accept(closing)) {
    if (!parseItem())
      return false;
    if (accept(TokenKind::Comma))
      continue;
    if (accept(closing))
      return true;
    noteOpening(errorExpected("',' or " + describe(closing) + " after " + item), open);
    return false;
  }
  return true;
}

bool Parser::checkNewName(const std::vector<SourceRange> &earlier, const Identifier &name, llvm::StringRef what) {
  constexpr size_t kMaxNames = 1000; // comparing all with all stays quick
  if (earlier.size() >= kMaxNames) {
    diagnostics.error(name.range, "there are more than " + llvm::Twine(kMaxNames) + " " + what + " here");
    return false;
  }
  for (SourceRange other : earlier)
    if (sources.text(other) == name.name) {
      diagnostics.error(name.range, "there are two " + what + " '" + name.name + "'").note(other, "the first is here");
      return false;
    }
  return true;
}

TypePtr Parser::parseType() {
  Nesting nested(*this);
  if (!nested)
    return nullptr;
  uint32_t begin = token().begin;
  std::optional<Identifier> base = parseName("a type");
  if (!base)
    return nullptr;
  auto type = std::make_unique<TypeExpr>(base->range);
  type->base = std::move(*base);
  if (at(TokenKind::LeftBracket) && continuesLine()) {
    type->hasDims = true;
    if (!parseList(TokenKind::LeftBracket, TokenKind::RightBracket, "the size", [&] { return parseTypeDim(*type); }))
      return nullptr;
  }
  type->range = rangeSince(begin);
  return type;
}

bool Parser::parseTypeDim(TypeExpr &type) {
  TypeDim dim;
  uint32_t begin = token().begin;
  if (accept(TokenKind::Ellipsis)) {
    dim.isRest = true;
    if (at(TokenKind::Name))
      dim.restName = parseName("a name");
    for (const TypeDim &other : type.dims)
      if (other.isRest) {
        diagnostics.error(rangeSince(begin), "a type may have only one '...'").note(other.range, "the first is here");
        return false;
      }
  } else if (!(dim.size = parseExpression())) {
    return false;
  }
  dim.range = rangeSince(begin);
  type.dims.push_back(std::move(dim));
  return true;
}

bool Parser::parseParameters(std::vector<Parameter> &parameters) {
  return parseList(TokenKind::LeftParen, TokenKind::RightParen, "the parameter",
                   [&] { return parseParameter(parameters); });
}

bool Parser::parseParameter(std::vector<Parameter> &parameters) {
  Parameter parameter;
  uint32_t begin = token().begin;
  std::optional<Identifier> name = parseName("a parameter's name");
  if (!name)
    return false;
  std::vector<SourceRange> earlier;
  for (const Parameter &other : parameters)
    earlier.push_back(other.name.range);
  if (!checkNewName(earlier, *name, "parameters"))
    return false;
  parameter.name = std::move(*name);
  if (accept(TokenKind::Colon) && !(parameter.type = parseType()))
    return false;
  if (accept(TokenKind::Equals) && !(parameter.defaultValue = parseExpression()))
    return false;
  parameter.range = rangeSince(begin);
  parameters.push_back(std::move(parameter));
  return true;
}

bool Parser::parseResult(std::optional<ResultSpec> &result) {
  if (!accept(TokenKind::Arrow))
    return true;
  ResultSpec spec;
  uint32_t begin = token().begin;
  std::vector<SourceRange> earlier;
  auto parseItem = [&] {
    ResultItem item;
    if (at(TokenKind::Name) && peek().is(TokenKind::Colon)) {
      item.name = parseName("a name");
      if (!checkNewName(earlier, *item.name, "results"))
        return false;
      earlier.push_back(item.name->range);
      advance();
    }
    item.type = parseType();
    spec.items.push_back(std::move(item));
    return spec.items.back().type != nullptr;
  };
  spec.isTuple = at(TokenKind::LeftParen);
  if (!(spec.isTuple ? parseList(TokenKind::LeftParen, TokenKind::RightParen, "the result", parseItem) : parseItem()))
    return false;
  spec.range = rangeSince(begin);
  if (spec.items.empty()) {
    diagnostics.error(spec.range, "expected at least one result type between '(' and ')'");
    return false;
  }
  result = std::move(spec);
  return true;
}

bool Parser::parsePattern(Pattern &pattern) {
  uint32_t begin = token().begin;
  std::vector<SourceRange> earlier;
  auto parseItem = [&] {
    std::optional<Identifier> name = parseName("a name");
    if (!name || (name->name != "_" && !checkNewName(earlier, *name, "names")))
      return false;
    earlier.push_back(name->range);
    pattern.names.push_back(std::move(*name));
    return true;
  };
  pattern.isTuple = at(TokenKind::LeftParen);
  if (!(pattern.isTuple ? parseList(TokenKind::LeftParen, TokenKind::RightParen, "the name", parseItem) : parseItem()))
    return false;
  pattern.range = rangeSince(begin);
  if (pattern.names.empty()) {
    diagnostics.error(pattern.range, "expected at least one name between '(' and ')'");
    return false;
  }
  return true;
}

bool Parser::parseArguments(std::vector<Argument> &arguments, TokenKind opening, TokenKind closing) {
  return parseList(opening, closing, "the argument", [&] { return parseArgument(arguments); });
}

bool Parser::parseArgument(std::vector<Argument> &arguments) {
  Argument argument;
  uint32_t begin = token().begin;
  if (at(TokenKind::Name) && peek().is(TokenKind::Equals)) {
    argument.name = parseName("a name");
    std::vector<SourceRange> earlier;
    for (auto other = arguments.rbegin(); other != arguments.rend() && other->name; ++other)
      earlier.push_back(other->name->range);
    if (!checkNewName(earlier, *argument.name, "arguments"))
      return false;
    advance();
  }
  argument.value = parseExpression();
  if (!argument.value)
    return false;
  argument.range = rangeSince(begin);
  if (!argument.name && !arguments.empty() && arguments.back().name) {
    diagnostics.error(argument.range, "expected 'name = value': arguments without a name come before those with one");
    return false;
  }
  arguments.push_back(std::move(argument));
  return true;
}
