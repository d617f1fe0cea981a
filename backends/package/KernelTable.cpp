#include "backends/package/KernelTable.h"

#include "ir/plan/PlanOps.h"
#include "runtime/abi/ProgramNumbers.h"
#include <numeric>

using namespace mlir;
using namespace dlc;
using namespace dlc::package;

static FailureOr<graph::SymbolicSize> parseFormula(Operation *op, StringRef attribute, int64_t absent) {
  auto text = op->getAttrOfType<StringAttr>(attribute);
  if (!text)
    return graph::SymbolicSize(absent);
  FailureOr<graph::SymbolicSize> formula = graph::SymbolicSize::parse(text.getValue());
  if (failed(formula))
    return op->emitError() << attribute << " must be a formula of symbols, got " << text;
  return formula;
}

FailureOr<std::vector<KernelFacts>> package::kernelFacts(ModuleOp kernels, ArrayRef<std::string> names) {
  std::vector<KernelFacts> result;
  for (const std::string &name : names) {
    auto kernel = kernels.lookupSymbol<func::FuncOp>(name);
    if (!kernel)
      return kernels.emitError("the code has a kernel @") << name << " that the module has not";
    KernelFacts facts;
    facts.name = name;
    if (auto kind = kernel->getAttrOfType<StringAttr>("kernel.kind"))
      facts.kind = kind.getValue().str();
    if (auto grain = kernel->getAttrOfType<IntegerAttr>("kernel.grain"))
      facts.grain = grain.getInt();
    FailureOr<graph::SymbolicSize> parallel = parseFormula(kernel, "kernel.parallel", 1);
    if (failed(parallel))
      return failure();
    if (facts.grain < 1 || facts.grain > abi::kMaxGrain)
      return kernel.emitError("kernel.grain must be at least 1 and at most ")
             << abi::kMaxGrain << ", got " << facts.grain;
    facts.parallel = *parallel;
    result.push_back(std::move(facts));
  }
  return result;
}

// Levels may tile differently; a task that begins at a multiple of both grains suits both.
static LogicalResult mergeImage(ModuleOp module, const KernelImage &image, std::vector<KernelFacts> &merged) {
  if (image.kernels.size() != merged.size())
    return module.emitError("the code for ")
           << image.level << " has " << image.kernels.size() << " kernels, expected " << merged.size();
  for (auto [facts, other] : llvm::zip(merged, image.kernels)) {
    if (facts.name != other.name || facts.parallel != other.parallel)
      return module.emitError("kernel @") << other.name << " of the code for " << image.level
                                          << " is not the same as kernel @" << facts.name << " of the first code";
    facts.grain = std::lcm(facts.grain, other.grain);
    if (facts.grain > abi::kMaxGrain)
      return module.emitError("the grains of kernel @")
             << facts.name << " have no common multiple up to " << abi::kMaxGrain;
  }
  return success();
}

static FailureOr<std::vector<KernelFacts>> factsOf(const ProgramInput &input) {
  ModuleOp module = input.plan;
  if (input.images.empty()) { // no code: the kernels that the plan launches, to be compiled later
    std::vector<std::string> names;
    for (auto function : module.getOps<func::FuncOp>())
      names.push_back(function.getName().str());
    return kernelFacts(module, names);
  }
  std::vector<KernelFacts> merged = input.images.front().kernels;
  for (const KernelImage &image : llvm::drop_begin(input.images))
    if (failed(mergeImage(module, image, merged)))
      return failure();
  return merged;
}

static FailureOr<PackagedKernel> packageKernel(ModuleOp module, KernelFacts facts) {
  PackagedKernel kernel{std::move(facts), {}, {}, 0, UnknownLoc::get(module.getContext())};
  auto function = module.lookupSymbol<func::FuncOp>(kernel.facts.name);
  if (!function)
    return module.emitError("the code has a kernel @") << kernel.facts.name << " that the plan has not";
  FailureOr<graph::SymbolicSize> flops = parseFormula(function, "graph.flops", 0);
  FailureOr<graph::SymbolicSize> bytes = parseFormula(function, "graph.bytes", 0);
  if (failed(flops) || failed(bytes))
    return failure();
  kernel.flops = *flops;
  kernel.bytes = *bytes;
  kernel.outputsFrom = function.getNumArguments();
  kernel.location = function.getLoc();
  return kernel;
}

FailureOr<KernelTable> package::buildKernelTable(const ProgramInput &input) {
  ModuleOp module = input.plan;
  FailureOr<std::vector<KernelFacts>> facts = factsOf(input);
  if (failed(facts))
    return failure();
  KernelTable table;
  for (KernelFacts &kernelFacts : *facts) {
    FailureOr<PackagedKernel> kernel = packageKernel(module, std::move(kernelFacts));
    if (failed(kernel))
      return failure();
    if (!table.indices.try_emplace(kernel->facts.name, table.kernels.size()).second)
      return module.emitError("the code has two kernels @") << kernel->facts.name;
    table.kernels.push_back(std::move(*kernel));
  }
  // A launch knows best which of its buffers are written.
  WalkResult walk = module.walk([&](plan::LaunchOp launch) {
    auto found = table.indices.find(launch.getKernel());
    if (found == table.indices.end()) {
      launch.emitOpError("launches a kernel without code, @") << launch.getKernel();
      return WalkResult::interrupt();
    }
    table.kernels[found->second].outputsFrom = launch.getInputs().size();
    return WalkResult::advance();
  });
  if (walk.wasInterrupted())
    return failure();
  return table;
}
