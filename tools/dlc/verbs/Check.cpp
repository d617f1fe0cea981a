// dlc check: what is wrong with a model; with --against=reference, also whether its kernels compute what they should.
#include "tools/dlc/CompileJob.h"
#include "tools/dlc/Console.h"
#include "tools/dlc/ReferenceComparison.h"
#include "tools/dlc/Verb.h"
#include "tools/fit/NumberText.h"
#include "tools/fit/Problem.h"
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

namespace dlc {
namespace {

using namespace fit;

constexpr char kExamples[] = R"(
Examples:
  dlc check model.dl                       parses, elaborates and differentiates; says what is wrong and where
  dlc check model.dl --json                the same for editors and scripts
  dlc check model.dl --against=reference   also compiles, runs on random inputs, and compares every kernel's values
                                           with the reference backend, which computes them op by op)";

struct CheckArguments {
  CompileSettings settings;
  std::string against;
  int64_t batch = 5, seed = 1;
  bool json = false;
};

Problem mismatchProblem(const KernelMismatch &mismatch, const std::string &input) {
  std::string what = "kernel " + mismatch.kernel + " (" + mismatch.function + ", step " +
                     std::to_string(mismatch.step) + (mismatch.where.empty() ? "" : ", " + mismatch.where) + ")";
  std::string place = mismatch.place.empty() ? input : mismatch.place;
  if (!mismatch.failure.empty())
    return Problem(ExitCode::BadInput, place, what + ": the reference backend cannot evaluate it: " + mismatch.failure);
  return Problem(ExitCode::BadInput, place,
                 what + " differs from the reference: result " + std::to_string(mismatch.result) + ", element " +
                     std::to_string(mismatch.element) + ": expected " + numberText(mismatch.expected, 9) + ", found " +
                     numberText(mismatch.found, 9),
                 "this is a fault of the compiler, please report it; --disable-pass finds the pass that causes it");
}

int checkAgainstReference(const CheckArguments &arguments, nlohmann::json &json) {
  ReferenceResult result = compareWithReference(arguments.settings, arguments.batch, arguments.seed);
  json["launches"] = result.launches;
  json["values"] = result.values;
  json["largest_error"] = result.largestError;
  for (const auto &[function, reason] : result.stopped)
    reportWarning(function + " stopped on these inputs, so not all of its kernels are compared: " + reason,
                  "another --seed or --batch may get further");
  if (result.differs) {
    json["ok"] = false;
    json["kernel"] = result.mismatch.kernel;
    throw mismatchProblem(result.mismatch, arguments.settings.input);
  }
  if (!arguments.json)
    std::printf("%s: agrees with the reference in %s of %s (largest error %s of a kernel's largest value)\n",
                arguments.settings.input.c_str(), plural(result.values, "value").c_str(),
                plural(result.launches, "launched kernel").c_str(), numberText(result.largestError, 2).c_str());
  return 0;
}

int runCheck(const CheckArguments &arguments) {
  CompileSettings settings = arguments.settings;
  settings.emit = "check";
  settings.quietDiagnostics = arguments.json;
  CompileJob job(settings);
  job.run();
  nlohmann::json json = {{"file", settings.input}, {"ok", job.code() == 0}};
  json["diagnostics"] = diagnosticsJson(job.diagnostics());
  int code = job.code();
  if (!code && !arguments.against.empty())
    code = checkAgainstReference(arguments, json);
  if (arguments.json)
    printJson(json, 2);
  else if (!code && arguments.against.empty())
    std::printf("%s: no errors\n", settings.input.c_str());
  return code;
}

} // namespace

void addCheckVerb(CLI::App &app, Dispatch &dispatch) {
  CLI::App *verb = app.add_subcommand("check", "Says what is wrong with a model, and where");
  auto arguments = std::make_shared<CheckArguments>();
  verb->footer(kExamples);
  verb->add_option("MODEL", arguments->settings.input, "a .dl file")->required();
  verb->add_option("--against", arguments->against, "reference: compare the compiled kernels with the reference backend")
      ->check(CLI::IsMember({"reference"}));
  verb->add_option("--batch", arguments->batch, "random examples for --against")
      ->check(CLI::Range(int64_t(1), int64_t(1) << 20));
  verb->add_option("--seed", arguments->seed, "of the random examples");
  addCompileOptions(*verb, arguments->settings);
  verb->add_flag("--json", arguments->json, "one JSON object with the diagnostics");
  verb->callback([arguments, &dispatch] {
    dispatch.json = arguments->json;
    dispatch.run = [arguments] { return runCheck(*arguments); };
  });
}

} // namespace dlc
