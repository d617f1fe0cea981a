#include "tools/driver/ModelSource.h"
#include "frontend/dsl/AstPrinter.h"
#include "frontend/dsl/Elaborator.h"
#include "frontend/dsl/Parser.h"
#include "frontend/dsl/Printer.h"

using namespace mlir;
namespace dlc {

// Hands over what the frontend collected, each with its excerpt and notes.
static void report(const dsl::Diagnostics &diagnostics, bool color, const CompileObserver &observer) {
  if (!observer.message)
    return;
  const dsl::SourceManager &sources = diagnostics.sourceManager();
  for (const dsl::Diagnostic &diagnostic : diagnostics.all()) {
    Message message{Severity::Error, "", 0, 0, diagnostic.message, ""};
    if (diagnostic.range.isValid()) {
      dsl::LineColumn place = sources.lineColumn(diagnostic.range);
      message.file = sources.name(diagnostic.range.file).str();
      message.line = place.line;
      message.column = place.column;
    }
    llvm::raw_string_ostream stream(message.rendered);
    diagnostics.render(diagnostic, stream, color);
    observer.message(message);
  }
  if (diagnostics.errorCount() > dsl::Diagnostics::kMaxErrors) {
    std::string text = std::to_string(diagnostics.errorCount() - dsl::Diagnostics::kMaxErrors) + " more errors";
    observer.message({Severity::Note, "", 0, 0, text, "note: " + text + "\n"});
  }
}

OwningOpRef<ModuleOp> elaborateModel(MLIRContext &context, const std::string &text, const CompileOptions &options,
                                     const CompileObserver &observer,
                                     std::vector<std::pair<std::string, std::string>> &sources) {
  dsl::SourceManager manager;
  dsl::Diagnostics diagnostics(manager);
  dsl::LoadedProgram program = dsl::loadProgram(manager, diagnostics, options.input, text);
  OwningOpRef<ModuleOp> module;
  if (!diagnostics.hasErrors()) {
    dsl::ElaborateOptions elaborate;
    elaborate.dtype = options.dtype;
    elaborate.sets = options.sets;
    elaborate.model = options.model;
    elaborate.gradients = options.gradients;
    elaborate.requireTrain = options.requireTrain;
    // The user's files only: the library is the compiler's.
    for (dsl::FileId file = 0; file < manager.fileCount(); ++file)
      if (!manager.isStandardLibrary(file))
        sources.emplace_back(manager.name(file).str(), manager.text(file).str());
    module = dsl::elaborate(context, manager, program, diagnostics, elaborate);
  }
  report(diagnostics, options.color, observer);
  return diagnostics.hasErrors() ? OwningOpRef<ModuleOp>() : std::move(module);
}

FailureOr<std::string> printModelAst(const std::string &text, const CompileOptions &options,
                                     const CompileObserver &observer) {
  dsl::SourceManager manager;
  dsl::Diagnostics diagnostics(manager);
  dsl::ast::Module module = dsl::parseModule(manager, manager.addFile(options.input, text), diagnostics);
  report(diagnostics, options.color, observer);
  if (diagnostics.hasErrors())
    return failure();
  std::string printed;
  llvm::raw_string_ostream stream(printed);
  dsl::printAst(manager, module, stream);
  return printed;
}

std::optional<std::string> formatModel(const std::string &name, const std::string &text, bool color,
                                       const CompileObserver &observer) {
  dsl::SourceManager manager;
  dsl::Diagnostics diagnostics(manager);
  std::optional<std::string> formatted = dsl::formatSource(name, text, manager, diagnostics);
  report(diagnostics, color, observer);
  return diagnostics.hasErrors() ? std::nullopt : formatted;
}

} // namespace dlc
