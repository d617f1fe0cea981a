// Takes the weights of a file into a program's variables.
#ifndef DLC_TOOLS_FIT_WEIGHTS_WEIGHTIMPORT_H
#define DLC_TOOLS_FIT_WEIGHTS_WEIGHTIMPORT_H

#include "tools/fit/weights/NameTable.h"
#include "tools/fit/weights/ProgramWeights.h"
#include <nlohmann/json_fwd.hpp>

namespace dlc::fit {

struct ImportOptions {
  NameTable table;           // asked before the rules of WeightNames
  bool skipMismatch = false; // leave variables of another shape or type as they are
};

struct WeightImport {
  struct Pair {
    std::string tensor, variable, tensorType, variableType; // "f16[3, 4]"
  };
  struct LeftOver {
    std::string tensor, reason;
  };
  std::string file, format, program;
  std::vector<Pair> matched, mismatched;
  std::vector<std::string> missing; // parameters and state that the file does not have
  std::vector<LeftOver> leftOver;
  std::vector<uint64_t> unusedLines; // of the table
  std::string table;                 // its path, or ""

  bool isWhole() const { return missing.empty() && leftOver.empty() && mismatched.empty() && unusedLines.empty(); }
};

/// Changes all or nothing. Throws a Problem: two tensors for one variable, a variable of the table that does not
/// exist, another shape or type (unless they are skipped), a value that does not fit, nothing that matches.
WeightImport importWeights(Variables &variables, const WeightsFile &file, const ImportOptions &options);

/// Several lines: what was taken, and what was not.
std::string importText(const WeightImport &done);
nlohmann::json importJson(const WeightImport &done);
/// "12 of 14 variables of model.dlm, 3 tensors left over".
std::string importSummary(const WeightImport &done);

} // namespace dlc::fit

#endif
