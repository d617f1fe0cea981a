#include "tools/dlc/Console.h"
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <nlohmann/json.hpp>
#include <unistd.h>

namespace dlc {
namespace {

// "place: error: text", and the remedy indented below it.
void print(const char *color, const char *kind, const std::string &place, const std::string &text,
           const std::string &remedy) {
  bool colored = errorsInColor();
  std::string line = place.empty() ? "" : place + ": ";
  line += colored ? std::string(color) + kind + ":\033[0m \033[1m" + text + "\033[0m" : std::string(kind) + ": " + text;
  std::fprintf(stderr, "%s\n", line.c_str());
  if (!remedy.empty())
    std::fprintf(stderr, "  %s\n", remedy.c_str());
}

} // namespace

bool isTerminal(int descriptor) {
  const char *terminal = std::getenv("TERM");
  return isatty(descriptor) && terminal && std::strcmp(terminal, "dumb") != 0;
}

bool errorsInColor() {
  const char *noColor = std::getenv("NO_COLOR");
  return isTerminal(STDERR_FILENO) && !(noColor && *noColor);
}

void reportProblem(const fit::Problem &problem) {
  print("\033[1;31m", "error", problem.place(), problem.what(), problem.remedy());
}

void reportWarning(const std::string &text, const std::string &remedy) {
  print("\033[1;35m", "warning", "", text, remedy);
}

void reportFinding(const fit::Finding &finding) {
  if (finding.level == fit::Finding::Level::Warning)
    reportWarning(finding.text, finding.remedy);
  else
    print("\033[1;36m", "note", "", finding.text, finding.remedy);
}

void reportProblemJson(const fit::Problem &problem) {
  printJson(nlohmann::ordered_json({{"event", "error"},
                                    {"place", problem.place()},
                                    {"message", problem.what()},
                                    {"remedy", problem.remedy()},
                                    {"exit_code", static_cast<int>(problem.code())}}));
}

std::string shellWord(const std::string &text) {
  constexpr char kPlain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./=:,+-";
  if (!text.empty() && text.find_first_not_of(kPlain) == std::string::npos)
    return text;
  std::string quoted = "'";
  for (char c : text)
    quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

} // namespace dlc
