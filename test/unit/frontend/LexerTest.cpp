#include "frontend/dsl/Lexer.h"
#include "gtest/gtest.h"

using namespace dlc::dsl;

namespace {

struct Lexed {
  SourceManager sources;
  Diagnostics diagnostics{sources};
  LexedFile file;

  explicit Lexed(std::string text) { file = lex(sources, sources.addFile("t.dl", std::move(text)), diagnostics); }

  std::vector<TokenKind> kinds() const {
    std::vector<TokenKind> result;
    for (const Token &token : file.tokens)
      result.push_back(token.kind);
    return result;
  }
  llvm::StringRef text(size_t token) const {
    return sources.text(0).slice(file.tokens[token].begin, file.tokens[token].end);
  }
  std::string message() const { return diagnostics.all().empty() ? "" : diagnostics.all().front().message; }
};

using Kinds = std::vector<TokenKind>;

TEST(LexerTest, TakesTheLongestPunctuation) {
  EXPECT_EQ(Lexed("... := => |> ** ->").kinds(),
            (Kinds{TokenKind::Ellipsis, TokenKind::Assign, TokenKind::FatArrow, TokenKind::Pipe, TokenKind::StarStar,
                   TokenKind::Arrow, TokenKind::EndOfFile}));
  EXPECT_EQ(Lexed("x[::-1]").kinds(),
            (Kinds{TokenKind::Name, TokenKind::LeftBracket, TokenKind::Colon, TokenKind::Colon, TokenKind::Minus,
                   TokenKind::Int, TokenKind::RightBracket, TokenKind::EndOfFile}));
}

TEST(LexerTest, KnowsReservedWordsOnly) {
  EXPECT_EQ(Lexed("let layers layer none").kinds(),
            (Kinds{TokenKind::Let, TokenKind::Name, TokenKind::Name, TokenKind::None, TokenKind::EndOfFile}));
}

TEST(LexerTest, ReadsNumbers) {
  Lexed lexed("1 1_000 2.5 1e-3 7. 0:4 1...");
  EXPECT_EQ(lexed.kinds(),
            (Kinds{TokenKind::Int, TokenKind::Int, TokenKind::Float, TokenKind::Float, TokenKind::Float, TokenKind::Int,
                   TokenKind::Colon, TokenKind::Int, TokenKind::Int, TokenKind::Ellipsis, TokenKind::EndOfFile}));
  EXPECT_EQ(lexed.text(3), "1e-3");
  EXPECT_FALSE(lexed.diagnostics.hasErrors());
}

TEST(LexerTest, MarksTheFirstTokenOfALine) {
  Lexed lexed("a b\r\n  c // x\n\nd");
  std::vector<bool> starts;
  for (const Token &token : lexed.file.tokens)
    starts.push_back(token.startsLine);
  EXPECT_EQ(starts, (std::vector<bool>{true, false, true, true, false}));
}

TEST(LexerTest, KeepsCommentsApart) {
  Lexed lexed("/// doc  \nx // tail\r\n//");
  ASSERT_EQ(lexed.file.comments.size(), 3u);
  EXPECT_EQ(lexed.sources.text(lexed.file.comments[0].range), "/// doc");
  EXPECT_EQ(lexed.sources.text(lexed.file.comments[1].range), "// tail");
  EXPECT_EQ(lexed.sources.text(lexed.file.comments[2].range), "//");
}

TEST(LexerTest, DecodesEscapes) { EXPECT_EQ(decodeString(R"("a\n\t\"\\b")"), "a\n\t\"\\b"); }

TEST(LexerTest, SkipsAByteOrderMark) {
  Lexed lexed("\xEF\xBB\xBFx");
  EXPECT_EQ(lexed.kinds(), (Kinds{TokenKind::Name, TokenKind::EndOfFile}));
  EXPECT_FALSE(lexed.diagnostics.hasErrors());
}

TEST(LexerTest, SaysWhatIsWrong) {
  EXPECT_EQ(Lexed("\"abc\nx").message(), "this string does not end on its line, expected '\"'");
  EXPECT_EQ(Lexed("\"a\\q\"").message(), "unknown escape in a string, expected \\n, \\t, \\r, \\\" or \\\\");
  EXPECT_EQ(Lexed("a && b").message(), "unexpected '&&'; write 'and'");
  EXPECT_EQ(Lexed("# old habit's text").message(), "unexpected '#'; a comment begins with '//'");
  EXPECT_EQ(Lexed("12abc").message(), "'12abc' is neither a number nor a name: a name begins with a letter or '_'");
  EXPECT_EQ(Lexed("\xC3\xA9t\xC3\xA9").message(),
            "unexpected '\xC3\xA9'; names are made of the letters a-z and A-Z, digits and '_'");
  EXPECT_EQ(Lexed(std::string("a\0b", 3)).message(), "unexpected control character 0x0");
  EXPECT_EQ(Lexed("x\n\xFF").message(), "the byte 0xFF is not valid UTF-8; save the file as UTF-8 text");
}

TEST(LexerTest, ReportsARunOfUnknownBytesOnce) { EXPECT_EQ(Lexed("$$$$????").diagnostics.errorCount(), 1u); }

TEST(LexerTest, RefusesAHugeFile) {
  EXPECT_EQ(Lexed(std::string(SourceManager::kMaxBytes + 1, ' ')).diagnostics.errorCount(), 1u);
}

} // namespace
