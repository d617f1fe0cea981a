// NaN, infinities, signed zeros, and the ends of integer types.
#include "mlir/IR/MLIRContext.h"
#include "test/unit/backends/reference/OpCases.h"
#include <cmath>
#include <gtest/gtest.h>

using dlc::reference::Tensor;
using namespace mlir;

namespace dlc::test {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

std::vector<double> evaluate(const std::string &call, const std::vector<std::vector<double>> &operands,
                             const std::string &type = "tensor<{n}x{T}>", const std::string &result = "") {
  OpCase opCase{"", std::vector<std::string>(operands.size(), type), result.empty() ? type : result, call, {}, {}};
  CaseProgram program(opCase, operands[0].size(), "f32");
  std::vector<Tensor> arguments = program.arguments({}, 1);
  for (auto [argument, values] : llvm::zip(arguments, operands))
    for (auto [index, value] : llvm::enumerate(values)) {
      if (argument.isFloat())
        argument.setFloat(index, value);
      else
        argument.setInt(index, int64_t(value));
    }
  std::vector<double> found;
  Tensor out = program.run(arguments)[0];
  for (int64_t i = 0; i < out.count(); ++i)
    found.push_back(out.isFloat() ? out.getFloat(i) : double(out.getInt(i)));
  return found;
}

TEST(SpecialValuesTest, ExtremesPropagateNaN) {
  for (const char *op : {"maximum", "minimum"}) {
    std::vector<double> found = evaluate(std::string(op) + " %a, %b : tensor<{n}x{T}>", {{NAN, 1, NAN}, {1, NAN, NAN}});
    for (double value : found)
      EXPECT_TRUE(std::isnan(value)) << op;
  }
  EXPECT_TRUE(std::isnan(
      evaluate("reduce_max %a dim 0 : tensor<{n}x{T}>", {{1, NAN, 3}}, "tensor<{n}x{T}>", "tensor<{T}>")[0]));
  EXPECT_TRUE(std::isnan(evaluate("clamp %a, %b, %c : tensor<{n}x{T}>", {{0}, {NAN}, {1}})[0]));
  EXPECT_TRUE(std::isnan(evaluate("relu %a : tensor<{n}x{T}>", {{NAN}})[0]));
  EXPECT_TRUE(std::isnan(evaluate("sign %a : tensor<{n}x{T}>", {{NAN}})[0]));
}

TEST(SpecialValuesTest, TheFirstNaNIsTheExtremesIndex) {
  for (const char *op : {"arg_max", "arg_min"})
    EXPECT_EQ(evaluate(std::string(op) + " %a dim 0 : tensor<{n}x{T}>", {{1, NAN, 9, NAN, -9}}, "tensor<{n}x{T}>",
                       "tensor<i32>")[0],
              1)
        << op;
  EXPECT_EQ(
      evaluate("arg_max %a dim 0 : tensor<{n}x{T}>", {{-kInfinity, -kInfinity}}, "tensor<{n}x{T}>", "tensor<i32>")[0],
      0);
}

TEST(SpecialValuesTest, WindowsPropagateNaNAndInfinities) {
  const std::string how = " window [3] strides [2] : tensor<{n}x{T}>";
  std::vector<double> input = {1, NAN, 3, -kInfinity, -kInfinity, -kInfinity, -kInfinity, kInfinity, kInfinity};
  std::vector<double> greatest = evaluate("window_max %a" + how, {input}, "tensor<{n}x{T}>", "tensor<4x{T}>");
  EXPECT_TRUE(std::isnan(greatest[0]));
  EXPECT_EQ(std::vector<double>(greatest.begin() + 1, greatest.end()), (std::vector<double>{3, -kInfinity, kInfinity}));
  EXPECT_EQ(evaluate("window_arg_max %a" + how, {input}, "tensor<{n}x{T}>", "tensor<4xi8>"),
            (std::vector<double>{1, 0, 0, 1}));
  std::vector<double> sums = evaluate("window_sum %a" + how, {input}, "tensor<{n}x{T}>", "tensor<4x{T}>");
  EXPECT_TRUE(std::isnan(sums[0]));
  EXPECT_EQ(sums[1], -kInfinity);
  EXPECT_TRUE(std::isnan(sums[3])); // inf - inf
}

TEST(SpecialValuesTest, ANaNOutsideOfAllWindowsIsNotSeen) {
  EXPECT_EQ(evaluate("window_sum %a window [1] strides [2] : tensor<{n}x{T}>", {{1, NAN, 2, NAN}}, "tensor<{n}x{T}>",
                     "tensor<2x{T}>"),
            (std::vector<double>{1, 2}));
}

TEST(SpecialValuesTest, OnlyNotEqualHoldsForNaN) {
  for (const char *direction : {"eq", "ne", "lt", "le", "gt", "ge"})
    EXPECT_EQ(evaluate(std::string("compare ") + direction + " %a, %b : tensor<{n}x{T}>", {{NAN, 1}, {1, NAN}},
                       "tensor<{n}x{T}>", "tensor<{n}xi1>"),
              std::vector<double>(2, direction == std::string("ne")))
        << direction;
}

TEST(SpecialValuesTest, FunctionsAtTheirEnds) {
  EXPECT_EQ(evaluate("log %a : tensor<{n}x{T}>", {{0, kInfinity}}), (std::vector<double>{-kInfinity, kInfinity}));
  EXPECT_EQ(evaluate("exp %a : tensor<{n}x{T}>", {{-kInfinity, 200}}), (std::vector<double>{0, kInfinity}));
  EXPECT_EQ(evaluate("logistic %a : tensor<{n}x{T}>", {{-kInfinity, -200, 0, 200, kInfinity}}),
            (std::vector<double>{0, 0, 0.5, 1, 1}));
  EXPECT_EQ(evaluate("is_finite %a : tensor<{n}x{T}>", {{1, kInfinity, -kInfinity, NAN}}, "tensor<{n}x{T}>",
                     "tensor<{n}xi1>"),
            (std::vector<double>{1, 0, 0, 0}));
  EXPECT_EQ(evaluate("round_even %a : tensor<{n}x{T}>", {{0.5, 1.5, 2.5, -0.5}}), (std::vector<double>{0, 2, 2, 0}));
  EXPECT_EQ(evaluate("sqrt %a : tensor<{n}x{T}>", {{0, kInfinity}}), (std::vector<double>{0, kInfinity}));
}

TEST(SpecialValuesTest, IntegersWrapAndNeverTrap) {
  EXPECT_EQ(evaluate("add %a, %b : tensor<{n}xi8>", {{127, -128}, {1, -1}}, "tensor<{n}xi8>"),
            (std::vector<double>{-128, 127}));
  EXPECT_EQ(evaluate("neg %a : tensor<{n}xi8>", {{-128}}, "tensor<{n}xi8>"), (std::vector<double>{-128}));
  EXPECT_EQ(evaluate("divide %a, %b : tensor<{n}xi32>", {{7, -7, 5, -2147483648.0}, {2, 2, 0, -1}}, "tensor<{n}xi32>"),
            (std::vector<double>{3, -3, 0, -2147483648.0}));
  EXPECT_EQ(
      evaluate("remainder %a, %b : tensor<{n}xi32>", {{7, -7, 5, -2147483648.0}, {2, 2, 0, -1}}, "tensor<{n}xi32>"),
      (std::vector<double>{1, -1, 0, 0}));
  EXPECT_EQ(evaluate("reduce_max %a dim 0 : tensor<{n}xi8>", {{}}, "tensor<{n}xi8>", "tensor<i8>"),
            (std::vector<double>{-128}));
}

TEST(SpecialValuesTest, ConversionsToIntegersSaturate) {
  EXPECT_EQ(evaluate("convert %a : tensor<{n}x{T}> -> tensor<{n}xi8>", {{-1e9, -128.9, 1.9, -1.9, 1e9, NAN}},
                     "tensor<{n}x{T}>", "tensor<{n}xi8>"),
            (std::vector<double>{-128, -128, 1, -1, 127, 0}));
  EXPECT_EQ(evaluate("convert %a : tensor<{n}x{T}> -> tensor<{n}xi1>", {{0, -0.0, 0.5, NAN}}, "tensor<{n}x{T}>",
                     "tensor<{n}xi1>"),
            (std::vector<double>{0, 0, 1, 1}));
}

TEST(SpecialValuesTest, AnI64RoundsToF32Once) {
  // 2^60 + 2^36 + 1 is just above half way: through a double it would become a tie and round down.
  OpCase opCase{"", {"tensor<i64>"}, "tensor<f32>", "convert %a : tensor<i64> -> tensor<f32>", {}, {}};
  CaseProgram program(opCase, 0, "f32");
  std::vector<Tensor> arguments = program.arguments({}, 1);
  arguments[0].setInt(0, (int64_t(1) << 60) + (int64_t(1) << 36) + 1);
  EXPECT_EQ(program.run(arguments)[0].getFloat(0), double((int64_t(1) << 60) + (int64_t(1) << 37)));
}

} // namespace
} // namespace dlc::test
