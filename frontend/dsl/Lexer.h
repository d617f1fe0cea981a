// Bytes -> tokens and comments.
#ifndef DLC_FRONTEND_DSL_LEXER_H
#define DLC_FRONTEND_DSL_LEXER_H

#include "frontend/dsl/Ast.h"
#include "frontend/dsl/Diagnostics.h"

namespace dlc::dsl {

enum class TokenKind : uint8_t {
#define TOKEN(kind, text) kind,
#include "frontend/dsl/Tokens.def"
};

/// "'('", "a name", …
llvm::StringRef describe(TokenKind kind);

struct Token {
  TokenKind kind = TokenKind::EndOfFile;
  bool startsLine = false; // no other token is before it on its line
  uint32_t begin = 0, end = 0;

  bool is(TokenKind other) const { return kind == other; }
};

struct LexedFile {
  std::vector<Token> tokens; // the last one is EndOfFile
  std::vector<ast::Comment> comments;
};

/// Accepts any bytes. What is wrong is reported here and stands in the result as an Unknown token, which the
/// parser does not report again.
LexedFile lex(const SourceManager &sources, FileId file, Diagnostics &diagnostics);

/// The value of a String token's text, quotes included; the lexer has checked it.
std::string decodeString(llvm::StringRef literal);

bool isKeyword(llvm::StringRef word);

} // namespace dlc::dsl

#endif
