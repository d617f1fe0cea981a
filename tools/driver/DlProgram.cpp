#include "tools/driver/DlProgram.h"
#include "frontend/dsl/Elaborator.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/Path.h"

using namespace dlc;
namespace lsp = llvm::lsp;
namespace path = llvm::sys::path;

std::string dlc::cleanPath(llvm::StringRef text) {
  llvm::SmallString<128> clean(text);
  path::remove_dots(clean, /*remove_dot_dot=*/true);
  return clean.str().str();
}

DlProgram::DlProgram(llvm::StringRef path, std::string text, const dsl::FileReader &read) {
  loaded = dsl::loadProgram(sources, diagnostics, path, std::move(text), read);
}

std::string DlProgram::pathOf(const dsl::ast::ImportDecl &import) const {
  if (path::is_absolute(import.path))
    return cleanPath(import.path);
  llvm::SmallString<128> full(path::parent_path(sources.name(mainFile())));
  path::append(full, import.path);
  return cleanPath(full);
}

bool DlProgram::reads(llvm::StringRef path) const {
  for (const dsl::ast::Module &module : loaded.modules)
    if (!sources.isStandardLibrary(module.file) && sources.name(module.file) == path)
      return true;
  // One that could not be read is a file to be read once it is there.
  for (const dsl::ast::DeclPtr &decl : loaded.main().declarations)
    if (auto *import = llvm::dyn_cast_or_null<dsl::ast::ImportDecl>(decl.get()))
      if (pathOf(*import) == path)
        return true;
  return false;
}

std::optional<lsp::Location> dlc::locate(const DlProgram &program, dsl::SourceRange range, UriOf uriOf) {
  if (program.sources.isStandardLibrary(range.file))
    return std::nullopt;
  std::optional<lsp::URIForFile> uri = uriOf(program.sources.name(range.file));
  if (!uri)
    return std::nullopt;
  return lsp::Location(*uri, TextPositions(program.sources.text(range.file)).range(range.begin, range.end));
}

namespace {

/// Turns the compiler's diagnostics into the editor's.
class Translator {
public:
  Translator(const DlProgram &program, UriOf uriOf)
      : program(program), uriOf(uriOf), positions(program.mainText()) {}

  void add(const dsl::Diagnostics &diagnostics) {
    for (const dsl::Diagnostic &diagnostic : diagnostics.all())
      add(translate(diagnostic));
  }
  /// Of the IR: a fault of the compiler, so its place says little.
  void add(mlir::Diagnostic &diagnostic) {
    lsp::Diagnostic result;
    result.severity = lsp::DiagnosticSeverity::Error;
    result.source = "dlc";
    result.message = llvm::json::fixUTF8(diagnostic.str());
    add(std::move(result));
  }

  std::vector<lsp::Diagnostic> results;

private:
  /// Models share layers, whose faults are found with each of them.
  void add(lsp::Diagnostic diagnostic) {
    for (const lsp::Diagnostic &other : results)
      if (other.range == diagnostic.range && other.message == diagnostic.message)
        return;
    results.push_back(std::move(diagnostic));
  }

  bool isInMain(dsl::SourceRange range) const { return range.isValid() && range.file == program.mainFile(); }

  std::string placeText(dsl::SourceRange range) const {
    dsl::LineColumn place = program.sources.lineColumn(range);
    return program.sources.name(range.file).str() + ":" + std::to_string(place.line) + ":" +
           std::to_string(place.column);
  }

  /// The innermost call in the main file that led to a fault elsewhere, else the import of that file.
  dsl::SourceRange anchor(const dsl::Diagnostic &diagnostic) const {
    if (isInMain(diagnostic.range))
      return diagnostic.range;
    for (const dsl::DiagnosticNote &note : diagnostic.notes)
      if (isInMain(note.range))
        return note.range;
    dsl::SourceRange first{program.mainFile(), 0, 0};
    for (const dsl::ast::DeclPtr &decl : program.loaded.main().declarations)
      if (auto *import = llvm::dyn_cast_or_null<dsl::ast::ImportDecl>(decl.get())) {
        if (diagnostic.range.isValid() && program.pathOf(*import) == program.sources.name(diagnostic.range.file))
          return import->pathRange;
        // It may be that file which imports the other one.
        if (first.end == 0)
          first = import->pathRange;
      }
    return first;
  }

  lsp::Diagnostic translate(const dsl::Diagnostic &diagnostic) const {
    lsp::Diagnostic result;
    dsl::SourceRange place = anchor(diagnostic);
    result.range = positions.range(place.begin, place.end);
    result.severity = lsp::DiagnosticSeverity::Error;
    result.source = "dlc";
    std::vector<lsp::DiagnosticRelatedInformation> related;
    std::string message = diagnostic.message;
    if (diagnostic.range.isValid() && !isInMain(diagnostic.range)) {
      message = placeText(diagnostic.range) + ": " + message;
      if (std::optional<lsp::Location> location = locate(program, diagnostic.range, uriOf))
        related.emplace_back(*location, "the error is here");
    }
    // The editor cannot open the library's files: what lies there is told in words.
    for (const dsl::DiagnosticNote &note : diagnostic.notes) {
      std::optional<lsp::Location> location;
      if (note.range.isValid())
        location = locate(program, note.range, uriOf);
      if (location)
        related.emplace_back(*location, llvm::json::fixUTF8(note.message));
      else
        message += "\n" + (note.range.isValid() ? placeText(note.range) + ": " : "") + note.message;
    }
    result.message = llvm::json::fixUTF8(message);
    if (!related.empty())
      result.relatedInformation = std::move(related);
    return result;
  }

  const DlProgram &program;
  UriOf uriOf;
  TextPositions positions;
};

} // namespace

/// A file without models is a library: it is elaborated with the files that use it.
static llvm::SetVector<llvm::StringRef> modelNames(const dsl::ast::Module &module) {
  llvm::SetVector<llvm::StringRef> names;
  for (const dsl::ast::DeclPtr &decl : module.declarations)
    if (llvm::isa<dsl::ast::ModelDecl, dsl::ast::TrainDecl>(*decl))
      names.insert(decl->name.name);
  return names;
}

std::vector<lsp::Diagnostic> dlc::diagnose(DlProgram &program, UriOf uriOf) {
  Translator translator(program, uriOf);
  translator.add(program.diagnostics);
  if (program.diagnostics.hasErrors())
    return std::move(translator.results);
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  mlir::ScopedDiagnosticHandler handler(&context, [&](mlir::Diagnostic &diagnostic) {
    if (diagnostic.getSeverity() == mlir::DiagnosticSeverity::Error)
      translator.add(diagnostic);
    return mlir::success();
  });
  for (llvm::StringRef name : modelNames(program.loaded.main())) {
    dsl::Diagnostics diagnostics(program.sources);
    dsl::ElaborateOptions options;
    options.model = name.str();
    dsl::elaborate(context, program.sources, program.loaded, diagnostics, options);
    translator.add(diagnostics);
  }
  return std::move(translator.results);
}
