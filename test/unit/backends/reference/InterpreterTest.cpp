// Functions as a whole: symbolic sizes, kernels, guards, and what cannot be run.
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "test/unit/backends/reference/OpCases.h"
#include <cmath>
#include <gtest/gtest.h>

using namespace mlir;
using dlc::reference::Interpreter;
using dlc::reference::Tensor;

namespace dlc::test {
namespace {

Tensor floats(CaseProgram &program, ArrayRef<int64_t> shape, std::vector<double> values) {
  Tensor tensor(Float32Type::get(&program.context), shape);
  for (auto [index, value] : llvm::enumerate(values))
    tensor.setFloat(index, value);
  return tensor;
}

std::string errorOf(CaseProgram &program, ArrayRef<Tensor> arguments, reference::Symbols symbols = {}) {
  std::string message;
  ScopedDiagnosticHandler handler(&program.context, [&](Diagnostic &diagnostic) { message = diagnostic.str(); });
  EXPECT_TRUE(failed(Interpreter().run(program.function(), arguments, symbols)));
  return message;
}

const char kSizes[] = R"(
  func.func @f(%a: tensor<?x2xf32, #graph.dims<"2*batch+1", "">>, %b: tensor<?x?xf32, #graph.dims<"batch*t", "t">>)
      -> (tensor<i64>, tensor<i64>) {
    %n = graph.size "batch"
    %t = graph.size "t"
    return %n, %t : tensor<i64>, tensor<i64>
  })";

TEST(InterpreterTest, FindsSymbolsInsidePolynomials) {
  CaseProgram program(kSizes, 0, "");
  std::vector<Tensor> results = program.run({floats(program, {7, 2}, {}), floats(program, {12, 4}, {})});
  EXPECT_EQ(results[0].getInt(0), 3);
  EXPECT_EQ(results[1].getInt(0), 4);
}

TEST(InterpreterTest, RefusesSizesThatDoNotAgree) {
  CaseProgram program(kSizes, 0, "");
  EXPECT_EQ(errorOf(program, {floats(program, {7, 2}, {}), floats(program, {13, 4}, {})}),
            "size 0 of argument 1 must be batch*t, got 13");
  EXPECT_EQ(errorOf(program, {floats(program, {6, 2}, {}), floats(program, {12, 4}, {})}),
            "size 0 of argument 0 must be 2*batch+1, got 6");
  EXPECT_EQ(errorOf(program, {floats(program, {7, 3}, {}), floats(program, {12, 4}, {})}),
            "size 1 of argument 0 must be 2, got 3");
}

TEST(InterpreterTest, TakesSymbolsThatNoArgumentShows) {
  CaseProgram program(R"(func.func @f() -> tensor<?xi32, #graph.dims<"batch">> {
    %i = graph.iota dim 0 : tensor<?xi32, #graph.dims<"batch">>
    return %i : tensor<?xi32, #graph.dims<"batch">>
  })",
                      0, "");
  reference::Symbols symbols;
  symbols["batch"] = 3;
  auto results = Interpreter().run(program.function(), {}, symbols);
  ASSERT_TRUE(succeeded(results));
  EXPECT_EQ((*results)[0].shape, (SmallVector<int64_t>{3}));
  EXPECT_EQ((*results)[0].getInt(2), 2);
  EXPECT_EQ(errorOf(program, {}), "a size of 'tensor<?xi32, #graph.dims<\"batch\">>' is not known here");
}

TEST(InterpreterTest, RunsKernels) {
  CaseProgram program(R"(
  func.func private @k0(%x: tensor<?xf32, #graph.dims<"batch">>) -> (tensor<f32>, tensor<?xf32, #graph.dims<"batch">>) attributes {graph.kernel} {
    %s = graph.reduce_sum %x dims [0] : tensor<?xf32, #graph.dims<"batch">>
    %y = graph.neg %x : tensor<?xf32, #graph.dims<"batch">>
    return %s, %y : tensor<f32>, tensor<?xf32, #graph.dims<"batch">>
  }
  func.func @f(%x: tensor<?xf32, #graph.dims<"batch">>) -> (tensor<f32>, tensor<?xf32, #graph.dims<"batch">>) {
    %r:2 = graph.launch @k0(%x) : (tensor<?xf32, #graph.dims<"batch">>) -> (tensor<f32>, tensor<?xf32, #graph.dims<"batch">>)
    %q:2 = graph.launch @k0(%r#1) : (tensor<?xf32, #graph.dims<"batch">>) -> (tensor<f32>, tensor<?xf32, #graph.dims<"batch">>)
    return %q#0, %q#1 : tensor<f32>, tensor<?xf32, #graph.dims<"batch">>
  })",
                      0, "");
  std::vector<Tensor> results = program.run({floats(program, {3}, {1, 2, 4})});
  EXPECT_EQ(results[0].getFloat(0), -7);
  EXPECT_EQ(results[1].getFloat(2), 4);
}

TEST(InterpreterTest, AGuardThatFailsEndsTheRun) {
  CaseProgram program(R"(func.func @f(%x: tensor<f32>) -> tensor<f32> {
    %ok = graph.is_finite %x : tensor<f32>
    graph.guard %ok reason "the loss is not finite"
    return %x : tensor<f32>
  })",
                      0, "");
  EXPECT_EQ(program.run({floats(program, {}, {1})}).size(), 1u);
  EXPECT_EQ(errorOf(program, {floats(program, {}, {NAN})}), "guard: the loss is not finite");
}

TEST(InterpreterTest, SaysWhatItCannotRun) {
  CaseProgram external("func.func private @f(tensor<f32>) -> tensor<f32>", 0, "");
  EXPECT_EQ(errorOf(external, {floats(external, {}, {1})}), "has no body to run");
  CaseProgram request(R"(
  func.func @f(%x: tensor<f32>) -> tensor<f32> {
    %l:2 = graph.value_and_grad @loss(%x) wrt [0] : (tensor<f32>) -> (tensor<f32>, tensor<f32>)
    return %l#1 : tensor<f32>
  }
  func.func private @loss(%x: tensor<f32>) -> tensor<f32> {
    return %x : tensor<f32>
  })",
                      0, "");
  EXPECT_EQ(errorOf(request, {floats(request, {}, {1})}),
            "'graph.value_and_grad' op is not computed by the reference backend");
  EXPECT_EQ(errorOf(request, {}), "expected 1 arguments, got 0");
}

TEST(TensorTest, HalfFloatsRoundToNearestEven) {
  MLIRContext context;
  Tensor half(Float16Type::get(&context), {3}), brain(BFloat16Type::get(&context), {2});
  half.setFloat(0, 2049); // between 2048 and 2050
  half.setFloat(1, 1e6);
  half.setFloat(2, -0.1);
  brain.setFloat(1, 257); // between 256 and 258
  EXPECT_EQ(half.getFloat(0), 2048);
  EXPECT_EQ(half.getFloat(1), INFINITY);
  EXPECT_EQ(half.getFloat(2), -0.0999755859375);
  EXPECT_EQ(brain.getFloat(0), 0);
  EXPECT_EQ(brain.getFloat(1), 256);
}

TEST(TensorTest, BytesBeginAtACacheLine) {
  MLIRContext context;
  for (int64_t count : {1, 3, 1000})
    EXPECT_EQ(reinterpret_cast<uintptr_t>(Tensor(Float32Type::get(&context), {count}).bytes.data()) % 64, 0u);
}

} // namespace
} // namespace dlc::test
