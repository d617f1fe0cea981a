// Predictions as a table.
#ifndef DLC_TOOLS_FIT_PREDICTIONTABLE_H
#define DLC_TOOLS_FIT_PREDICTIONTABLE_H

#include "tools/fit/Answers.h"
#include <string>
#include <vector>

namespace dlc::fit {

/// TSV with one row per example. An output of one column has its own name; of several, the output's name and the
/// class or the number of the column: "output_setosa". A column `class` follows where the loss makes classes of the
/// first output. Numbers are the shortest that read back as the same value.
/// Where examples have \p names, these are the first column.
std::string predictionTable(const Recipe &recipe, const std::vector<Predictions> &outputs, const RowNames &names = {});

} // namespace dlc::fit

#endif
