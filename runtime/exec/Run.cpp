// dlc_workspace_bytes, dlc_output_shape, dlc_run. A call takes no locks and allocates nothing.
#include "runtime/exec/Binding.h"
#include "runtime/exec/Executor.h"

using namespace dlc::runtime;

namespace dlc::runtime {
namespace {

dlc_status checkCall(const dlc_program *program, uint32_t function, const dlc_call *call, dlc_error *error) {
  if (!program || !call)
    return fail(error, DLC_INVALID_ARGUMENT, "%s is null", program ? "call" : "program");
  if (function >= program->functionCount)
    return fail(error, DLC_INVALID_ARGUMENT, "there is no function number %u, the program has %u functions", function,
                program->functionCount);
  if (call->struct_size < sizeof(dlc_call))
    return fail(error, DLC_INVALID_ARGUMENT, "dlc_call.struct_size is %u, expected at least %zu", call->struct_size,
                sizeof(dlc_call));
  return DLC_OK;
}

dlc_status checkHost(const dlc_host *given, dlc_host *host, dlc_error *error) {
  if (!given)
    return DLC_OK;
  if (given->struct_size < sizeof(dlc_host))
    return fail(error, DLC_INVALID_ARGUMENT, "dlc_host.struct_size is %u, expected at least %zu", given->struct_size,
                sizeof(dlc_host));
  *host = *given;
  return DLC_OK;
}

dlc_status checkCode(const dlc_program &program, const Function &function, dlc_error *error) {
  if (program.entries || !function.description.launch_count)
    return DLC_OK;
  return fail(error, DLC_UNSUPPORTED,
              "function %s cannot run: the program was loaded without dlc_load_options.allow_code",
              function.description.name);
}

} // namespace
} // namespace dlc::runtime

dlc_status dlc_workspace_bytes(const dlc_program *program, uint32_t function, const dlc_call *call, uint64_t *bytes,
                               dlc_error *error) {
  if (dlc_status status = checkCall(program, function, call, error))
    return status;
  if (!bytes)
    return fail(error, DLC_INVALID_ARGUMENT, "bytes is null");
  int64_t symbols[kMaxSymbols];
  if (dlc_status status = bindSymbols(*program, program->functions[function], *call, symbols, error))
    return status;
  return workspaceBytes(*program, program->functions[function], symbols, bytes, error);
}

dlc_status dlc_output_shape(const dlc_program *program, uint32_t function, const dlc_call *call, uint32_t output,
                            int64_t *shape, dlc_error *error) {
  if (dlc_status status = checkCall(program, function, call, error))
    return status;
  const Function &found = program->functions[function];
  if (output >= found.description.output_count)
    return fail(error, DLC_INVALID_ARGUMENT, "function %s has %u outputs, got number %u", found.description.name,
                found.description.output_count, output);
  if (!shape && found.description.outputs[output].rank)
    return fail(error, DLC_INVALID_ARGUMENT, "shape is null");
  int64_t symbols[kMaxSymbols];
  if (dlc_status status = bindSymbols(*program, found, *call, symbols, error))
    return status;
  return outputShape(found, output, symbols, shape, error);
}

dlc_status dlc_run(const dlc_program *program, uint32_t function, const dlc_call *call, dlc_error *error) {
  if (dlc_status status = checkCall(program, function, call, error))
    return status;
  const Function &found = program->functions[function];
  dlc_host host = {};
  int64_t symbols[kMaxSymbols];
  uint64_t needed = 0;
  CallTables tables;
  dlc_status status = checkHost(call->host, &host, error);
  if (!status)
    status = checkCode(*program, found, error);
  if (!status)
    status = bindSymbols(*program, found, *call, symbols, error);
  if (!status)
    status = checkOutputs(*program, found, *call, symbols, error);
  if (!status)
    status = workspaceBytes(*program, found, symbols, &needed, error);
  if (!status)
    status = checkMemory(*program, found, *call, needed, error);
  if (!status)
    status = placeBuffers(*program, found, *call, symbols, &tables, error);
  if (!status)
    status = Executor(*program, found, *call, host, tables, error).run();
  return status;
}
