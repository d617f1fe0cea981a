// The recursive-descent parser's state. Its functions are spread over Parser*.cpp by what they parse.
//
// A function that returns a pointer returns null after it has reported an error; one that returns bool
// returns false. The caller gives up, too, up to the next statement or declaration, where parsing resumes.
#ifndef DLC_FRONTEND_DSL_PARSERCORE_H
#define DLC_FRONTEND_DSL_PARSERCORE_H

#include "frontend/dsl/Lexer.h"
#include "frontend/dsl/Parser.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace dlc::dsl {

class Parser {
public:
  Parser(const SourceManager &sources, FileId file, Diagnostics &diagnostics);

  ast::Module parseModule();

private:
  /// What the statements of a block belong to: it makes `result`, `update`, `prepare`, `emit` special.
  enum class BlockOwner { Other, Metric, Optimizer, Scan };

  // Tokens (Parser.cpp).
  const Token &token() const { return tokens[index]; }
  const Token &peek(size_t ahead = 1) const { return tokens[std::min(index + ahead, tokens.size() - 1)]; }
  bool at(TokenKind kind) const { return token().is(kind); }
  bool atWord(llvm::StringRef word) const { return at(TokenKind::Name) && textOf(token()) == word; }
  llvm::StringRef textOf(const Token &token) const { return text.slice(token.begin, token.end); }
  SourceRange rangeOf(const Token &token) const { return {file, token.begin, token.end}; }
  /// From \p begin to the end of the last consumed token.
  SourceRange rangeSince(uint32_t begin) const { return {file, begin, std::max(begin, lastEnd)}; }
  void advance();
  bool accept(TokenKind kind);
  bool acceptWord(llvm::StringRef word);
  /// \p where: "after the condition"; may be empty.
  bool expect(TokenKind kind, llvm::StringRef where);
  std::optional<ast::Identifier> parseName(llvm::StringRef what);
  /// Whether the token goes on with the line that is being read.
  bool continuesLine() const { return !lineBreaksEnd || !token().startsLine; }
  bool atStatementEnd() const;

  // Errors and what comes after them (Parser.cpp).
  /// At the current token: "expected X, found Y"; silent, and null, at a token that the lexer has reported.
  Diagnostic *errorExpected(const llvm::Twine &what);
  void noteOpening(Diagnostic *diagnostic, const Token &opening);
  /// Where a brace cannot be open any more.
  bool reportIfUnclosed(const Token &opening);
  /// Goes to the end of the statement whose first token is \p statementBegin, over brackets that it opened.
  void skipStatement(size_t statementBegin);
  bool startsDeclarationInFirstColumn(size_t tokenIndex);
  void moveTo(size_t tokenIndex);
  void skipToDeclaration();
  bool atDeclarationStart() const;
  /// Reports when the code is nested too deeply. Counts while it lives.
  class Nesting {
  public:
    explicit Nesting(Parser &parser);
    ~Nesting();
    explicit operator bool() const { return isFine; }

  private:
    Parser &parser;
    unsigned outerHeight;
    bool isFine;
  };
  /// A chain got a link longer; false and reported when it is too long.
  bool growChain(uint32_t begin);

  // Lists (ParserTypes.cpp).
  /// Items between \p opening, which is the current token, and \p closing; a comma may follow the last.
  bool parseList(TokenKind opening, TokenKind closing, llvm::StringRef item, llvm::function_ref<bool()> parseItem);
  bool checkNewName(const std::vector<SourceRange> &earlier, const ast::Identifier &name, llvm::StringRef what);

  // Types, parameters, patterns (ParserTypes.cpp).
  ast::TypePtr parseType();
  bool parseTypeDim(ast::TypeExpr &type);
  bool parseParameters(std::vector<ast::Parameter> &parameters);
  bool parseParameter(std::vector<ast::Parameter> &parameters);
  bool parseResult(std::optional<ast::ResultSpec> &result);
  bool parsePattern(ast::Pattern &pattern);
  bool parseArguments(std::vector<ast::Argument> &arguments, TokenKind opening, TokenKind closing);
  bool parseArgument(std::vector<ast::Argument> &arguments);

  // Declarations (ParserDeclarations.cpp).
  ast::DeclPtr parseDeclaration();
  ast::DeclPtr parseImport(uint32_t begin);
  ast::DeclPtr parseConst(uint32_t begin);
  ast::DeclPtr parseFn(uint32_t begin);
  template <typename Decl> ast::DeclPtr parseTemplate(uint32_t begin, BlockOwner owner);
  ast::DeclPtr parseTrain(uint32_t begin);
  bool parseTrainField(ast::TrainDecl &train);
  std::string documentationBefore(uint32_t offset) const;

  // Statements (ParserStatements.cpp).
  ast::BlockPtr parseBlock(BlockOwner owner, llvm::StringRef where);
  ast::StmtPtr parseStatement(BlockOwner owner);
  ast::StmtPtr parseWordStatement(BlockOwner owner);
  ast::StmtPtr parseLet();
  ast::StmtPtr parseParam();
  ast::StmtPtr parseState();
  ast::StmtPtr parseFor();
  ast::StmtPtr parseNext();
  ast::StmtPtr parsePrepare();
  ast::StmtPtr parseExpressionStatement();
  template <typename Stmt> ast::StmtPtr parseBlockStatement(BlockOwner owner);
  template <typename Stmt> ast::StmtPtr parseValueStatement();

  // Expressions (ParserExpressions.cpp, ParserPrimaries.cpp).
  ast::ExprPtr parseExpression();
  ast::ExprPtr parseBinary(unsigned minPrecedence);
  ast::ExprPtr parseUnary();
  ast::ExprPtr parsePower();
  ast::ExprPtr parsePostfix();
  ast::ExprPtr parseIndex(ast::ExprPtr base, uint32_t begin);
  bool parseSubscript(std::vector<ast::Subscript> &subscripts);
  ast::ExprPtr parsePrimary();
  ast::ExprPtr parseInt();
  ast::ExprPtr parseFloat();
  ast::ExprPtr parseParenthesized();
  ast::ExprPtr parseTupleOrGroup(uint32_t begin);
  ast::ExprPtr parseBracketedList();
  ast::ExprPtr parseLambda();
  ast::ExprPtr parseIf();
  ast::ExprPtr parseScan();
  bool parseScanClauses(ast::ScanExpr &scan);

  const SourceManager &sources;
  FileId file;
  llvm::StringRef text;
  Diagnostics &diagnostics;
  std::vector<Token> tokens;
  std::vector<ast::Comment> comments;
  size_t index = 0;
  uint32_t lastEnd = 0;        // of the last consumed token
  bool lineBreaksEnd = true;   // false within ( and [
  bool pipeEndsLambda = false; // `x |> fn(a) => b |> c`: the lambda ends before the second `|>`
  bool inScan = false;
  unsigned nesting = 0;
  unsigned height = 0; // of the tallest tree that was finished within the current Nesting
};

/// Sets a variable and restores it at the end of the scope.
template <typename T> class Restore {
public:
  Restore(T &variable, T value) : variable(variable), old(variable) { variable = value; }
  ~Restore() { variable = old; }

private:
  T &variable;
  T old;
};

} // namespace dlc::dsl

#endif
