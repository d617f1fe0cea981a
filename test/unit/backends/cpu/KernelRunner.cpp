#include "test/unit/backends/cpu/KernelRunner.h"
#include "backends/cpu/Pipeline.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Parser/Parser.h"
#include "llvm/Support/Endian.h"
#include <cstring>
#include <sys/mman.h>

using namespace mlir;
using namespace dlc;
using namespace dlc::test;

MappedImage::MappedImage(KernelImage image) : content(std::move(image)) {
  size_t size = content.bytes.size();
  void *memory = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED)
    return;
  memcpy(memory, content.bytes.data(), size);
  if (mprotect(memory, size, PROT_READ | PROT_EXEC) == 0)
    base = static_cast<char *>(memory);
}

MappedImage::~MappedImage() {
  if (base)
    munmap(base, content.bytes.size());
}

abi::KernelEntry MappedImage::find(StringRef kernel) const {
  for (size_t i = 0; base && i < content.kernels.size(); ++i)
    if (content.kernels[i] == kernel)
      return reinterpret_cast<abi::KernelEntry>(base + llvm::support::endian::read64le(base + i * sizeof(int64_t)));
  return nullptr;
}

std::unique_ptr<MLIRContext> dlc::test::makeContext() {
  auto context = std::make_unique<MLIRContext>(MLIRContext::Threading::DISABLED);
  context->loadDialect<arith::ArithDialect, func::FuncDialect, math::MathDialect, memref::MemRefDialect,
                       scf::SCFDialect, vector::VectorDialect>();
  return context;
}

OwningOpRef<ModuleOp> dlc::test::lower(MLIRContext &context, const std::string &text, const CpuTarget &target) {
  OwningOpRef<ModuleOp> module = parseSourceString<ModuleOp>(text, &context);
  if (!module)
    return {};
  (*module)->setAttr(CpuTarget::kAttributeName, target.toAttribute(&context));
  PassManager manager(&context);
  buildLowerToLLVMPipeline(manager);
  if (failed(manager.run(*module)))
    return {};
  return module;
}

std::unique_ptr<MappedImage> dlc::test::compile(const std::string &text, const CpuTarget &target) {
  std::unique_ptr<MLIRContext> context = makeContext();
  OwningOpRef<ModuleOp> module = lower(*context, text, target);
  if (!module)
    return nullptr;
  FailureOr<KernelImage> image = emitImage(*module, target);
  if (failed(image))
    return nullptr;
  return std::make_unique<MappedImage>(std::move(*image));
}

std::string dlc::test::substitute(std::string text, const std::vector<std::pair<std::string, std::string>> &values) {
  for (const auto &[name, value] : values)
    for (size_t at = 0; (at = text.find("$" + name, at)) != std::string::npos; at += value.size())
      text.replace(at, name.size() + 1, value);
  return text;
}

std::vector<CpuTarget> dlc::test::runnableTargets() {
  std::vector<CpuTarget> targets;
  for (const CpuTarget &target : CpuTarget::all())
    if (target.vectorBits <= CpuTarget::host().vectorBits)
      targets.push_back(target);
  return targets;
}
