#include "passes/kernel/KernelTarget.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace dlc::kernel {

FailureOr<KernelTarget> KernelTarget::of(ModuleOp module) {
  KernelTarget target;
  auto attribute = module->getAttrOfType<DictionaryAttr>("kernel.target");
  if (!attribute)
    return target;
  if (auto bits = attribute.getAs<IntegerAttr>("vector_bits"))
    target.vectorBits = bits.getInt();
  if (auto registers = attribute.getAs<IntegerAttr>("registers"))
    target.registers = registers.getInt();
  if (target.vectorBits < 128 || !llvm::isPowerOf2_64(target.vectorBits))
    return module.emitError("kernel.target: vector_bits must be a power of two of at least 128, got ")
           << target.vectorBits;
  if (target.registers < 16)
    return module.emitError("kernel.target: registers must be at least 16, got ") << target.registers;
  return target;
}

} // namespace dlc::kernel
