#include "tools/driver/DlAnswers.h"
#include "frontend/dsl/Printer.h"
#include "tools/driver/DlNames.h"

using namespace dlc;
using namespace dlc::dsl::ast;
namespace lsp = llvm::lsp;

std::optional<lsp::Hover> dlc::hoverAt(const DlProgram &program, lsp::Position position) {
  TextPositions positions(program.mainText());
  std::optional<DlName> name = nameAt(program.sources, program.loaded, positions.offset(position));
  if (!name)
    return std::nullopt;
  std::string text = "```dl\n" + name->text + "\n```";
  if (name->declaration && !name->declaration->doc.empty())
    text += "\n\n" + name->declaration->doc;
  if (!name->place.isValid())
    text += "\n\n*built in*";
  else if (name->place.file != program.mainFile())
    text += "\n\n*" + program.sources.name(name->place.file).str() + "*";
  lsp::Hover hover(positions.range(name->use.begin, name->use.end));
  hover.contents.value = llvm::json::fixUTF8(text);
  return hover;
}

std::vector<lsp::Location> dlc::definitionAt(const DlProgram &program, lsp::Position position, UriOf uriOf) {
  uint32_t offset = TextPositions(program.mainText()).offset(position);
  for (const DeclPtr &decl : program.loaded.main().declarations)
    if (auto *import = llvm::dyn_cast_or_null<ImportDecl>(decl.get()))
      if (import->pathRange.begin <= offset && offset <= import->pathRange.end) {
        std::optional<lsp::URIForFile> uri = uriOf(program.pathOf(*import));
        return uri ? std::vector<lsp::Location>{{*uri, lsp::Range()}} : std::vector<lsp::Location>{};
      }
  std::optional<DlName> name = nameAt(program.sources, program.loaded, offset);
  std::optional<lsp::Location> location;
  if (name && name->place.isValid())
    location = locate(program, name->place, uriOf);
  return location ? std::vector<lsp::Location>{*location} : std::vector<lsp::Location>{};
}

static lsp::SymbolKind symbolKind(const Decl &decl) {
  switch (decl.kind) {
  case DeclKind::Import:
    return lsp::SymbolKind::File;
  case DeclKind::Const:
    return lsp::SymbolKind::Constant;
  case DeclKind::Fn:
    return lsp::SymbolKind::Function;
  case DeclKind::Layer:
  case DeclKind::Optimizer:
  case DeclKind::Metric:
    return lsp::SymbolKind::Class;
  case DeclKind::Model:
    return lsp::SymbolKind::Module;
  case DeclKind::Train:
    return lsp::SymbolKind::Object;
  }
  return lsp::SymbolKind::Null;
}

std::vector<lsp::DocumentSymbol> dlc::symbolsOf(const DlProgram &program) {
  TextPositions positions(program.mainText());
  std::vector<lsp::DocumentSymbol> symbols;
  auto add = [&](std::vector<lsp::DocumentSymbol> &list, const llvm::Twine &name, lsp::SymbolKind kind,
                 dsl::SourceRange range, dsl::SourceRange selection) -> lsp::DocumentSymbol & {
    return list.emplace_back(name, kind, positions.range(range.begin, range.end),
                             positions.range(selection.begin, selection.end));
  };
  for (const DeclPtr &decl : program.loaded.main().declarations) {
    if (!decl || decl->name.name.empty())
      continue;
    bool isTrain = decl->kind == DeclKind::Train;
    lsp::DocumentSymbol &symbol = add(symbols, (isTrain ? "train " : "") + llvm::Twine(decl->name.name),
                                      symbolKind(*decl), decl->range, decl->name.range);
    symbol.detail = llvm::json::fixUTF8(signatureOf(program.sources, *decl));
    if (auto *train = llvm::dyn_cast<TrainDecl>(decl.get()))
      for (const TrainField &field : train->fields)
        add(symbol.children, field.name.name, lsp::SymbolKind::Property, join(field.name.range, field.value->range),
            field.name.range);
    auto *declared = llvm::dyn_cast<TemplateDecl>(decl.get());
    if (!declared || !declared->body)
      continue;
    for (const StmtPtr &stmt : declared->body->statements)
      if (auto *param = llvm::dyn_cast_or_null<ParamStmt>(stmt.get()))
        add(symbol.children, param->name.name, lsp::SymbolKind::Field, param->range, param->name.range);
      else if (auto *state = llvm::dyn_cast_or_null<StateStmt>(stmt.get()))
        add(symbol.children, state->name.name, lsp::SymbolKind::Variable, state->range, state->name.range);
  }
  return symbols;
}

std::vector<lsp::TextEdit> dlc::formattingOf(llvm::StringRef text) {
  dsl::SourceManager sources;
  dsl::Diagnostics diagnostics(sources);
  std::optional<std::string> formatted = dsl::formatSource("", text, sources, diagnostics);
  if (!formatted || *formatted == text)
    return {};
  // Lines at both ends that stay as they are stay out of the edit, so that the editor keeps its place there.
  llvm::StringRef changed(*formatted);
  size_t shorter = std::min(text.size(), changed.size());
  size_t begin = std::mismatch(text.begin(), text.begin() + shorter, changed.begin()).first - text.begin();
  begin = text.take_front(begin).rfind('\n') + 1; // npos + 1 is 0
  size_t same = 0;
  while (same < shorter - begin && text[text.size() - 1 - same] == changed[changed.size() - 1 - same])
    ++same;
  while (same > 0 && text.size() - same > begin && text[text.size() - same - 1] != '\n')
    --same;
  lsp::TextEdit edit;
  edit.range = TextPositions(text).range(begin, text.size() - same);
  edit.newText = llvm::json::fixUTF8(changed.slice(begin, changed.size() - same));
  return {std::move(edit)};
}
