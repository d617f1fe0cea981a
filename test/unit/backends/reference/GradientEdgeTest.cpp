// Gradients where the derivative does not exist or its formula fails: rules.md 14.
#include "ir/interfaces/DifferentiableOpInterface.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "test/unit/backends/reference/OpCases.h"
#include <cmath>
#include <gtest/gtest.h>

using namespace mlir;
using dlc::reference::Tensor;

namespace dlc::test {
namespace {

using Values = std::vector<double>;

/// The cotangents of all operands of \p call at given values, for a cotangent of ones.
std::vector<Values> gradientsAt(const std::string &call, const std::vector<Values> &operands,
                                const std::string &result = "") {
  std::string type = "tensor<{n}x{T}>";
  OpCase opCase{"", std::vector<std::string>(operands.size(), type), result.empty() ? type : result, call, {}, {}};
  CaseProgram program(opCase, operands[0].size(), "f64");
  program.addVjp();
  std::vector<Tensor> arguments = program.arguments({}, 1);
  arguments.push_back(reference::Tensor(Float64Type::get(&program.context),
                                        cast<RankedTensorType>(program.op()->getResult(0).getType()).getShape()));
  for (auto [argument, values] : llvm::zip(arguments, operands))
    for (auto [index, value] : llvm::enumerate(values))
      argument.setFloat(index, value);
  for (int64_t i = 0; i < arguments.back().count(); ++i)
    arguments.back().setFloat(i, 1);
  std::vector<Values> gradients;
  for (const Tensor &cotangent : program.run(arguments, "vjp")) {
    gradients.emplace_back();
    for (int64_t i = 0; i < cotangent.count(); ++i)
      gradients.back().push_back(cotangent.getFloat(i));
  }
  return gradients;
}

TEST(GradientEdgeTest, ReluAndAbsHaveNoSlopeAtZero) {
  EXPECT_EQ(gradientsAt("relu %a : tensor<{n}x{T}>", {{0, -1, 2}}), (std::vector<Values>{{0, 0, 1}}));
  EXPECT_EQ(gradientsAt("abs %a : tensor<{n}x{T}>", {{0, -1, 2}}), (std::vector<Values>{{0, -1, 1}}));
}

TEST(GradientEdgeTest, ReluReadsTheResultSoThatTheInputNeedNotBeKept) {
  CaseProgram program({"relu", {"tensor<{T}>"}, "tensor<{T}>", "relu %a : tensor<{T}>", {}, {}}, 0, "f64");
  program.addVjp();
  EXPECT_TRUE(program.function("vjp").getArgument(0).hasOneUse());
}

TEST(GradientEdgeTest, ClampPassesTheGradientAtItsBounds) {
  // below, at the lower bound, inside, at the upper bound, above
  EXPECT_EQ(
      gradientsAt("clamp %a, %b, %c : tensor<{n}x{T}>", {{-1, -1, -1, -1, -1}, {-2, -1, 0, 1, 2}, {1, 1, 1, 1, 1}}),
      (std::vector<Values>{{1, 0, 0, 0, 0}, {0, 1, 1, 1, 0}, {0, 0, 0, 0, 1}}));
  // With bounds in the wrong order the result is max, and so is the gradient's place.
  EXPECT_EQ(gradientsAt("clamp %a, %b, %c : tensor<{n}x{T}>", {{2, 2}, {0, 3}, {1, 1}}),
            (std::vector<Values>{{0, 0}, {0, 0}, {1, 1}}));
}

TEST(GradientEdgeTest, TiesGoToTheFirstOperand) {
  EXPECT_EQ(gradientsAt("maximum %a, %b : tensor<{n}x{T}>", {{1, 1, 2}, {1, 2, 1}}),
            (std::vector<Values>{{1, 0, 1}, {0, 1, 0}}));
  EXPECT_EQ(gradientsAt("minimum %a, %b : tensor<{n}x{T}>", {{1, 1, 2}, {1, 2, 1}}),
            (std::vector<Values>{{1, 1, 0}, {0, 0, 1}}));
}

TEST(GradientEdgeTest, TiesOfExtremesGoToTheFirstIndex) {
  EXPECT_EQ(gradientsAt("reduce_max %a dim 0 : tensor<{n}x{T}>", {{1, 3, 3, 2}}, "tensor<{T}>"),
            (std::vector<Values>{{0, 1, 0, 0}}));
  EXPECT_EQ(gradientsAt("reduce_min %a dim 0 : tensor<{n}x{T}>", {{1, 3, 1, 1}}, "tensor<{T}>"),
            (std::vector<Values>{{1, 0, 0, 0}}));
}

TEST(GradientEdgeTest, PowersOfZeroHaveFiniteGradients) {
  // 0^0, 0^1, 0^2, (-2)^3
  std::vector<Values> gradients = gradientsAt("power %a, %b : tensor<{n}x{T}>", {{0, 0, 0, -2}, {0, 1, 2, 3}});
  EXPECT_EQ(gradients[0], (Values{0, 1, 0, 12}));
  EXPECT_EQ(Values(gradients[1].begin(), gradients[1].begin() + 3), (Values{0, 0, 0}));
}

TEST(GradientEdgeTest, AnInfiniteCotangentOfTheOtherBranchDoesNotLeak) {
  // A product with a mask would give 0 * inf = NaN where the choice went the other way.
  std::vector<Values> gradients = gradientsAt("maximum %a, %b : tensor<{n}x{T}>", {{1, 5}, {2, 4}});
  for (const Values &gradient : gradients)
    for (double value : gradient)
      EXPECT_TRUE(std::isfinite(value));
}

/// A NaN wins, and so does the first of equals; nothing flows to elements that no window reads.
TEST(GradientEdgeTest, TiesOfWindowsGoToTheirFirstElement) {
  const std::string call = "window_max %a window [3] strides [2] : tensor<{n}x{T}>";
  EXPECT_EQ(gradientsAt(call, {{2, 2, 1, 1, 2, 2, 9, 9}}, "tensor<3x{T}>"),
            (std::vector<Values>{{1, 0, 0, 0, 1, 0, 1, 0}}));
  EXPECT_EQ(gradientsAt(call, {{0, 1, 2, 1, 2, 7, 2}}, "tensor<3x{T}>"), (std::vector<Values>{{0, 0, 2, 0, 0, 1, 0}}));
  EXPECT_EQ(gradientsAt(call, {{5, NAN, 7, NAN, NAN, 1, 1}}, "tensor<3x{T}>"),
            (std::vector<Values>{{0, 1, 0, 1, 1, 0, 0}}));
  double lowest = -std::numeric_limits<double>::infinity();
  EXPECT_EQ(gradientsAt(call, {{lowest, lowest, lowest, 0, 0, lowest, lowest}}, "tensor<3x{T}>"),
            (std::vector<Values>{{1, 0, 0, 1, 1, 0, 0}}));
}

/// What both ends of a symbolic size lose, or get, comes back or goes.
TEST(GradientEdgeTest, EndsOfSymbolicSizes) {
  const std::string type = "tensor<?x{T}, #graph.dims<\"t\">>", shorter = "tensor<?x{T}, #graph.dims<\"t-3\">>",
                    longer = "tensor<?x{T}, #graph.dims<\"t+3\">>";
  struct {
    std::string signature, call, result;
    int64_t length;
    Values expected;
  } cases[] = {{"%a: " + type, "slice %a starts [1] limits [-3] strides [1] : " + type, shorter, 5, {0, 1, 1, 0, 0}},
               {"%a: " + type, "slice %a starts [1] limits [-3] strides [1] : " + type, shorter, 3, {0, 0, 0}},
               {"%a: " + type + ", %v: tensor<{T}>",
                "pad %a, %v low [1] high [2] interior [0] : " + type,
                longer,
                4,
                {1, 1, 1, 1}}};
  for (const auto &each : cases) {
    CaseProgram program("func.func @f(" + each.signature + ") -> " + each.result + " {\n  %r = graph." + each.call +
                            "\n  return %r : " + each.result + "\n}",
                        0, "f64");
    program.addVjp();
    Type element = Float64Type::get(&program.context);
    int64_t longest = each.length + (each.expected.size() == 4 ? 3 : -3);
    std::vector<Tensor> arguments{Tensor(element, {each.length})};
    if (program.function().getNumArguments() == 2)
      arguments.push_back(Tensor(element, {}));
    arguments.push_back(Tensor(element, {longest}));
    for (int64_t i = 0; i < longest; ++i)
      arguments.back().setFloat(i, 1);
    std::vector<Tensor> cotangents = program.run(arguments, "vjp");
    ASSERT_FALSE(cotangents.empty());
    for (auto [index, value] : llvm::enumerate(each.expected))
      EXPECT_EQ(cotangents[0].getFloat(index), value) << each.call << " element " << index;
    if (cotangents.size() == 2) {
      EXPECT_EQ(cotangents[1].getFloat(0), 3); // of the value that pads
    }
  }
}

/// The error of \p call's gradient, on the text's first op.
std::string errorOf(const std::string &text) {
  CaseProgram program(text, 3, "f64");
  std::string message;
  ScopedDiagnosticHandler handler(&program.context, [&](Diagnostic &diagnostic) { message = diagnostic.str(); });
  Operation *op = program.op();
  OpBuilder builder(op->getNextNode());
  SmallVector<bool> needed(op->getNumOperands(), true);
  SmallVector<Value> cotangents(op->getNumOperands());
  SmallVector<Value> dresults(op->getResults());
  EXPECT_TRUE(failed(cast<DifferentiableOpInterface>(op).buildVjp(builder, dresults, needed, cotangents)));
  return message;
}

TEST(GradientEdgeTest, PartsOfSymbolicSizesHaveNoGradient) {
  EXPECT_EQ(
      errorOf("func.func @f(%a: tensor<?x{T}, #graph.dims<\"t\">>) -> tensor<?x{T}, #graph.dims<\"2*t\">> {\n"
              "  %r = graph.concatenate %a, %a dim 0 : tensor<?x{T}, #graph.dims<\"t\">>, tensor<?x{T}, "
              "#graph.dims<\"t\">>\n"
              "  return %r : tensor<?x{T}, #graph.dims<\"2*t\">>\n}"),
      "'graph.concatenate' op has no gradient along dimension 0 of symbolic size 2*t: only ranges of static sizes "
      "can be cut out");
  EXPECT_EQ(errorOf("func.func @f(%x: tensor<1x?x2x{T}, #graph.dims<\"\", \"t+2\", \"\">>, %w: tensor<?x2x3x{T}, "
                    "#graph.dims<\"t\", \"\", \"\">>) -> tensor<1x3x3x{T}> {\n"
                    "  %r = graph.convolution %x, %w strides [1] dilation [1] : tensor<1x?x2x{T}, #graph.dims<\"\", "
                    "\"t+2\", \"\">>, tensor<?x2x3x{T}, #graph.dims<\"t\", \"\", \"\">>\n"
                    "  return %r : tensor<1x3x3x{T}>\n}"),
            "'graph.convolution' op has no gradient by an input under a filter of symbolic size t");
}

TEST(GradientEdgeTest, AnOpWithoutARuleSaysSo) {
  EXPECT_EQ(errorOf("func.func @f(%a: tensor<{T}>) -> tensor<{T}> {\n"
                    "  %r = graph.launch @k(%a) : (tensor<{T}>) -> tensor<{T}>\n"
                    "  return %r : tensor<{T}>\n}\n"
                    "func.func private @k(tensor<{T}>) -> tensor<{T}> attributes {graph.kernel}"),
            "'graph.launch' op has no gradient");
}

} // namespace
} // namespace dlc::test
