#include "tools/fit/AlignedTable.h"
#include "tools/fit/NumberText.h"
#include "tools/fit/weights/WeightImport.h"
#include <nlohmann/json.hpp>

namespace dlc::fit {
namespace {

using nlohmann::json;

json pairsJson(const std::vector<WeightImport::Pair> &pairs) {
  json list = json::array();
  for (const WeightImport::Pair &pair : pairs)
    list.push_back({{"tensor", pair.tensor},
                    {"variable", pair.variable},
                    {"tensor_type", pair.tensorType},
                    {"variable_type", pair.variableType}});
  return list;
}

std::string section(const std::string &title, const AlignedTable &table) {
  return table.empty() ? "" : title + "\n" + table.text(2);
}

} // namespace

std::string importSummary(const WeightImport &done) {
  size_t wanted = done.matched.size() + done.mismatched.size() + done.missing.size();
  std::string text = std::to_string(done.matched.size()) + " of " + plural(static_cast<int64_t>(wanted), "variable") +
                     " of " + done.program + " from " + done.file;
  if (!done.mismatched.empty())
    text += ", " + std::to_string(done.mismatched.size()) + " of another shape or type";
  if (!done.leftOver.empty())
    text += ", " + plural(static_cast<int64_t>(done.leftOver.size()), "tensor") + " left over";
  return text;
}

std::string importText(const WeightImport &done) {
  AlignedTable matched("llll"), mismatched("llll"), missing("l"), leftOver("ll"), unused("l");
  for (const WeightImport::Pair &pair : done.matched)
    matched.row({pair.variable, pair.variableType,
                 pair.tensor == pair.variable ? "" : "from " + quotable(pair.tensor, 80),
                 pair.tensorType == pair.variableType ? "" : pair.tensorType});
  for (const WeightImport::Pair &pair : done.mismatched)
    mismatched.row({pair.variable, pair.variableType, "in the file " + quotable(pair.tensor, 80), pair.tensorType});
  for (const std::string &name : done.missing)
    missing.row({name});
  for (const WeightImport::LeftOver &entry : done.leftOver)
    leftOver.row({quotable(entry.tensor, 80), entry.reason});
  for (uint64_t line : done.unusedLines)
    unused.row({done.table + ":" + std::to_string(line)});
  return importSummary(done) + "\n" + section("taken", matched) +
         section("left as they were: another shape or type", mismatched) +
         section("missing in the file, left as they were", missing) + section("left over in the file", leftOver) +
         section("lines of the table that fit nothing", unused);
}

json importJson(const WeightImport &done) {
  json leftOver = json::array();
  for (const WeightImport::LeftOver &entry : done.leftOver)
    leftOver.push_back({{"tensor", entry.tensor}, {"reason", entry.reason}});
  return {{"file", done.file},
          {"format", done.format},
          {"program", done.program},
          {"matched", pairsJson(done.matched)},
          {"mismatched", pairsJson(done.mismatched)},
          {"missing", done.missing},
          {"left_over", leftOver},
          {"unused_lines", done.unusedLines}};
}

} // namespace dlc::fit
