#include "tools/fit/MemoryPlan.h"
#include "tools/fit/CellValue.h"
#include "tools/fit/ProgramHeader.h"
#include <algorithm>

namespace dlc::fit {
namespace {

constexpr uint64_t kAlignment = 64; // of slots

// What the loader accepted does not overflow at the sizes of a call; others are shown as 0.
uint64_t bytesOf(const schema::Formula *formula, const std::vector<int64_t> &symbols) {
  return static_cast<uint64_t>(std::max<int64_t>(0, valueOf(formula, symbols).value_or(0)));
}

// What a location's path ends with in the backward direction, as program.fbs says.
bool isGradient(const std::string &where) {
  const std::string mark = " (gradient)";
  return where.size() >= mark.size() && where.compare(where.size() - mark.size(), mark.size(), mark) == 0;
}

class FunctionPlan {
public:
  FunctionPlan(const schema::Program &program, const schema::Function &function, const std::vector<int64_t> &symbols)
      : program(program), function(function), symbols(symbols) {}

  std::vector<WorkspaceRow> rows() {
    if (!function.slots() || !function.buffers() || !function.steps())
      return {};
    std::vector<uint64_t> offsets = slotOffsets();
    std::vector<WorkspaceRow> found;
    for (uint32_t index = 0; index < function.buffers()->size(); ++index) {
      const schema::Buffer &buffer = *function.buffers()->Get(index);
      if (buffer.kind() != kWorkspaceBuffer)
        continue;
      WorkspaceRow row;
      row.function = function.name()->str();
      row.offset = offsets[buffer.index()] + buffer.offset();
      row.bytes = bytesOf(buffer.size(), symbols);
      if (findLife(index, row))
        found.push_back(std::move(row));
    }
    return found;
  }

private:
  std::vector<uint64_t> slotOffsets() const {
    std::vector<uint64_t> offsets;
    uint64_t next = 0;
    for (const schema::Slot *slot : *function.slots()) {
      offsets.push_back(next);
      uint64_t largest = 0;
      if (slot->sizes())
        for (const schema::Formula *size : *slot->sizes())
          largest = std::max(largest, bytesOf(size, symbols));
      next += (largest + kAlignment - 1) / kAlignment * kAlignment;
    }
    return offsets;
  }

  /// The buffer whose bytes \p buffer is a part of: elements lie before what they are elements of.
  uint32_t wholeOf(uint32_t buffer) const {
    while (function.buffers()->Get(buffer)->kind() == kElementBuffer)
      buffer = function.buffers()->Get(buffer)->index();
    return buffer;
  }

  bool uses(const schema::Step &step, uint32_t buffer) const {
    return step.args() && std::any_of(step.args()->begin(), step.args()->end(),
                                      [&](uint32_t argument) { return wholeOf(argument) == buffer; });
  }

  /// Of the launch, or of its kernel, which may be that of other places of the model, too.
  const schema::Location *placeOf(const schema::Step &step) const {
    const schema::Location *place = step.location();
    if ((!place || !place->where() || !place->where()->size()) && step.kind() == kLaunchStep)
      place = program.kernels()->Get(step.kernel())->location();
    return place;
  }

  std::string whereOf(const schema::Step &step) const {
    const schema::Location *place = placeOf(step);
    return place && place->where() ? place->where()->str() : "";
  }

  /// The steps that touch the buffer, whole loops of them; the first writes it and gives it its name.
  bool findLife(uint32_t buffer, WorkspaceRow &row) const {
    bool used = false;
    uint32_t loopEnd = 0, loopBegin = 0; // of the outermost loop around the present step
    std::string lastReader;
    for (uint32_t index = 0; index < function.steps()->size(); ++index) {
      const schema::Step &step = *function.steps()->Get(index);
      if (index >= loopEnd && step.kind() == kLoopStep) {
        loopBegin = index;
        loopEnd = index + 1 + step.body();
      }
      if (!uses(step, buffer))
        continue;
      bool isInLoop = index < loopEnd;
      row.lastStep = isInLoop ? loopEnd - 1 : index;
      lastReader = whereOf(step);
      if (used)
        continue;
      used = true;
      row.firstStep = isInLoop ? loopBegin : index;
      row.value = lastReader;
      const schema::Location *place = placeOf(step);
      if (place && place->line() && program.sources() && place->source() < program.sources()->size())
        row.place = program.sources()->Get(place->source())->path()->str() + ":" + std::to_string(place->line());
    }
    row.kept = !isGradient(row.value) && isGradient(lastReader);
    return used;
  }

  const schema::Program &program;
  const schema::Function &function;
  const std::vector<int64_t> &symbols;
};

const char *kindName(uint32_t kind) {
  const char *const names[] = {"parameter", "state", "optimizer", "metric", "setting", "session"};
  return kind >= DLC_PARAM && kind <= DLC_SESSION ? names[kind - DLC_PARAM] : "?";
}

} // namespace

std::vector<VariableRow> variableRows(const Program &program) {
  std::vector<VariableRow> rows;
  for (const dlc_variable &variable : program.variables()) {
    std::string type = nameOf(variable.dtype);
    for (uint32_t i = 0; i < variable.rank; ++i)
      type += (i ? ", " : "[") + std::to_string(variable.shape[i]);
    std::string kind = kindName(variable.kind);
    if (variable.kind == DLC_PARAM && !variable.trainable)
      kind = "frozen";
    bool placed = variable.file && *variable.file && variable.line;
    rows.push_back({variable.name, kind, type + (variable.rank ? "]" : ""),
                    placed ? std::string(variable.file) + ":" + std::to_string(variable.line) : "", variable.offset,
                    variable.bytes});
  }
  return rows;
}

std::vector<WorkspaceRow> workspaceRows(const Program &program, const SymbolValues &symbols) {
  const schema::Program &header = headerOf(program);
  std::vector<int64_t> values = valuesOfSymbols(program, symbols);
  std::vector<WorkspaceRow> rows;
  for (const schema::Function *function : *header.functions())
    for (WorkspaceRow &row : FunctionPlan(header, *function, values).rows())
      rows.push_back(std::move(row));
  return rows;
}

} // namespace dlc::fit
