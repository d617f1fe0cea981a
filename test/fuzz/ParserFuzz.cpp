// libFuzzer: any bytes are parsed, and what parses is formatted to something that parses and stays as it is.
#include "frontend/dsl/AstPrinter.h"
#include "frontend/dsl/Parser.h"
#include "frontend/dsl/Printer.h"
#include "llvm/Support/ErrorHandling.h"

using namespace dlc::dsl;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  std::string text(reinterpret_cast<const char *>(data), size);
  SourceManager sources;
  Diagnostics diagnostics(sources);
  ast::Module module = parseModule(sources, sources.addFile("fuzz.dl", text), diagnostics);
  printAst(sources, module, llvm::nulls());
  diagnostics.renderAll(llvm::nulls());
  if (diagnostics.hasErrors())
    return 0;
  std::optional<std::string> once = formatSource("fuzz.dl", text, sources, diagnostics);
  std::optional<std::string> twice = once ? formatSource("fuzz.dl", *once, sources, diagnostics) : std::nullopt;
  if (!twice || *twice != *once)
    llvm::report_fatal_error("formatting is not stable");
  return 0;
}
