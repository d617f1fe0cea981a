// Kernels and plans compute what the graph they were made of does, seen by the reference backend.
#include "test/unit/passes/fusion/PassRunner.h"
#include "test/unit/passes/fusion/RandomGraph.h"
#include "gtest/gtest.h"

using namespace mlir;
using namespace dlc;
using namespace dlc::test;

// f64: sums of at most a few hundred terms in another order.
static constexpr double kTolerance = 1e-9;

static const char *const kFuse = "dlc-form-fusion-groups,dlc-outline-kernels,dlc-verify-form{form=fused}";
// Small limits make many kernels of few nests, large ones few kernels of many.
static const char *const kFuseSplit =
    "dlc-form-fusion-groups{max-chained-work=60 cheap-flops=1},dlc-outline-kernels,dlc-verify-form{form=fused}";
static const char *const kSimplify = "dlc-simplify-graph,dlc-verify-form{form=grad}";
static const char *const kPlan =
    "dlc-form-fusion-groups,dlc-outline-kernels,dlc-graph-to-plan,dlc-assign-buffers,dlc-verify-form{form=plan}";
static const char *const kPlanSplit = "dlc-form-fusion-groups{max-chained-work=60},dlc-outline-kernels,"
                                      "dlc-graph-to-plan,dlc-assign-buffers,dlc-verify-form{form=plan}";

namespace {
class RandomGraphs : public testing::TestWithParam<unsigned> {
protected:
  void SetUp() override {
    module = randomModule(GetParam(), 10 + GetParam() % 120);
    original = module->lookupSymbol<func::FuncOp>("f");
    symbols["batch"] = GetParam() % 5 + 1;
    arguments = randomArguments(original, symbols, GetParam());
    expected = runFunction(*module, "f", arguments, symbols);
  }

  void expectSameFunction(llvm::StringRef pipeline) {
    OwningOpRef<ModuleOp> lowered = runPasses(*module, pipeline);
    ASSERT_TRUE(lowered);
    expectSame(runFunction(*lowered, "f", arguments, symbols), expected, kTolerance);
  }

  void expectSamePlan(llvm::StringRef pipeline) {
    OwningOpRef<ModuleOp> lowered = runPasses(*module, pipeline);
    ASSERT_TRUE(lowered);
    expectSame(runPlan(*lowered, original, arguments, symbols), expected, kTolerance);
  }

  OwningOpRef<ModuleOp> module;
  func::FuncOp original;
  reference::Symbols symbols;
  llvm::SmallVector<reference::Tensor> arguments;
  Effects expected;
};
} // namespace

TEST_P(RandomGraphs, SimplifiedIsTheSame) { expectSameFunction(kSimplify); }
TEST_P(RandomGraphs, FusedIsTheSame) { expectSameFunction(kFuse); }
TEST_P(RandomGraphs, FusedToManyKernelsIsTheSame) { expectSameFunction(kFuseSplit); }
TEST_P(RandomGraphs, PlannedIsTheSame) { expectSamePlan(kPlan); }
TEST_P(RandomGraphs, PlannedWithManyKernelsIsTheSame) { expectSamePlan(kPlanSplit); }

INSTANTIATE_TEST_SUITE_P(Seeds, RandomGraphs, testing::Range(0u, 200u));
