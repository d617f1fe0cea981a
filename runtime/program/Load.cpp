// dlc_load, dlc_load_memory, dlc_unload.
#include "runtime/core/Allocation.h"
#include "runtime/core/CpuLevel.h"
#include "runtime/core/TextBuilder.h"
#include "runtime/program/Container.h"
#include "runtime/program/Decoder.h"

#include <cerrno>
#include <cstring>
#include <new>

using namespace dlc::runtime;

namespace dlc::runtime {
namespace {

const Target *bestTarget(const dlc_program &program, uint32_t cpu) {
  const Target *best = nullptr;
  uint32_t bestFit = 0;
  for (uint32_t i = 0; i < program.targetCount; ++i) {
    uint32_t fit = fitOfLevel(program.targets[i].level, cpu);
    if (fit > bestFit) {
      best = &program.targets[i];
      bestFit = fit;
    }
  }
  return best;
}

dlc_status noFittingTarget(const dlc_program &program, uint32_t cpu, const char *label, dlc_error *error) {
  char levels[96];
  TextBuilder list(levels, sizeof levels);
  for (uint32_t i = 0; i < program.targetCount; ++i)
    list << (i ? ", " : "") << program.targets[i].level;
  if (!program.targetCount)
    list << "no CPU at all";
  return fail(error, DLC_UNSUPPORTED,
              "%s: the file has code for %s, this CPU is %s; compile the model again, with dlc compile or dlc train", label, levels,
              nameOfCpuLevel(cpu));
}

// The code runs where the file is mapped; a file system mounted noexec, or pages larger than the file's, need a copy.
dlc_status mapCode(dlc_program &program, const abi::Segment &segment, const char *label, const uint8_t **image,
                   dlc_error *error) {
  if (program.file.makeExecutable(segment.offset, segment.size)) {
    *image = program.file.bytes() + segment.offset;
    return DLC_OK;
  }
  dlc_status status = program.codeCopy.copyFrom(program.file.bytes() + segment.offset, segment.size, error);
  if (status)
    return status;
  if (!program.codeCopy.makeExecutable(0, segment.size)) {
    char words[128];
    return fail(error, DLC_IO_ERROR, "%s: the system does not let its code be executed: %s", label,
                systemErrorText(errno, words, sizeof words));
  }
  *image = program.codeCopy.bytes();
  return DLC_OK;
}

dlc_status enableCode(dlc_program &program, const char *label, dlc_error *error) {
  if (!program.kernelCount)
    return DLC_OK;
  uint32_t cpu = cpuLevel();
  const Target *target = bestTarget(program, cpu);
  if (!target)
    return noFittingTarget(program, cpu, label, error);
  const uint8_t *image;
  dlc_status status = mapCode(program, program.preamble.segments[target->segment], label, &image, error);
  if (status)
    return status;
  auto *entries = program.arena.array<abi::KernelEntry>(program.kernelCount);
  if (!entries)
    return fail(error, DLC_OUT_OF_MEMORY, "%s: no memory for the table of kernels", label);
  for (uint32_t i = 0; i < program.kernelCount; ++i) {
    int64_t offset; // checked by the decoder
    memcpy(&offset, image + uint64_t(program.kernels[i].entry) * sizeof offset, sizeof offset);
    entries[i] = reinterpret_cast<abi::KernelEntry>(const_cast<uint8_t *>(image) + offset);
  }
  program.entries = entries;
  return DLC_OK;
}

dlc_status openProgram(dlc_program &program, const char *label, const dlc_load_options &options, dlc_error *error) {
  dlc_status status = checkContainer(program.file.bytes(), program.file.size(), label, &program.preamble, error);
  if (!status)
    status = Decoder(program, label, error).decode();
  if (!status && options.allow_code)
    status = enableCode(program, label, error);
  return status;
}

dlc_status checkArguments(const void *from, const dlc_load_options *options, dlc_program **program, dlc_error *error) {
  if (program)
    *program = nullptr;
  if (!from || !options || !program)
    return fail(error, DLC_INVALID_ARGUMENT, "%s is null", !from ? "the file" : !options ? "options" : "program");
  if (options->struct_size < sizeof(dlc_load_options))
    return fail(error, DLC_INVALID_ARGUMENT, "dlc_load_options.struct_size is %u, expected at least %zu",
                options->struct_size, sizeof(dlc_load_options));
  return DLC_OK;
}

dlc_program *newProgram(dlc_error *error) {
  void *memory = allocateBytes(sizeof(dlc_program));
  if (!memory)
    fail(error, DLC_OUT_OF_MEMORY, "no memory for a program");
  return memory ? new (memory) dlc_program() : nullptr;
}

} // namespace
} // namespace dlc::runtime

dlc_status dlc_load(const char *path, const dlc_load_options *options, dlc_program **program, dlc_error *error) {
  if (dlc_status status = checkArguments(path, options, program, error))
    return status;
  dlc_program *loaded = newProgram(error);
  if (!loaded)
    return DLC_OUT_OF_MEMORY;
  dlc_status status = loaded->file.mapFile(path, error);
  if (!status)
    status = openProgram(*loaded, path, *options, error);
  if (status)
    dlc_unload(loaded);
  else
    *program = loaded;
  return status;
}

dlc_status dlc_load_memory(const void *bytes, uint64_t size, const dlc_load_options *options, dlc_program **program,
                           dlc_error *error) {
  if (dlc_status status = checkArguments(bytes, options, program, error))
    return status;
  constexpr const char *label = "the program in memory";
  if (!size)
    return fail(error, DLC_CORRUPT_FILE, "%s: not a dlc program: it is empty", label);
  dlc_program *loaded = newProgram(error);
  if (!loaded)
    return DLC_OUT_OF_MEMORY;
  dlc_status status = loaded->file.copyFrom(bytes, size, error);
  if (!status)
    status = openProgram(*loaded, label, *options, error);
  if (status)
    dlc_unload(loaded);
  else
    *program = loaded;
  return status;
}

void dlc_unload(dlc_program *program) {
  if (!program)
    return;
  program->~dlc_program();
  releaseBytes(program);
}
