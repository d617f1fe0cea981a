// What is inside a program: for inspect and for the report.
#ifndef DLC_TOOLS_FIT_PROGRAMSUMMARY_H
#define DLC_TOOLS_FIT_PROGRAMSUMMARY_H

#include "tools/fit/MemoryPlan.h"
#include <cstdint>
#include <string>
#include <vector>

namespace dlc::fit {

struct LayerRow {
  std::string name, layer, output, place; // "dense_1", "dense", "f32[batch, 16]", "leukemia.dl:4"
  int64_t parameters = 0, trainable = 0;
};

struct KernelRow {
  std::string name, kind, place, where; // place: "leukemia.dl:4:7"
  std::string flopsFormula, bytesFormula;
  std::optional<int64_t> flops, bytes; // at the summary's batch
  int64_t launches = 0;                // in all functions, each called once; a loop launches in every turn
};

struct FunctionRow {
  std::string name, inputs, outputs;      // "x: f32[batch, 7129]"
  int64_t launches = 0;                   // of one call, the turns of its loops counted
  std::optional<int64_t> flops;           // likewise
  std::optional<uint64_t> workspaceBytes; // at the summary's batch
  uint64_t keptBytes = 0, keptValues = 0; // of the workspace: from the forward direction for the backward one
  std::string flopsFormula = {};          // "" if it is too large
};

struct SegmentRow {
  std::string name;
  uint64_t bytes;
};

struct ProgramSummary {
  std::string name, dtype;
  int64_t batch = 0;
  int64_t parameters = 0, trainable = 0; // numbers, not tensors
  std::vector<LayerRow> layers;
  std::vector<KernelRow> kernels;
  std::vector<FunctionRow> functions;
  std::vector<VariableRow> variables;
  std::vector<WorkspaceRow> workspace; // of all functions
  std::vector<SegmentRow> segments;
  std::vector<std::pair<std::string, double>> hypers; // numbers of the optimizer: "learning_rate"
  int64_t step = 0, epoch = 0;
};

/// Costs and workspace for \p batch examples; other symbols count as 1.
ProgramSummary summarize(const Program &program, int64_t batch);

/// Aligned tables: the layers; everything.
std::string layersText(const ProgramSummary &summary);
std::string summaryText(const ProgramSummary &summary);
nlohmann::json summaryJson(const ProgramSummary &summary);

} // namespace dlc::fit

#endif
