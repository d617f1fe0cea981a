// dlc inspect: what is in a program.
#include "tools/dlc/CompileJob.h"
#include "tools/dlc/Console.h"
#include "tools/dlc/Verb.h"
#include "tools/fit/ProgramSummary.h"
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

namespace dlc {
namespace {

constexpr char kExamples[] = R"(
Examples:
  dlc inspect model.dlm                layers with shapes and parameter counts, functions, kernels, sizes
  dlc inspect model.dlm --batch 128    costs and workspace for batches of 128
  dlc inspect model.dlm --json | jq .parameters)";

struct InspectArguments {
  CompileSettings settings;
  int64_t batch = 1;
  bool json = false;
};

int runInspect(const InspectArguments &arguments) {
  const std::string &input = arguments.settings.input;
  fit::Program program = endsWith(input, ".dl") ? fit::Program::fromBytes(compileProgram(arguments.settings), input)
                                                : fit::Program::load(input);
  fit::ProgramSummary summary = fit::summarize(program, arguments.batch);
  if (arguments.json)
    printJson(fit::summaryJson(summary), 2);
  else
    std::fputs(fit::summaryText(summary).c_str(), stdout);
  return 0;
}

} // namespace

void addInspectVerb(CLI::App &app, Dispatch &dispatch) {
  CLI::App *verb = app.add_subcommand("inspect", "Shows a program's layers, functions, kernels, costs and sizes");
  auto arguments = std::make_shared<InspectArguments>();
  verb->footer(kExamples);
  verb->add_option("PROGRAM", arguments->settings.input, "a .dlm file; a .dl file is compiled first")->required();
  verb->add_option("--batch", arguments->batch, "examples per call")->check(CLI::Range(int64_t(1), int64_t(1) << 40));
  verb->add_flag("--json", arguments->json, "one JSON object");
  verb->callback([arguments, &dispatch] {
    dispatch.json = arguments->json;
    dispatch.run = [arguments] { return runInspect(*arguments); };
  });
}

} // namespace dlc
