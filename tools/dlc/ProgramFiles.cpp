#include "tools/dlc/ProgramFiles.h"
#include "tools/dlc/CompileJob.h"
#include "tools/dlc/Console.h"
#include "tools/fit/Problem.h"
#include "tools/fit/TrainingSession.h"
#include <filesystem>

namespace dlc {

using namespace fit;

std::string stemOf(const std::string &path) { return std::filesystem::path(path).stem().string(); }

Program loadProgram(const std::string &path, const char *verb) {
  if (endsWith(path, ".dl"))
    throw Problem(ExitCode::BadInput, path, std::string(verb) + " needs a program (.dlm), found a model's source",
                  "make one first: dlc train " + path + " -o " + stemOf(path) + ".dlm");
  return Program::load(path);
}

std::vector<std::string> dataFolders(const Program &program, const std::string &input) {
  std::string own = std::filesystem::path(input).parent_path().string();
  if (!endsWith(input, ".dlm"))
    return {own};
  std::vector<std::string> folders = {""};
  std::string source = std::filesystem::path(program.sourceFile()).parent_path().string();
  for (const std::string &folder : {source, own})
    if (std::find(folders.begin(), folders.end(), folder) == folders.end())
      folders.push_back(folder);
  return folders;
}

DataSpec resolveData(DataSpec spec, const std::string &name, const std::vector<std::string> &options,
                     const Program &program, const std::string &function, const std::vector<std::string> &folders) {
  spec.name = name;
  overrideDataSpec(spec, options, portNames(program, function));
  resolveFiles(spec, folders);
  return spec;
}

std::vector<std::string> filesOf(const DataSpec &spec, const std::string &other) {
  std::vector<std::string> files = {other};
  for (const auto &entry : spec.ports)
    files.push_back(entry.second.file);
  return files;
}

Variables readyVariables(const Program &program, int64_t seed) {
  Variables variables(program);
  if (!variables.has("step") || !isUntrained(variables) || !program.has("init"))
    return variables;
  bool hasParameters = false;
  for (const dlc_variable &variable : program.variables())
    hasParameters |= variable.kind == DLC_PARAM;
  if (!hasParameters)
    return variables;
  reportWarning(program.path() + " is not trained yet: its answers come from random parameters",
                "train it: dlc train " + program.path());
  variables.setInteger("seed", seed);
  FunctionCall(program, "init").run(variables);
  return variables;
}

} // namespace dlc
