// Program summaries as text and as JSON.
#include "tools/fit/AlignedTable.h"
#include "tools/fit/NumberText.h"
#include "tools/fit/ProgramSummary.h"
#include <nlohmann/json.hpp>

namespace dlc::fit {
namespace {

using nlohmann::json;

// "1.23 M", for counts of operations.
std::string siText(std::optional<int64_t> value) {
  if (!value)
    return "-";
  const char *const units[] = {"", " k", " M", " G", " T", " P"};
  auto scaled = static_cast<double>(*value);
  size_t unit = 0;
  for (; scaled >= 999.5 && unit + 1 < sizeof units / sizeof *units; ++unit)
    scaled /= 1000;
  return numberText(scaled, 3) + units[unit];
}

std::string optionalBytes(std::optional<int64_t> value) {
  return value ? bytesText(static_cast<uint64_t>(*value)) : "-";
}

json optionalNumber(const std::optional<int64_t> &value) { return value ? json(*value) : json(); }

std::string variablesText(const ProgramSummary &summary) {
  AlignedTable table("llrrl");
  table.row({"variable", "kind", "type", "bytes", "source"});
  for (const VariableRow &row : summary.variables)
    table.row({row.name, row.kind, row.type, countText(static_cast<int64_t>(row.bytes)), row.place});
  return table.text(2);
}

std::string workspaceText(const ProgramSummary &summary) {
  AlignedTable table("lrrrlll");
  table.row({"function", "offset", "bytes", "steps", "kept", "source", "value"});
  for (const WorkspaceRow &row : summary.workspace)
    table.row({row.function, countText(static_cast<int64_t>(row.offset)), countText(static_cast<int64_t>(row.bytes)),
               std::to_string(row.firstStep) + "-" + std::to_string(row.lastStep), row.kept ? "kept" : "", row.place,
               row.value});
  return table.text(2);
}

} // namespace

std::string layersText(const ProgramSummary &summary) {
  AlignedTable table("lllrl");
  table.row({"layer", "kind", "output", "parameters", "source"});
  for (const LayerRow &layer : summary.layers)
    table.row(
        {layer.name, layer.layer, layer.output,
         countText(layer.parameters) + (layer.trainable == layer.parameters ? ""
                                        : layer.trainable == 0 ? " (frozen)"
                                                               : " (" + countText(layer.trainable) + " trainable)"),
         layer.place});
  std::string total =
      "  " + plural(summary.parameters, "parameter") + ", " + countText(summary.trainable) + " of them trainable\n";
  return (summary.layers.empty() ? "" : table.text(2)) + total;
}

std::string summaryText(const ProgramSummary &summary) {
  std::string text =
      "model " + summary.name + (summary.dtype.empty() ? "" : " (" + summary.dtype + ")") + ", " +
      (summary.step ? "trained for " + plural(summary.step, "step") + ", " + plural(summary.epoch, "epoch")
                    : std::string("not trained yet")) +
      "\n\nlayers\n" + layersText(summary);
  AlignedTable functions("lllrrrl");
  functions.row({"function", "inputs", "outputs", "launches", "flop", "workspace", "flop formula"});
  for (const FunctionRow &row : summary.functions)
    functions.row({row.name, row.inputs.empty() ? "-" : row.inputs, row.outputs.empty() ? "-" : row.outputs,
                   std::to_string(row.launches), siText(row.flops),
                   row.workspaceBytes ? bytesText(*row.workspaceBytes) : "-", row.flopsFormula});
  text += "\nfunctions, at batch " + std::to_string(summary.batch) + "\n" + functions.text(2);
  for (const FunctionRow &row : summary.functions)
    if (row.keptValues)
      text += "  " + row.name + " keeps " + plural(static_cast<int64_t>(row.keptValues), "value") +
              " of the forward direction for its gradient: " + bytesText(row.keptBytes) + "\n";
  AlignedTable kernels("llrrrll");
  kernels.row({"kernel", "kind", "launches", "flop", "bytes", "source", "value"});
  for (const KernelRow &row : summary.kernels)
    kernels.row({row.name, row.kind, std::to_string(row.launches), siText(row.flops), optionalBytes(row.bytes),
                 row.place, row.where});
  text += "\nkernels, at batch " + std::to_string(summary.batch) + "\n" + kernels.text(2);
  text += "\nvariables, in one block\n" + variablesText(summary) + "\nworkspace, at batch " +
          std::to_string(summary.batch) + ": values with the same offset share memory\n" + workspaceText(summary);
  AlignedTable segments("lr");
  for (const SegmentRow &row : summary.segments)
    segments.row({row.name, bytesText(row.bytes)});
  return text + "\nfile\n" + segments.text(2);
}

json summaryJson(const ProgramSummary &summary) {
  json root = {{"model", summary.name},          {"dtype", summary.dtype},
               {"batch", summary.batch},         {"parameters", summary.parameters},
               {"trainable", summary.trainable}, {"step", summary.step},
               {"epoch", summary.epoch},         {"layers", json::array()},
               {"functions", json::array()},     {"kernels", json::array()},
               {"variables", json::array()},     {"workspace", json::array()},
               {"segments", json::object()}};
  for (const LayerRow &row : summary.layers)
    root["layers"].push_back({{"name", row.name},
                              {"layer", row.layer},
                              {"output", row.output},
                              {"parameters", row.parameters},
                              {"trainable", row.trainable},
                              {"source", row.place}});
  for (const FunctionRow &row : summary.functions)
    root["functions"].push_back({{"name", row.name},
                                 {"inputs", row.inputs},
                                 {"outputs", row.outputs},
                                 {"launches", row.launches},
                                 {"flops", optionalNumber(row.flops)},
                                 {"flops_formula", row.flopsFormula},
                                 {"kept_bytes", row.keptBytes},
                                 {"workspace_bytes", row.workspaceBytes ? json(*row.workspaceBytes) : json()}});
  for (const KernelRow &row : summary.kernels)
    root["kernels"].push_back({{"name", row.name},
                               {"kind", row.kind},
                               {"launches", row.launches},
                               {"flops", optionalNumber(row.flops)},
                               {"bytes", optionalNumber(row.bytes)},
                               {"flops_formula", row.flopsFormula},
                               {"bytes_formula", row.bytesFormula},
                               {"source", row.place},
                               {"value", row.where}});
  for (const VariableRow &row : summary.variables)
    root["variables"].push_back({{"name", row.name},
                                 {"kind", row.kind},
                                 {"type", row.type},
                                 {"offset", row.offset},
                                 {"bytes", row.bytes},
                                 {"source", row.place}});
  for (const WorkspaceRow &row : summary.workspace)
    root["workspace"].push_back({{"function", row.function},
                                 {"offset", row.offset},
                                 {"bytes", row.bytes},
                                 {"first_step", row.firstStep},
                                 {"last_step", row.lastStep},
                                 {"kept", row.kept},
                                 {"source", row.place},
                                 {"value", row.value}});
  for (const SegmentRow &row : summary.segments)
    root["segments"][row.name] = row.bytes;
  return root;
}

} // namespace dlc::fit
