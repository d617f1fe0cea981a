// libFuzzer: the reader of program files, and every call that a host may make. Native code never runs.
//
// The first byte says what the rest is: 0: a file as it is; 1: a file whose hashes are made right first, so that the
// fuzzer gets behind them; else: a header alone, packed into a file with some variables, constants and code.
#include "test/unit/runtime/Exercise.h"
#include "test/unit/runtime/ProgramFile.h"

using namespace dlc;
using namespace dlc::test;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (!size)
    return 0;
  Bytes bytes(data + 1, data + size);
  if (data[0] == 1)
    rehash(bytes);
  else if (data[0] > 1)
    bytes = assemble({{abi::kSegmentHeader, 0, bytes},
                      {abi::kSegmentVariables, 0, Bytes(128)},
                      {abi::kSegmentConstants, 0, Bytes(64)},
                      {abi::kSegmentCode, 0, Bytes(256, 32)}});
  dlc_load_options options = {sizeof options, 0};
  dlc_error error = {};
  error.struct_size = sizeof error;
  dlc_program *program;
  if (!dlc_load_memory(bytes.data(), bytes.size(), &options, &program, &error)) {
    exercise(program);
    dlc_unload(program);
  }
  return 0;
}
