// A loaded program: the tables that a verified header was decoded into. Nothing reads the flatbuffer after loading, so
// what was checked is what is used. Strings still point into the mapped file.
#ifndef DLC_RUNTIME_PROGRAM_PROGRAM_H
#define DLC_RUNTIME_PROGRAM_PROGRAM_H

#include "runtime/abi/FileFormat.h"
#include "runtime/abi/KernelAbi.h"
#include "runtime/abi/ProgramNumbers.h"
#include "runtime/core/Arena.h"
#include "runtime/core/Failure.h"
#include "runtime/program/FileImage.h"
#include "runtime/program/Formula.h"
#include "runtime/program/NameTable.h"

namespace dlc::runtime {

using abi::BufferKind;
using abi::kMaxRank;
using abi::kMaxSymbols;
using abi::StepKind;

struct Kernel {
  dlc_kernel description;
  uint32_t entry;
  uint32_t outputsFrom;
  uint32_t bufferCount; // the same in every launch; 0: never launched
  int64_t grain;
  Formula parallel, flops, bytes;
};

struct Buffer {
  BufferKind kind;
  uint32_t index;
  uint64_t offset; // from the start of the variable, tensor, slot, constants segment or stack
  dlc_dtype dtype;
  Formula size; // bytes
};

struct Slot { // its size is the largest of the formulas
  uint32_t sizeCount;
  const Formula *sizes;
};

struct Step {
  StepKind kind;
  uint32_t kernel;
  uint32_t argumentCount;
  const uint32_t *arguments; // indices of buffers
  const char *reason;
  Location location;
  // Of a loop. Its arguments are the elements; the number of the present one goes to buffer `index`;
  // nothing is run where the bool in buffer `when` is false.
  Formula count;
  uint32_t body; // steps that follow
  bool reverse, hasIndex, hasWhen;
  uint32_t index, when;
};

struct Function {
  dlc_function description;
  const Formula *const *inputDims; // one array for each port, beside description.inputs
  const Formula *const *outputDims;
  uint32_t bufferCount, slotCount, stepCount;
  const Buffer *buffers;
  const Slot *slots;
  const Step *steps;
  uint32_t firstUpdate;  // first step that writes a variable; stepCount when there is none
  uint32_t maxArguments; // of a launch
};

struct Target {
  const char *level;
  uint32_t segment; // index into the preamble's list
};

struct NamedText {
  const char *name, *text;
};

} // namespace dlc::runtime

struct dlc_program {
  dlc::runtime::Mapping file;
  dlc::runtime::Mapping codeCopy; // used when the file's own pages may not be executed
  dlc::runtime::Arena arena;
  dlc::abi::Preamble preamble;

  const char *name;
  uint32_t symbolCount, variableCount, functionCount, kernelCount, targetCount, sourceCount, metadataCount;
  const char *const *symbols;
  const dlc_variable *variables;
  const dlc::runtime::Function *functions;
  const dlc::runtime::Kernel *kernels;
  const dlc::runtime::Target *targets;
  const dlc::runtime::NamedText *sources;
  const dlc::runtime::NamedText *metadata;
  dlc::runtime::NameTable variableNames, functionNames;

  uint64_t variablesBytes, constantsBytes;
  const uint8_t *initialVariables, *constants;
  const dlc::abi::KernelEntry *entries; // one for each kernel; null: code may not be run
};

#endif
