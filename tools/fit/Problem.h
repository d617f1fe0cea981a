// What goes wrong for a reason that the user can remove: thrown by this library, printed by the verbs of `dlc`.
#ifndef DLC_TOOLS_FIT_PROBLEM_H
#define DLC_TOOLS_FIT_PROBLEM_H

#include <stdexcept>
#include <string>

namespace dlc::fit {

/// Exit codes of `dlc`; documented in its --help.
enum class ExitCode { Success = 0, BadInput = 1, Usage = 2, Io = 3, Interrupted = 130 };

class Problem : public std::runtime_error {
public:
  /// \p place: "data.csv:12:age" or a path; may be empty. \p text: one sentence, lower case, no full stop.
  /// \p remedy: what to do about it, a sentence of the same form; may be empty.
  Problem(ExitCode code, std::string place, const std::string &text, std::string remedy = "")
      : std::runtime_error(text), exitCode(code), placeText(std::move(place)), remedyText(std::move(remedy)) {}

  ExitCode code() const { return exitCode; }
  const std::string &place() const { return placeText; }
  const std::string &remedy() const { return remedyText; }

private:
  ExitCode exitCode;
  std::string placeText, remedyText;
};

} // namespace dlc::fit

#endif
