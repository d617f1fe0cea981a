// Where a program keeps its numbers: the block of variables, and the values that share the workspace of a call.
#ifndef DLC_TOOLS_FIT_MEMORYPLAN_H
#define DLC_TOOLS_FIT_MEMORYPLAN_H

#include "tools/fit/Program.h"
#include "tools/fit/SizeFormula.h"
#include <cstdint>
#include <string>
#include <vector>

namespace dlc::fit {

struct VariableRow {
  std::string name, kind, type, place; // "dense_1/w", "parameter", "f32[7129, 16]", "model.dl:4"
  uint64_t offset, bytes;              // in the block of variables
};

/// A value in the workspace: alive from the step that writes it to the last one that reads it.
struct WorkspaceRow {
  std::string function, value, place; // "train_step", "dense_1/x @ w", "model.dl:4:25"
  uint64_t offset = 0, bytes = 0;     // in the workspace; values with the same offset share memory
  uint32_t firstStep = 0, lastStep = 0;
  bool kept = false; // from the forward direction until a step of the backward one reads it
};

std::vector<VariableRow> variableRows(const Program &program);
std::vector<WorkspaceRow> workspaceRows(const Program &program, const SymbolValues &symbols);

} // namespace dlc::fit

#endif
