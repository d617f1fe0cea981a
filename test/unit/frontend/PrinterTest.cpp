#include "frontend/dsl/Printer.h"
#include "frontend/dsl/AstPrinter.h"
#include "frontend/dsl/Lexer.h"
#include "frontend/dsl/Parser.h"
#include "frontend/std/StandardLibrary.h"
#include "gtest/gtest.h"
#include <random>

using namespace dlc::dsl;

namespace {

std::optional<std::string> formatted(const std::string &text) {
  SourceManager sources;
  Diagnostics diagnostics(sources);
  return formatSource("t.dl", text, sources, diagnostics);
}

/// The tree without places, or "" when there are errors.
std::string treeOf(const std::string &text) {
  SourceManager sources;
  Diagnostics diagnostics(sources);
  ast::Module module = parseModule(sources, sources.addFile("t.dl", text), diagnostics);
  if (diagnostics.hasErrors())
    return "";
  std::string tree, withoutPlaces;
  llvm::raw_string_ostream os(tree);
  printAst(sources, module, os);
  llvm::StringRef rest = tree;
  while (!rest.empty()) {
    auto [line, next] = rest.split('\n');
    withoutPlaces += line.rsplit(' ').first.str() + "\n";
    rest = next;
  }
  return "module\n" + withoutPlaces;
}

void expectFormat(const std::string &text, const std::string &expected) {
  EXPECT_EQ(formatted(text).value_or("syntax error"), expected);
  EXPECT_EQ(formatted(expected).value_or("syntax error"), expected);
}

TEST(PrinterTest, SpacesTokens) {
  expectFormat("fn   f( x,y :f32[ n , ...s ]=1 )->f32[n]=-x**2+y [ 0 :4,...,none ]*g( a=1,b )@( x+y )",
               "syntax error"); // a positional argument after a named one
  expectFormat("fn   f( x,y :f32[ n , ...s ]=1 )->f32[n]=-x**2+y [ 0 :4,...,none ]*g( b,a=1 )@( x+y )",
               "fn f(x, y: f32[n, ...s] = 1) -> f32[n] = -x ** 2 + y[0:4, ..., none] * g(b, a = 1) @ (x + y)\n");
}

TEST(PrinterTest, FillsListsBehindTheirBracket) {
  expectFormat(
      "layer dense(units: int, activation = identity, bias = true, kernel_init = glorot_uniform, bias_init = zeros, "
      "kernel_regularizer = none)(x: T[..., n]) -> T[..., units] {\nx }",
      "layer dense(units: int, activation = identity, bias = true, kernel_init = glorot_uniform,\n"
      "            bias_init = zeros, kernel_regularizer = none)\n"
      "           (x: T[..., n]) -> T[..., units] {\n"
      "  x\n"
      "}\n");
}

TEST(PrinterTest, KeepsAChainOfPipesAsTheAuthorSpreadIt) {
  expectFormat("model M(x: f32[batch, 2]) { x |> a() |> b() }", "model M(x: f32[batch, 2]) {\n  x |> a() |> b()\n}\n");
  expectFormat("model M(x: f32[batch, 2]) { x\n|> a() |> b() }",
               "model M(x: f32[batch, 2]) {\n  x\n    |> a()\n    |> b()\n}\n");
}

TEST(PrinterTest, KeepsABlockAsTheAuthorSpreadIt) {
  expectFormat("fn f(x) {let a=x;a}", "fn f(x) { let a = x; a }\n");
  expectFormat("fn f(x) {\nlet a=x;a}", "fn f(x) {\n  let a = x\n  a\n}\n");
  expectFormat("fn f(x) = if x {\n1 } else { 2 }", "fn f(x) = if x {\n  1\n} else {\n  2\n}\n");
}

TEST(PrinterTest, AlignsSettings) {
  expectFormat("train M(y: i32[batch]) { loss=mse; epochs=10\nbatch_size=4\n\n// why\nseed=7 // lucky\n}",
               "train M(y: i32[batch]) {\n  loss       = mse\n  epochs     = 10\n  batch_size = 4\n\n  // why\n"
               "  seed = 7 // lucky\n}\n");
}

TEST(PrinterTest, BreaksAfterOperators) {
  expectFormat("fn f(x) { let y = aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa + bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb + "
               "cccccccccccccccccccccc * ddddddddddd\ny }",
               "fn f(x) {\n  let y = aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa + bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb +\n"
               "      cccccccccccccccccccccc * ddddddddddd\n  y\n}\n");
}

TEST(PrinterTest, KeepsCommentsWhereTheyStand) {
  expectFormat(
      "// head\n\n\n/// doc\nfn f(x) { // why\n  // own line\n  let a = g(x, // first\n    // second\n    2)\n\n\n"
      "  a // last\n  // end\n}\n// tail",
      "// head\n\n/// doc\nfn f(x) { // why\n  // own line\n  let a = g(x, // first\n            // second\n"
      "            2)\n\n  a // last\n  // end\n}\n// tail\n");
}

TEST(PrinterTest, SeparatesDeclarationsWithBodies) {
  expectFormat("const a = 1\nconst b = 2\nlayer l(x) { x }\nfn f() = 1",
               "const a = 1\nconst b = 2\n\nlayer l(x) {\n  x\n}\n\nfn f() = 1\n");
}

TEST(PrinterTest, DoesNotAlignSpreadBlocksInArguments) {
  expectFormat("fn f(x) { map(x, fn(a) {\nlet b = a\nb }) }",
               "fn f(x) {\n  map(x, fn(a) {\n    let b = a\n    b\n  })\n}\n");
}

TEST(PrinterTest, PrintsEveryConstruct) {
  std::string text = "import \"a.dl\"\n"
                     "const C = [1, 2.5, \"s\\n\", true, none, (), (1,), (a = 1, b = x)]\n"
                     "\n"
                     "layer rnn(units: int)(x: T[batch, t, n], m: T[batch]) -> (out: T[...], h: T[batch, units]) {\n"
                     "  param w: T[n, units] = glorot_uniform, regularizer = l2(0.1), trainable = false\n"
                     "  state s: T[units] = zeros\n"
                     "  state count = 0\n"
                     "  fit { s := sum(x) }\n"
                     "  let (a, _) = split(x, 2)\n"
                     "  for (i, j) in zip(a, b) { let y = f(i)(j).field[::-1] }\n"
                     "  let run = scan xt over x axis 1 reverse true with (h = zeros([batch, units])) {\n"
                     "    next h = xt @ w\n"
                     "    emit h\n"
                     "  }\n"
                     "  if not training and count >= 2 { 1 } else if a != b { -2 } else { { 3 } }\n"
                     "}\n"
                     "\n"
                     "optimizer o(rate = 0.1)(w, g) {\n"
                     "  prepare(grads) { grads }\n"
                     "  w := w - rate * g % 2 / 3\n"
                     "}\n"
                     "\n"
                     "metric m(p, y) {\n"
                     "  update { n := n + 1 }\n"
                     "  result n\n"
                     "}\n";
  expectFormat(text, text);
}

TEST(PrinterTest, KeepsTheStandardLibraryAsItIs) {
  for (const dlc::LibrarySource &source : dlc::standardLibrary())
    EXPECT_TRUE(formatted(source.text.str()) == source.text.str())
        << source.name.str() << " is not formatted: run `dlc fmt` on it";
}

TEST(PrinterTest, RefusesWhatDoesNotParse) { EXPECT_EQ(formatted("fn f( = 1"), std::nullopt); }

/// Puts comments, line breaks and blanks between tokens, where they change nothing.
std::string scrambled(const std::string &text, std::mt19937 &random) {
  SourceManager sources;
  Diagnostics diagnostics(sources);
  LexedFile lexed = lex(sources, sources.addFile("t.dl", text), diagnostics);
  std::string result;
  size_t copied = 0;
  for (const Token &token : lexed.tokens) {
    result += text.substr(copied, token.end - copied);
    copied = token.end;
    bool mayBreakLine = token.is(TokenKind::Comma) || token.is(TokenKind::LeftParen) || token.is(TokenKind::Pipe) ||
                        token.is(TokenKind::LeftBracket) || token.is(TokenKind::Plus) || token.is(TokenKind::Equals);
    std::string number = std::to_string(copied);
    switch (random() % 20) {
    case 0:
      result += mayBreakLine ? " // c" + number + "\n" : "";
      break;
    case 1:
      result += mayBreakLine ? "\n\n  // own" + number + "\n// too" + number + "\n\n\n" : "";
      break;
    case 2:
      result += token.is(TokenKind::LeftBrace) ? " // brace" + number + "\n // two" + number + "\n" : "";
      break;
    case 3:
      result += text[copied] == '\n' ? " // end" + number + "\n\n // line" + number : "";
      break;
    case 4:
      result += "   ";
      break;
    case 5:
      result += mayBreakLine ? "\n" : "";
      break;
    }
  }
  return result;
}

TEST(PrinterTest, IsStableAndKeepsTreeAndComments) {
  std::mt19937 random(3);
  for (int round = 0; round < 40; ++round)
    for (const dlc::LibrarySource &source : dlc::standardLibrary()) {
      std::string text = scrambled(source.text.str(), random);
      std::string tree = treeOf(text);
      ASSERT_NE(tree, "") << text;
      std::optional<std::string> once = formatted(text);
      ASSERT_TRUE(once);
      ASSERT_TRUE(treeOf(*once) == tree) << text << "became\n" << *once;
      ASSERT_EQ(formatted(*once), once) << text;
      for (size_t at = text.find("// "); at != std::string::npos; at = text.find("// ", at + 1)) {
        std::string comment = llvm::StringRef(text).substr(at).split('\n').first.rtrim().str();
        ASSERT_NE(once->find(comment), std::string::npos) << comment << "\n" << *once;
      }
    }
}

} // namespace
