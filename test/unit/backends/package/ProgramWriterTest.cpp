// From a plan in text to a file that the runtime loads and runs.
#include "backends/package/ProgramWriter.h"
#include "ir/graph/GraphDialect.h"
#include "ir/plan/PlanOps.h"
#include "test/unit/runtime/SampleProgram.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/Parser/Parser.h"
#include <cstring>
#include <gtest/gtest.h>

using namespace mlir;

namespace dlc::package {
namespace {

// y = 3 x; half is added to w by train_step. Kernels have no bodies: the writer reads types and attributes only.
constexpr char kPlan[] = R"(
module attributes {graph.name = "Tiny", graph.recipe = {epochs = 3 : i64, rate = 1.0e-03 : f32, shuffle = true},
    graph.layers = [{name = "dense_1", params = ["dense_1/w"]}], kernel.symbols = ["batch"],
    plan.constants = [{offset = 0 : i64, bytes = 2 : i64, value = dense<[true, false]> : tensor<2xi1>},
                      {offset = 64 : i64, bytes = 16 : i64, value = dense<0.5> : tensor<4xf32>}]} {
  plan.program @Tiny symbols ["batch"] variables_bytes 128 variables [
    {name = "w", kind = "param", type = tensor<4xf32>, offset = 0 : i64, bytes = 16 : i64, trainable = true, owner = "",
     file = "tiny.dl", line = 3 : i64, column = 8 : i64, value = dense<[1.0, 2.0, 3.0, 4.0]> : tensor<4xf32>},
    {name = "step", kind = "session", type = tensor<i64>, offset = 64 : i64, bytes = 8 : i64, trainable = false,
     owner = "", file = "", line = 0 : i64, column = 0 : i64}
  ] {
    plan.function @predict inputs [
      {name = "x", dtype = f32, dims = ["batch", "4"], role = "input", file = "tiny.dl", line = 2 : i64, column = 7 : i64, where = "x"}
    ] outputs [
      {name = "y", dtype = f32, dims = ["batch", "4"], role = "output", file = "", line = 0 : i64, column = 0 : i64, where = ""}
    ] slots [["16*batch"]] {
      %x = plan.buffer input[0] : f32 bytes "16*batch"
      %y = plan.buffer output[0] : f32 bytes "16*batch"
      %t = plan.buffer workspace[0] : f32 bytes "16*batch"
      plan.launch @add(%x, %x) -> (%t) loc("dense_1/twice"("tiny.dl":4:3))
      plan.launch @add(%t, %x) -> (%y) loc("dense_1/thrice"("tiny.dl":5:3))
      plan.return
    }
    plan.function @train_step inputs [] outputs [
      {name = "before", dtype = f32, dims = ["4"], role = "output", file = "", line = 0 : i64, column = 0 : i64, where = ""}
    ] slots [["1"]] {
      %w = plan.buffer variable[0] : f32 bytes "16"
      %before = plan.buffer output[0] : f32 bytes "16"
      %half = plan.buffer constant[1] : f32 bytes "16"
      %ok = plan.buffer workspace[0] : i1 bytes "1"
      plan.copy %w to %before
      plan.launch @is_finite(%w) -> (%ok)
      plan.guard %ok "the loss is not finite"
      plan.launch @add(%w, %half) -> (%w) inout [0:0]
      plan.return
    }
  }
  func.func private @add(tensor<?x4xf32, #graph.dims<"batch", "">>, tensor<?x4xf32, #graph.dims<"batch", "">>)
      -> tensor<?x4xf32, #graph.dims<"batch", "">> attributes {graph.flops = "4*batch", graph.bytes = "48*batch+4"} loc("sum"("tiny.dl":9:1))
  func.func private @is_finite(tensor<?xf32>) -> tensor<i1>
  func.func private @mode() -> tensor<i32>
  func.func private @mark() -> tensor<i64>
})";

// The vector form is known to the writer by its attributes alone. The sample's kernels are called on sizes that a plan
// of real kernels would not mix, so every count is fixed: 4 elements.
std::vector<KernelFacts> facts(int64_t grain = 4) {
  std::vector<KernelFacts> result;
  for (const char *name : {"add", "is_finite", "mode", "mark"})
    result.push_back({name, "elementwise", graph::SymbolicSize(name == StringRef("add") ? 4 : 1), grain});
  return result;
}

class ProgramWriterTest : public testing::Test {
protected:
  ProgramWriterTest()
      : handler_(&context_, [this](Diagnostic &diagnostic) {
          llvm::raw_string_ostream(message_) << diagnostic << "\n";
          return success();
        }) {
    context_.loadDialect<graph::GraphDialect, plan::PlanDialect, func::FuncDialect>();
  }

  void parse(std::string from = "", std::string to = "") {
    std::string text = kPlan;
    if (!from.empty()) {
      size_t place = text.find(from);
      ASSERT_NE(place, std::string::npos);
      text.replace(place, from.size(), to);
    }
    // Some plans below are wrong on purpose, in ways that the verifier of the dialect would find first.
    module_ = parseSourceString<ModuleOp>(text, ParserConfig(&context_, /*verifyAfterParse=*/false));
    ASSERT_TRUE(module_) << message_;
    test::Bytes code = test::sampleCode();
    input_.plan = *module_;
    input_.images = {{"x86-64", 128, std::vector<char>(code.begin(), code.end()), facts()}};
    input_.sources = {{"tiny.dl", "model Tiny { }\n"}};
    input_.metadata = {{"dtype", "f32"}};
    input_.portableIr = "MLIR";
  }

  test::Bytes write() {
    FailureOr<std::vector<char>> bytes = writeProgram(input_);
    EXPECT_TRUE(succeeded(bytes)) << message_;
    return succeeded(bytes) ? test::Bytes(bytes->begin(), bytes->end()) : test::Bytes();
  }

  void expectRefused(const char *message) {
    EXPECT_TRUE(failed(writeProgram(input_)));
    EXPECT_NE(message_.find(message), std::string::npos) << message_;
  }

  MLIRContext context_;
  std::string message_;
  ScopedDiagnosticHandler handler_;
  OwningOpRef<ModuleOp> module_;
  ProgramInput input_;
};

TEST_F(ProgramWriterTest, WritesWhatTheRuntimeReads) {
  parse();
  test::Loaded loaded(write());
  ASSERT_EQ(loaded.status, DLC_OK) << loaded.error.text;
  EXPECT_STREQ(dlc_program_name(loaded.program), "Tiny");
  EXPECT_STREQ(dlc_metadata(loaded.program, "recipe"), R"({"epochs":3,"rate":0.001,"shuffle":true})");
  EXPECT_STREQ(dlc_metadata(loaded.program, "layers"), R"([{"name":"dense_1","params":["dense_1/w"]}])");
  EXPECT_STREQ(dlc_metadata(loaded.program, "dtype"), "f32");
  EXPECT_STREQ(dlc_metadata(loaded.program, "source:tiny.dl"), "model Tiny { }\n");
  EXPECT_EQ(dlc_segment_bytes(loaded.program, abi::kSegmentIr), 4u);
  const uint8_t bools[] = {1, 0, 0};
  EXPECT_EQ(std::memcmp(dlc_segment_data(loaded.program, abi::kSegmentConstants), bools, sizeof bools), 0);
  dlc_variable variable;
  dlc_get_variable(loaded.program, 0, &variable);
  EXPECT_EQ(variable.line, 3u);
  EXPECT_STREQ(variable.file, "tiny.dl");
  EXPECT_EQ(variable.kind, uint32_t(DLC_PARAM));
  EXPECT_EQ(variable.trainable, 1u);
  const float *weights = static_cast<const float *>(dlc_initial_variables(loaded.program));
  EXPECT_EQ(weights[3], 4.0f);
  dlc_kernel kernel;
  dlc_get_kernel(loaded.program, 0, &kernel);
  EXPECT_STREQ(kernel.name, "add");
  EXPECT_STREQ(kernel.bytes, "48*batch+4");
  EXPECT_STREQ(kernel.where, "sum");
  EXPECT_EQ(kernel.line, 9u);
}

TEST_F(ProgramWriterTest, WritesWhatTheRuntimeRuns) {
  if (!test::canRunSample())
    GTEST_SKIP();
  parse();
  test::Loaded loaded(write());
  ASSERT_EQ(loaded.status, DLC_OK) << loaded.error.text;
  float x[4] = {1, 2, 3, 4}, y[4] = {}, before[4] = {};
  test::Call predict(loaded, "predict");
  predict.input(x, DLC_F32, {1, 4}).output(y, DLC_F32, {1, 4});
  ASSERT_EQ(predict.run(), DLC_OK) << predict.error.text;
  EXPECT_EQ(y[3], 12.0f);
  test::Call train(loaded, "train_step");
  train.output(before, DLC_F32, {4});
  ASSERT_EQ(train.run(), DLC_OK) << train.error.text;
  EXPECT_EQ(before[3], 4.0f);
  EXPECT_EQ(train.weights()[3], 4.5f);
}

TEST_F(ProgramWriterTest, SameInputSameBytes) {
  parse();
  test::Bytes first = write();
  parse();
  EXPECT_EQ(first, write());
}

TEST_F(ProgramWriterTest, LooksAtKernelsOfSeveralLevels) {
  parse();
  input_.images.push_back(input_.images.front());
  input_.images[1].level = "x86-64-v3";
  input_.images[1].kernels = facts(6);
  test::Bytes file = write();
  const schema::Program *header = schema::GetProgram(file.data() + abi::kPage);
  EXPECT_EQ(header->kernels()->Get(0)->grain(), 12);
  EXPECT_EQ(header->targets()->Get(1)->segment(), 4u);
  EXPECT_EQ(test::Loaded(file, false).status, DLC_OK);
  input_.images[1].kernels[0].name = "other";
  expectRefused("kernel @other of the code for x86-64-v3 is not the same as kernel @add");
}

TEST_F(ProgramWriterTest, WritesAProgramWithoutCode) {
  parse();
  input_.images.clear();
  test::Loaded loaded(write(), false);
  EXPECT_EQ(loaded.status, DLC_OK) << loaded.error.text;
  EXPECT_EQ(dlc_target_count(loaded.program), 0u);
}

TEST_F(ProgramWriterTest, RefusesALaunchWithoutCode) {
  parse();
  input_.images[0].kernels.resize(1);
  expectRefused("launches a kernel without code, @is_finite");
}

TEST_F(ProgramWriterTest, RefusesAnImageWithoutEntries) {
  parse();
  input_.images[0].image.resize(8);
  expectRefused("the code for x86-64 has no entry for kernel @add");
}

TEST_F(ProgramWriterTest, RefusesAFormulaWithAnUnknownSymbol) {
  parse("slots [[\"16*batch\"]]", "slots [[\"16*rows\"]]");
  expectRefused("uses rows, which is no symbol of the program");
}

TEST_F(ProgramWriterTest, RefusesWorkspaceWithoutSlots) {
  parse("workspace[0] : f32", "workspace : f32");
  expectRefused("a workspace buffer has no slot, run --dlc-assign-buffers first");
}

TEST_F(ProgramWriterTest, RefusesStepsThatTheFormatLacks) {
  parse("plan.copy %w to %before", "plan.branch \"4\" below 5 { plan.copy %w to %before } else { }");
  expectRefused("a program file of version 1 cannot hold plan.branch");
}

TEST_F(ProgramWriterTest, RefusesARecipeThatIsNotPlain) {
  parse("epochs = 3 : i64", "epochs = f32");
  expectRefused("graph.recipe holds something that is no plain value");
}

TEST_F(ProgramWriterTest, RefusesElementTypesThatNoProgramHolds) {
  parse("tensor<i64>, offset = 64 : i64, bytes = 8", "tensor<ui64>, offset = 64 : i64, bytes = 8");
  expectRefused("a program cannot hold elements of type ui64");
}

TEST_F(ProgramWriterTest, ReadsFactsFromTheVectorForm) {
  auto module = parseSourceString<ModuleOp>(R"(
    func.func private @k0() attributes {kernel.kind = "contraction", kernel.parallel = "2*batch", kernel.grain = 8 : i64}
    func.func private @k1()
  )",
                                            &context_);
  FailureOr<std::vector<KernelFacts>> read = kernelFacts(*module, {"k1", "k0"});
  ASSERT_TRUE(succeeded(read)) << message_;
  EXPECT_EQ((*read)[0].parallel, graph::SymbolicSize(1));
  EXPECT_EQ((*read)[1].kind, "contraction");
  EXPECT_EQ((*read)[1].parallel.str(), "2*batch");
  EXPECT_EQ((*read)[1].grain, 8);
  EXPECT_TRUE(failed(kernelFacts(*module, {"k2"})));
  EXPECT_NE(message_.find("@k2"), std::string::npos) << message_;
}

} // namespace
} // namespace dlc::package
