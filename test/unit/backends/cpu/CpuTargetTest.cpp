#include "backends/cpu/CpuTarget.h"
#include "test/unit/backends/cpu/KernelRunner.h"
#include "mlir/IR/Diagnostics.h"
#include "gtest/gtest.h"

using namespace mlir;
using namespace dlc;

namespace {

TEST(CpuTargetTest, LevelsAreOrderedByVectorWidth) {
  ASSERT_EQ(CpuTarget::all().size(), 3u);
  EXPECT_EQ(CpuTarget::all()[0].level, "x86-64-v2");
  for (size_t i = 1; i < 3; ++i)
    EXPECT_EQ(CpuTarget::all()[i].vectorBits, 2 * CpuTarget::all()[i - 1].vectorBits);
}

TEST(CpuTargetTest, HostRunsItsOwnLevel) {
  // The compiler of this test knows what the processor has by its own means.
  EXPECT_EQ(CpuTarget::host().vectorBits >= 512, bool(__builtin_cpu_supports("x86-64-v4")));
  EXPECT_EQ(CpuTarget::host().vectorBits >= 256, bool(__builtin_cpu_supports("x86-64-v3")));
}

TEST(CpuTargetTest, AttributeComesBackAsTheSameTarget) {
  MLIRContext context;
  OwningOpRef<ModuleOp> module = ModuleOp::create(UnknownLoc::get(&context));
  for (const CpuTarget &target : CpuTarget::all()) {
    (*module)->setAttr(CpuTarget::kAttributeName, target.toAttribute(&context));
    FailureOr<CpuTarget> found = CpuTarget::of(*module);
    ASSERT_TRUE(succeeded(found));
    EXPECT_EQ(found->level, target.level);
  }
}

TEST(CpuTargetTest, ModuleWithoutTargetIsForTheHost) {
  MLIRContext context;
  OwningOpRef<ModuleOp> module = ModuleOp::create(UnknownLoc::get(&context));
  FailureOr<CpuTarget> found = CpuTarget::of(*module);
  ASSERT_TRUE(succeeded(found));
  EXPECT_EQ(found->level, CpuTarget::host().level);
}

TEST(CpuTargetTest, UnknownLevelIsAnErrorThatNamesTheKnownOnes) {
  MLIRContext context;
  std::string message;
  ScopedDiagnosticHandler handler(&context, [&](Diagnostic &diagnostic) { message = diagnostic.str(); });
  EXPECT_TRUE(failed(CpuTarget::parse("znver5", UnknownLoc::get(&context))));
  EXPECT_EQ(message, "unknown target 'znver5', expected x86-64-v2, x86-64-v3 or x86-64-v4");
}

} // namespace
