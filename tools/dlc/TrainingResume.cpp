// What an interrupted dlc train leaves behind, and how it goes on.
#include "tools/dlc/Console.h"
#include "tools/dlc/TrainingRun.h"
#include "tools/fit/AtomicFile.h"
#include "tools/fit/ByteSource.h"
#include <filesystem>
#include <unistd.h>

namespace dlc {

using namespace fit;

std::string TrainingRun::resumeCommand() const {
  std::string command = "dlc train";
  auto add = [&](const char *option, const std::string &value) {
    command += std::string(*option ? " " : "") + option + " " + shellWord(value);
  };
  add("", arguments.output);
  // What a .dlm does not remember by itself.
  for (const auto &[name, options] :
       {std::pair("--data", &arguments.data), std::pair("--validation", &arguments.validation),
        std::pair("--test", &arguments.test)})
    for (const std::string &option : *options)
      add(name, option);
  for (const std::string &setting : arguments.settings.sets)
    if (!isSource())
      add("--set", setting);
  if (arguments.epochs)
    add("--epochs", std::to_string(*arguments.epochs));
  for (const auto &[name, file] :
       {std::pair("--history", &arguments.history), std::pair("--report", &arguments.report)})
    if (!file->empty())
      add(name, *file);
  return command + (arguments.allowNan ? " --allow-nan" : "") + (arguments.skipBad ? " --skip-bad" : "");
}

// The disk may have filled up meanwhile: what was learned goes somewhere else then.
void TrainingRun::save(const Variables &variables) const {
  try {
    variables.save(arguments.output);
  } catch (const Problem &problem) {
    namespace fs = std::filesystem;
    std::string other =
        (fs::temp_directory_path() / fs::path(arguments.output).filename()).string() + "." + std::to_string(getpid());
    try {
      variables.save(other);
    } catch (const Problem &) {
      throw problem;
    }
    throw Problem(problem.code(), problem.place(), problem.what(), "the program was saved as " + other);
  }
}

} // namespace dlc
