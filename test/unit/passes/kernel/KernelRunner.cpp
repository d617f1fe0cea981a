#include "test/unit/passes/kernel/KernelRunner.h"
#include "backends/cpu/CpuTarget.h"
#include "backends/cpu/ObjectEmitter.h"
#include "backends/cpu/Pipeline.h"
#include "ir/graph/SymbolicSize.h"
#include "mlir/InitAllDialects.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "passes/kernel/Passes.h"
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <sys/mman.h>

using namespace mlir;

namespace dlc::test {

static constexpr size_t kGuardBytes = 256;
static constexpr unsigned char kGuard = 0xa5;

void Buffer::Free::operator()(void *memory) const { std::free(memory); }

Buffer::Buffer(Type element, std::vector<int64_t> shape) : element(element), shape(std::move(shape)) {
  size_t size = (bytes() + kGuardBytes + 63) / 64 * 64;
  storage.reset(std::aligned_alloc(64, size));
  std::memset(storage.get(), kGuard, size);
}

size_t Buffer::elementBytes() const { return (element.getIntOrFloatBitWidth() + 7) / 8; }

int64_t Buffer::count() const {
  int64_t count = 1;
  for (int64_t extent : shape)
    count *= extent;
  return count;
}

size_t Buffer::bytes() const { return count() * elementBytes(); }

bool Buffer::isIntact() const {
  const auto *end = static_cast<const unsigned char *>(data()) + bytes();
  for (size_t byte = 0; byte < kGuardBytes; ++byte)
    if (end[byte] != kGuard)
      return false;
  return true;
}

double Buffer::at(int64_t index) const {
  if (element.isF32())
    return static_cast<const float *>(data())[index];
  if (element.isF64())
    return static_cast<const double *>(data())[index];
  return static_cast<double>(integerAt(index));
}

void Buffer::set(int64_t index, double value) {
  if (element.isF32())
    static_cast<float *>(data())[index] = static_cast<float>(value);
  else if (element.isF64())
    static_cast<double *>(data())[index] = value;
  else
    setInteger(index, static_cast<int64_t>(value));
}

int64_t Buffer::integerAt(int64_t index) const {
  switch (elementBytes()) {
  case 1:
    return static_cast<const int8_t *>(data())[index];
  case 4:
    return static_cast<const int32_t *>(data())[index];
  default:
    return static_cast<const int64_t *>(data())[index];
  }
}

void Buffer::setInteger(int64_t index, int64_t value) {
  switch (elementBytes()) {
  case 1:
    static_cast<int8_t *>(data())[index] = static_cast<int8_t>(value);
    break;
  case 4:
    static_cast<int32_t *>(data())[index] = static_cast<int32_t>(value);
    break;
  default:
    static_cast<int64_t *>(data())[index] = value;
  }
}

static int64_t evaluate(StringRef polynomial, const SymbolValues &symbols) {
  auto size = graph::SymbolicSize::parse(polynomial);
  return *size->evaluate([&](StringRef name) -> std::optional<int64_t> { return symbols.at(name.str()); });
}

CompiledKernels::CompiledKernels(const std::string &text, const std::string &level) {
  DialectRegistry registry;
  registerAllDialects(registry);
  context = std::make_unique<MLIRContext>(registry, MLIRContext::Threading::DISABLED);
  original = parseSourceString<ModuleOp>(text, context.get());
  if (!original)
    return;
  auto target =
      level.empty() ? FailureOr<CpuTarget>(CpuTarget::host()) : CpuTarget::parse(level, UnknownLoc::get(context.get()));
  if (failed(target))
    return;
  original.get()->setAttr("kernel.target", target->toAttribute(context.get()));
  auto names = original.get()->getAttrOfType<ArrayAttr>("kernel.symbols");
  for (Attribute name : names ? names.getValue() : ArrayRef<Attribute>())
    symbolNames.push_back(cast<StringAttr>(name).str());
  vectors = original->clone();
  auto start = std::chrono::steady_clock::now();
  PassManager vectorize(context.get());
  vectorize.addPass(createVectorizeKernelsPass());
  if (failed(vectorize.run(*vectors)))
    return;
  OwningOpRef<ModuleOp> lowered = vectors->clone();
  PassManager lower(context.get());
  buildLowerToLLVMPipeline(lower);
  if (failed(lower.run(*lowered)))
    return;
  auto code = emitImage(*lowered, *target);
  compileSeconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  if (failed(code))
    return;
  codeBytes = imageBytes = code->bytes.size();
  image = mmap(nullptr, imageBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  std::memcpy(image, code->bytes.data(), imageBytes);
  mprotect(image, imageBytes, PROT_READ | PROT_EXEC);
  for (size_t index = 0; index < code->kernels.size(); ++index)
    std::memcpy(&offsets[code->kernels[index]], static_cast<char *>(image) + 8 * index, 8);
}

CompiledKernels::~CompiledKernels() {
  if (image)
    munmap(image, imageBytes);
}

abi::KernelEntry CompiledKernels::entry(const std::string &kernel) const {
  return reinterpret_cast<abi::KernelEntry>(static_cast<char *>(image) + offsets.at(kernel));
}

func::FuncOp CompiledKernels::source(const std::string &kernel) const {
  return original.get().lookupSymbol<func::FuncOp>(kernel);
}

func::FuncOp CompiledKernels::vectorized(const std::string &kernel) const {
  return vectors.get().lookupSymbol<func::FuncOp>(kernel);
}

int64_t CompiledKernels::parallelRange(const std::string &kernel, const SymbolValues &symbols) const {
  return evaluate(vectorized(kernel)->getAttrOfType<StringAttr>("kernel.parallel").getValue(), symbols);
}

int64_t CompiledKernels::grain(const std::string &kernel) const {
  return vectorized(kernel)->getAttrOfType<IntegerAttr>("kernel.grain").getInt();
}

std::vector<int64_t> CompiledKernels::symbolsInOrder(const SymbolValues &symbols) const {
  std::vector<int64_t> values;
  for (const std::string &name : symbolNames)
    values.push_back(symbols.at(name));
  return values;
}

static Buffer makeBuffer(Type tensor, Attribute polynomials, const SymbolValues &symbols) {
  std::vector<int64_t> shape;
  for (Attribute size : cast<ArrayAttr>(polynomials))
    shape.push_back(evaluate(cast<StringAttr>(size).getValue(), symbols));
  return Buffer(cast<RankedTensorType>(tensor).getElementType(), std::move(shape));
}

std::vector<Buffer> makeInputs(func::FuncOp kernel, const SymbolValues &symbols, unsigned seed) {
  std::vector<Buffer> buffers;
  auto sizes = kernel->getAttrOfType<ArrayAttr>("kernel.arg_sizes");
  uint64_t state = seed * 0x9e3779b97f4a7c15ull + 1;
  for (unsigned index = 0; index < sizes.size(); ++index) {
    buffers.push_back(makeBuffer(kernel.getArgumentTypes()[index], sizes[index], symbols));
    Buffer &buffer = buffers.back();
    for (int64_t element = 0; element < buffer.count(); ++element) {
      state = state * 6364136223846793005ull + 1442695040888963407ull;
      int64_t random = static_cast<int64_t>(state >> 40); // 24 bits
      if (isa<FloatType>(buffer.element))
        buffer.set(element, static_cast<double>(random) / (1 << 23) - 1.0);
      else
        buffer.setInteger(element, buffer.element.isInteger(8) ? random % 2 : random % 200 - 50);
    }
  }
  return buffers;
}

std::vector<Buffer> makeResults(func::FuncOp kernel, const SymbolValues &symbols) {
  std::vector<Buffer> buffers;
  auto sizes = kernel->getAttrOfType<ArrayAttr>("kernel.result_sizes");
  for (unsigned index = 0; index < sizes.size(); ++index)
    buffers.push_back(makeBuffer(kernel.getResultTypes()[index], sizes[index], symbols));
  return buffers;
}

} // namespace dlc::test
