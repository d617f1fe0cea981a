#include "tools/driver/CompilerDriver.h"
#include "ir/plan/SourcePlace.h"
#include "mlir/Bytecode/BytecodeWriter.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassRegistry.h"
#include "tools/driver/KernelEmitter.h"
#include "tools/driver/ModelSource.h"
#include "tools/driver/ProgramEmitter.h"
#include "tools/driver/Register.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/SourceMgr.h"
#include <chrono>
#include <mutex>

using namespace mlir;
using namespace dlc;

// Registration is process-wide and may happen once only.
static void registerPassesOnce() {
  static std::once_flag once;
  std::call_once(once, [] { registerPasses(); });
}

CompilerDriver::CompilerDriver(CompileOptions options, CompileObserver observer)
    : options(std::move(options)), observer(std::move(observer)) {
  registerPassesOnce();
  DialectRegistry registry;
  registerDialects(registry);
  ctx = std::make_unique<MLIRContext>(registry, MLIRContext::Threading::DISABLED);
  ctx->loadAllAvailableDialects();
  ctx->printOpOnDiagnostic(false);
  ctx->getDiagEngine().registerHandler([this](Diagnostic &diagnostic) { report(diagnostic); });
}

CompilerDriver::~CompilerDriver() = default;

template <typename Body> auto CompilerDriver::timed(StringRef what, Body body) {
  auto start = std::chrono::steady_clock::now();
  auto result = body();
  if (observer.timing)
    observer.timing(what, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  return result;
}

void CompilerDriver::report(Diagnostic &diagnostic) {
  if (!observer.message)
    return;
  auto severityOf = [](DiagnosticSeverity severity) {
    switch (severity) {
    case DiagnosticSeverity::Error:
      return Severity::Error;
    case DiagnosticSeverity::Warning:
      return Severity::Warning;
    case DiagnosticSeverity::Remark:
      return Severity::Remark;
    default:
      return Severity::Note;
    }
  };
  static constexpr const char *kWords[] = {"error", "warning", "remark", "note"};
  auto tell = [&](Diagnostic &one) {
    Message message{severityOf(one.getSeverity()), "", 0, 0, one.str(), ""};
    if (plan::SourcePlace place = plan::sourceOf(one.getLocation()); place.line) {
      message.file = place.file.str();
      message.line = place.line;
      message.column = place.column;
      message.rendered = message.file + ":" + std::to_string(message.line) + ":" + std::to_string(message.column) + ": ";
    }
    message.rendered += std::string(kWords[static_cast<int>(message.severity)]) + ": " + message.text + "\n";
    observer.message(message);
  };
  tell(diagnostic);
  for (Diagnostic &note : diagnostic.getNotes())
    tell(note);
}

FailureOr<std::string> CompilerDriver::readInput() {
  if (options.text)
    return *options.text;
  auto buffer = llvm::MemoryBuffer::getFile(options.input);
  if (!buffer) {
    unreadable = true;
    if (observer.message) {
      std::string text = "cannot read " + options.input + ": " + buffer.getError().message();
      observer.message({Severity::Error, options.input, 0, 0, text, "error: " + text + "\n"});
    }
    return failure();
  }
  return (*buffer)->getBuffer().str();
}

OwningOpRef<ModuleOp> CompilerDriver::load() {
  FailureOr<std::string> text = timed("read", [&] { return readInput(); });
  if (failed(text))
    return {};
  if (options.from == Phase::Source && !StringRef(options.input).ends_with(".mlir"))
    return timed("elaborate", [&] { return elaborateModel(*ctx, *text, options, observer, sources); });
  return timed("parse", [&] { return parseSourceString<ModuleOp>(*text, ParserConfig(ctx.get()), options.input); });
}

LogicalResult CompilerDriver::runSteps(ModuleOp module, Phase phase) {
  for (const PipelineStep &step : pipeline()) {
    if (step.phase != phase || llvm::is_contained(options.disabledPasses, step.pass))
      continue;
    PassManager pm(ctx.get());
    pm.enableVerifier(options.verifyEach);
    std::string text = step.pass.str();
    if (options.explain && step.pass == "dlc-form-fusion-groups")
      text += "{explain=true}";
    if (step.onFunctions)
      text = "func.func(" + text + ")";
    if (failed(parsePassPipeline(text, pm)))
      return module.emitError("unknown pass ") << text;
    if (failed(timed(step.pass, [&] { return pm.run(module); })))
      return failure();
  }
  return success();
}

std::string CompilerDriver::print(ModuleOp module) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  module.print(stream, OpPrintingFlags().enableDebugInfo(false).useLocalScope());
  stream << "\n";
  return text;
}

// Of the fused form, only the kernels go down to code.
static void eraseFunctions(ModuleOp module) {
  for (auto function : llvm::make_early_inc_range(module.getOps<func::FuncOp>()))
    if (!function->hasAttr("graph.kernel"))
      function.erase();
}

FailureOr<std::string> CompilerDriver::emitKernels(ModuleOp module) {
  Phase at = options.from == Phase::Source ? Phase::Fused : std::max(options.from, Phase::Fused);
  if (at == Phase::Fused)
    eraseFunctions(module);
  if (failed(setKernelTarget(module, options.target)))
    return failure();
  for (Phase phase : {Phase::Linalg, Phase::Vector}) {
    if (at >= phase)
      continue;
    if (failed(runSteps(module, phase)))
      return failure();
    if (options.emit == phase)
      return print(module);
  }
  if (at < Phase::Llvm && failed(timed("lower to llvm", [&] { return lowerKernelsToLlvm(module); })))
    return failure();
  if (options.emit == Phase::Llvm)
    return print(module);
  return timed("emit code", [&] { return emitKernelCode(module, options.emit); });
}

FailureOr<std::string> CompilerDriver::emitProgram(ModuleOp fused) {
  OwningOpRef<ModuleOp> kernels = fused.clone();
  eraseFunctions(*kernels);
  if (failed(setKernelTarget(*kernels, options.target)) || failed(runSteps(*kernels, Phase::Linalg)) ||
      failed(runSteps(*kernels, Phase::Vector)))
    return failure();
  if (failed(runSteps(fused, Phase::Plan)))
    return failure();
  return emitProgramFile(fused, *kernels, portableIr, sources, options, observer);
}

static std::string bytecodeOf(ModuleOp module) {
  std::string bytes;
  llvm::raw_string_ostream stream(bytes);
  if (failed(writeBytecodeToFile(module, stream, BytecodeWriterConfig("dlc"))))
    return {};
  return bytes;
}

OwningOpRef<ModuleOp> CompilerDriver::moduleAt(Phase phase) {
  OwningOpRef<ModuleOp> module = load();
  if (!module)
    return {};
  if (options.from <= Phase::Graph)
    portableIr = bytecodeOf(*module);
  for (Phase step : {Phase::Grad, Phase::Fused})
    if (options.from < step && step <= phase && failed(runSteps(*module, step)))
      return {};
  return module;
}

FailureOr<std::string> CompilerDriver::compile() {
  if (options.emit == Phase::Ast) {
    FailureOr<std::string> text = readInput();
    return failed(text) ? FailureOr<std::string>(failure()) : printModelAst(*text, options, observer);
  }
  OwningOpRef<ModuleOp> module = moduleAt(std::min(options.emit, Phase::Fused));
  if (!module)
    return failure();
  switch (options.emit) {
  case Phase::Graph:
  case Phase::Grad:
  case Phase::Fused:
    return print(*module);
  case Phase::Plan:
    if (options.from < Phase::Plan && failed(runSteps(*module, Phase::Plan)))
      return failure();
    return print(*module);
  case Phase::Program:
    return emitProgram(*module);
  default:
    return emitKernels(*module);
  }
}
