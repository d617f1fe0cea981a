#include "tools/dlc/CompileJob.h"
#include "tools/dlc/Console.h"
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

namespace dlc {
namespace {

const char *orNull(const std::string &text) { return text.empty() ? nullptr : text.c_str(); }

std::vector<const char *> pointersTo(const std::vector<std::string> &strings) {
  std::vector<const char *> pointers;
  for (const std::string &text : strings)
    pointers.push_back(text.c_str());
  return pointers;
}

} // namespace

void addCompileOptions(CLI::App &verb, CompileSettings &settings) {
  verb.add_option("--set", settings.sets, "change the recipe: epochs=50, optimizer.learning_rate=1e-4 (repeatable)")
      ->allow_extra_args(false)
      ->type_name("NAME=VALUE");
  verb.add_option("--model", settings.model, "which model of the file; needed if there are several")->type_name("NAME");
  verb.add_option("--dtype", settings.dtype, "what T stands for: f32 (default) or f64")
      ->check(CLI::IsMember({"f32", "f64"}));
  verb.add_option("--target", settings.target, "CPU level: x86-64-v2, -v3 or -v4; default: this machine")
      ->type_name("LEVEL");
  verb.add_option("--disable-pass", settings.disabledPasses, "leave out a pass of the compiler, e.g. dlc-form-fusion-groups")
      ->allow_extra_args(false)
      ->type_name("PASS");
  verb.add_option("--enable-pass", settings.enabledPasses, "run a pass that only runs on request: dlc-cache-frozen-features")
      ->allow_extra_args(false)
      ->type_name("PASS");
}

CompileJob::CompileJob(const CompileSettings &given) : settings(given) {
  setPointers = pointersTo(settings.sets);
  disabledPointers = pointersTo(settings.disabledPasses);
  enabledPointers = pointersTo(settings.enabledPasses);
  sink.struct_size = sizeof sink;
  sink.user = this;
  sink.diagnostic = onDiagnostic;
  sink.output = onOutput;
  sink.timing = onTiming;
  wanted.struct_size = sizeof wanted;
  wanted.input = settings.input.c_str();
  wanted.from = orNull(settings.from);
  wanted.emit = settings.emit.c_str();
  wanted.model = orNull(settings.model);
  wanted.dtype = orNull(settings.dtype);
  wanted.target = orNull(settings.target);
  wanted.sets = setPointers.data();
  wanted.set_count = setPointers.size();
  wanted.disabled_passes = disabledPointers.data();
  wanted.disabled_pass_count = disabledPointers.size();
  wanted.enabled_passes = enabledPointers.data();
  wanted.enabled_pass_count = enabledPointers.size();
  wanted.require_train = settings.requireTrain;
  wanted.gradients = settings.gradients;
  wanted.explain = settings.explain;
  wanted.color = errorsInColor();
  wanted.sink = &sink;
}

std::string CompileJob::run() {
  exitCode = CompilerLibrary::load().compile(&wanted);
  return std::move(result);
}

void CompileJob::onDiagnostic(void *user, const dlc_compiler_diagnostic *diagnostic) {
  auto *job = static_cast<CompileJob *>(user);
  if (!job->settings.quietDiagnostics)
    std::fputs(diagnostic->rendered, stderr);
  job->found.push_back(
      {diagnostic->severity, diagnostic->file, diagnostic->message, diagnostic->line, diagnostic->column});
}

void CompileJob::onOutput(void *user, const char *data, size_t size) {
  static_cast<CompileJob *>(user)->result.append(data, size);
}

void CompileJob::onTiming(void *user, const char *pass, double seconds) {
  static_cast<CompileJob *>(user)->times.emplace_back(pass, seconds);
}

std::string compileProgram(const CompileSettings &settings) {
  CompileJob job(settings);
  std::string bytes = job.run();
  if (job.code())
    throw CompileFailure{job.code()};
  return bytes;
}

bool endsWith(const std::string &text, const std::string &suffix) {
  return text.size() >= suffix.size() && text.compare(text.size() - suffix.size(), suffix.size(), suffix) == 0;
}

nlohmann::json diagnosticsJson(const std::vector<Diagnostic> &diagnostics) {
  static const char *const severities[] = {"error", "warning", "remark", "note"};
  nlohmann::json list = nlohmann::json::array();
  for (const Diagnostic &diagnostic : diagnostics)
    list.push_back({{"severity", severities[diagnostic.severity & 3]},
                    {"file", diagnostic.file},
                    {"line", diagnostic.line},
                    {"column", diagnostic.column},
                    {"message", diagnostic.message}});
  return list;
}

} // namespace dlc
