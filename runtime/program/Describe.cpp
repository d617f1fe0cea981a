// The functions of dlc.h that describe a program. They answer with nothing (0, -1, null, zeroes) to a question about
// something that does not exist.
#include "runtime/core/CpuLevel.h"
#include "runtime/program/Program.h"

#include <cstring>

using namespace dlc::runtime;

namespace dlc::runtime {
namespace {

const Function *functionAt(const dlc_program *program, uint32_t index) {
  return program && index < program->functionCount ? &program->functions[index] : nullptr;
}

const char *findText(const NamedText *texts, uint32_t count, const char *name) {
  for (uint32_t i = 0; i < count; ++i)
    if (!strcmp(texts[i].name, name))
      return texts[i].text;
  return nullptr;
}

const dlc::abi::Segment *findSegment(const dlc_program *program, uint32_t kind) {
  for (uint32_t i = 0; program && i < program->preamble.segmentCount; ++i)
    if (program->preamble.segments[i].kind == kind)
      return &program->preamble.segments[i];
  return nullptr;
}

} // namespace
} // namespace dlc::runtime

const char *dlc_program_name(const dlc_program *program) { return program ? program->name : nullptr; }

uint32_t dlc_symbol_count(const dlc_program *program) { return program ? program->symbolCount : 0; }

const char *dlc_symbol_name(const dlc_program *program, uint32_t index) {
  return program && index < program->symbolCount ? program->symbols[index] : nullptr;
}

uint32_t dlc_function_count(const dlc_program *program) { return program ? program->functionCount : 0; }

void dlc_get_function(const dlc_program *program, uint32_t index, dlc_function *out) {
  const Function *function = functionAt(program, index);
  *out = function ? function->description : dlc_function();
}

int32_t dlc_find_function(const dlc_program *program, const char *name) {
  return program && name ? program->functionNames.find(name) : -1;
}

uint32_t dlc_variable_count(const dlc_program *program) { return program ? program->variableCount : 0; }

void dlc_get_variable(const dlc_program *program, uint32_t index, dlc_variable *out) {
  *out = program && index < program->variableCount ? program->variables[index] : dlc_variable();
}

int32_t dlc_find_variable(const dlc_program *program, const char *name) {
  return program && name ? program->variableNames.find(name) : -1;
}

uint64_t dlc_variables_bytes(const dlc_program *program) { return program ? program->variablesBytes : 0; }

const void *dlc_initial_variables(const dlc_program *program) { return program ? program->initialVariables : nullptr; }

uint32_t dlc_kernel_count(const dlc_program *program) { return program ? program->kernelCount : 0; }

void dlc_get_kernel(const dlc_program *program, uint32_t index, dlc_kernel *out) {
  *out = program && index < program->kernelCount ? program->kernels[index].description : dlc_kernel();
}

const char *dlc_metadata(const dlc_program *program, const char *key) {
  if (!program || !key)
    return nullptr;
  constexpr char source[] = "source:";
  constexpr size_t length = sizeof source - 1;
  if (!strncmp(key, source, length))
    return findText(program->sources, program->sourceCount, key + length);
  return findText(program->metadata, program->metadataCount, key);
}

uint32_t dlc_step_count(const dlc_program *program, uint32_t function) {
  const Function *found = functionAt(program, function);
  return found ? found->stepCount : 0;
}

int32_t dlc_step_kernel(const dlc_program *program, uint32_t function, uint32_t step) {
  const Function *found = functionAt(program, function);
  if (!found || step >= found->stepCount)
    return DLC_STEP_NONE;
  switch (found->steps[step].kind) {
  case StepKind::Launch:
    return int32_t(found->steps[step].kernel);
  case StepKind::Guard:
    return DLC_STEP_GUARD;
  case StepKind::Copy:
    return DLC_STEP_COPY;
  case StepKind::Loop:
    return DLC_STEP_LOOP;
  }
  return DLC_STEP_NONE;
}

uint64_t dlc_segment_bytes(const dlc_program *program, uint32_t kind) {
  uint64_t bytes = 0;
  for (uint32_t i = 0; program && i < program->preamble.segmentCount; ++i)
    if (program->preamble.segments[i].kind == kind)
      bytes += program->preamble.segments[i].size;
  return bytes;
}

const void *dlc_segment_data(const dlc_program *program, uint32_t kind) {
  const dlc::abi::Segment *segment = findSegment(program, kind);
  return segment ? program->file.bytes() + segment->offset : nullptr;
}

uint32_t dlc_target_count(const dlc_program *program) { return program ? program->targetCount : 0; }

const char *dlc_target_level(const dlc_program *program, uint32_t index) {
  return program && index < program->targetCount ? program->targets[index].level : nullptr;
}

const char *dlc_cpu_level(void) { return nameOfCpuLevel(cpuLevel()); }
