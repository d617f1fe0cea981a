// dlc fmt: the one true layout of .dl files.
#include "tools/dlc/CompileJob.h"
#include "tools/dlc/Console.h"
#include "tools/dlc/Verb.h"
#include "tools/fit/AtomicFile.h"
#include "tools/fit/ByteSource.h"
#include <CLI/CLI.hpp>

namespace dlc {
namespace {

constexpr char kExamples[] = R"(
Examples:
  dlc fmt model.dl            rewrites the file in place, if its layout differs
  dlc fmt --check *.dl        changes nothing; exit code 1 and the names of the files that would change
  dlc fmt - < model.dl        standard input to standard output, for editors)";

struct FmtArguments {
  std::vector<std::string> files;
  bool check = false;
};

void printDiagnostic(void *, const dlc_compiler_diagnostic *diagnostic) { std::fputs(diagnostic->rendered, stderr); }

void appendOutput(void *user, const char *data, size_t size) { static_cast<std::string *>(user)->append(data, size); }

int formatFile(const std::string &file, bool check) {
  std::string text = fit::readWhole(file, size_t(4) << 20), formatted; // longer ones are no sources
  dlc_compiler_sink sink = {sizeof sink, &formatted, printDiagnostic, appendOutput, nullptr};
  std::string name = file == "-" ? "standard input" : file;
  if (int code = CompilerLibrary::load().format(name.c_str(), text.data(), text.size(), errorsInColor(), &sink))
    return code;
  if (file == "-") {
    std::fwrite(formatted.data(), 1, formatted.size(), stdout);
    return 0;
  }
  if (formatted == text)
    return 0;
  std::printf("%s\n", file.c_str());
  if (check)
    return static_cast<int>(fit::ExitCode::BadInput);
  fit::writeAtomically(file, formatted);
  return 0;
}

int runFmt(const FmtArguments &arguments) {
  int worst = 0;
  for (const std::string &file : arguments.files)
    worst = std::max(worst, formatFile(file, arguments.check));
  return worst;
}

} // namespace

void addFmtVerb(CLI::App &app, Dispatch &dispatch) {
  CLI::App *verb =
      app.add_subcommand("fmt", "Lays out .dl files in the one standard way; prints the names of changed files");
  auto arguments = std::make_shared<FmtArguments>();
  verb->footer(kExamples);
  verb->add_option("FILE", arguments->files, ".dl files; - is standard input")->required();
  verb->add_flag("--check", arguments->check, "only say which files would change");
  verb->callback([arguments, &dispatch] { dispatch.run = [arguments] { return runFmt(*arguments); }; });
}

} // namespace dlc
