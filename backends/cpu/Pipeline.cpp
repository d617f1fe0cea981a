#include "backends/cpu/Pipeline.h"
#include "backends/cpu/Passes.h"
#include "mlir/Conversion/AffineToStandard/AffineToStandard.h"
#include "mlir/Conversion/ReconcileUnrealizedCasts/ReconcileUnrealizedCasts.h"
#include "mlir/Conversion/SCFToControlFlow/SCFToControlFlow.h"
#include "mlir/Dialect/MemRef/Transforms/Passes.h"
#include "mlir/Pass/PassRegistry.h"

using namespace mlir;

void dlc::buildLowerToLLVMPipeline(OpPassManager &manager) {
  manager.addPass(createExpandMath());
  manager.addPass(createLowerVector());
  manager.addPass(memref::createExpandStridedMetadataPass()); // subviews have no direct lowering
  manager.addPass(createLowerAffinePass());                   // which the pass before makes
  manager.addPass(createSCFToControlFlowPass());
  manager.addPass(createLowerKernelAbi());
  manager.addPass(createLowerToLlvm());
  manager.addPass(createReconcileUnrealizedCastsPass());
}

void dlc::registerDlcCpuPipelines() {
  PassPipelineRegistration<>("dlc-cpu-pipeline", "kernels from the vector form to the LLVM dialect",
                             buildLowerToLLVMPipeline);
}
