#include "frontend/dsl/ParserCore.h"
#include "llvm/ADT/SmallVector.h"

using namespace dlc::dsl;

ast::Module dlc::dsl::parseModule(const SourceManager &sources, FileId file, Diagnostics &diagnostics) {
  size_t earlier = diagnostics.all().size();
  ast::Module module = Parser(sources, file, diagnostics).parseModule();
  diagnostics.sortByPlace(earlier);
  return module;
}

Parser::Parser(const SourceManager &sources, FileId file, Diagnostics &diagnostics)
    : sources(sources), file(file), text(sources.text(file)), diagnostics(diagnostics) {
  LexedFile lexed = lex(sources, file, diagnostics);
  tokens = std::move(lexed.tokens);
  comments = std::move(lexed.comments);
}

ast::Module Parser::parseModule() {
  ast::Module module;
  module.file = file;
  while (!at(TokenKind::EndOfFile)) {
    size_t before = index;
    if (ast::DeclPtr declaration = parseDeclaration()) {
      module.declarations.push_back(std::move(declaration));
      accept(TokenKind::Semicolon);
      continue;
    }
    if (index == before)
      advance();
    skipToDeclaration();
  }
  module.comments = std::move(comments);
  return module;
}

void Parser::advance() {
  lastEnd = token().end;
  if (!at(TokenKind::EndOfFile))
    ++index;
}

bool Parser::accept(TokenKind kind) {
  if (!at(kind))
    return false;
  advance();
  return true;
}

bool Parser::acceptWord(llvm::StringRef word) {
  if (!atWord(word))
    return false;
  advance();
  return true;
}

bool Parser::expect(TokenKind kind, llvm::StringRef where) {
  if (accept(kind))
    return true;
  errorExpected(where.empty() ? describe(kind).str() : (describe(kind) + " " + where).str());
  return false;
}

std::optional<ast::Identifier> Parser::parseName(llvm::StringRef what) {
  if (at(TokenKind::Name)) {
    ast::Identifier name{textOf(token()).str(), rangeOf(token())};
    advance();
    return name;
  }
  if (isKeyword(textOf(token()))) {
    diagnostics.error(rangeOf(token()),
                      "expected " + what + ", but '" + textOf(token()) + "' is a word of the language");
    return std::nullopt;
  }
  errorExpected(what);
  return std::nullopt;
}

bool Parser::atStatementEnd() const {
  return token().startsLine || at(TokenKind::Semicolon) || at(TokenKind::RightBrace) || at(TokenKind::EndOfFile);
}

Diagnostic *Parser::errorExpected(const llvm::Twine &what) {
  const Token &found = token();
  if (found.is(TokenKind::Unknown))
    return nullptr; // the lexer has said what is wrong with it
  std::string foundText = describe(found.kind).str();
  if (found.is(TokenKind::Name) || found.is(TokenKind::Int) || found.is(TokenKind::Float) ||
      found.is(TokenKind::String))
    foundText = textOf(found).size() <= 40 ? "'" + textOf(found).str() + "'" : foundText;
  SourceRange place = rangeOf(found);
  // A line that stops too early is shown itself, not the next one.
  if (found.startsLine && index > 0) {
    place = {file, lastEnd, lastEnd};
    if (lineBreaksEnd && !found.is(TokenKind::EndOfFile))
      foundText = "the end of the line";
  }
  return &diagnostics.error(place, "expected " + what + ", found " + foundText);
}

void Parser::noteOpening(Diagnostic *diagnostic, const Token &opening) {
  if (diagnostic)
    diagnostic->note(rangeOf(opening), "to close this " + describe(opening.kind));
}

bool Parser::reportIfUnclosed(const Token &opening) {
  bool atEnd = at(TokenKind::EndOfFile);
  if (!atEnd && !startsDeclarationInFirstColumn(index))
    return false;
  llvm::StringRef where =
      atEnd ? "expected '}' before the end of the file" : "expected '}' before the next declaration";
  noteOpening(&diagnostics.error(rangeOf(token()), where), opening);
  return true;
}

bool Parser::atDeclarationStart() const {
  if (!token().startsLine)
    return false;
  const Token &next = peek();
  if (next.startsLine)
    return false;
  if (at(TokenKind::Fn))
    return next.is(TokenKind::Name);
  if (atWord("import"))
    return next.is(TokenKind::String);
  for (llvm::StringRef word : {"layer", "model", "optimizer", "metric", "train", "const"})
    if (atWord(word))
      return next.is(TokenKind::Name);
  return false;
}

void Parser::skipToDeclaration() {
  unsigned depth = 0;
  while (!at(TokenKind::EndOfFile)) {
    bool inFirstColumn = token().begin == 0 || text[token().begin - 1] == '\n';
    if ((depth == 0 || inFirstColumn) && atDeclarationStart())
      return;
    if (at(TokenKind::LeftBrace))
      ++depth;
    else if (at(TokenKind::RightBrace) && depth > 0)
      --depth;
    advance();
  }
}

static TokenKind closingOf(TokenKind opening) {
  switch (opening) {
  case TokenKind::LeftParen:
    return TokenKind::RightParen;
  case TokenKind::LeftBracket:
    return TokenKind::RightBracket;
  default:
    return TokenKind::RightBrace;
  }
}

static bool isOpening(TokenKind kind) {
  return kind == TokenKind::LeftParen || kind == TokenKind::LeftBracket || kind == TokenKind::LeftBrace;
}

/// Whether the token can only begin a statement: brackets that are still open before it were forgotten.
static bool beginsOnlyStatements(const Token &token) {
  return token.startsLine && (token.is(TokenKind::Let) || token.is(TokenKind::For));
}

void Parser::skipStatement(size_t statementBegin) {
  llvm::SmallVector<TokenKind> open;
  size_t openBraces = 0;
  for (size_t i = statementBegin;; ++i) {
    const Token &here = tokens[i];
    bool isPastError = i >= index && i > statementBegin;
    if (here.is(TokenKind::EndOfFile) || (isPastError && startsDeclarationInFirstColumn(i))) {
      moveTo(std::max(i, index));
      return;
    }
    bool onlyForgotten = openBraces == 0;
    bool ends = here.startsLine || here.is(TokenKind::Semicolon);
    if (isPastError && ((ends && open.empty()) || (onlyForgotten && beginsOnlyStatements(here)))) {
      moveTo(i);
      return;
    }
    if (isOpening(here.kind)) {
      open.push_back(here.kind);
      openBraces += here.is(TokenKind::LeftBrace);
      continue;
    }
    if (here.is(TokenKind::RightBrace)) {
      while (!open.empty() && open.pop_back_val() != TokenKind::LeftBrace) {
      }
      openBraces -= !onlyForgotten;
      if (onlyForgotten && i >= index) {
        moveTo(i); // the end of the block that holds the statement
        return;
      }
    } else if (!open.empty() && here.is(closingOf(open.back()))) {
      open.pop_back();
    }
  }
}

bool Parser::startsDeclarationInFirstColumn(size_t tokenIndex) {
  uint32_t begin = tokens[tokenIndex].begin;
  if (begin != 0 && text[begin - 1] != '\n')
    return false;
  Restore<size_t> there(index, tokenIndex);
  return atDeclarationStart();
}

void Parser::moveTo(size_t tokenIndex) {
  if (tokenIndex > index)
    lastEnd = tokens[tokenIndex - 1].end;
  index = tokenIndex;
}

Parser::Nesting::Nesting(Parser &parser)
    : parser(parser), outerHeight(parser.height), isFine(++parser.nesting <= ast::kMaxNesting) {
  parser.height = 0;
  if (!isFine)
    parser.diagnostics.error(parser.rangeOf(parser.token()), "the code is nested too deeply here, expected at most " +
                                                                 llvm::Twine(ast::kMaxNesting) +
                                                                 " levels; give inner parts names with 'let'");
}

Parser::Nesting::~Nesting() {
  --parser.nesting;
  parser.height = std::max(outerHeight, parser.height + 1);
}

bool Parser::growChain(uint32_t begin) {
  if (++height < ast::kMaxHeight)
    return true;
  diagnostics.error(rangeSince(begin), "this expression has more than " + llvm::Twine(ast::kMaxHeight) +
                                           " links; give parts of it names with 'let'");
  return false;
}
