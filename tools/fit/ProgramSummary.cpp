#include "tools/fit/ProgramSummary.h"
#include "tools/fit/Dataset.h"
#include "tools/fit/StepCosts.h"
#include <filesystem>
#include <nlohmann/json.hpp>

namespace dlc::fit {
namespace {

using nlohmann::json;

std::string placeText(const char *file, uint32_t line, uint32_t column) {
  if (!file || !*file || !line)
    return "";
  return std::string(file) + ":" + std::to_string(line) + (column ? ":" + std::to_string(column) : "");
}

int64_t countOf(const dlc_variable &variable) {
  int64_t count = 1;
  for (uint32_t i = 0; i < variable.rank; ++i)
    count *= variable.shape[i];
  return count;
}

std::string text(const json &object, const char *key) {
  return object.contains(key) && object[key].is_string() ? object[key].get<std::string>() : "";
}

// What a layer has learned, averages that it keeps included; Keras counts the same.
bool isWeight(const dlc_variable &variable) { return variable.kind == DLC_PARAM || variable.kind == DLC_STATE; }

// The innermost layer that the variable belongs to: "encoder/dense_1/w" to "encoder/dense_1".
LayerRow *layerOf(std::vector<LayerRow> &rows, const std::string &variable) {
  LayerRow *best = nullptr;
  for (LayerRow &row : rows)
    if (variable.compare(0, row.name.size() + 1, row.name + "/") == 0 && (!best || row.name.size() > best->name.size()))
      best = &row;
  return best;
}

std::vector<LayerRow> layerRows(const Program &program, const json &layers) {
  std::vector<LayerRow> rows;
  if (!layers.is_array())
    return rows;
  for (const json &layer : layers) {
    LayerRow row;
    row.name = text(layer, "name");
    row.layer = text(layer, "layer");
    row.output = text(layer, "output");
    if (layer.contains("line") && layer["line"].is_number_integer())
      row.place = placeText(text(layer, "file").c_str(), layer["line"], 0);
    rows.push_back(std::move(row));
  }
  for (const dlc_variable &variable : program.variables())
    if (LayerRow *layer = layerOf(rows, variable.name); layer && isWeight(variable)) {
      layer->parameters += countOf(variable);
      layer->trainable += variable.trainable ? countOf(variable) : 0;
    }
  return rows;
}

std::string portsText(const dlc_port *ports, uint32_t count) {
  std::string result;
  for (uint32_t i = 0; i < count; ++i)
    result += (i ? ", " : "") + std::string(ports[i].name) + ": " + portType(ports[i]);
  return result;
}

// Only shapes are read, so nothing is allocated for the data.
std::optional<uint64_t> workspaceOf(const Program &program, uint32_t index, const dlc_function &function,
                                    const SymbolValues &symbols) {
  std::vector<std::vector<int64_t>> shapes(function.input_count);
  std::vector<dlc_tensor> inputs(function.input_count);
  for (uint32_t i = 0; i < function.input_count; ++i) {
    for (uint32_t d = 0; d < function.inputs[i].rank; ++d)
      shapes[i].push_back(evaluateFormula(function.inputs[i].dims[d].formula, symbols).value_or(0));
    inputs[i].dtype = function.inputs[i].dtype;
    inputs[i].rank = function.inputs[i].rank;
    inputs[i].shape = shapes[i].data();
  }
  dlc_call call = {};
  call.struct_size = sizeof call;
  call.inputs = inputs.data();
  call.input_count = function.input_count;
  dlc_error error = {};
  error.struct_size = sizeof error;
  uint64_t bytes = 0;
  if (dlc_workspace_bytes(program.handle(), index, &call, &bytes, &error))
    return std::nullopt;
  return bytes;
}

void addFunctions(const Program &program, const SymbolValues &symbols, ProgramSummary &summary) {
  std::vector<dlc_function> functions = program.functions();
  for (uint32_t index = 0; index < functions.size(); ++index) {
    const dlc_function &function = functions[index];
    FunctionRow row;
    row.name = function.name;
    row.inputs = portsText(function.inputs, function.input_count);
    row.outputs = portsText(function.outputs, function.output_count);
    StepCosts costs = stepCosts(program, index, symbols);
    row.launches = costs.launches;
    row.flops = costs.flops;
    row.flopsFormula = costs.flopsFormula;
    for (uint32_t step = 0; step < costs.turns.size(); ++step) {
      int32_t kernel = dlc_step_kernel(program.handle(), index, step);
      if (kernel >= 0 && static_cast<size_t>(kernel) < summary.kernels.size())
        summary.kernels[static_cast<size_t>(kernel)].launches += costs.turns[step];
    }
    row.workspaceBytes = workspaceOf(program, index, function, symbols);
    summary.functions.push_back(std::move(row));
  }
}

} // namespace

ProgramSummary summarize(const Program &program, int64_t batch) {
  ProgramSummary summary;
  summary.name = program.modelName();
  const char *dtype = dlc_metadata(program.handle(), "dtype");
  summary.dtype = dtype ? dtype : "";
  summary.batch = batch;
  SymbolValues symbols;
  for (const std::string &symbol : program.symbols())
    symbols[symbol] = symbol == "batch" ? batch : 1;
  for (const dlc_variable &variable : program.variables()) {
    summary.parameters += isWeight(variable) ? countOf(variable) : 0;
    summary.trainable += variable.kind == DLC_PARAM && variable.trainable ? countOf(variable) : 0;
  }
  summary.layers = layerRows(program, program.metadata("layers"));
  for (const dlc_kernel &kernel : program.kernels())
    summary.kernels.push_back({kernel.name, kernel.kind, placeText(kernel.file, kernel.line, kernel.column),
                               kernel.where ? kernel.where : "", kernel.flops, kernel.bytes,
                               evaluateFormula(kernel.flops, symbols), evaluateFormula(kernel.bytes, symbols), 0});
  addFunctions(program, symbols, summary);
  summary.variables = variableRows(program);
  summary.workspace = workspaceRows(program, symbols);
  for (FunctionRow &function : summary.functions)
    for (const WorkspaceRow &row : summary.workspace)
      if (row.kept && row.function == function.name) {
        function.keptBytes += row.bytes;
        ++function.keptValues;
      }
  const char *const segments[] = {"header and plan", "variables", "constants", "code", "portable IR"};
  for (uint32_t kind = 1; kind <= 5; ++kind)
    summary.segments.push_back({segments[kind - 1], dlc_segment_bytes(program.handle(), kind)});
  Variables variables(program);
  for (const dlc_variable &variable : program.variables())
    if (std::string name = variable.name; variable.kind == DLC_HYPER)
      summary.hypers.emplace_back(name.substr(name.find('.') + 1), variables.number(name));
  if (variables.has("step"))
    summary.step = variables.integer("step");
  if (variables.has("epoch"))
    summary.epoch = variables.integer("epoch");
  return summary;
}

} // namespace dlc::fit
