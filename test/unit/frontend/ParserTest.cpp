#include "frontend/dsl/Parser.h"
#include "frontend/dsl/AstPrinter.h"
#include "frontend/std/StandardLibrary.h"
#include "gtest/gtest.h"
#include <random>

using namespace dlc::dsl;

namespace {

struct Parsed {
  SourceManager sources;
  Diagnostics diagnostics{sources};
  ast::Module module;

  explicit Parsed(std::string text) {
    module = parseModule(sources, sources.addFile("t.dl", std::move(text)), diagnostics);
  }

  /// All errors, without places and excerpts.
  std::vector<std::string> messages() const {
    std::vector<std::string> result;
    for (const Diagnostic &diagnostic : diagnostics.all())
      result.push_back(diagnostic.message);
    return result;
  }
  std::string rendered() const {
    std::string text;
    llvm::raw_string_ostream os(text);
    diagnostics.renderAll(os);
    return text;
  }
};

using Messages = std::vector<std::string>;

/// The expression with every operation in parentheses.
std::string shape(const ast::Expr &expr) {
  if (auto *binary = llvm::dyn_cast<ast::BinaryExpr>(&expr))
    return "(" + shape(*binary->lhs) + " " + spelling(binary->op).str() + " " + shape(*binary->rhs) + ")";
  if (auto *unary = llvm::dyn_cast<ast::UnaryExpr>(&expr))
    return "(" + spelling(unary->op).str() + " " + shape(*unary->operand) + ")";
  if (auto *call = llvm::dyn_cast<ast::CallExpr>(&expr))
    return shape(*call->callee) + "(" + std::to_string(call->arguments.size()) + ")";
  if (auto *lambda = llvm::dyn_cast<ast::LambdaExpr>(&expr))
    return "fn{" + shape(*lambda->body) + "}";
  if (auto *name = llvm::dyn_cast<ast::NameExpr>(&expr))
    return name->name;
  if (auto *number = llvm::dyn_cast<ast::IntExpr>(&expr))
    return std::to_string(number->value);
  return "?";
}

std::string shapeOf(const std::string &expression) {
  Parsed parsed("const c = " + expression);
  EXPECT_EQ(parsed.rendered(), "");
  if (parsed.module.declarations.size() != 1)
    return "";
  return shape(*llvm::cast<ast::ConstDecl>(*parsed.module.declarations[0]).value);
}

const ast::BlockExpr &bodyOf(const Parsed &parsed) {
  return llvm::cast<ast::BlockExpr>(*llvm::cast<ast::FnDecl>(*parsed.module.declarations.at(0)).body);
}

TEST(ParserTest, BindsOperatorsAsDocumented) {
  EXPECT_EQ(shapeOf("a or b and c == d + e * f @ -g ** h"), "(a or (b and (c == (d + (e * (f @ (- (g ** h))))))))");
  EXPECT_EQ(shapeOf("x |> f(1) |> g"), "((x |> f(1)) |> g)");
  EXPECT_EQ(shapeOf("a - b - c"), "((a - b) - c)");
  EXPECT_EQ(shapeOf("a ** b ** -c"), "(a ** (b ** (- c)))");
  EXPECT_EQ(shapeOf("(a + b) * c"), "((a + b) * c)");
}

TEST(ParserTest, EndsALambdaThatIsAPipeStageBeforeTheNextStage) {
  EXPECT_EQ(shapeOf("x |> fn(a) => a + 1 |> g"), "((x |> fn{(a + 1)}) |> g)");
  EXPECT_EQ(shapeOf("fn(a) => a |> g"), "fn{(a |> g)}");
  EXPECT_EQ(shapeOf("x |> f(fn(a) => a |> g) |> h"), "((x |> f(1)) |> h)");
}

TEST(ParserTest, EndsAStatementWithItsLine) {
  Parsed parsed("fn f(x) {\n  let a = x +\n    1\n  let b = g(x,\n    2)\n  x\n    |> g\n    .field\n  -x\n}");
  EXPECT_EQ(parsed.rendered(), "");
  EXPECT_EQ(bodyOf(parsed).statements.size(), 4u);
}

TEST(ParserTest, TakesTheFirstOfTwoListsAsHyperParameters) {
  Parsed parsed("layer a(n: int)(x: T[..., n]) -> T[...s] { x }\nlayer b(x) { x }\noptimizer o()(w, g) { w := g }");
  EXPECT_EQ(parsed.rendered(), "");
  auto &a = llvm::cast<ast::LayerDecl>(*parsed.module.declarations.at(0));
  EXPECT_EQ(a.hypers.size(), 1u);
  EXPECT_EQ(a.inputs.size(), 1u);
  EXPECT_TRUE(a.result->items[0].type->dims[0].isRest);
  EXPECT_EQ(a.result->items[0].type->dims[0].restName->name, "s");
  EXPECT_FALSE(llvm::cast<ast::LayerDecl>(*parsed.module.declarations.at(1)).hasHyperList);
  EXPECT_TRUE(llvm::cast<ast::OptimizerDecl>(*parsed.module.declarations.at(2)).hasHyperList);
}

TEST(ParserTest, AttachesDocumentation) {
  Parsed parsed("// not this\n\n/// One.\n/// Two.\nfn f() = 1\n/// far\n\nfn g() = 2");
  EXPECT_EQ(parsed.module.declarations.at(0)->doc, "One.\nTwo.");
  EXPECT_EQ(parsed.module.declarations.at(1)->doc, "");
}

TEST(ParserTest, KnowsTheWordsOfMetricsOptimizersAndLayers) {
  Parsed parsed("metric m(p, y) { state n = 0.0; update { n := n + 1 }; result n }\n"
                "optimizer o(r = 1)(w, g) { prepare(grads) { grads }\n let update = g\n w := update }\n"
                "layer l()(x: T[batch, n]) { state s: T[n]\n fit { s := sum(x) }\n x }");
  EXPECT_EQ(parsed.rendered(), "");
  auto kindAt = [&](size_t declaration, size_t statement) {
    return llvm::cast<ast::TemplateDecl>(*parsed.module.declarations.at(declaration))
        .body->statements.at(statement)
        ->kind;
  };
  EXPECT_EQ(kindAt(0, 1), ast::StmtKind::Update);
  EXPECT_EQ(kindAt(0, 2), ast::StmtKind::Result);
  EXPECT_EQ(kindAt(1, 0), ast::StmtKind::Prepare);
  EXPECT_EQ(kindAt(1, 1), ast::StmtKind::Let);
  EXPECT_EQ(kindAt(2, 1), ast::StmtKind::Fit);
}

TEST(ParserTest, ParsesAScan) {
  Parsed parsed("fn f(x, reverse, b, units) {\n  let run = scan xt over x axis 1 reverse reverse\n"
                "            with (h = zeros([b, units]), c = 0) {\n    next c = xt + c\n    next h = c\n    emit h\n"
                "  }\n  run.out\n}");
  EXPECT_EQ(parsed.rendered(), "");
  auto &let = llvm::cast<ast::LetStmt>(*bodyOf(parsed).statements.at(0));
  auto &scan = llvm::cast<ast::ScanExpr>(*let.value);
  EXPECT_EQ(scan.carries.size(), 2u);
  EXPECT_TRUE(scan.axis && scan.reverse);
  EXPECT_EQ(scan.body->statements.at(2)->kind, ast::StmtKind::Emit);
}

TEST(ParserTest, ParsesSubscripts) {
  Parsed parsed("fn f(x) { x[..., none, ::-1, 0:4, -1, 1:] }");
  EXPECT_EQ(parsed.rendered(), "");
  auto &index = llvm::cast<ast::IndexExpr>(*bodyOf(parsed).value());
  std::vector<ast::SubscriptKind> kinds;
  for (const ast::Subscript &subscript : index.subscripts)
    kinds.push_back(subscript.kind);
  using K = ast::SubscriptKind;
  EXPECT_EQ(kinds, (std::vector<K>{K::Ellipsis, K::NewAxis, K::Slice, K::Slice, K::Value, K::Slice}));
}

TEST(ParserTest, ParsesTuplesAndNamedTuples) {
  Parsed parsed("fn f() { ((1), (1,), (), (a = 1, b = 2)) }");
  EXPECT_EQ(parsed.rendered(), "");
  auto &tuple = llvm::cast<ast::TupleExpr>(*bodyOf(parsed).value());
  EXPECT_TRUE(llvm::isa<ast::IntExpr>(*tuple.items[0]));
  EXPECT_EQ(llvm::cast<ast::TupleExpr>(*tuple.items[1]).items.size(), 1u);
  EXPECT_EQ(llvm::cast<ast::TupleExpr>(*tuple.items[2]).items.size(), 0u);
  EXPECT_EQ(llvm::cast<ast::TupleExpr>(*tuple.items[3]).names.size(), 2u);
}

TEST(ParserTest, RendersAnExcerptWithACaret) {
  EXPECT_EQ(Parsed("fn f(x) {\n\tlet a = (x + 1\n}\n").rendered(),
            "t.dl:2:16: error: expected ',' or ')' after the expression, found '}'\n"
            " let a = (x + 1\n"
            "               ^\n"
            "t.dl:2:10: note: to close this '('\n");
}

TEST(ParserTest, CutsLongLinesAroundTheCaret) {
  std::string rendered =
      Parsed("const c = \"" + std::string(5000, 'x') + "\" $ \"" + std::string(5000, 'y') + "\"").rendered();
  EXPECT_LT(rendered.size(), 600u);
  EXPECT_NE(rendered.find("..."), std::string::npos);
}

TEST(ParserTest, ReportsIndependentErrorsInOneRun) {
  Parsed parsed(
      "fn f(x) {\n  let = 1\n  x = 2\n  g(1, a = 2, 3)\n}\nmodl M(x) { x }\ntrain M {\n  epochs 10\n  seed = 1\n"
      "  seed = 2\n}\nfn g(a, a) = 1\n");
  EXPECT_EQ(
      parsed.messages(),
      (Messages{"expected a name, found '='", "expected 'let x = ...' for a new name or 'x := ...' to change a state",
                "expected 'name = value': arguments without a name come before those with one",
                "expected a declaration (import, const, fn, layer, model, train, metric, optimizer), found 'modl'; "
                "did you mean 'model'?",
                "expected '=' after 'epochs', found '10'", "there are two settings 'seed'",
                "there are two parameters 'a'"}));
}

TEST(ParserTest, GoesOnAfterAForgottenBracket) {
  Parsed parsed("fn f(x) {\n  let a = g(x, (1\n  let b = 12q\n}\nfn h() = 1");
  EXPECT_EQ(parsed.messages().size(), 2u);
  EXPECT_EQ(parsed.module.declarations.size(), 2u);
}

TEST(ParserTest, GoesOnAfterAForgottenBrace) {
  Parsed parsed("layer a(x) {\n  x\n\nlayer b(x) { x }\n");
  EXPECT_EQ(parsed.messages(), Messages{"expected '}' before the next declaration"});
  EXPECT_EQ(parsed.module.declarations.size(), 1u);
}

TEST(ParserTest, ExplainsHabitsOfOtherLanguages) {
  EXPECT_EQ(Parsed("fn f(a, b) { not a == b }").messages(),
            Messages{"put parentheses after 'not': 'not' binds tighter than '=='"});
  EXPECT_EQ(Parsed("fn f(a, b) { a < b < 3 }").messages(),
            Messages{"comparisons do not chain; join two of them with 'and'"});
  EXPECT_EQ(
      Parsed("fn f(a) { fn g(x) = x; a }").messages(),
      Messages{
          "functions with a name are declared outside of layers and functions; here write 'let g = fn(x) => ...'"});
  EXPECT_EQ(Parsed("fn f(a) {\n  a\n  + 1\n}").messages(),
            Messages{"a line cannot begin with '+'; put the operator at the end of the line before"});
  EXPECT_EQ(Parsed("fn f(let) = 1").messages(),
            Messages{"expected a parameter's name, but 'let' is a word of the language"});
  EXPECT_EQ(Parsed("const c = 99999999999999999999").messages(),
            Messages{"the number does not fit in 64 bits, expected at most 9223372036854775807"});
  EXPECT_EQ(Parsed("const c = 1e999").messages(),
            Messages{"the number is too large for f64, expected less than 1.8e308"});
}

TEST(ParserTest, BoundsNestingAndChains) {
  auto repeated = [](const std::string &text, int count) {
    std::string all;
    for (int i = 0; i < count; ++i)
      all += text;
    return all;
  };
  for (const char *unit : {"(", "[", "{", "- ", "not ", "f(", "x[", "if a {", "if a { } else ", "fn(x) => ", "fn(x) {",
                           "scan x over y {", "a ** ", "(a = ", "for i in x {", "f(1 + ", "{ let a = ", "a |> "}) {
    Parsed parsed("fn f(x) { " + repeated(unit, 20000));
    EXPECT_TRUE(parsed.diagnostics.hasErrors()) << unit;
  }
  for (const char *unit : {" + a", ".a", "(1)", "[0]", " |> a", " @ a", " and a"}) {
    Parsed parsed("fn f(x) { a" + repeated(unit, 20000) + " }");
    EXPECT_EQ(parsed.messages(),
              Messages{"this expression has more than 1000 links; give parts of it names with 'let'"})
        << unit;
    EXPECT_EQ(Parsed("fn f(x) { a" + repeated(unit, 900) + " }").rendered(), "") << unit;
  }
  EXPECT_EQ(Parsed("fn f(x) {" + repeated(" x\n", 20000) + " }").rendered(), "");
  EXPECT_EQ(Parsed("const c = [" + repeated("1, ", 100000) + "]").rendered(), "");
}

TEST(ParserTest, ParsesTheStandardLibrary) {
  for (const dlc::LibrarySource &source : dlc::standardLibrary())
    EXPECT_EQ(Parsed(source.text.str()).rendered(), "") << source.name.str();
}

TEST(ParserTest, PrintsTheTree) {
  Parsed parsed("fn f(x: f32[n, ...]) = x[1:] |> g(a = 2.5)");
  std::string text;
  llvm::raw_string_ostream os(text);
  printAst(parsed.sources, parsed.module, os);
  EXPECT_EQ(
      text,
      "Fn 'f' 1:1\n  Parameter 'x' 1:6\n    Type 'f32' 1:9\n      Name 'n' 1:13\n      Rest 1:16\n"
      "  Binary '|>' 1:24\n    Index 1:24\n      Name 'x' 1:24\n      Slice 1:26\n        Start 1:26\n"
      "          Int 1 1:26\n    Call 1:33\n      Name 'g' 1:33\n      Argument 'a' 1:35\n        Float 2.5 1:39\n");
}

/// No bytes may crash or hang the parser; errors lie within the text.
void parseAnything(const std::string &text) {
  Parsed parsed(text);
  for (const Diagnostic &diagnostic : parsed.diagnostics.all()) {
    ASSERT_LE(diagnostic.range.begin, diagnostic.range.end) << text;
    ASSERT_LE(diagnostic.range.end, text.size() + 1) << text;
  }
  parsed.rendered();
  std::string tree;
  llvm::raw_string_ostream os(tree);
  printAst(parsed.sources, parsed.module, os);
}

TEST(ParserTest, SurvivesRandomBytes) {
  std::mt19937 random(1);
  for (int round = 0; round < 3000; ++round) {
    std::string text(random() % 200, ' ');
    for (char &c : text)
      c = round % 2 ? static_cast<char>(random() % 256) : "(){}[]=:.,;|>-+*/ \n\"fnxlet1.e_@<!&"[random() % 33];
    parseAnything(text);
  }
}

TEST(ParserTest, SurvivesMutationsOfTheStandardLibrary) {
  std::mt19937 random(2);
  auto library = dlc::standardLibrary();
  const std::vector<std::string> words = {
      "(", ")",  "{",  "}",       "[", "]",   "\n", "\"",    "let ", "fn ",   "if ", "scan x over y ",
      "=", "|>", "//", "layer a", ",", "...", ":=", "1e400", "\xFF", "else ", ";"};
  for (int round = 0; round < 1500; ++round) {
    std::string text = library[random() % library.size()].text.str();
    size_t begin = random() % text.size();
    text = text.substr(begin, 1 + random() % 600);
    for (int change = 0; change < 1 + round % 4; ++change) {
      size_t at = random() % (text.size() + 1);
      if (random() % 2)
        text.erase(at, random() % 12);
      else
        text.insert(at, words[random() % words.size()]);
    }
    parseAnything(text);
  }
}

} // namespace
