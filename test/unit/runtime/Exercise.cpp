#include "test/unit/runtime/Exercise.h"

#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

namespace dlc::test {
namespace {

constexpr uint64_t kMaxBytes = 1 << 20; // a hostile program may ask for any amount; calls above this are not made

volatile size_t sink; // keeps the reads

void read(const char *text) { sink = text ? std::strlen(text) : 0; }

uint64_t elementBytes(dlc_dtype dtype) {
  const uint64_t bytes[] = {0, 4, 2, 2, 8, 1, 1, 4, 8, 1};
  return bytes[dtype];
}

struct Tensor {
  std::vector<int64_t> shape;
  void *data = nullptr;
  uint64_t bytes = 0;
  ~Tensor() { std::free(data); }
  bool allocate(dlc_dtype dtype) {
    bytes = elementBytes(dtype);
    for (int64_t size : shape)
      if (size < 0 || __builtin_mul_overflow(bytes, uint64_t(size), &bytes) || bytes > kMaxBytes)
        return false;
    data = std::calloc(1, bytes + 1);
    return true;
  }
};

void readPorts(const dlc_port *ports, uint32_t count) {
  for (uint32_t i = 0; i < count; ++i) {
    read(ports[i].name);
    for (uint32_t j = 0; j < ports[i].rank; ++j)
      read(ports[i].dims[j].formula);
  }
}

bool makeInputs(const dlc_function &function, int64_t batch, std::vector<Tensor> &storage,
                std::vector<dlc_tensor> &tensors) {
  for (uint32_t i = 0; i < function.input_count; ++i) {
    const dlc_port &port = function.inputs[i];
    for (uint32_t j = 0; j < port.rank; ++j)
      storage[i].shape.push_back(port.dims[j].fixed >= 0 ? port.dims[j].fixed : batch);
    if (!storage[i].allocate(port.dtype))
      return false;
    tensors.push_back({storage[i].data, storage[i].bytes, port.dtype, port.rank, storage[i].shape.data()});
  }
  return true;
}

bool makeOutputs(const dlc_program *program, uint32_t index, const dlc_function &function, const dlc_call &call,
                 std::vector<Tensor> &storage, std::vector<dlc_tensor> &tensors, dlc_error *error) {
  for (uint32_t i = 0; i < function.output_count; ++i) {
    const dlc_port &port = function.outputs[i];
    storage[i].shape.resize(port.rank);
    if (dlc_output_shape(program, index, &call, i, storage[i].shape.data(), error) || !storage[i].allocate(port.dtype))
      return false;
    tensors.push_back({storage[i].data, storage[i].bytes, port.dtype, port.rank, storage[i].shape.data()});
  }
  return true;
}

void callFunction(const dlc_program *program, uint32_t index, int64_t batch, void *variables) {
  dlc_function function;
  dlc_get_function(program, index, &function);
  std::vector<Tensor> inputs(function.input_count), outputs(function.output_count);
  std::vector<dlc_tensor> in, out;
  dlc_error error = {};
  error.struct_size = sizeof error;
  dlc_call call = {};
  call.struct_size = sizeof call;
  call.variables = variables;
  if (!makeInputs(function, batch, inputs, in))
    return;
  call.inputs = in.data();
  call.input_count = uint32_t(in.size());
  if (!makeOutputs(program, index, function, call, outputs, out, &error))
    return;
  call.outputs = out.data();
  call.output_count = uint32_t(out.size());
  if (dlc_workspace_bytes(program, index, &call, &call.workspace_bytes, &error) || call.workspace_bytes > kMaxBytes)
    return;
  call.workspace = std::aligned_alloc(64, (call.workspace_bytes + 63) / 64 * 64);
  dlc_run(program, index, &call, &error);
  std::free(call.workspace);
}

} // namespace

void exercise(const dlc_program *program) {
  read(dlc_program_name(program));
  for (uint32_t i = 0; i < dlc_symbol_count(program); ++i)
    read(dlc_symbol_name(program, i));
  for (uint32_t i = 0; i < dlc_variable_count(program); ++i) {
    dlc_variable variable;
    dlc_get_variable(program, i, &variable);
    for (const char *text : {variable.name, variable.owner, variable.file})
      read(text);
  }
  for (uint32_t i = 0; i < dlc_kernel_count(program); ++i) {
    dlc_kernel kernel;
    dlc_get_kernel(program, i, &kernel);
    for (const char *text : {kernel.name, kernel.kind, kernel.flops, kernel.bytes, kernel.file, kernel.where})
      read(text);
  }
  for (const char *key : {"recipe", "layers", "source:sample.dl"})
    read(dlc_metadata(program, key));
  uint64_t bytes = dlc_variables_bytes(program);
  void *variables = std::aligned_alloc(64, (bytes + 64) / 64 * 64);
  std::memcpy(variables, dlc_initial_variables(program), bytes);
  for (uint32_t i = 0; i < dlc_function_count(program); ++i) {
    dlc_function function;
    dlc_get_function(program, i, &function);
    readPorts(function.inputs, function.input_count);
    readPorts(function.outputs, function.output_count);
    for (uint32_t j = 0; j <= dlc_step_count(program, i); ++j)
      sink = size_t(dlc_step_kernel(program, i, j));
    for (int64_t batch : {0, 1, 3})
      callFunction(program, i, batch, variables);
  }
  std::free(variables);
}

} // namespace dlc::test
