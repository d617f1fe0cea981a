// dlc lsp: the language server of .dl files.
#include "tools/dlc/CompilerLibrary.h"
#include "tools/dlc/Verb.h"
#include <CLI/CLI.hpp>

namespace dlc {
namespace {

constexpr char kExamples[] = R"(
Examples:
  dlc lsp                     an editor starts this and talks to it; see docs/editors.md for set-ups
  vim.lsp.start({ cmd = { "dlc", "lsp" }, filetypes = { "dl" } })       in Neovim)";

} // namespace

void addLspVerb(CLI::App &app, Dispatch &dispatch) {
  CLI::App *verb = app.add_subcommand("lsp", "Serves the language server protocol for .dl files on standard input and output");
  verb->footer(kExamples);
  verb->callback([&dispatch] { dispatch.run = [] { return CompilerLibrary::load().languageServer(); }; });
}

} // namespace dlc
