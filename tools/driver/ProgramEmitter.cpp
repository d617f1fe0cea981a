#include "tools/driver/ProgramEmitter.h"
#include "backends/cpu/ObjectEmitter.h"
#include "backends/package/ProgramWriter.h"
#include "tools/driver/KernelEmitter.h"
#include <chrono>

using namespace mlir;
namespace dlc {

FailureOr<std::string> emitProgramFile(ModuleOp plan, ModuleOp kernels, const std::string &portableIr,
                                       ArrayRef<std::pair<std::string, std::string>> sources,
                                       const CompileOptions &options, const CompileObserver &observer) {
  auto clock = std::chrono::steady_clock::now();
  auto lap = [&](StringRef what) {
    auto now = std::chrono::steady_clock::now();
    if (observer.timing)
      observer.timing(what, std::chrono::duration<double>(now - clock).count());
    clock = now;
  };
  FailureOr<CpuTarget> target = CpuTarget::of(kernels);
  if (failed(target))
    return failure();
  OwningOpRef<ModuleOp> vectorForm = kernels.clone(); // the facts about kernels are attributes of this form
  if (failed(lowerKernelsToLlvm(kernels)))
    return failure();
  lap("lower to llvm");
  FailureOr<KernelImage> image = emitImage(kernels, *target);
  if (failed(image))
    return failure();
  lap("emit code");
  FailureOr<std::vector<package::KernelFacts>> facts = package::kernelFacts(*vectorForm, image->kernels);
  if (failed(facts))
    return failure();
  package::ProgramInput input;
  input.plan = plan;
  input.images.push_back({target->level.str(), target->vectorBits, std::move(image->bytes), std::move(*facts)});
  input.sources.assign(sources.begin(), sources.end());
  input.metadata.emplace_back("dtype", options.dtype);
  input.portableIr = portableIr;
  FailureOr<std::vector<char>> bytes = package::writeProgram(input);
  lap("write program");
  if (failed(bytes))
    return failure();
  return std::string(bytes->begin(), bytes->end());
}

} // namespace dlc
