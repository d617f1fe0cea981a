// One request to the compiler, with its options as strings.
#ifndef DLC_TOOLS_DLC_COMPILEJOB_H
#define DLC_TOOLS_DLC_COMPILEJOB_H

#include "tools/dlc/CompilerLibrary.h"
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <utility>
#include <vector>

namespace CLI {
class App;
}

namespace dlc {

/// The options that every compiling verb has.
struct CompileSettings {
  std::string input, model, dtype, target, from, emit = "program";
  std::vector<std::string> sets, disabledPasses, enabledPasses;
  bool requireTrain = false, gradients = false, explain = false, quietDiagnostics = false;
};

/// --set, --model, --dtype, --target, --disable-pass and --enable-pass.
void addCompileOptions(CLI::App &verb, CompileSettings &settings);

struct Diagnostic {
  int severity; // DLC_COMPILER_ERROR …
  std::string file, message;
  unsigned line, column;
};

/// Holds the strings that the request points to; not copyable.
class CompileJob {
public:
  explicit CompileJob(const CompileSettings &settings);
  CompileJob(const CompileJob &) = delete;
  CompileJob &operator=(const CompileJob &) = delete;

  /// Text or bytes of the requested form; diagnostics go to standard error on the way. The exit code is in code().
  std::string run();
  int code() const { return exitCode; }
  const std::vector<Diagnostic> &diagnostics() const { return found; }
  const std::vector<std::pair<std::string, double>> &timings() const { return times; }
  const dlc_compile_request &request() const { return wanted; }

private:
  static void onDiagnostic(void *user, const dlc_compiler_diagnostic *diagnostic);
  static void onOutput(void *user, const char *data, size_t size);
  static void onTiming(void *user, const char *pass, double seconds);
  CompileSettings settings;
  std::vector<const char *> setPointers, disabledPointers, enabledPointers;
  dlc_compiler_sink sink = {};
  dlc_compile_request wanted = {};
  std::string result;
  std::vector<Diagnostic> found;
  std::vector<std::pair<std::string, double>> times;
  int exitCode = 0;
};

/// Thrown after the compiler has printed its diagnostics: nothing is left to say.
struct CompileFailure {
  int code;
};

/// The bytes of the program. Throws CompileFailure.
std::string compileProgram(const CompileSettings &settings);

bool endsWith(const std::string &text, const std::string &suffix);
nlohmann::json diagnosticsJson(const std::vector<Diagnostic> &diagnostics);

} // namespace dlc

#endif
