// The C interface over CompilerDriver and the formatter; the only entry of libdlc_compiler.so.
#include "tools/driver/CompilerApi.h"
#include "backends/reference/Interpreter.h"
#include "runtime/abi/ProgramNumbers.h"
#include "tools/driver/CompilerDriver.h"
#include "tools/driver/DlLanguageServer.h"
#include "tools/driver/ModelSource.h"
#include "llvm/ADT/StringExtras.h"
#include <cstring>

using namespace dlc;

namespace {

enum ExitCode { kSuccess = 0, kBadInput = 1, kUsage = 2, kIo = 3 };

CompileObserver observerOf(const dlc_compiler_sink *sink) {
  CompileObserver observer;
  if (sink && sink->diagnostic)
    observer.message = [sink](const Message &message) {
      dlc_compiler_diagnostic diagnostic = {};
      diagnostic.struct_size = sizeof diagnostic;
      diagnostic.severity = static_cast<int>(message.severity);
      diagnostic.file = message.file.c_str();
      diagnostic.line = message.line;
      diagnostic.column = message.column;
      diagnostic.message = message.text.c_str();
      diagnostic.rendered = message.rendered.c_str();
      sink->diagnostic(sink->user, &diagnostic);
    };
  if (sink && sink->timing)
    observer.timing = [sink](llvm::StringRef step, double seconds) {
      sink->timing(sink->user, step.str().c_str(), seconds);
    };
  return observer;
}

void output(const dlc_compiler_sink *sink, llvm::StringRef text) {
  if (sink && sink->output)
    sink->output(sink->user, text.data(), text.size());
}

void complain(const CompileObserver &observer, const std::string &text) {
  if (observer.message)
    observer.message({Severity::Error, "", 0, 0, text, "error: " + text + "\n"});
}

// A phase by its name, or a message that lists them.
std::optional<Phase> phaseOption(const char *name, Phase fallback, const char *option, const CompileObserver &observer) {
  if (!name)
    return fallback;
  std::optional<Phase> phase = parsePhase(name);
  if (!phase || *phase == Phase::Source) {
    complain(observer, std::string("unknown phase '") + name + "' for " + option +
                           "; known are ast, graph, grad, fused, linalg, vector, llvm, asm, obj, plan, program");
    return std::nullopt;
  }
  return phase;
}

// Reads the request; `check` is the form after differentiation, made and dropped.
std::optional<CompileOptions> optionsOf(const dlc_compile_request &request, const CompileObserver &observer) {
  CompileOptions options;
  options.input = request.input ? request.input : "";
  if (request.text)
    options.text = request.text;
  bool check = request.emit && llvm::StringRef(request.emit) == "check";
  std::optional<Phase> from = phaseOption(request.from, Phase::Source, "--from", observer);
  std::optional<Phase> emit = check ? Phase::Grad : phaseOption(request.emit, Phase::Program, "--emit", observer);
  if (!from || !emit)
    return std::nullopt;
  options.from = *from;
  options.emit = *emit;
  if (request.model)
    options.model = request.model;
  if (request.dtype)
    options.dtype = request.dtype;
  if (options.dtype != "f32" && options.dtype != "f64") {
    complain(observer, "--dtype must be f32 or f64, got '" + options.dtype + "'");
    return std::nullopt;
  }
  if (request.target)
    options.target = request.target;
  for (size_t i = 0; i < request.set_count; ++i) {
    auto [key, value] = llvm::StringRef(request.sets[i]).split('=');
    if (key.empty() || value.empty()) {
      complain(observer, std::string("--set expects name=value, got '") + request.sets[i] + "'");
      return std::nullopt;
    }
    options.sets.emplace_back(key.trim().str(), value.trim().str());
  }
  for (size_t i = 0; i < request.disabled_pass_count; ++i)
    options.disabledPasses.push_back(request.disabled_passes[i]);
  for (size_t i = 0; i < request.enabled_pass_count; ++i)
    options.enabledPasses.push_back(request.enabled_passes[i]);
  options.requireTrain = request.require_train;
  options.gradients = request.gradients;
  options.explain = request.explain;
  options.color = request.color;
  return options;
}

// Null for what no kernel has.
mlir::Type typeOf(uint32_t dtype, mlir::MLIRContext *ctx) {
  switch (static_cast<abi::DataType>(dtype)) {
  case abi::DataType::F32:
    return mlir::Float32Type::get(ctx);
  case abi::DataType::F64:
    return mlir::Float64Type::get(ctx);
  case abi::DataType::I8:
    return mlir::IntegerType::get(ctx, 8);
  case abi::DataType::I32:
    return mlir::IntegerType::get(ctx, 32);
  case abi::DataType::I64:
    return mlir::IntegerType::get(ctx, 64);
  case abi::DataType::Bool:
    return mlir::IntegerType::get(ctx, 1);
  default:
    return {};
  }
}

} // namespace

struct dlc_compiler_reference {
  CompileObserver observer;
  std::unique_ptr<CompilerDriver> driver;
  mlir::OwningOpRef<mlir::ModuleOp> module;
  reference::Interpreter interpreter;
  std::vector<std::string> symbols;
};

extern "C" {

uint32_t dlc_compiler_api_version(void) { return DLC_COMPILER_API_VERSION; }

int dlc_compiler_compile(const dlc_compile_request *request) {
  CompileObserver observer = observerOf(request->sink);
  std::optional<CompileOptions> options = optionsOf(*request, observer);
  if (!options)
    return kUsage;
  bool check = request->emit && llvm::StringRef(request->emit) == "check";
  CompilerDriver driver(std::move(*options), observer);
  mlir::FailureOr<std::string> result = driver.compile();
  if (mlir::failed(result))
    return driver.ioFailure() ? kIo : kBadInput;
  if (!check)
    output(request->sink, *result);
  return kSuccess;
}

int dlc_compiler_format(const char *name, const char *text, size_t size, int color, const dlc_compiler_sink *sink) {
  std::optional<std::string> formatted = formatModel(name, std::string(text, size), color, observerOf(sink));
  if (!formatted)
    return kBadInput;
  output(sink, *formatted);
  return kSuccess;
}

int dlc_compiler_language_server(void) { return runDlLanguageServer(); }

int dlc_compiler_reference_open(const dlc_compile_request *request, dlc_compiler_reference **reference) {
  CompileObserver observer = observerOf(request->sink);
  std::optional<CompileOptions> options = optionsOf(*request, observer);
  if (!options)
    return kUsage;
  auto opened = std::make_unique<dlc_compiler_reference>();
  opened->driver = std::make_unique<CompilerDriver>(std::move(*options), observer);
  opened->module = opened->driver->moduleAt(Phase::Fused);
  if (!opened->module)
    return opened->driver->ioFailure() ? kIo : kBadInput;
  if (auto names = (*opened->module)->getAttrOfType<mlir::ArrayAttr>("kernel.symbols"))
    for (mlir::Attribute name : names)
      opened->symbols.push_back(mlir::cast<mlir::StringAttr>(name).str());
  *reference = opened.release();
  return kSuccess;
}

int dlc_compiler_reference_kernel(dlc_compiler_reference *reference, dlc_reference_call *call) {
  auto fail = [&](const std::string &text) {
    std::snprintf(call->error, sizeof call->error, "%s", text.c_str());
    return 1;
  };
  auto kernel = reference->module->lookupSymbol<mlir::func::FuncOp>(call->kernel);
  if (!kernel)
    return fail(std::string("no kernel ") + call->kernel);
  reference::Symbols symbols;
  for (uint32_t i = 0; i < call->symbol_count && i < reference->symbols.size(); ++i)
    symbols[reference->symbols[i]] = call->symbols[i];
  std::string message;
  mlir::ScopedDiagnosticHandler handler(kernel.getContext(), [&](mlir::Diagnostic &diagnostic) {
    message = diagnostic.str();
    return mlir::success();
  });
  llvm::SmallVector<reference::Tensor> arguments;
  for (auto [index, type] : llvm::enumerate(kernel.getArgumentTypes())) {
    auto tensor = mlir::cast<mlir::RankedTensorType>(type);
    if (index >= call->outputs_from ||
        typeOf(call->buffer_dtypes[index], kernel.getContext()) != tensor.getElementType())
      return fail("buffers do not match the kernel");
    mlir::FailureOr<reference::Tensor> argument = reference::emptyTensor(tensor, symbols);
    if (mlir::failed(argument) || argument->bytes.size() != call->buffer_bytes[index])
      return fail("the size of buffer " + std::to_string(index) + " does not match the kernel");
    std::memcpy(argument->bytes.data(), call->buffers[index], argument->bytes.size());
    arguments.push_back(std::move(*argument));
  }
  auto results = reference->interpreter.run(kernel, arguments, symbols);
  if (mlir::failed(results))
    return fail(message.empty() ? "evaluation failed" : message);
  for (auto [index, result] : llvm::enumerate(*results)) {
    uint32_t buffer = call->outputs_from + static_cast<uint32_t>(index);
    if (buffer >= call->buffer_count || result.bytes.size() != call->buffer_bytes[buffer])
      return fail("result buffers do not match the kernel");
    std::memcpy(call->buffers[buffer], result.bytes.data(), result.bytes.size());
  }
  return kSuccess;
}

void dlc_compiler_reference_close(dlc_compiler_reference *reference) { delete reference; }

} // extern "C"
