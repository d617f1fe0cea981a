#include "tools/driver/CompilerDriver.h"
#include "frontend/dsl/Diagnostics.h"
#include "frontend/dsl/ModuleLoader.h"
#include "ir/plan/SourcePlace.h"
#include "mlir/Bytecode/BytecodeWriter.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassRegistry.h"
#include "tools/driver/KernelEmitter.h"
#include "tools/driver/ModelSource.h"
#include "tools/driver/ProgramEmitter.h"
#include "tools/driver/Register.h"
#include "llvm/Support/FileSystem.h"
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
  auto fail = [&](const std::string &reason) -> FailureOr<std::string> {
    unreadable = true;
    if (observer.message) {
      std::string text = "cannot read " + options.input + ": " + reason;
      observer.message({Severity::Error, options.input, 0, 0, text, "error: " + text + "\n"});
    }
    return failure();
  };
  if (options.from == Phase::Source && !StringRef(options.input).ends_with(".mlir")) {
    std::string reason;
    std::optional<std::string> text = dsl::readSourceFile(options.input, reason);
    return text ? FailureOr<std::string>(std::move(*text)) : fail(reason);
  }
  // A device may have no end.
  if (llvm::sys::fs::exists(options.input) && !llvm::sys::fs::is_regular_file(options.input))
    return fail("it is not a regular file");
  auto buffer = llvm::MemoryBuffer::getFile(options.input);
  return buffer ? FailureOr<std::string>((*buffer)->getBuffer().str()) : fail(buffer.getError().message());
}

// What a user wrote or changed is checked before passes rely on it.
LogicalResult CompilerDriver::checkForm(ModuleOp module) {
  if (options.from > Phase::Linalg && options.from != Phase::Plan)
    return success();
  PassManager pm(ctx.get());
  Phase form = options.from == Phase::Source ? Phase::Graph : options.from;
  if (failed(parsePassPipeline(("dlc-verify-form{form=" + nameOf(form) + "}").str(), pm)))
    return failure();
  return pm.run(module);
}

LogicalResult CompilerDriver::checkOptions() {
  auto fail = [&](const Twine &text) {
    if (observer.message)
      observer.message({Severity::Error, "", 0, 0, text.str(), ("error: " + text + "\n").str()});
    return failure();
  };
  std::vector<StringRef> passes;
  for (const PipelineStep &step : pipeline())
    passes.push_back(step.pass);
  for (const std::string &pass : options.disabledPasses)
    if (!llvm::is_contained(passes, pass))
      return fail("--disable-pass: the pipeline has no pass '" + pass + "'" + dsl::didYouMean(pass, passes));
  for (const std::string &pass : options.enabledPasses)
    if (!llvm::is_contained(passes, pass))
      return fail("--enable-pass: the pipeline has no pass '" + pass + "'" + dsl::didYouMean(pass, passes));
  bool makesBoth = options.emit == Phase::Plan || options.emit == Phase::Program;
  if (options.from > Phase::Fused && makesBoth)
    return fail("the form " + nameOf(options.from) + " holds only a part of the program; " + nameOf(options.emit) +
                " is made from a .dl file or from --from=graph, grad or fused");
  if (options.from == Phase::Plan || options.from > options.emit)
    return fail("there is no way from the form " + nameOf(options.from) + " to " + nameOf(options.emit));
  return success();
}

OwningOpRef<ModuleOp> CompilerDriver::load() {
  FailureOr<std::string> text = timed("read", [&] { return readInput(); });
  if (failed(text))
    return {};
  if (options.from == Phase::Source && !StringRef(options.input).ends_with(".mlir"))
    return timed("elaborate", [&] { return elaborateModel(*ctx, *text, options, observer, sources); });
  OwningOpRef<ModuleOp> module =
      timed("parse", [&] { return parseSourceString<ModuleOp>(*text, ParserConfig(ctx.get()), options.input); });
  return module && succeeded(checkForm(*module)) ? std::move(module) : OwningOpRef<ModuleOp>();
}

LogicalResult CompilerDriver::runSteps(ModuleOp module, Phase phase) {
  for (const PipelineStep &step : pipeline()) {
    if (step.phase != phase || llvm::is_contained(options.disabledPasses, step.pass) ||
        (step.onRequest && !llvm::is_contained(options.enabledPasses, step.pass)))
      continue;
    PassManager pm(ctx.get());
#ifdef NDEBUG
    pm.enableVerifier(false);
#endif
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
  if (failed(checkOptions()))
    return failure();
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
