// Checks of the memory that a caller gives.
#include "runtime/exec/Memory.h"

#include "runtime/core/DataType.h"
#include "runtime/exec/Binding.h"

namespace dlc::runtime {
namespace {

struct Range { // [start, start + bytes); `name` is empty for the two blocks that have none
  const char *kind, *name;
  uintptr_t start;
  uint64_t bytes;
};

// A kernel takes its buffers as disjoint unless the plan says otherwise.
bool overlap(const Range &a, const Range &b) {
  return a.bytes && b.bytes && a.start < b.start + b.bytes && b.start < a.start + a.bytes;
}

dlc_status checkOverlap(const Range &a, const Range &b, dlc_error *error) {
  if (!overlap(a, b))
    return DLC_OK;
  return fail(error, DLC_INVALID_ARGUMENT, "%s%s and %s%s share memory", a.kind, a.name, b.kind, b.name);
}

dlc_status checkBlock(const char *what, const void *block, uint64_t bytes, dlc_error *error) {
  if (!bytes)
    return DLC_OK;
  if (!block)
    return fail(error, DLC_INVALID_ARGUMENT, "dlc_call.%s is null, expected %llu bytes", what,
                (unsigned long long)bytes);
  if (reinterpret_cast<uintptr_t>(block) % kAlignment)
    return fail(error, DLC_INVALID_ARGUMENT, "dlc_call.%s is not aligned to %llu bytes", what,
                (unsigned long long)kAlignment);
  return DLC_OK;
}

dlc_status checkTensor(const dlc_port &port, const dlc_tensor &tensor, Range *range, dlc_error *error) {
  const char *kind = port.role == 2 ? "output " : port.role == 1 ? "target " : "input ";
  uint64_t needed = 0;
  (void)!tensorBytes(tensor.dtype, tensor.rank, tensor.shape, &needed); // cannot overflow: the shape was checked
  if (tensor.bytes < needed)
    return fail(error, DLC_INVALID_ARGUMENT, "%s%s: its shape needs %llu bytes, got %llu", kind, port.name,
                (unsigned long long)needed, (unsigned long long)tensor.bytes);
  if (needed && !tensor.data)
    return fail(error, DLC_INVALID_ARGUMENT, "%s%s: its data is null", kind, port.name);
  auto start = reinterpret_cast<uintptr_t>(tensor.data);
  if (start % bytesOf(tensor.dtype))
    return fail(error, DLC_INVALID_ARGUMENT, "%s%s: its data is not aligned to the %u bytes of %s", kind, port.name,
                bytesOf(tensor.dtype), nameOf(tensor.dtype));
  *range = {kind, port.name, start, needed};
  return DLC_OK;
}

// Outputs may overlap nothing; inputs may overlap each other.
dlc_status checkTensors(const Function &function, const dlc_call &call, const Range *blocks, uint32_t blockCount,
                        dlc_error *error) {
  const dlc_function &description = function.description;
  uint32_t outputs = description.output_count;
  for (uint32_t i = 0; i < outputs + description.input_count; ++i) {
    bool isOutput = i < outputs;
    Range range, other;
    dlc_status status = isOutput
                            ? checkTensor(description.outputs[i], call.outputs[i], &range, error)
                            : checkTensor(description.inputs[i - outputs], call.inputs[i - outputs], &range, error);
    for (uint32_t j = 0; j < blockCount && !status; ++j)
      status = checkOverlap(range, blocks[j], error);
    for (uint32_t j = 0; j < (isOutput ? i : outputs) && !status; ++j) {
      status = checkTensor(description.outputs[j], call.outputs[j], &other, error);
      if (!status)
        status = checkOverlap(range, other, error);
    }
    if (status)
      return status;
  }
  return DLC_OK;
}

} // namespace

dlc_status checkMemory(const dlc_program &program, const Function &function, const dlc_call &call,
                       uint64_t workspaceNeeded, dlc_error *error) {
  if (dlc_status status = checkBlock("variables", call.variables, program.variablesBytes, error))
    return status;
  if (call.workspace_bytes < workspaceNeeded)
    return fail(error, DLC_INVALID_ARGUMENT, "function %s: expected a workspace of %llu bytes, got %llu",
                function.description.name, (unsigned long long)workspaceNeeded,
                (unsigned long long)call.workspace_bytes);
  if (dlc_status status = checkBlock("workspace", call.workspace, workspaceNeeded, error))
    return status;
  Range blocks[] = {
      {"dlc_call.variables", "", reinterpret_cast<uintptr_t>(call.variables), program.variablesBytes},
      {"dlc_call.workspace", "", reinterpret_cast<uintptr_t>(call.workspace), workspaceNeeded},
  };
  if (dlc_status status = checkOverlap(blocks[0], blocks[1], error))
    return status;
  return checkTensors(function, call, blocks, 2, error);
}

} // namespace dlc::runtime
