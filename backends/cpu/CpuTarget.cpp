#include "backends/cpu/CpuTarget.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/Diagnostics.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/TargetParser/Host.h"

using namespace mlir;
using namespace dlc;

// Tuning is fixed for each level, so that files do not depend on the machine that made them.
static constexpr CpuTarget kTargets[] = {
    {"x86-64-v2", "nehalem", 128, 16, /*hasFma=*/false, /*hasScaleFloat=*/false},
    {"x86-64-v3", "znver3", 256, 16, /*hasFma=*/true, /*hasScaleFloat=*/false},
    {"x86-64-v4", "znver5", 512, 32, /*hasFma=*/true, /*hasScaleFloat=*/true},
};

// LLVM reads CPUID and XGETBV: a feature counts only if the operating system saves its registers.
static constexpr StringLiteral kFeaturesOfV2[] = {"cx16", "sahf", "popcnt", "sse3", "ssse3", "sse4.1", "sse4.2"};
static constexpr StringLiteral kFeaturesOfV3[] = {"avx", "avx2", "bmi", "bmi2", "f16c", "fma", "lzcnt", "movbe"};
static constexpr StringLiteral kFeaturesOfV4[] = {"avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"};

ArrayRef<CpuTarget> CpuTarget::all() { return kTargets; }

static const CpuTarget &detectHost() {
  const llvm::StringMap<bool> features = llvm::sys::getHostCPUFeatures();
  auto hasAll = [&](ArrayRef<StringLiteral> names) {
    return llvm::all_of(names, [&](StringRef name) { return features.lookup(name); });
  };
  if (!hasAll(kFeaturesOfV2) || !hasAll(kFeaturesOfV3))
    return kTargets[0];
  return kTargets[hasAll(kFeaturesOfV4) ? 2 : 1];
}

const CpuTarget &CpuTarget::host() {
  static const CpuTarget &target = detectHost();
  return target;
}

FailureOr<CpuTarget> CpuTarget::parse(StringRef level, Location location) {
  for (const CpuTarget &target : kTargets)
    if (target.level == level)
      return target;
  return emitError(location) << "unknown target '" << level << "', expected x86-64-v2, x86-64-v3 or x86-64-v4";
}

FailureOr<CpuTarget> CpuTarget::of(ModuleOp module) {
  Attribute attribute = module->getAttr(kAttributeName);
  if (!attribute)
    return host();
  auto fields = dyn_cast<DictionaryAttr>(attribute);
  auto level = fields ? fields.getAs<StringAttr>("level") : StringAttr();
  if (!level)
    return module.emitError() << "'" << kAttributeName << "' must be a dictionary with a string 'level', found "
                              << attribute;
  return parse(level, module.getLoc());
}

DictionaryAttr CpuTarget::toAttribute(MLIRContext *context) const {
  Builder builder(context);
  return builder.getDictionaryAttr({builder.getNamedAttr("level", builder.getStringAttr(level)),
                                    builder.getNamedAttr("vector_bits", builder.getI64IntegerAttr(vectorBits)),
                                    builder.getNamedAttr("registers", builder.getI64IntegerAttr(registers))});
}
