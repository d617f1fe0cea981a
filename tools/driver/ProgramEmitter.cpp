#include "tools/driver/ProgramEmitter.h"
#include "backends/cpu/ObjectEmitter.h"
#include "backends/package/ProgramWriter.h"
#include "ir/plan/PlanOps.h"
#include "tools/driver/KernelEmitter.h"
#include <chrono>
#include <unistd.h>

using namespace mlir;
namespace dlc {

// The variables of a program are in memory several times while it is made, and Linux promises more than there is.
static LogicalResult checkMemory(ModuleOp module) {
  constexpr uint64_t kCopies = 8;
  uint64_t memory = uint64_t(sysconf(_SC_PHYS_PAGES)) * uint64_t(sysconf(_SC_PAGESIZE)), bytes = 0;
  DictionaryAttr largest;
  auto sizeOf = [](DictionaryAttr entry) { return uint64_t(entry.getAs<IntegerAttr>("bytes").getInt()); };
  for (auto program : module.getOps<plan::ProgramOp>())
    for (auto entry : program.getVariables().getAsRange<DictionaryAttr>()) {
      bytes += sizeOf(entry);
      if (!largest || sizeOf(entry) > sizeOf(largest))
        largest = entry;
    }
  if (bytes <= memory / kCopies)
    return success();
  auto number = [&](StringRef name) { return unsigned(largest.getAs<IntegerAttr>(name).getInt()); };
  return emitError(FileLineColLoc::get(largest.getAs<StringAttr>("file"), number("line"), number("column")))
         << "the variables of the program have " << bytes << " bytes, and '"
         << largest.getAs<StringAttr>("name").getValue() << "' alone " << sizeOf(largest)
         << "; with copies this is more than the machine's " << memory << " bytes of memory";
}

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
  if (failed(target) || failed(checkMemory(plan)))
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
