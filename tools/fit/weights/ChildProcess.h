// A program that is run to its end with files in memory for its streams.
#ifndef DLC_TOOLS_FIT_WEIGHTS_CHILDPROCESS_H
#define DLC_TOOLS_FIT_WEIGHTS_CHILDPROCESS_H

#include <string>
#include <string_view>
#include <vector>

namespace dlc::fit {

struct ChildResult {
  int exitCode = 0; // if signal is 0
  int signal = 0;
  std::string output, messages; // standard output and error
};

/// \p command: the program's path and its arguments. Throws a Problem (Io) if it cannot be started.
ChildResult runChild(const std::vector<std::string> &command, std::string_view input);

} // namespace dlc::fit

#endif
