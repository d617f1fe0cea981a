#include "frontend/dsl/ParserCore.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace dlc::dsl;
using namespace dlc::dsl::ast;

constexpr llvm::StringLiteral kDeclarationWords[] = {"import", "const", "fn",     "layer",
                                                     "model",  "train", "metric", "optimizer"};

DeclPtr Parser::parseDeclaration() {
  uint32_t begin = token().begin;
  DeclPtr declaration;
  if (accept(TokenKind::Fn))
    declaration = parseFn(begin);
  else if (acceptWord("import"))
    declaration = parseImport(begin);
  else if (acceptWord("const"))
    declaration = parseConst(begin);
  else if (acceptWord("layer"))
    declaration = parseTemplate<LayerDecl>(begin, BlockOwner::Other);
  else if (acceptWord("model"))
    declaration = parseTemplate<ModelDecl>(begin, BlockOwner::Other);
  else if (acceptWord("optimizer"))
    declaration = parseTemplate<OptimizerDecl>(begin, BlockOwner::Optimizer);
  else if (acceptWord("metric"))
    declaration = parseTemplate<MetricDecl>(begin, BlockOwner::Metric);
  else if (acceptWord("train"))
    declaration = parseTrain(begin);
  else if (!at(TokenKind::Unknown)) {
    std::vector<llvm::StringRef> words(std::begin(kDeclarationWords), std::end(kDeclarationWords));
    diagnostics.error(rangeOf(token()), "expected a declaration (" + llvm::join(words, ", ") + "), found '" +
                                            textOf(token()).take_front(40) + "'" + didYouMean(textOf(token()), words));
  }
  if (!declaration)
    return nullptr;
  if (!token().startsLine && !at(TokenKind::Semicolon) && !at(TokenKind::EndOfFile)) {
    errorExpected("the end of the line after the declaration");
    return nullptr;
  }
  declaration->range = rangeSince(begin);
  declaration->doc = documentationBefore(begin);
  return declaration;
}

DeclPtr Parser::parseImport(uint32_t begin) {
  auto import = std::make_unique<ImportDecl>(rangeSince(begin));
  if (!at(TokenKind::String)) {
    errorExpected("the file's path in quotes after 'import'");
    return nullptr;
  }
  import->path = decodeString(textOf(token()));
  import->pathRange = rangeOf(token());
  advance();
  return import;
}

DeclPtr Parser::parseConst(uint32_t begin) {
  auto constant = std::make_unique<ConstDecl>(rangeSince(begin));
  std::optional<Identifier> name = parseName("the constant's name");
  if (!name || !expect(TokenKind::Equals, "after the constant's name"))
    return nullptr;
  constant->name = std::move(*name);
  constant->value = parseExpression();
  return constant->value ? std::move(constant) : nullptr;
}

DeclPtr Parser::parseFn(uint32_t begin) {
  auto function = std::make_unique<FnDecl>(rangeSince(begin));
  std::optional<Identifier> name = parseName("the function's name");
  if (!name)
    return nullptr;
  function->name = std::move(*name);
  if (!parseParameters(function->parameters) || !parseResult(function->result))
    return nullptr;
  if (at(TokenKind::LeftBrace))
    function->body = parseBlock(BlockOwner::Other, "");
  else if (accept(TokenKind::Equals))
    function->body = parseExpression();
  else
    errorExpected("'= expression' or '{' after the function's parameters");
  return function->body ? std::move(function) : nullptr;
}

template <typename Decl> DeclPtr Parser::parseTemplate(uint32_t begin, BlockOwner owner) {
  auto declaration = std::make_unique<Decl>(rangeSince(begin));
  std::optional<Identifier> name = parseName("a name for the " + sources.text(rangeSince(begin)).str());
  if (!name)
    return nullptr;
  declaration->name = std::move(*name);
  if (!parseParameters(declaration->inputs))
    return nullptr;
  // Of two lists the first has the hyper-parameters.
  if (at(TokenKind::LeftParen)) {
    declaration->hasHyperList = true;
    declaration->hypers = std::move(declaration->inputs);
    declaration->inputs.clear();
    if (!parseParameters(declaration->inputs))
      return nullptr;
  }
  if (!parseResult(declaration->result))
    return nullptr;
  declaration->body = parseBlock(owner, "before the body of '" + declaration->name.name + "'");
  return declaration->body ? std::move(declaration) : nullptr;
}

DeclPtr Parser::parseTrain(uint32_t begin) {
  auto train = std::make_unique<TrainDecl>(rangeSince(begin));
  std::optional<Identifier> name = parseName("the name of the model to train");
  if (!name)
    return nullptr;
  train->name = std::move(*name);
  if (at(TokenKind::LeftParen) && !parseParameters(train->targets))
    return nullptr;
  Token open = token();
  if (!expect(TokenKind::LeftBrace, "before the training recipe"))
    return nullptr;
  while (!accept(TokenKind::RightBrace)) {
    if (accept(TokenKind::Semicolon))
      continue;
    size_t fieldBegin = index;
    if (reportIfUnclosed(open))
      return nullptr;
    if (!parseTrainField(*train))
      skipStatement(fieldBegin);
    if (index == fieldBegin)
      advance();
  }
  return train;
}

bool Parser::parseTrainField(TrainDecl &train) {
  TrainField field;
  std::optional<Identifier> name = parseName("a setting, as 'epochs = 10'");
  if (!name)
    return false;
  std::vector<SourceRange> earlier;
  for (const TrainField &other : train.fields)
    earlier.push_back(other.name.range);
  if (!checkNewName(earlier, *name, "settings"))
    return false;
  field.name = std::move(*name);
  if (!expect(TokenKind::Equals, "after '" + field.name.name + "'"))
    return false;
  field.value = parseExpression();
  if (!field.value)
    return false;
  if (!atStatementEnd()) {
    errorExpected("the end of the line or ';' after '" + field.name.name + "'");
    return false;
  }
  train.fields.push_back(std::move(field));
  return true;
}

std::string Parser::documentationBefore(uint32_t offset) const {
  auto after = llvm::partition_point(comments, [&](const Comment &comment) { return comment.range.end <= offset; });
  std::vector<llvm::StringRef> lines;
  for (auto it = after; it != comments.begin();) {
    --it;
    llvm::StringRef between = text.slice(it->range.end, offset);
    llvm::StringRef line = sources.text(it->range);
    llvm::StringRef before = text.take_front(it->range.begin);
    bool hasOwnLine = before.take_back(before.size() - (before.rfind('\n') + 1)).trim().empty();
    if (!between.trim().empty() || between.count('\n') != 1 || !hasOwnLine || !line.consume_front("///") ||
        line.starts_with("/"))
      break;
    line.consume_front(" ");
    lines.push_back(line);
    offset = it->range.begin;
  }
  std::reverse(lines.begin(), lines.end());
  return llvm::join(lines, "\n");
}
