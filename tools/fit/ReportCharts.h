// The charts of a report, from what was measured.
#ifndef DLC_TOOLS_FIT_REPORTCHARTS_H
#define DLC_TOOLS_FIT_REPORTCHARTS_H

#include "tools/fit/Answers.h"
#include "tools/fit/CrossValidation.h"
#include "tools/fit/SvgChart.h"

namespace dlc::fit {

/// One chart per measure: training and validation over the epochs; and the learning rate if it changes.
std::vector<Chart> historyCharts(const History &history);
/// One chart per validation measure, a line for each fold.
std::vector<Chart> foldCharts(const CrossValidation &validation);
/// ROC and precision-recall curves and the histogram of scores; or predicted over true; by the kind of answer.
std::vector<Chart> assessmentCharts(const Assessment &assessment);

} // namespace dlc::fit

#endif
