#include "tools/fit/Report.h"

namespace dlc::fit {

void showAnswers(ReportInput &report, const Recipe &recipe, const std::vector<Predictions> &outputs,
                 const Dataset &data, RowRange rows, const Variables &variables,
                 const std::vector<std::string> &projected) {
  if (outputs.empty())
    return;
  report.reconstructions = reconstructions(outputs, data, rows);
  report.mistakes = worstMistakes(report.assessment, outputs[0], data, rows);
  for (const std::string &name : projected)
    report.projections.push_back(project(name, variables, recipe, outputs, data, rows));
}

} // namespace dlc::fit
