#include "tools/fit/NotFiniteReport.h"
#include "tools/fit/CellValue.h"
#include "tools/fit/NumberText.h"
#include <cmath>

namespace dlc::fit {
namespace {

// "rows 3, 17, 22 and 29 more", numbered from 1 as the rows of the table are.
std::string rowList(const FailedStep &failed) {
  std::string text = failed.count == 1 ? "row " : "rows ";
  constexpr int64_t shown = 6;
  for (int64_t i = 0; i < failed.count && i < shown; ++i)
    text += (i ? ", " : "") + std::to_string(failed.rows[i] + 1);
  if (failed.count > shown)
    text += " and " + std::to_string(failed.count - shown) + " more";
  return text;
}

// The first cell of the batch that is not finite itself, or "".
std::string badCell(const FailedStep &failed) {
  for (const PortData &port : failed.data.ports())
    for (int64_t i = 0; i < failed.count && isFloat(port.dtype); ++i)
      for (int64_t column = 0; column < port.values.width(); ++column) {
        double value = port.values.at(failed.rows[i], column);
        if (!std::isfinite(value))
          return "row " + std::to_string(failed.rows[i] + 1) + " of " + port.values.file + " is " + numberText(value) +
                 " in column " +
                 (port.values.columns.empty() ? std::to_string(column + 1)
                                              : "'" + quotable(port.values.columns[static_cast<size_t>(column)]) + "'");
      }
  return "";
}

} // namespace

Problem notFiniteProblem(const FailedStep &failed, const dlc_error &error) {
  std::string place = error.line ? std::string(error.file) + ":" + std::to_string(error.line) + ":" +
                                       std::to_string(error.column)
                                 : failed.program.path();
  std::string text = error.text;
  if (*error.where && text.find(error.where) == std::string::npos)
    text += std::string(" (in ") + error.where + ")";
  text += "; step " + std::to_string(failed.step) + ", epoch " + std::to_string(failed.epoch) + ", batch " +
          std::to_string(failed.batch) + " of " + std::to_string(failed.batches) + ", " + rowList(failed);
  std::string cell = badCell(failed);
  std::string remedy = !cell.empty() ? cell + ": fill or remove it"
                                     : "try a smaller learning rate (--set optimizer.learning_rate=1e-4), "
                                       "standardize() on the inputs, or clip(…) before log, division and sqrt";
  if (!failed.savedTo.empty())
    remedy += "; the state before this step is in " + failed.savedTo;
  return Problem(ExitCode::BadInput, place, text, remedy);
}

} // namespace dlc::fit
