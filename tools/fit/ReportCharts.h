// The charts of a report, from what was measured.
#ifndef DLC_TOOLS_FIT_REPORTCHARTS_H
#define DLC_TOOLS_FIT_REPORTCHARTS_H

#include "tools/fit/Answers.h"
#include "tools/fit/History.h"
#include "tools/fit/SvgChart.h"

namespace dlc::fit {

/// One chart per measure: training and validation over the epochs.
std::vector<Chart> historyCharts(const History &history);
/// ROC and precision-recall curves and the histogram of scores; or predicted over true; by the kind of answer.
std::vector<Chart> assessmentCharts(const Assessment &assessment);

} // namespace dlc::fit

#endif
