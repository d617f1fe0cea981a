#include "tools/driver/KernelEmitter.h"
#include "backends/cpu/CpuTarget.h"
#include "backends/cpu/ObjectEmitter.h"
#include "backends/cpu/Pipeline.h"
#include "mlir/Pass/PassManager.h"

using namespace mlir;
namespace dlc {

LogicalResult setKernelTarget(ModuleOp module, StringRef level) {
  if (level.empty() && module->hasAttr(CpuTarget::kAttributeName))
    return success();
  FailureOr<CpuTarget> target = level.empty() ? CpuTarget::host() : CpuTarget::parse(level, module.getLoc());
  if (failed(target))
    return failure();
  module->setAttr(CpuTarget::kAttributeName, target->toAttribute(module.getContext()));
  return success();
}

LogicalResult lowerKernelsToLlvm(ModuleOp module) {
  PassManager pm(module.getContext());
#ifdef NDEBUG
  pm.enableVerifier(false);
#endif
  buildLowerToLLVMPipeline(pm);
  return pm.run(module);
}

FailureOr<std::string> emitKernelCode(ModuleOp module, Phase form) {
  FailureOr<CpuTarget> target = CpuTarget::of(module);
  if (failed(target))
    return failure();
  if (form == Phase::Asm)
    return emitAssembly(module, *target);
  FailureOr<SmallVector<char, 0>> object = emitObject(module, *target);
  if (failed(object))
    return failure();
  return std::string(object->begin(), object->end());
}

} // namespace dlc
