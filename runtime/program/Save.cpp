// dlc_save: the file with another block of variables. Every other byte, hashes of other segments included, is kept, so
// saving twice gives the same bytes.
#include "runtime/core/Hash.h"
#include "runtime/program/Container.h"
#include "runtime/program/Program.h"
#include "runtime/program/TemporaryFile.h"

#include <cstring>

using namespace dlc::runtime;

namespace dlc::runtime {
namespace {

// The first page with the hash of the new variables.
void fillFirstPage(const dlc_program &program, uint32_t variablesSegment, const void *variables, uint8_t *page) {
  memcpy(page, program.file.bytes(), abi::kPage);
  abi::Preamble preamble = program.preamble;
  abi::Segment &segment = preamble.segments[variablesSegment];
  segment.hash = hashBytes(variables, segment.size);
  memcpy(page, &preamble, sizeof preamble);
  preamble.hash = hashOfPreamble(page);
  memcpy(page, &preamble, sizeof preamble);
}

dlc_status writeProgram(const dlc_program &program, const void *variables, TemporaryFile &file, dlc_error *error) {
  uint32_t index = 0;
  while (program.preamble.segments[index].kind != abi::kSegmentVariables)
    ++index; // every loaded program has one
  const abi::Segment &segment = program.preamble.segments[index];
  const uint8_t *bytes = program.file.bytes();
  uint64_t rest = segment.offset + segment.size;
  uint8_t page[abi::kPage];
  fillFirstPage(program, index, variables, page);
  dlc_status status = file.write(page, sizeof page, error);
  if (!status)
    status = file.write(bytes + abi::kPage, segment.offset - abi::kPage, error);
  if (!status)
    status = file.write(variables, segment.size, error);
  if (!status)
    status = file.write(bytes + rest, program.file.size() - rest, error);
  return status;
}

} // namespace
} // namespace dlc::runtime

dlc_status dlc_save(const dlc_program *program, const void *variables, const char *path, dlc_error *error) {
  if (!program || !path || (!variables && program->variablesBytes))
    return fail(error, DLC_INVALID_ARGUMENT, "%s is null", !program ? "program" : !path ? "path" : "variables");
  TemporaryFile file;
  dlc_status status = file.createBeside(path, error);
  if (!status)
    status = writeProgram(*program, variables, file, error);
  if (!status)
    status = file.moveIntoPlace(error);
  return status;
}
