// Kernels as fusion makes them of random graphs, compiled, against the reference backend: combinations of loop nests
// that nobody would think of. DLC_RANDOM_GRAPHS sets the number of graphs.
#include "ir/graph/GraphOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "test/unit/passes/fusion/PassRunner.h"
#include "test/unit/passes/fusion/RandomGraph.h"
#include "test/unit/tools/driver/CompiledKernels.h"
#include "gtest/gtest.h"
#include <cstdlib>

using namespace mlir;
using namespace dlc;
using namespace dlc::test;

// Few kernels of many nests, and many of few.
static const char *const kPipelines[] = {
    "dlc-simplify-graph,dlc-form-fusion-groups,dlc-outline-kernels",
    "dlc-form-fusion-groups{max-chained-work=60 cheap-flops=1},dlc-outline-kernels",
};

namespace {
class RandomKernels : public testing::TestWithParam<unsigned> {};
} // namespace

static std::string textOf(func::FuncOp kernel) {
  std::string text;
  llvm::raw_string_ostream os(text);
  kernel.print(os);
  return text;
}

/// Bytes are places in windows: those of the first element, which every window has.
static void fill(reference::Tensor &tensor, std::mt19937 &random) {
  tensor.element.isInteger(8) ? integers(0, 0)(tensor, random) : uniform(-1, 1)(tensor, random);
}

TEST_P(RandomKernels, AgreeWithTheReference) {
  unsigned seed = GetParam();
  OwningOpRef<ModuleOp> module = randomModule(seed, 10 + seed * 7 % 90);
  OwningOpRef<ModuleOp> fused = runPasses(*module, kPipelines[seed % 2]);
  ASSERT_TRUE(fused);
  reference::Symbols symbols;
  symbols["batch"] = seed % 3 ? seed % 11 : 67;
  for (auto kernel : fused->getOps<func::FuncOp>())
    if (kernel->hasAttr("graph.kernel"))
      compareWithReference(textOf(kernel), symbols, fill, {1e-9, 1e-9});
}

static unsigned graphCount() {
  const char *text = getenv("DLC_RANDOM_GRAPHS");
  return text ? strtoul(text, nullptr, 10) : 120;
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomKernels, testing::Range(0u, graphCount()));
