#include "frontend/dsl/Printer.h"
#include "frontend/dsl/Parser.h"
#include "frontend/dsl/PrinterCore.h"
#include "llvm/ADT/STLExtras.h"

using namespace dlc::dsl;
using namespace dlc::dsl::ast;

std::optional<std::string> dlc::dsl::formatSource(llvm::StringRef name, llvm::StringRef text, SourceManager &sources,
                                                  Diagnostics &diagnostics) {
  // A comment that had to move may make the next round break a line elsewhere; that settles at once.
  constexpr int kMaxRounds = 6;
  std::string current = text.str();
  for (int round = 0; round < kMaxRounds; ++round) {
    FileId file = sources.addFile(name.str(), current);
    size_t errors = diagnostics.errorCount();
    ast::Module module = parseModule(sources, file, diagnostics);
    if (diagnostics.errorCount() != errors)
      return std::nullopt;
    std::string formatted = Printer(sources, module).print();
    if (formatted == current)
      break;
    current = std::move(formatted);
  }
  return current;
}

static bool isMultiLine(const Decl &declaration) {
  return llvm::isa<TemplateDecl>(declaration) || llvm::isa<TrainDecl>(declaration);
}

std::string Printer::print() {
  Lines lines{0, {}, {}, nullptr};
  bool wantsBlank = false;
  for (const DeclPtr &declaration : module.declarations) {
    uint32_t previousEnd = lines.end;
    size_t first = lines.things.size();
    takeComments(lines, declaration->range.begin);
    addThing(lines, declaration->range, this->declaration(*declaration));
    // The empty line goes before the comments that belong to the declaration.
    if ((wantsBlank || isMultiLine(*declaration)) && first > 0 && !hasBlankLine(previousEnd, declaration->range.begin))
      lines.blankBefore[first] = true;
    wantsBlank = isMultiLine(*declaration);
  }
  takeComments(lines, text.size() + 1);
  Format all = joined(lines, /*canBeFlat=*/false);
  std::string printed = FormatDocument::render(cat({lines.opening, all}), kFormatWidth);
  return printed.empty() ? "" : printed + "\n";
}

void Printer::takeComments(Lines &lines, uint32_t before) {
  for (; nextComment < module.comments.size() && module.comments[nextComment].range.begin < before; ++nextComment) {
    SourceRange range = module.comments[nextComment].range;
    bool isOnLine = lines.end > 0 && (range.begin < lines.end || !hasLineBreak(lines.end, range.begin));
    if (isOnLine) {
      Format &target = lines.things.empty() ? lines.opening : lines.things.back();
      target = cat({target, doc.trailing(textOf(range))});
      lines.end = std::max(lines.end, range.end);
    } else {
      addThing(lines, range, word(textOf(range)));
    }
  }
}

void Printer::addThing(Lines &lines, SourceRange range, Format thing, bool wantsBlank) {
  lines.blankBefore.push_back(!lines.things.empty() && (wantsBlank || hasBlankLine(lines.end, range.begin)));
  lines.things.push_back(thing);
  lines.end = range.end;
}

Format Printer::joined(const Lines &lines, bool canBeFlat) {
  std::vector<Format> parts;
  for (size_t i = 0; i < lines.things.size(); ++i) {
    if (i > 0)
      parts.push_back(canBeFlat ? doc.line("; ", lines.blankBefore[i]) : doc.hardLine(lines.blankBefore[i]));
    parts.push_back(lines.things[i]);
  }
  return cat(parts);
}

Format Printer::inlineComments(uint32_t offset) {
  std::vector<Format> parts;
  for (; nextComment < module.comments.size() && module.comments[nextComment].range.begin < offset; ++nextComment)
    parts.push_back(doc.trailing(textOf(module.comments[nextComment].range)));
  return parts.empty() ? nullptr : cat(parts);
}

bool Printer::hasComment(uint32_t begin, uint32_t end) const {
  auto first = llvm::partition_point(module.comments, [&](const Comment &c) { return c.range.begin < begin; });
  return first != module.comments.end() && first->range.begin < end;
}

bool Printer::hasLineBreak(uint32_t begin, uint32_t end) const {
  return begin < end && text.slice(begin, end).contains('\n');
}

bool Printer::hasBlankLine(uint32_t begin, uint32_t end) const {
  if (begin >= end)
    return false;
  // Of nothing but blanks between two line breaks; a comment in between is not blank.
  bool sawLineBreak = false;
  for (char c : text.slice(begin, end)) {
    if (c == '\n' && sawLineBreak)
      return true;
    if (c == '\n')
      sawLineBreak = true;
    else if (c != ' ' && c != '\t' && c != '\r')
      sawLineBreak = false;
  }
  return false;
}

Format Printer::declaration(const Decl &declaration) {
  switch (declaration.kind) {
  case DeclKind::Import:
    return cat({word("import "), word(textOf(llvm::cast<ImportDecl>(declaration).pathRange))});
  case DeclKind::Const:
    return cat({word("const " + declaration.name.name + " = "), expression(*llvm::cast<ConstDecl>(declaration).value)});
  case DeclKind::Fn:
    return function(llvm::cast<FnDecl>(declaration));
  case DeclKind::Layer:
    return templateDeclaration("layer ", llvm::cast<TemplateDecl>(declaration));
  case DeclKind::Model:
    return templateDeclaration("model ", llvm::cast<TemplateDecl>(declaration));
  case DeclKind::Optimizer:
    return templateDeclaration("optimizer ", llvm::cast<TemplateDecl>(declaration));
  case DeclKind::Metric:
    return templateDeclaration("metric ", llvm::cast<TemplateDecl>(declaration));
  case DeclKind::Train:
    return train(llvm::cast<TrainDecl>(declaration));
  }
  return nullptr;
}

Format Printer::function(const FnDecl &function) {
  Format head = cat({word("fn " + function.name.name), parameters(function.parameters), result(function.result)});
  if (auto *body = llvm::dyn_cast<BlockExpr>(function.body.get()); body && !body->parenthesized)
    return cat({head, word(" "), block(*body)});
  Format body = expression(*function.body);
  if (hasSpreadBlock(*function.body))
    return cat({head, word(" = "), body});
  return cat({head, word(" ="), doc.group(doc.nest(2, cat({doc.line(), body})))});
}

Format Printer::templateDeclaration(llvm::StringRef word, const TemplateDecl &declaration) {
  Format inputs = nullptr;
  Format head = this->word((word + declaration.name.name).str());
  if (declaration.hasHyperList) {
    Format hypers = parameters(declaration.hypers);
    inputs = doc.align(cat({hypers, doc.line(""), parameters(declaration.inputs)}));
  } else {
    inputs = parameters(declaration.inputs);
  }
  head = doc.group(cat({head, inputs, result(declaration.result), this->word(" ")}));
  return cat({head, blockInGroup(*declaration.body, /*isForced=*/true)});
}

Format Printer::train(const TrainDecl &train) {
  Format head = word("train " + train.name.name);
  if (!train.targets.empty())
    head = cat({head, parameters(train.targets)});
  std::vector<size_t> widths = fieldWidths(train);
  // Comments up to the first field stand on the brace's line, or on their own.
  uint32_t brace = text.find('{', train.targets.empty() ? train.name.range.end : train.targets.back().range.end);
  Lines lines{brace + 1, {}, {}, nullptr};
  for (size_t i = 0; i < train.fields.size(); ++i) {
    const TrainField &field = train.fields[i];
    takeComments(lines, field.name.range.begin);
    std::string name = field.name.name;
    name.resize(widths[i], ' ');
    Format value = expression(*field.value);
    addThing(lines, {module.file, field.name.range.begin, field.value->range.end},
             doc.group(cat({word(name + " = "), value})));
  }
  takeComments(lines, train.range.end);
  if (lines.things.empty() && !lines.opening)
    return cat({head, word(" {}")});
  Format body = doc.nest(2, cat({lines.things.empty() ? nullptr : doc.hardLine(), joined(lines, false)}));
  return cat({head, word(" {"), lines.opening, body, doc.hardLine(), word("}")});
}

/// Equals signs are aligned within a run of fields without empty lines or comments between them.
std::vector<size_t> Printer::fieldWidths(const TrainDecl &train) const {
  std::vector<size_t> widths;
  size_t runBegin = 0;
  for (size_t i = 0; i < train.fields.size(); ++i) {
    uint32_t begin = train.fields[i].name.range.begin;
    uint32_t previousEnd = i == 0 ? begin : train.fields[i - 1].value->range.end;
    uint32_t lineEnd = std::min<size_t>(text.find('\n', previousEnd), begin);
    if (hasBlankLine(previousEnd, begin) || hasComment(lineEnd, begin))
      runBegin = i;
    widths.push_back(train.fields[i].name.name.size());
    size_t widest = std::max(widths[i], widths[runBegin]);
    std::fill(widths.begin() + runBegin, widths.end(), widest);
  }
  return widths;
}
