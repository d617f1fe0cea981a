#include "tools/dlc/ProgramFiles.h"
#include "tools/dlc/CompileJob.h"
#include "tools/dlc/Console.h"
#include "tools/fit/CellValue.h"
#include "tools/fit/NearestName.h"
#include "tools/fit/NumberText.h"
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

std::vector<std::string> portsOf(const Program &program) {
  return portNames(program, program.has("train_step") ? trainingDataFunction(program) : "predict");
}

Recipe recipeOf(const Program &program) { return parseRecipe(program.metadata("recipe"), portsOf(program)); }

std::vector<std::string> dataFolders(const Program &program, const std::string &input) {
  std::string own = std::filesystem::path(input).parent_path().string();
  if (!endsWith(input, ".dlm"))
    return {own};
  std::vector<std::string> folders = {""};
  std::string source = std::filesystem::path(program.sourceFile()).parent_path().string();
  // The source's folder as it was said, when the compiler ran where the program is now.
  for (const std::string &folder : {source, own, (std::filesystem::path(own) / source).string()})
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

void chooseRows(DataSpec &spec, const std::string &rows) {
  if (rows.empty())
    return;
  size_t dots = rows.find("..");
  int64_t begin = 0, end = 0;
  bool isRange = dots != std::string::npos && parseCell(rows.substr(0, dots), DLC_I64, &begin) == CellFault::None &&
                 parseCell(rows.substr(dots + 2), DLC_I64, &end) == CellFault::None;
  if (!isRange || begin < 0 || begin >= end)
    throw Problem(ExitCode::Usage, "--rows " + rows, "expected a range BEGIN..END with BEGIN < END",
                  "rows count from 0, and END is not among them: --rows 0..100 takes the first 100");
  spec.options["rows"] = {begin, end};
}

std::vector<std::string> filesOf(const DataSpec &spec, const std::string &other) {
  std::vector<std::string> files = {other};
  for (const auto &entry : spec.ports) {
    files.push_back(entry.second.file);
    files.insert(files.end(), entry.second.further.begin(), entry.second.further.end());
  }
  return files;
}

void reportSkipped(const Dataset &data) {
  const std::vector<std::string> &skipped = data.skipped();
  if (skipped.empty())
    return;
  auto count = static_cast<int64_t>(skipped.size());
  reportWarning("left out " + plural(count, "image") + " that cannot be read: " + listNames(skipped, 5));
}

Variables readyVariables(const Program &program, int64_t seed) {
  Variables variables(program);
  if (!variables.has("step") || !isUntrained(variables) || hasImportedWeights(variables) || !program.has("init"))
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

int64_t predictionColumns(const Program &program) {
  dlc_function predict = program.function("predict");
  if (!predict.output_count)
    return 0;
  int64_t count = 1;
  for (uint32_t i = 1; i < predict.outputs[0].rank; ++i)
    count *= std::max<int64_t>(predict.outputs[0].dims[i].fixed, 1);
  return count;
}

int64_t lastPredictionSize(const Program &program) {
  dlc_function predict = program.function("predict");
  if (!predict.output_count || !predict.outputs[0].rank)
    return 0;
  return std::max<int64_t>(predict.outputs[0].dims[predict.outputs[0].rank - 1].fixed, 0);
}

} // namespace dlc
