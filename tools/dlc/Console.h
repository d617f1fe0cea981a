// What `dlc` says to people: problems, warnings, colours only on terminals.
#ifndef DLC_TOOLS_DLC_CONSOLE_H
#define DLC_TOOLS_DLC_CONSOLE_H

#include "tools/fit/DataChecks.h"
#include "tools/fit/Problem.h"
#include <string>

namespace dlc {

/// Standard error is a terminal that wants colours (NO_COLOR is not set).
bool errorsInColor();
bool isTerminal(int descriptor);

void reportProblem(const fit::Problem &problem);
void reportFinding(const fit::Finding &finding);
void reportWarning(const std::string &text, const std::string &remedy = "");

/// One JSON object a line on standard output, for --json.
void reportProblemJson(const fit::Problem &problem);

} // namespace dlc

#endif
