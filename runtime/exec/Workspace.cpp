// The workspace of a call: tables first, then slots, each at a multiple of 64 bytes. A slot is the largest of its
// formulas; its offset is the sum of the slots before it.
#include "runtime/exec/Memory.h"

#include "runtime/exec/Binding.h"

#include <cstring>

namespace dlc::runtime {
namespace {

// Counts of the tables come from a checked file, so these sums are far from overflow.
uint64_t roundUp(uint64_t bytes) { return (bytes + kAlignment - 1) & ~(kAlignment - 1); }

/// Takes aligned pieces of the workspace one after another; with a null base it only counts.
class Carver {
public:
  explicit Carver(void *base) : base_(static_cast<char *>(base)) {}
  template <typename T> void take(uint64_t count, T **to) {
    *to = base_ ? reinterpret_cast<T *>(base_ + used_) : nullptr;
    used_ += roundUp(count * sizeof(T));
  }
  uint64_t used() const { return used_; }

private:
  char *base_;
  uint64_t used_ = 0;
};

uint64_t carveTables(const dlc_program &program, const Function &function, void *base, CallTables *tables) {
  Carver carver(base);
  carver.take(program.symbolCount, &tables->symbols);
  carver.take(function.slotCount, &tables->slotOffsets);
  carver.take(function.slotCount, &tables->slotBytes);
  carver.take(function.bufferCount, &tables->addresses);
  carver.take(function.bufferCount, &tables->bytes);
  carver.take(function.maxArguments, &tables->launchAddresses);
  carver.take(function.maxArguments, &tables->launchBytes);
  carver.take(function.maxArguments, &tables->launchDtypes);
  return carver.used();
}

bool slotBytes(const Slot &slot, const int64_t *symbols, uint64_t *bytes) {
  uint64_t largest = 0, size;
  for (uint32_t i = 0; i < slot.sizeCount; ++i) {
    if (!slot.sizes[i].evaluateSize(symbols, &size))
      return false;
    largest = size > largest ? size : largest;
  }
  return checkedRoundUp(largest, kAlignment, bytes);
}

dlc_status tooLarge(const Function &function, dlc_error *error) {
  return fail(error, DLC_INVALID_ARGUMENT, "function %s: the inputs are too large, the size of a buffer overflows",
              function.description.name);
}

struct Place {
  uint8_t *start;
  uint64_t bytes;
};

Place placeOf(const dlc_tensor &tensor) {
  uint64_t bytes = 0;
  (void)!tensorBytes(tensor.dtype, tensor.rank, tensor.shape, &bytes); // was checked
  return {static_cast<uint8_t *>(tensor.data), bytes};
}

Place placeOf(const dlc_program &program, const dlc_call &call, const CallTables &tables, const Buffer &buffer) {
  switch (buffer.kind) {
  case BufferKind::Variable: {
    const dlc_variable &variable = program.variables[buffer.index];
    return {static_cast<uint8_t *>(call.variables) + variable.offset, variable.bytes};
  }
  case BufferKind::Input:
    return placeOf(call.inputs[buffer.index]);
  case BufferKind::Output:
    return placeOf(call.outputs[buffer.index]);
  case BufferKind::Workspace:
    return {static_cast<uint8_t *>(call.workspace) + tables.slotOffsets[buffer.index], tables.slotBytes[buffer.index]};
  case BufferKind::Element: // where its stack begins; a loop moves it
    return {static_cast<uint8_t *>(tables.addresses[buffer.index]), tables.bytes[buffer.index]};
  case BufferKind::Constant:
    break;
  }
  // Kernels get one kind of pointer; the decoder made sure that no step writes a constant.
  return {const_cast<uint8_t *>(program.constants), program.constantsBytes};
}

} // namespace

dlc_status workspaceBytes(const dlc_program &program, const Function &function, const int64_t *symbols, uint64_t *bytes,
                          dlc_error *error) {
  CallTables tables;
  uint64_t total = carveTables(program, function, nullptr, &tables), slot;
  for (uint32_t i = 0; i < function.slotCount; ++i)
    if (!slotBytes(function.slots[i], symbols, &slot) || !checkedAdd(total, slot, &total))
      return tooLarge(function, error);
  if (total > SIZE_MAX / 2)
    return tooLarge(function, error);
  *bytes = total < kAlignment ? kAlignment : total;
  return DLC_OK;
}

dlc_status placeBuffers(const dlc_program &program, const Function &function, const dlc_call &call,
                        const int64_t *symbols, CallTables *tables, dlc_error *error) {
  uint64_t next = carveTables(program, function, call.workspace, tables);
  memcpy(tables->symbols, symbols, program.symbolCount * sizeof *symbols);
  for (uint32_t i = 0; i < function.slotCount; ++i) {
    tables->slotOffsets[i] = next;
    if (!slotBytes(function.slots[i], symbols, &tables->slotBytes[i]))
      return tooLarge(function, error);
    next += tables->slotBytes[i]; // the sum was checked by workspaceBytes
  }
  for (uint32_t i = 0; i < function.bufferCount; ++i) {
    const Buffer &buffer = function.buffers[i];
    Place place = placeOf(program, call, *tables, buffer);
    if (!buffer.size.evaluateSize(symbols, &tables->bytes[i]))
      return tooLarge(function, error);
    // Elements are checked by their loops, which may have no turn: then a stack has no room for one.
    if (buffer.kind != BufferKind::Element && !isInside(buffer.offset, tables->bytes[i], place.bytes))
      return fail(error, DLC_CORRUPT_FILE, "function %s: buffer %u ends outside the memory that the plan gives it",
                  function.description.name, i);
    tables->addresses[i] = place.start + buffer.offset;
  }
  return DLC_OK;
}

} // namespace dlc::runtime
