// Functions of a header: ports, slots and buffers. Steps are in DecodeSteps.cpp.
#include "runtime/program/Decoder.h"

#include "runtime/core/DataType.h"

namespace dlc::runtime {

using abi::PortRole;

bool Decoder::decodeFunctions() {
  auto *from = header_->functions();
  uint32_t count = from ? from->size() : 0;
  Function *functions;
  if (!allocate(count, &functions) || !reserve(program_.functionNames, count))
    return false;
  for (uint32_t i = 0; i < count; ++i) {
    if (!decodeFunction(*from->Get(i), &functions[i]))
      return false;
    program_.functionNames.add(functions[i].description.name, i);
  }
  if (const char *twice = program_.functionNames.finish())
    return corrupt("two functions are called %s", twice);
  program_.functions = functions;
  program_.functionCount = count;
  return true;
}

bool Decoder::decodeFunction(const schema::Function &from, Function *to) {
  dlc_function &description = to->description;
  if (!text(from.name(), "a function's name", &description.name))
    return false;
  description.input_count = from.inputs() ? from.inputs()->size() : 0;
  description.output_count = from.outputs() ? from.outputs()->size() : 0;
  return decodePorts(from.inputs(), description.name, PortRole::Input, PortRole::Target, &description.inputs,
                     &to->inputDims) &&
         decodePorts(from.outputs(), description.name, PortRole::Output, PortRole::Output, &description.outputs,
                     &to->outputDims) &&
         decodeSlots(from, to) && decodeBuffers(from, to) && decodeSteps(from, to) && checkSymbols(*to);
}

bool Decoder::decodePorts(const Tables<schema::Port> *from, const char *function, PortRole lowestRole,
                          PortRole highestRole, const dlc_port **ports, const Formula *const **dims) {
  uint32_t count = from ? from->size() : 0;
  dlc_port *to;
  const Formula **formulas;
  if (!allocate(count, &to) || !allocate(count, &formulas))
    return false;
  for (uint32_t i = 0; i < count; ++i) {
    if (!decodePort(*from->Get(i), function, &to[i], &formulas[i]))
      return false;
    if (PortRole(to[i].role) < lowestRole || PortRole(to[i].role) > highestRole)
      return corrupt("function %s: port %s has role %u", function, to[i].name, to[i].role);
  }
  *ports = to;
  *dims = formulas;
  return true;
}

bool Decoder::decodePort(const schema::Port &from, const char *function, dlc_port *to, const Formula **dims) {
  Location place;
  if (!text(from.name(), "a port's name", &to->name) || !location(from.location(), &place))
    return false;
  to->dtype = from.dtype();
  to->role = from.role();
  to->rank = from.dims() ? from.dims()->size() : 0;
  if (!bytesOf(to->dtype))
    return corrupt("function %s: port %s has dtype %u", function, to->name, to->dtype);
  if (to->rank > kMaxRank)
    return corrupt("function %s: port %s has rank %u, at most %u is allowed", function, to->name, to->rank, kMaxRank);
  dlc_dim *descriptions;
  Formula *formulas;
  if (!allocate(to->rank, &descriptions) || !allocate(to->rank, &formulas))
    return false;
  for (uint32_t i = 0; i < to->rank; ++i) {
    if (!formula(from.dims()->Get(i), to->name, &formulas[i]) || !print(formulas[i], &descriptions[i].formula))
      return false;
    descriptions[i].fixed = -1;
    uint64_t size;
    if (formulas[i].isConstant()) {
      if (!formulas[i].evaluateSize(nullptr, &size))
        return corrupt("function %s: port %s has a negative or too large dimension", function, to->name);
      descriptions[i].fixed = int64_t(size);
    }
  }
  to->dims = descriptions;
  *dims = formulas;
  return true;
}

bool Decoder::decodeSlots(const schema::Function &from, Function *to) {
  uint32_t count = from.slots() ? from.slots()->size() : 0;
  Slot *slots;
  if (!allocate(count, &slots))
    return false;
  for (uint32_t i = 0; i < count; ++i) {
    auto *sizes = from.slots()->Get(i)->sizes();
    slots[i].sizeCount = sizes ? sizes->size() : 0;
    Formula *formulas;
    if (!allocate(slots[i].sizeCount, &formulas))
      return false;
    for (uint32_t j = 0; j < slots[i].sizeCount; ++j)
      if (!formula(sizes->Get(j), "a workspace slot", &formulas[j]))
        return false;
    slots[i].sizes = formulas;
  }
  to->slots = slots;
  to->slotCount = count;
  return true;
}

bool Decoder::decodeBuffers(const schema::Function &from, Function *to) {
  uint32_t count = from.buffers() ? from.buffers()->size() : 0;
  Buffer *buffers;
  if (!allocate(count, &buffers))
    return false;
  for (uint32_t i = 0; i < count; ++i) {
    const schema::Buffer &buffer = *from.buffers()->Get(i);
    buffers[i].kind = BufferKind(buffer.kind());
    buffers[i].index = buffer.index();
    buffers[i].offset = buffer.offset();
    buffers[i].dtype = buffer.dtype();
    if (!formula(buffer.size(), "a buffer", &buffers[i].size) || !checkBuffer(buffers[i], *to, i))
      return false;
  }
  to->buffers = buffers;
  to->bufferCount = count;
  return true;
}

// What depends on symbols, the end of a buffer above all, is checked by each call.
bool Decoder::checkBuffer(const Buffer &buffer, const Function &function, uint32_t index) {
  const char *name = function.description.name;
  uint64_t things = 0;
  switch (buffer.kind) {
  case BufferKind::Variable:
    things = program_.variableCount;
    break;
  case BufferKind::Input:
    things = function.description.input_count;
    break;
  case BufferKind::Output:
    things = function.description.output_count;
    break;
  case BufferKind::Workspace:
    things = function.slotCount;
    break;
  case BufferKind::Constant:
    things = uint64_t(buffer.index) + 1; // the offset alone says where a constant is
    break;
  case BufferKind::Element:
    things = index; // of a buffer before this one
    break;
  default:
    return corrupt("function %s: buffer %u has kind %u", name, index, uint32_t(buffer.kind));
  }
  if (buffer.index >= things)
    return corrupt("function %s: buffer %u refers to number %u of %llu", name, index, buffer.index,
                   (unsigned long long)things);
  if (!bytesOf(buffer.dtype))
    return corrupt("function %s: buffer %u has dtype %u", name, index, buffer.dtype);
  if (buffer.offset % kAlignment)
    return corrupt("function %s: buffer %u starts at byte %llu, expected a multiple of %llu", name, index,
                   (unsigned long long)buffer.offset, (unsigned long long)kAlignment);
  uint64_t limit = buffer.kind == BufferKind::Variable   ? program_.variables[buffer.index].bytes
                   : buffer.kind == BufferKind::Constant ? program_.constantsBytes
                                                         : UINT64_MAX;
  uint64_t size = 0;
  if (buffer.size.isConstant() && !buffer.size.evaluateSize(nullptr, &size))
    return corrupt("function %s: the size of buffer %u is negative or too large", name, index);
  if (!isInside(buffer.offset, size, limit))
    return corrupt("function %s: buffer %u ends outside its variable or constant", name, index);
  return true;
}

} // namespace dlc::runtime
