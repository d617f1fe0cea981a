// Symbols, sources, metadata, variables and kernels of a header.
#include "runtime/program/Decoder.h"

#include "runtime/core/DataType.h"

#include <cstdlib>

namespace dlc::runtime {
namespace {

int compareOffsets(const void *left, const void *right) {
  uint64_t a = (*static_cast<const dlc_variable *const *>(left))->offset;
  uint64_t b = (*static_cast<const dlc_variable *const *>(right))->offset;
  return a < b ? -1 : a > b;
}

} // namespace

bool Decoder::decodeSymbols() {
  auto *from = header_->symbols();
  uint32_t count = from ? from->size() : 0;
  if (count > kMaxSymbols)
    return corrupt("the program has %u symbols, at most %u are allowed", count, kMaxSymbols);
  const char **names;
  NameTable table;
  if (!allocate(count, &names) || !reserve(table, count))
    return false;
  for (uint32_t i = 0; i < count; ++i) {
    if (!text(from->Get(i), "a symbol's name", &names[i]))
      return false;
    table.add(names[i], i);
  }
  if (const char *twice = table.finish())
    return corrupt("two symbols are called %s", twice);
  program_.symbols = names;
  program_.symbolCount = count;
  return true;
}

bool Decoder::decodeTexts() {
  uint32_t sourceCount = header_->sources() ? header_->sources()->size() : 0;
  uint32_t metadataCount = header_->metadata() ? header_->metadata()->size() : 0;
  NamedText *sources, *metadata;
  if (!allocate(sourceCount, &sources) || !allocate(metadataCount, &metadata))
    return false;
  for (uint32_t i = 0; i < sourceCount; ++i) {
    const schema::Source *source = header_->sources()->Get(i);
    if (!text(source->path(), "a source's path", &sources[i].name) || !optionalText(source->text(), &sources[i].text))
      return false;
  }
  for (uint32_t i = 0; i < metadataCount; ++i) {
    const schema::Metadata *entry = header_->metadata()->Get(i);
    if (!text(entry->key(), "a metadata key", &metadata[i].name) || !optionalText(entry->value(), &metadata[i].text))
      return false;
  }
  program_.sources = sources;
  program_.sourceCount = sourceCount;
  program_.metadata = metadata;
  program_.metadataCount = metadataCount;
  return true;
}

bool Decoder::decodeVariables() {
  auto *from = header_->variables();
  uint32_t count = from ? from->size() : 0;
  if (header_->variables_bytes() != program_.variablesBytes)
    return corrupt("the header says %llu bytes of variables, their segment has %llu",
                   (unsigned long long)header_->variables_bytes(), (unsigned long long)program_.variablesBytes);
  dlc_variable *variables;
  if (!allocate(count, &variables) || !reserve(program_.variableNames, count))
    return false;
  for (uint32_t i = 0; i < count; ++i) {
    if (!decodeVariable(*from->Get(i), &variables[i]))
      return false;
    program_.variableNames.add(variables[i].name, i);
  }
  if (const char *twice = program_.variableNames.finish())
    return corrupt("two variables are called %s", twice);
  program_.variables = variables;
  program_.variableCount = count;
  return checkVariablePlaces();
}

bool Decoder::decodeVariable(const schema::Variable &from, dlc_variable *to) {
  Location place;
  if (!text(from.name(), "a variable's name", &to->name) || !optionalText(from.owner(), &to->owner) ||
      !location(from.location(), &place))
    return false;
  to->kind = from.kind();
  to->dtype = from.dtype();
  to->offset = from.offset();
  to->bytes = from.bytes();
  to->trainable = from.trainable();
  to->file = place.file;
  to->line = place.line;
  to->column = place.column;
  if (to->kind < DLC_PARAM || to->kind > DLC_SESSION)
    return corrupt("variable %s has kind %u", to->name, to->kind);
  if (!bytesOf(to->dtype))
    return corrupt("variable %s has dtype %u", to->name, to->dtype);
  to->rank = from.shape() ? from.shape()->size() : 0;
  if (to->rank > kMaxRank)
    return corrupt("variable %s has rank %u, at most %u is allowed", to->name, to->rank, kMaxRank);
  int64_t *shape, bytes = bytesOf(to->dtype);
  if (!allocate(to->rank, &shape))
    return false;
  for (uint32_t i = 0; i < to->rank; ++i) {
    shape[i] = from.shape()->Get(i);
    if (shape[i] < 0 || !checkedMultiply(bytes, shape[i], &bytes))
      return corrupt("the shape of variable %s is negative or too large", to->name);
  }
  to->shape = shape;
  if (uint64_t(bytes) != to->bytes)
    return corrupt("variable %s has %llu bytes, its shape needs %lld", to->name, (unsigned long long)to->bytes,
                   (long long)bytes);
  if (to->offset % kAlignment || !isInside(to->offset, to->bytes, program_.variablesBytes))
    return corrupt("variable %s is misaligned or outside the block of variables", to->name);
  return true;
}

bool Decoder::checkVariablePlaces() {
  const dlc_variable **sorted;
  if (!allocate(program_.variableCount, &sorted))
    return false;
  uint32_t count = 0;
  for (uint32_t i = 0; i < program_.variableCount; ++i)
    if (program_.variables[i].bytes)
      sorted[count++] = &program_.variables[i];
  qsort(sorted, count, sizeof *sorted, compareOffsets);
  for (uint32_t i = 1; i < count; ++i)
    if (sorted[i - 1]->offset + sorted[i - 1]->bytes > sorted[i]->offset)
      return corrupt("variables %s and %s overlap", sorted[i - 1]->name, sorted[i]->name);
  return true;
}

bool Decoder::decodeKernels() {
  auto *from = header_->kernels();
  uint32_t count = from ? from->size() : 0;
  Kernel *kernels;
  if (!allocate(count, &kernels))
    return false;
  for (uint32_t i = 0; i < count; ++i) {
    const schema::Kernel &kernel = *from->Get(i);
    Kernel &to = kernels[i];
    Location place;
    if (!text(kernel.name(), "a kernel's name", &to.description.name) ||
        !optionalText(kernel.kind(), &to.description.kind) || !location(kernel.location(), &place) ||
        !formula(kernel.parallel(), "a kernel's parallel loop", &to.parallel) ||
        !formula(kernel.flops(), "a kernel's operations", &to.flops) ||
        !formula(kernel.bytes(), "a kernel's bytes", &to.bytes) || !print(to.flops, &to.description.flops) ||
        !print(to.bytes, &to.description.bytes))
      return false;
    to.description.file = place.file;
    to.description.where = place.where;
    to.description.line = place.line;
    to.description.column = place.column;
    to.entry = kernel.entry();
    to.outputsFrom = kernel.outputs_from();
    to.grain = kernel.grain();
    if (to.grain < 1 || to.grain > abi::kMaxGrain)
      return corrupt("kernel %s has a grain of %lld, expected 1 to 2147483647", to.description.name,
                     (long long)to.grain);
  }
  program_.kernels = kernels;
  program_.kernelCount = count;
  return true;
}

} // namespace dlc::runtime
