#include "tools/fit/FunctionCall.h"
#include "tools/fit/CellValue.h"
#include "tools/fit/NumberText.h"
#include "tools/fit/Problem.h"

namespace dlc::fit {

int64_t elementCount(const std::vector<int64_t> &shape) {
  int64_t count = 1;
  for (int64_t size : shape)
    count *= size;
  return count;
}

FunctionCall::FunctionCall(const Program &program, const std::string &function)
    : program(&program), functionIndex(program.functionIndex(function)), description(program.function(function)),
      inputs(description.input_count), outputs(description.output_count), inputShapes(inputs.size()),
      outputShapes(outputs.size()), buffers(outputs.size()) {
  call.struct_size = sizeof call;
}

std::optional<size_t> FunctionCall::findOutput(const std::string &name) const {
  for (size_t i = 0; i < outputCount(); ++i)
    if (name == output(i).name)
      return i;
  return std::nullopt;
}

void FunctionCall::setInput(size_t index, void *data, const std::vector<int64_t> &shape) {
  if (shape != inputShapes[index])
    prepared = false;
  inputShapes[index] = shape;
  dlc_tensor &tensor = inputs[index];
  tensor.data = data;
  tensor.dtype = input(index).dtype;
  tensor.rank = static_cast<uint32_t>(shape.size());
  tensor.shape = inputShapes[index].data();
  tensor.bytes = static_cast<uint64_t>(elementCount(shape)) * bytesOf(tensor.dtype);
}

// Sizes workspace and outputs for the shapes of the inputs.
void FunctionCall::prepare(Variables &variables) {
  dlc_error error = {};
  error.struct_size = sizeof error;
  call.variables = variables.data();
  call.inputs = inputs.data();
  call.input_count = static_cast<uint32_t>(inputs.size());
  call.outputs = outputs.data();
  call.output_count = static_cast<uint32_t>(outputs.size());
  uint64_t bytes = 0;
  if (dlc_workspace_bytes(program->handle(), functionIndex, &call, &bytes, &error))
    throwRuntimeError(program->path(), error);
  try {
    if (workspace.size() < bytes)
      workspace.resize(bytes);
  } catch (const std::bad_alloc &) {
    throw Problem(ExitCode::Io, program->path(),
                  std::string("there is not enough memory for the ") + bytesText(bytes) + " that function " +
                      description.name + " works in",
                  "use a smaller batch or a smaller model");
  }
  call.workspace = workspace.data();
  call.workspace_bytes = bytes;
  for (size_t i = 0; i < outputs.size(); ++i) {
    outputShapes[i].resize(output(i).rank);
    if (dlc_output_shape(program->handle(), functionIndex, &call, static_cast<uint32_t>(i), outputShapes[i].data(),
                         &error))
      throwRuntimeError(program->path(), error);
    dlc_tensor &tensor = outputs[i];
    tensor.dtype = output(i).dtype;
    tensor.rank = output(i).rank;
    tensor.shape = outputShapes[i].data();
    tensor.bytes = static_cast<uint64_t>(elementCount(outputShapes[i])) * bytesOf(tensor.dtype);
    buffers[i].resize(tensor.bytes);
    tensor.data = buffers[i].data();
  }
  prepared = true;
}

dlc_status FunctionCall::run(Variables &variables, const dlc_host *host, dlc_error &error, uint32_t flags) {
  if (!prepared || call.variables != variables.data())
    prepare(variables);
  call.host = host;
  call.flags = flags;
  error = {};
  error.struct_size = sizeof error;
  dlc_status status = dlc_run(program->handle(), functionIndex, &call, &error);
  if (status != DLC_OK && status != DLC_NOT_FINITE && status != DLC_CANCELLED)
    throwRuntimeError(program->path(), error);
  return status;
}

void FunctionCall::run(Variables &variables, const dlc_host *host) {
  dlc_error error = {};
  if (run(variables, host, error))
    throwRuntimeError(program->path(), error);
}

int64_t FunctionCall::outputElements(size_t index) const { return elementCount(outputShapes[index]); }

double FunctionCall::outputNumber(size_t index, int64_t element) const {
  const char *from = buffers[index].data() + static_cast<size_t>(element) * bytesOf(output(index).dtype);
  switch (output(index).dtype) {
  case DLC_F32:
    return *reinterpret_cast<const float *>(from);
  case DLC_F64:
    return *reinterpret_cast<const double *>(from);
  case DLC_I32:
    return *reinterpret_cast<const int32_t *>(from);
  case DLC_I64:
    return static_cast<double>(*reinterpret_cast<const int64_t *>(from));
  default:
    return *reinterpret_cast<const int8_t *>(from);
  }
}

} // namespace dlc::fit
