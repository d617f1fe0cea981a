// Times calls of a program's function through the runtime, on one thread:
//   time-program leukemia.dlm train_step 4 [calls [kernels]]   ->   one JSON line, times in microseconds; with `kernels`,
// a table of the launches before it, each with its median, flops and place in the source
#include "dlc/dlc.h"
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <random>
#include <vector>

namespace {

[[noreturn]] void fail(const char *what, const char *why) {
  fprintf(stderr, "time-program: %s: %s\n", what, why);
  exit(1);
}

uint64_t elementBytes(dlc_dtype dtype) {
  switch (dtype) {
  case DLC_F64:
  case DLC_I64:
    return 8;
  case DLC_F32:
  case DLC_I32:
    return 4;
  case DLC_F16:
  case DLC_BF16:
    return 2;
  default:
    return 1;
  }
}

struct Argument {
  std::vector<int64_t> shape;
  void *data = nullptr;
  uint64_t bytes = 0;
};

// Inputs are standard normal numbers, or whole numbers below 20; targets alternate 0 and 1, which is valid for classifiers.
Argument makeArgument(const dlc_port &port, int64_t batch) {
  Argument argument;
  uint64_t count = 1;
  for (uint32_t i = 0; i < port.rank; ++i) {
    argument.shape.push_back(port.dims[i].fixed >= 0 ? port.dims[i].fixed : batch);
    count *= argument.shape.back();
  }
  argument.bytes = count * elementBytes(port.dtype);
  argument.data = aligned_alloc(64, (argument.bytes + 63) / 64 * 64 + 64);
  memset(argument.data, 0, argument.bytes);
  std::mt19937 random(1);
  std::normal_distribution<double> normal;
  for (uint64_t i = 0; i < count; ++i) {
    double value = port.role == 1 ? double(i % 2) : port.role == 0 ? normal(random) : 0.0;
    if (port.dtype == DLC_F32)
      static_cast<float *>(argument.data)[i] = float(value);
    else if (port.dtype == DLC_F64)
      static_cast<double *>(argument.data)[i] = value;
    else if (port.dtype == DLC_I32)
      static_cast<int32_t *>(argument.data)[i] = port.role == 1 ? int32_t(i % 2) : int32_t(random() % 20);
  }
  return argument;
}

struct Profile {
  std::chrono::steady_clock::time_point start;
  std::vector<std::vector<double>> times; // of each step of the function
  std::vector<uint32_t> kernels;          // the kernel that a step launches
};

void beforeKernel(void *context, const dlc_launch_info *) {
  static_cast<Profile *>(context)->start = std::chrono::steady_clock::now();
}

void onKernel(void *context, const dlc_launch_info *info) {
  auto &profile = *static_cast<Profile *>(context);
  double time =
      std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - profile.start).count();
  if (profile.times.size() <= info->step) {
    profile.times.resize(info->step + 1);
    profile.kernels.resize(info->step + 1);
  }
  profile.times[info->step].push_back(time);
  profile.kernels[info->step] = info->kernel;
}

void printProfile(const dlc_program *program, Profile &profile) {
  printf("%10s  %-12s %-14s %s\n", "us", "kind", "kernel", "place");
  for (size_t step = 0; step < profile.times.size(); ++step) {
    std::vector<double> &times = profile.times[step];
    if (times.empty())
      continue;
    std::nth_element(times.begin(), times.begin() + times.size() / 2, times.end());
    dlc_kernel kernel = {};
    dlc_get_kernel(program, profile.kernels[step], &kernel);
    printf("%10.1f  %-12s %-14s %s:%u %s\n", times[times.size() / 2], kernel.kind, kernel.name, kernel.file, kernel.line,
           kernel.where);
  }
}

} // namespace

int main(int argc, char **argv) {
  if (argc < 4)
    fail("usage", "time-program PROGRAM FUNCTION BATCH [CALLS [kernels]]");
  dlc_error error = {};
  error.struct_size = sizeof error;
  dlc_load_options options = {sizeof options, 1};
  dlc_program *program = nullptr;
  auto loadStart = std::chrono::steady_clock::now();
  if (dlc_load(argv[1], &options, &program, &error))
    fail(argv[1], error.text);
  double loadTime = std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - loadStart).count();
  int32_t function = dlc_find_function(program, argv[2]);
  if (function < 0)
    fail(argv[2], "the program has no such function");
  int64_t batch = atoll(argv[3]);
  int calls = argc > 4 ? atoi(argv[4]) : 2000;

  dlc_function info = {};
  dlc_get_function(program, uint32_t(function), &info);
  std::vector<Argument> arguments;
  std::vector<dlc_tensor> inputs, outputs;
  for (uint32_t i = 0; i < info.input_count + info.output_count; ++i) {
    const dlc_port &port = i < info.input_count ? info.inputs[i] : info.outputs[i - info.input_count];
    arguments.push_back(makeArgument(port, batch));
    dlc_tensor tensor = {arguments.back().data, arguments.back().bytes, port.dtype, port.rank, nullptr};
    (i < info.input_count ? inputs : outputs).push_back(tensor);
  }
  for (uint32_t i = 0; i < info.input_count + info.output_count; ++i)
    (i < info.input_count ? inputs[i] : outputs[i - info.input_count]).shape = arguments[i].shape.data();

  void *variables = aligned_alloc(64, (dlc_variables_bytes(program) + 63) / 64 * 64 + 64);
  memcpy(variables, dlc_initial_variables(program), dlc_variables_bytes(program));
  dlc_call call = {};
  call.struct_size = sizeof call;
  call.variables = variables;
  call.inputs = inputs.data();
  call.input_count = uint32_t(inputs.size());
  call.outputs = outputs.data();
  call.output_count = uint32_t(outputs.size());
  if (dlc_workspace_bytes(program, uint32_t(function), &call, &call.workspace_bytes, &error))
    fail(argv[2], error.text);
  call.workspace = aligned_alloc(64, (call.workspace_bytes + 63) / 64 * 64);

  Profile profile;
  dlc_host host = {};
  host.struct_size = sizeof host;
  host.context = &profile;
  host.before_kernel = beforeKernel;
  host.on_kernel = onKernel;
  if (argc > 5)
    call.host = &host;
  std::vector<double> times;
  for (int i = 0; i < calls + calls / 10; ++i) {
    auto start = std::chrono::steady_clock::now();
    if (dlc_run(program, uint32_t(function), &call, &error))
      fail(argv[2], error.text);
    double time = std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - start).count();
    if (i >= calls / 10) // the first tenth warms up
      times.push_back(time);
  }
  if (argc > 5)
    printProfile(program, profile);
  std::sort(times.begin(), times.end());
  printf("{\"function\": \"%s\", \"batch\": %lld, \"median_us\": %.3f, \"min_us\": %.3f, \"p95_us\": %.3f, "
         "\"launches\": %u, \"load_us\": %.1f, \"workspace_bytes\": %llu}\n",
         argv[2], (long long)batch, times[times.size() / 2], times.front(), times[times.size() * 95 / 100],
         info.launch_count, loadTime, (unsigned long long)call.workspace_bytes);
  return 0;
}
