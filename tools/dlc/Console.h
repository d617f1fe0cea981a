// What `dlc` says to people: problems, warnings, colours only on terminals.
#ifndef DLC_TOOLS_DLC_CONSOLE_H
#define DLC_TOOLS_DLC_CONSOLE_H

#include "tools/fit/DataChecks.h"
#include "tools/fit/Problem.h"
#include <cstdio>
#include <string>

namespace dlc {

/// Standard error is a terminal that wants colours (NO_COLOR is not set).
bool errorsInColor();
bool isTerminal(int descriptor);

void reportProblem(const fit::Problem &problem);
void reportFinding(const fit::Finding &finding);
void reportWarning(const std::string &text, const std::string &remedy = "");

/// One JSON value on standard output, for --json; paths need not be UTF-8.
template <typename Json> void printJson(const Json &json, int indent = -1) {
  std::printf("%s\n", json.dump(indent, ' ', false, Json::error_handler_t::replace).c_str());
}
void reportProblemJson(const fit::Problem &problem);

/// \p text as a word of a command: quoted where it must be.
std::string shellWord(const std::string &text);

} // namespace dlc

#endif
