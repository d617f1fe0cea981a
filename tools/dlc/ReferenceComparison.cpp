#include "tools/dlc/ReferenceComparison.h"
#include "tools/fit/AlignedBuffer.h"
#include "tools/fit/CellValue.h"
#include "tools/fit/Problem.h"
#include "tools/fit/RandomInputs.h"
#include "tools/fit/Recipe.h"
#include <cmath>

namespace dlc {
namespace {

using namespace fit;

double valueAt(const void *data, dlc_dtype dtype, uint64_t element) {
  switch (dtype) {
  case DLC_F32:
    return static_cast<const float *>(data)[element];
  case DLC_F64:
    return static_cast<const double *>(data)[element];
  case DLC_I32:
    return static_cast<const int32_t *>(data)[element];
  case DLC_I64:
    return static_cast<double>(static_cast<const int64_t *>(data)[element]);
  default:
    return static_cast<const int8_t *>(data)[element];
  }
}

double largestOf(const void *data, dlc_dtype dtype, uint64_t bytes) {
  double largest = 0;
  for (uint64_t i = 0; isFloat(dtype) && i < bytes / bytesOf(dtype); ++i)
    if (double value = std::abs(valueAt(data, dtype, i)); std::isfinite(value))
      largest = std::max(largest, value);
  return largest;
}

// The host of the calls: its hooks see every launch.
class Comparison {
public:
  Comparison(const Program &program, dlc_compiler_reference *reference) : program(program), reference(reference) {
    host.struct_size = sizeof host;
    host.context = this;
    host.before_kernel = [](void *self, const dlc_launch_info *launch) {
      static_cast<Comparison *>(self)->keepInputs(*launch);
    };
    host.on_kernel = [](void *self, const dlc_launch_info *launch) { static_cast<Comparison *>(self)->compare(*launch); };
    host.should_stop = [](void *self) { return static_cast<int>(static_cast<Comparison *>(self)->result.differs); };
  }

  void run(const char *function, Variables &variables, RandomInputs &inputs) {
    if (result.differs || !program.has(function))
      return;
    FunctionCall call(program, function);
    inputs.fill(call);
    dlc_error error = {};
    if (call.run(variables, &host, error) == DLC_NOT_FINITE)
      result.stopped.emplace_back(function, error.text);
  }

  ReferenceResult result;

private:
  // Results may lie in the place of inputs, so the inputs are copied before the launch.
  void keepInputs(const dlc_launch_info &launch) {
    copies.resize(launch.buffer_count);
    for (uint32_t i = 0; i < launch.buffer_count; ++i) {
      copies[i].resize(launch.buffer_bytes[i]);
      std::memcpy(copies[i].data(), launch.buffers[i], launch.buffer_bytes[i]);
    }
  }

  void compare(const dlc_launch_info &launch) {
    if (result.differs)
      return;
    dlc_kernel kernel = {};
    dlc_get_kernel(program.handle(), launch.kernel, &kernel);
    std::vector<void *> buffers;
    for (AlignedBuffer &copy : copies)
      buffers.push_back(copy.data());
    dlc_reference_call call = {};
    call.struct_size = sizeof call;
    call.kernel = kernel.name;
    call.buffer_count = launch.buffer_count;
    call.outputs_from = launch.outputs_from;
    call.buffers = buffers.data();
    call.buffer_bytes = launch.buffer_bytes;
    call.buffer_dtypes = launch.buffer_dtypes;
    call.symbols = launch.symbols;
    call.symbol_count = dlc_symbol_count(program.handle());
    ++result.launches;
    if (CompilerLibrary::load().referenceKernel(reference, &call)) {
      report(launch, kernel).failure = call.error;
      return;
    }
    double scale = 0;
    for (uint32_t i = 0; i < launch.buffer_count; ++i)
      scale = std::max(scale, largestOf(copies[i].data(), launch.buffer_dtypes[i], launch.buffer_bytes[i]));
    for (uint32_t i = launch.outputs_from; i < launch.buffer_count && !result.differs; ++i)
      compareBuffer(launch, kernel, i, scale);
  }

  void compareBuffer(const dlc_launch_info &launch, const dlc_kernel &kernel, uint32_t index, double scale) {
    dlc_dtype dtype = launch.buffer_dtypes[index];
    double relative = dtype == DLC_F32 ? 1e-4 : dtype == DLC_F64 ? 1e-10 : 0;
    double absolute = relative / (dtype == DLC_F32 ? 10 : 100) * scale;
    uint64_t count = launch.buffer_bytes[index] / bytesOf(dtype);
    for (uint64_t i = 0; i < count; ++i, ++result.values) {
      double expected = valueAt(copies[index].data(), dtype, i), found = valueAt(launch.buffers[index], dtype, i);
      bool bothNan = std::isnan(expected) && std::isnan(found);
      if (expected == found || bothNan)
        continue;
      double error = std::abs(expected - found);
      if (scale > 0 && std::isfinite(error))
        result.largestError = std::max(result.largestError, error / scale);
      if (std::isfinite(error) && error <= relative * std::abs(expected) + absolute)
        continue;
      KernelMismatch &mismatch = report(launch, kernel);
      mismatch.result = index - launch.outputs_from;
      mismatch.element = i;
      mismatch.expected = expected;
      mismatch.found = found;
      return;
    }
  }

  KernelMismatch &report(const dlc_launch_info &launch, const dlc_kernel &kernel) {
    dlc_function function = {};
    dlc_get_function(program.handle(), launch.function, &function);
    result.differs = true;
    KernelMismatch &mismatch = result.mismatch;
    mismatch.kernel = kernel.name;
    mismatch.function = function.name;
    mismatch.step = launch.step;
    mismatch.where = kernel.where ? kernel.where : "";
    if (kernel.line)
      mismatch.place = std::string(kernel.file) + ":" + std::to_string(kernel.line) + ":" + std::to_string(kernel.column);
    return mismatch;
  }

  const Program &program;
  dlc_compiler_reference *reference;
  dlc_host host = {};
  std::vector<AlignedBuffer> copies;
};

} // namespace

ReferenceResult compareWithReference(const CompileSettings &settings, int64_t batch, int64_t seed) {
  CompileSettings wanted = settings;
  wanted.emit = "program";
  Program program = Program::fromBytes(compileProgram(wanted), settings.input);
  CompileSettings quiet = wanted;
  quiet.quietDiagnostics = true; // the same ones again
  CompileJob job(quiet);
  dlc_compiler_reference *reference = nullptr;
  if (int code = CompilerLibrary::load().referenceOpen(&job.request(), &reference))
    throw CompileFailure{code};
  std::unique_ptr<dlc_compiler_reference, void (*)(dlc_compiler_reference *)> owner(
      reference, CompilerLibrary::load().referenceClose);
  Variables variables(program);
  if (variables.has("seed"))
    variables.setInteger("seed", seed);
  RandomInputs inputs(program, parseRecipe(program.metadata("recipe")).loss, batch, seed);
  Comparison comparison(program, reference);
  for (const char *function : {"init", "fit", "metrics_reset", "train_step", "train_step", "eval_step",
                               "metrics_result", "predict"})
    comparison.run(function, variables, inputs);
  return comparison.result;
}

} // namespace dlc
