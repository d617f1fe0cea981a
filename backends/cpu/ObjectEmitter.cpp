// LLVM's passes and code generator, set up for kernels: loops are vectorized and unrolled already, nothing may be
// turned into a library call, and what is left to do must be done quickly, since a train step waits for it.
#include "backends/cpu/ObjectEmitter.h"
#include "backends/cpu/SplitKernels.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "llvm/Analysis/TargetLibraryInfo.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Support/ThreadPool.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/Transforms/InstCombine/InstCombine.h"
#include "llvm/Transforms/Scalar/EarlyCSE.h"
#include "llvm/Transforms/Scalar/LICM.h"
#include "llvm/Transforms/Scalar/LoopPassManager.h"
#include "llvm/Transforms/Scalar/SROA.h"
#include "llvm/Transforms/Scalar/SimplifyCFG.h"

using namespace mlir;
using namespace dlc;

namespace {

/// A module on its way; owns all that LLVM needs for it.
class Emission {
public:
  explicit Emission(const CpuTarget &target) : target(target), library(llvm::Triple(kTriple)) {
    library.disableAllFunctions();
  }

  LogicalResult translate(ModuleOp source) {
    registerBuiltinDialectTranslation(*source.getContext());
    registerLLVMDialectTranslation(*source.getContext());
    module = translateModuleToLLVMIR(source, context, "kernels");
    if (!module)
      return source.emitError() << "cannot be translated to LLVM IR";
    return success();
  }

  void optimize() {
    machine = createMachine();
    module->setTargetTriple(machine->getTargetTriple());
    module->setDataLayout(machine->createDataLayout());
    for (llvm::Function &function : *module)
      setAttributes(function);
    runPasses();
  }

  llvm::SmallVector<char, 0> generate(llvm::CodeGenFileType type) {
    llvm::SmallVector<char, 0> bytes;
    llvm::raw_svector_ostream stream(bytes);
    llvm::legacy::PassManager manager;
    manager.add(new llvm::TargetLibraryInfoWrapperPass(library));
    bool unsupported = machine->addPassesToEmitFile(manager, stream, nullptr, type);
    assert(!unsupported && "x86-64 has both an assembler and an object writer");
    (void)unsupported;
    manager.run(*module);
    return bytes;
  }

private:
  static constexpr const char *kTriple = "x86_64-unknown-linux-gnu";

  std::unique_ptr<llvm::TargetMachine> createMachine() {
    static const bool initialized = [] {
      LLVMInitializeX86TargetInfo();
      LLVMInitializeX86Target();
      LLVMInitializeX86TargetMC();
      LLVMInitializeX86AsmPrinter();
      return true;
    }();
    (void)initialized;
    llvm::Triple triple(kTriple);
    std::string error;
    const llvm::Target *found = llvm::TargetRegistry::lookupTarget(triple, error);
    assert(found && "libLLVM has no x86 target");
    // Only what carries `contract` becomes FMA: the expansions of math functions must stay as they are.
    llvm::TargetOptions options;
    options.AllowFPOpFusion = llvm::FPOpFusion::Standard;
    return std::unique_ptr<llvm::TargetMachine>(found->createTargetMachine(
        triple, target.level, "", options, llvm::Reloc::PIC_, llvm::CodeModel::Small, llvm::CodeGenOptLevel::Default));
  }

  void setAttributes(llvm::Function &function) {
    if (function.isDeclaration())
      return;
    function.addFnAttr("target-cpu", target.level);
    function.addFnAttr("tune-cpu", target.tune);
    function.addFnAttr("prefer-vector-width", std::to_string(target.vectorBits));
    function.addFnAttr("no-builtins");
    function.addFnAttr(llvm::Attribute::NoUnwind);
  }

  llvm::FunctionPassManager buildPasses() {
    llvm::FunctionPassManager passes;
    passes.addPass(llvm::SROAPass(llvm::SROAOptions::PreserveCFG)); // memref descriptors
    passes.addPass(llvm::EarlyCSEPass(/*UseMemorySSA=*/false));
    passes.addPass(llvm::InstCombinePass());
    passes.addPass(llvm::SimplifyCFGPass());
    passes.addPass(llvm::createFunctionToLoopPassAdaptor(llvm::LICMPass(llvm::LICMOptions()), /*UseMemorySSA=*/true));
    passes.addPass(llvm::EarlyCSEPass(/*UseMemorySSA=*/true));
    passes.addPass(llvm::InstCombinePass());
    passes.addPass(llvm::SimplifyCFGPass());
    return passes;
  }

  void runPasses() {
    llvm::LoopAnalysisManager loops;
    llvm::FunctionAnalysisManager functions;
    llvm::CGSCCAnalysisManager components;
    llvm::ModuleAnalysisManager modules;
    functions.registerPass([&] { return llvm::TargetLibraryAnalysis(library); });
    llvm::PassBuilder builder(machine.get());
    builder.registerModuleAnalyses(modules);
    builder.registerCGSCCAnalyses(components);
    builder.registerFunctionAnalyses(functions);
    builder.registerLoopAnalyses(loops);
    builder.crossRegisterProxies(loops, functions, components, modules);
    llvm::ModulePassManager manager;
    manager.addPass(llvm::createModuleToFunctionPassAdaptor(buildPasses()));
    manager.run(*module, modules);
  }

  const CpuTarget &target;
  llvm::TargetLibraryInfoImpl library; // nothing: no loop becomes memset, no call is assumed to exist
  llvm::LLVMContext context;
  std::unique_ptr<llvm::Module> module;
  std::unique_ptr<llvm::TargetMachine> machine;
};

/// Translated and optimized; null on failure.
std::unique_ptr<Emission> prepare(ModuleOp module, const CpuTarget &target) {
  auto emission = std::make_unique<Emission>(target);
  if (failed(emission->translate(module)))
    return nullptr;
  emission->optimize();
  return emission;
}

} // namespace

// Kernel by kernel, whatever the number of threads, so that the bytes do not depend on it. Translation stays on this
// thread: it makes attributes in the module's context.
FailureOr<KernelImage> dlc::emitImage(ModuleOp module, const CpuTarget &target) {
  SmallVector<KernelModule> parts = splitKernels(module);
  std::vector<std::string> names;
  std::vector<std::unique_ptr<Emission>> emissions;
  for (KernelModule &part : parts) {
    names.push_back(part.kernel);
    emissions.push_back(std::make_unique<Emission>(target));
    if (failed(emissions.back()->translate(*part.module)))
      return failure();
  }
  std::vector<llvm::SmallVector<char, 0>> objects(parts.size());
  llvm::DefaultThreadPool pool(llvm::heavyweight_hardware_concurrency(parts.size()));
  for (size_t i = 0; i < parts.size(); ++i)
    pool.async([&, i] {
      emissions[i]->optimize();
      objects[i] = emissions[i]->generate(llvm::CodeGenFileType::ObjectFile);
      emissions[i].reset();
    });
  pool.wait();
  SmallVector<StringRef> files;
  for (const llvm::SmallVector<char, 0> &object : objects)
    files.emplace_back(object.data(), object.size());
  llvm::Expected<KernelImage> image = linkImage(files, names);
  if (!image)
    return module.emitError() << llvm::toString(image.takeError());
  return std::move(*image);
}

FailureOr<llvm::SmallVector<char, 0>> dlc::emitObject(ModuleOp module, const CpuTarget &target) {
  std::unique_ptr<Emission> emission = prepare(module, target);
  if (!emission)
    return failure();
  return emission->generate(llvm::CodeGenFileType::ObjectFile);
}

FailureOr<std::string> dlc::emitAssembly(ModuleOp module, const CpuTarget &target) {
  std::unique_ptr<Emission> emission = prepare(module, target);
  if (!emission)
    return failure();
  llvm::SmallVector<char, 0> text = emission->generate(llvm::CodeGenFileType::AssemblyFile);
  return std::string(text.begin(), text.end());
}
