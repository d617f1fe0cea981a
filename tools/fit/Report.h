// The report of a training run or an evaluation: one HTML file that needs nothing else.
#ifndef DLC_TOOLS_FIT_REPORT_H
#define DLC_TOOLS_FIT_REPORT_H

#include "tools/fit/Answers.h"
#include "tools/fit/CrossValidation.h"
#include "tools/fit/DataChecks.h"
#include "tools/fit/History.h"
#include "tools/fit/ProgramSummary.h"
#include "tools/fit/Projection.h"
#include "tools/fit/ReportPictures.h"
#include "tools/fit/SvgChart.h"
#include <string>
#include <vector>

namespace dlc::fit {

/// One dataset in the report.
struct ReportData {
  std::string role;        // "training", "validation", "test"
  std::string description; // Dataset::description()
  int64_t rows = 0;
  std::vector<std::pair<std::string, int64_t>> classCounts; // may be empty
  Measures measures;                                        // may be empty
};

struct ReportInput {
  ProgramSummary program;
  Recipe recipe;
  History history;                 // may be empty
  CrossValidation crossValidation; // may have no folds
  std::optional<Chart> rates;      // of a learning-rate range test
  std::string outcome;             // "10 epochs in 0.31 s"
  std::vector<ReportData> data;
  std::vector<Finding> findings;
  std::string assessedRole;              // whose predictions the assessment shows
  Assessment assessment;                 // kind Other: none
  PictureGrid reconstructions, mistakes; // of the same predictions; may be empty
  std::vector<Projection> projections;
};

/// Pictures and projections of \p outputs, the predictions for \p rows of \p data that report.assessment is of.
void showAnswers(ReportInput &report, const Recipe &recipe, const std::vector<Predictions> &outputs,
                 const Dataset &data, RowRange rows, const Variables &variables,
                 const std::vector<std::string> &projected);

/// Inline SVG, no scripts, light and dark by the reader's preference; the same input gives the same bytes.
std::string htmlReport(const ReportInput &input);

/// How often each class comes, for targets that are classes; else empty.
std::vector<std::pair<std::string, int64_t>> countClasses(const Recipe &recipe, const PortData &target, RowRange rows);

} // namespace dlc::fit

#endif
