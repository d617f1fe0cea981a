#include "test/unit/tools/driver/CompiledKernels.h"
#include "backends/cpu/CpuTarget.h"
#include "backends/cpu/ImageLinker.h"
#include "backends/cpu/ObjectEmitter.h"
#include "ir/graph/GraphOps.h"
#include "runtime/abi/KernelAbi.h"
#include "tools/driver/KernelEmitter.h"
#include "tools/driver/Register.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassRegistry.h"
#include "gtest/gtest.h"
#include <cmath>
#include <sys/mman.h>

using namespace mlir;
namespace dlc::test {

Filler uniform(double low, double high) {
  return [=](reference::Tensor &tensor, std::mt19937 &random) {
    std::uniform_real_distribution<double> real(low, high);
    for (int64_t i = 0; i < tensor.count(); ++i) {
      if (tensor.isFloat())
        tensor.setFloat(i, real(random));
      else
        tensor.setInt(i, tensor.element.isInteger(1) ? random() % 2 : static_cast<int64_t>(random() % 7));
    }
  };
}

Filler integers(int64_t low, int64_t high) {
  return [=](reference::Tensor &tensor, std::mt19937 &random) {
    for (int64_t i = 0; i < tensor.count(); ++i) {
      int64_t value = low + static_cast<int64_t>(random() % static_cast<uint64_t>(high - low + 1));
      if (tensor.isFloat())
        tensor.setFloat(i, static_cast<double>(value));
      else
        tensor.setInt(i, value);
    }
  };
}

namespace {

// An image mapped to run; entries are relative to its start.
class MappedImage {
public:
  explicit MappedImage(ArrayRef<char> image) : size(image.size()) {
    address = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    std::memcpy(address, image.data(), size);
    mprotect(address, size, PROT_READ | PROT_EXEC);
  }
  ~MappedImage() { munmap(address, size); }
  abi::KernelEntry entry(unsigned index) const {
    int64_t offset = static_cast<const int64_t *>(address)[index];
    return reinterpret_cast<abi::KernelEntry>(static_cast<char *>(address) + offset);
  }

private:
  void *address;
  size_t size;
};

struct Context {
  DialectRegistry registry;
  std::unique_ptr<MLIRContext> context;
  Context() {
    registerPasses();
    registerDialects(registry);
    context = std::make_unique<MLIRContext>(registry, MLIRContext::Threading::DISABLED);
    context->loadAllAvailableDialects();
  }
};

MLIRContext &sharedContext() {
  static Context context;
  return *context.context;
}

struct Compiled {
  std::unique_ptr<MappedImage> image;
  SmallVector<std::string> symbols;
  graph::SymbolicSize parallel;
  int64_t grain = 1;
};

std::optional<Compiled> compile(ModuleOp module) {
  PassManager pm(module.getContext());
  if (failed(parsePassPipeline("dlc-graph-to-linalg,canonicalize,cse,dlc-vectorize-kernels,canonicalize,cse", pm)) ||
      failed(setKernelTarget(module, "")) || failed(pm.run(module)))
    return std::nullopt;
  Compiled compiled;
  auto kernel = *module.getOps<func::FuncOp>().begin();
  for (Attribute name : module->getAttrOfType<ArrayAttr>("kernel.symbols"))
    compiled.symbols.push_back(cast<StringAttr>(name).str());
  compiled.parallel = *graph::SymbolicSize::parse(kernel->getAttrOfType<StringAttr>("kernel.parallel").getValue());
  compiled.grain = kernel->getAttrOfType<IntegerAttr>("kernel.grain").getInt();
  FailureOr<CpuTarget> target = CpuTarget::of(module);
  if (failed(target) || failed(lowerKernelsToLlvm(module)))
    return std::nullopt;
  FailureOr<KernelImage> image = emitImage(module, *target);
  if (failed(image))
    return std::nullopt;
  compiled.image = std::make_unique<MappedImage>(image->bytes);
  return compiled;
}

// 64-byte aligned copies of tensors.
class Buffers {
public:
  void add(const reference::Tensor &tensor) {
    size_t size = (tensor.bytes.size() + 127) / 64 * 64;
    addresses.push_back(std::aligned_alloc(64, size));
    std::memset(addresses.back(), 0xA5, size);
    if (!tensor.bytes.empty())
      std::memcpy(addresses.back(), tensor.bytes.data(), tensor.bytes.size());
  }
  ~Buffers() {
    for (void *address : addresses)
      std::free(address);
  }
  std::vector<void *> addresses;
};

void expectClose(const reference::Tensor &actual, const reference::Tensor &expected, Tolerance tolerance) {
  for (int64_t i = 0; i < expected.count(); ++i) {
    if (!expected.isFloat()) {
      ASSERT_EQ(actual.getInt(i), expected.getInt(i)) << "element " << i;
      continue;
    }
    double a = actual.getFloat(i), e = expected.getFloat(i);
    if (std::isnan(e) || std::isinf(e)) {
      ASSERT_TRUE(std::isnan(e) ? std::isnan(a) : a == e) << "element " << i << ": " << a << " instead of " << e;
      continue;
    }
    ASSERT_LE(std::fabs(a - e), tolerance.absolute + tolerance.relative * std::fabs(e))
        << "element " << i << ": " << a << " instead of " << e;
  }
}

} // namespace

void compareWithReference(const std::string &text, const reference::Symbols &symbols, const Filler &fill,
                          Tolerance tolerance) {
  OwningOpRef<ModuleOp> module = parseSourceString<ModuleOp>(text, &sharedContext());
  ASSERT_TRUE(module) << text;
  OwningOpRef<ModuleOp> original = module->clone();
  auto kernel = *original->getOps<func::FuncOp>().begin();

  std::mt19937 random(20260101);
  SmallVector<reference::Tensor> arguments;
  for (Type type : kernel.getArgumentTypes()) {
    auto argument = reference::emptyTensor(cast<RankedTensorType>(type), symbols);
    ASSERT_TRUE(succeeded(argument));
    fill(*argument, random);
    arguments.push_back(std::move(*argument));
  }
  auto expected = reference::Interpreter().run(kernel, arguments, symbols);
  ASSERT_TRUE(succeeded(expected));

  std::optional<Compiled> compiled = compile(*module);
  ASSERT_TRUE(compiled) << text;
  std::vector<int64_t> values;
  for (const std::string &symbol : compiled->symbols)
    values.push_back(symbols.lookup(symbol));
  int64_t range = *compiled->parallel.evaluate([&](StringRef name) { return std::optional(symbols.lookup(name)); });

  auto runInParts = [&](int64_t part) {
    Buffers buffers;
    for (const reference::Tensor &argument : arguments)
      buffers.add(argument);
    for (const reference::Tensor &result : *expected)
      buffers.add(reference::Tensor(result.element, result.shape));
    if (range == 0)
      compiled->image->entry(0)(buffers.addresses.data(), values.data(), 0, 0);
    for (int64_t begin = 0; begin < range; begin += part)
      compiled->image->entry(0)(buffers.addresses.data(), values.data(), begin, std::min(begin + part, range));
    SmallVector<reference::Tensor> results;
    for (auto [index, result] : llvm::enumerate(*expected)) {
      results.emplace_back(result.element, result.shape);
      std::memcpy(results.back().bytes.data(), buffers.addresses[arguments.size() + index], result.bytes.size());
    }
    return results;
  };
  auto whole = runInParts(std::max<int64_t>(range, 1)), split = runInParts(compiled->grain);
  for (auto [index, result] : llvm::enumerate(*expected)) {
    SCOPED_TRACE("result " + std::to_string(index) + " of\n" + text);
    expectClose(whole[index], result, tolerance);
    EXPECT_EQ(whole[index].bytes, split[index].bytes) << "the result depends on how the work is split";
  }
}

} // namespace dlc::test
