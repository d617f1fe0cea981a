// dlc compile: a model to a program, or to any form on the way there.
#include "tools/dlc/CompileJob.h"
#include "tools/dlc/ProgramFiles.h"
#include "tools/dlc/Verb.h"
#include "tools/fit/AlignedTable.h"
#include "tools/fit/AtomicFile.h"
#include "tools/fit/NumberText.h"
#include "tools/fit/Problem.h"
#include "tools/fit/Program.h"
#include "tools/fit/TrainingSession.h"
#include <CLI/CLI.hpp>
#include <filesystem>

namespace dlc {
namespace {

constexpr char kExamples[] = R"(
Examples:
  dlc compile model.dl                          writes model.dlm: kernels, plan, untrained variables
  dlc compile model.dl --emit=graph             prints the graph form; also ast grad fused linalg vector llvm asm plan
  dlc compile model.dl --emit=linalg -o x.mlir  and goes on from there: dlc compile x.mlir --from=linalg --emit=asm
  dlc compile model.dl --explain-fusion --time  says what was fused and why, and where the time went)";

struct CompileArguments {
  CompileSettings settings;
  std::string output;
  bool time = false;
};

void printTimings(const CompileJob &job) {
  double total = 0;
  for (const auto &entry : job.timings())
    total += entry.second;
  fit::AlignedTable table("rrl");
  table.row({"seconds", "share", "step"});
  auto add = [&](const std::string &name, double seconds) {
    char text[32], share[32];
    std::snprintf(text, sizeof text, "%.4f", seconds);
    std::snprintf(share, sizeof share, "%.1f %%", total > 0 ? 100 * seconds / total : 0);
    table.row({text, share, name});
  };
  for (const auto &entry : job.timings())
    add(entry.first, entry.second);
  add("total", total);
  std::fputs(table.text().c_str(), stderr);
}

void checkOutput(const std::string &output, const std::string &input) {
  fit::checkWritable(output);
  fit::checkDistinct({output}, {input});
}

// train and compile have the same default: what was learned must not go by accident.
void checkUntrained(const std::string &output) {
  std::error_code code;
  if (!std::filesystem::exists(output, code))
    return;
  int64_t steps = 0;
  bool hasWeights = false;
  try {
    fit::Program program = fit::Program::load(output);
    fit::Variables variables(program);
    steps = variables.has("step") ? variables.integer("step") : 0;
    hasWeights = fit::hasImportedWeights(variables);
  } catch (const fit::Problem &) {
    return; // no program, or one of another machine
  }
  if (steps || hasWeights)
    throw fit::Problem(fit::ExitCode::Usage, output,
                       steps ? "holds a program trained for " + fit::plural(steps, "step")
                             : std::string("holds a program with imported weights"),
                       "give another file with -o, or this one to overwrite it");
}

int runCompile(const CompileArguments &arguments) {
  const std::string &emit = arguments.settings.emit;
  if (endsWith(arguments.settings.input, ".dlm"))
    throw fit::Problem(fit::ExitCode::BadInput, arguments.settings.input, "is compiled already",
                       "compile the model's source; dlc inspect shows what is in a program");
  bool isBinary = emit == "program" || emit == "obj";
  std::string output = arguments.output;
  if (output.empty() && isBinary)
    output = stemOf(arguments.settings.input) + (emit == "program" ? ".dlm" : ".o");
  if (!output.empty() && output != "-")
    checkOutput(output, arguments.settings.input);
  if (arguments.output.empty() && emit == "program")
    checkUntrained(output);
  CompileJob job(arguments.settings);
  std::string result = job.run();
  if (arguments.time)
    printTimings(job);
  if (job.code())
    return job.code();
  if (output.empty() || output == "-") {
    std::fwrite(result.data(), 1, result.size(), stdout);
    return 0;
  }
  fit::writeAtomically(output, result);
  std::fprintf(stderr, "wrote %s (%s)\n", output.c_str(), fit::bytesText(result.size()).c_str());
  return 0;
}

} // namespace

void addCompileVerb(CLI::App &app, Dispatch &dispatch) {
  CLI::App *verb = app.add_subcommand("compile", "Compiles a model to a program (.dlm), or to a form on the way there");
  auto arguments = std::make_shared<CompileArguments>();
  verb->footer(kExamples);
  verb->add_option("MODEL", arguments->settings.input, "a .dl file; a .mlir file with --from")->required();
  verb->add_option("-o,--output", arguments->output, "where to write; - is standard output")->type_name("FILE");
  verb->add_option("--emit", arguments->settings.emit, "stop at this form")
      ->check(
          CLI::IsMember({"ast", "graph", "grad", "fused", "linalg", "vector", "llvm", "asm", "obj", "plan", "program"}))
      ->type_name("FORM");
  verb->add_option("--from", arguments->settings.from, "the form that MODEL is in; default: by its suffix")
      ->check(CLI::IsMember({"graph", "grad", "fused", "linalg", "vector", "llvm", "plan"}))
      ->type_name("FORM");
  addCompileOptions(*verb, arguments->settings);
  verb->add_flag("--explain-fusion", arguments->settings.explain, "remarks: what was fused and why");
  verb->add_flag("--time", arguments->time, "how long each step took");
  verb->callback([arguments, &dispatch] { dispatch.run = [arguments] { return runCompile(*arguments); }; });
}

} // namespace dlc
