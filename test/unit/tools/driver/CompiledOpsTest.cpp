// Every op of the graph dialect, compiled, against the reference backend: sizes 0, 1, prime, larger than a tile.
#include "test/unit/tools/driver/CompiledKernels.h"
#include "gtest/gtest.h"

using namespace dlc;
using namespace dlc::test;

namespace {

// "tensor<?x17xf32, …>": the batch and fixed sizes.
std::string batched(const std::string &sizes, const std::string &element) {
  size_t rank = std::count(sizes.begin(), sizes.end(), 'x') + 1;
  std::string names = "\"batch\"";
  for (size_t i = 1; i < rank + 1; ++i)
    names += sizes.empty() ? "" : ", \"\"";
  return "tensor<?x" + (sizes.empty() ? "" : sizes + "x") + element + ", #graph.dims<" + names + ">>";
}

std::string kernel(const std::string &signature, const std::string &body) {
  return "func.func private @k(" + signature + " attributes {graph.kernel} {\n" + body + "}\n";
}

constexpr int64_t kBatches[] = {0, 1, 3, 64, 131};

void forBatches(const std::string &text, const Filler &fill, Tolerance tolerance = {}) {
  for (int64_t batch : kBatches) {
    SCOPED_TRACE("batch " + std::to_string(batch));
    reference::Symbols symbols;
    symbols["batch"] = batch;
    compareWithReference(text, symbols, fill, tolerance);
    if (testing::Test::HasFatalFailure())
      return;
  }
}

struct UnaryCase {
  const char *op;
  double low, high;
};

class UnaryTest : public testing::TestWithParam<std::tuple<UnaryCase, const char *>> {};

TEST_P(UnaryTest, AgreesWithTheReference) {
  auto [unary, element] = GetParam();
  std::string type = batched("17", element);
  bool wide = std::string(element) == "f64";
  // 2 to 4 units in the last place
  Tolerance tolerance{wide ? 1e-15 : 5e-7, wide ? 1e-300 : 1e-37};
  forBatches(kernel("%x: " + type + ") -> " + type,
                    "  %0 = graph." + std::string(unary.op) + " %x : " + type + "\n  return %0 : " + type + "\n"),
             uniform(unary.low, unary.high), tolerance);
}

INSTANTIATE_TEST_SUITE_P(
    Ops, UnaryTest,
    testing::Combine(testing::Values(UnaryCase{"neg", -3, 3}, UnaryCase{"abs", -3, 3}, UnaryCase{"sign", -1, 1},
                                     UnaryCase{"exp", -90, 80}, UnaryCase{"expm1", -3, 3}, UnaryCase{"log", 1e-30, 50},
                                     UnaryCase{"log1p", -0.9, 9}, UnaryCase{"sqrt", 0, 100}, UnaryCase{"rsqrt", 1e-3, 100},
                                     UnaryCase{"tanh", -4, 4}, UnaryCase{"logistic", -20, 20}, UnaryCase{"relu", -1, 1},
                                     UnaryCase{"sin", -50, 50}, UnaryCase{"cos", -50, 50}, UnaryCase{"erf", -4, 4},
                                     UnaryCase{"floor", -9, 9}, UnaryCase{"ceil", -9, 9}, UnaryCase{"round_even", -9, 9}),
                     testing::Values("f32", "f64")),
    [](const auto &info) {
      return std::string(std::get<0>(info.param).op) + "_" + std::get<1>(info.param);
    });

class BinaryTest : public testing::TestWithParam<std::tuple<const char *, const char *>> {};

TEST_P(BinaryTest, AgreesWithTheReference) {
  auto [op, element] = GetParam();
  std::string type = batched("17", element);
  forBatches(kernel("%x: " + type + ", %y: " + type + ") -> " + type,
                    "  %0 = graph." + std::string(op) + " %x, %y : " + type + "\n  return %0 : " + type + "\n"),
             std::string(element)[0] == 'f' ? uniform(0.1, 9) : integers(1, 9), {1e-6, 0});
}

INSTANTIATE_TEST_SUITE_P(Ops, BinaryTest,
                         testing::Combine(testing::Values("add", "subtract", "multiply", "divide", "remainder",
                                                          "maximum", "minimum"),
                                          testing::Values("f32", "f64", "i32", "i64")),
                         [](const auto &info) {
                           return std::string(std::get<0>(info.param)) + "_" + std::get<1>(info.param);
                         });

TEST(CompiledOpsTest, Power) {
  for (std::string element : {"f32", "f64"}) {
    std::string type = batched("5", element);
    forBatches(kernel("%x: " + type + ", %y: " + type + ") -> " + type,
                      "  %0 = graph.power %x, %y : " + type + "\n  return %0 : " + type + "\n"),
               uniform(0.01, 8), {element == "f32" ? 5e-7 : 1e-15, 0});
  }
}

TEST(CompiledOpsTest, LogicComparisonSelectionConversion) {
  std::string f = batched("17", "f32"), i = batched("17", "i32"), b = batched("17", "i1");
  std::string body;
  std::string compared;
  int n = 0;
  for (const char *direction : {"eq", "ne", "lt", "le", "gt", "ge"})
    body += "  %c" + std::to_string(n++) + " = graph.compare " + direction + " %x, %y : " + f + "\n";
  body += "  %and = graph.and %c1, %m : " + b + "\n  %or = graph.or %c2, %m : " + b + "\n  %xor = graph.xor %c3, %m : " + b +
          "\n  %not = graph.not %c4 : " + b + "\n  %finite = graph.is_finite %x : " + f +
          "\n  %s = graph.select %or, %x, %y : " + f +
          "\n  %clamped = graph.clamp %low, %x, %high : " + f + "\n  %int = graph.convert %x : " + f + " -> " + i +
          "\n  %float = graph.convert %xor : " + b + " -> " + f + "\n";
  std::string results = b + ", " + b + ", " + b + ", " + f + ", " + f + ", " + i + ", " + f + ", " + b;
  body += "  return %and, %not, %finite, %s, %clamped, %int, %float, %c0 : " + results + "\n";
  forBatches(kernel("%x: " + f + ", %y: " + f + ", %low: " + f + ", %high: " + f + ", %m: " + b + ") -> (" + results + ")",
                    body),
             uniform(-4, 4), {0, 0});
}

struct DotCase {
  std::string name, lhs, rhs, dims, result;
};

class DotTest : public testing::TestWithParam<std::tuple<DotCase, const char *>> {};

TEST_P(DotTest, AgreesWithTheReference) {
  auto [dot, element] = GetParam();
  auto typed = [&](std::string sizes) {
    size_t at = sizes.find('B');
    if (at == std::string::npos)
      return "tensor<" + sizes + (sizes.empty() ? "" : "x") + std::string(element) + ">";
    std::string names;
    for (size_t i = 0; i <= sizes.size(); ++i)
      if (i == 0 || sizes[i - 1] == 'x')
        names += std::string(names.empty() ? "" : ", ") + (sizes[i] == 'B' ? "\"batch\"" : "\"\"");
    sizes.replace(at, 1, "?");
    return "tensor<" + sizes + "x" + std::string(element) + ", #graph.dims<" + names + ">>";
  };
  std::string l = typed(dot.lhs), r = typed(dot.rhs), result = typed(dot.result);
  forBatches(kernel("%x: " + l + ", %y: " + r + ") -> " + result,
                    "  %0 = graph.dot_general %x, %y " + dot.dims + " : " + l + ", " + r + "\n  return %0 : " + result + "\n"),
             uniform(-1, 1), std::string(element) == "f32" ? Tolerance{1e-5, 1e-4} : Tolerance{1e-13, 1e-12});
}

INSTANTIATE_TEST_SUITE_P(
    Shapes, DotTest,
    testing::Combine(
        testing::Values(DotCase{"dense16", "Bx131", "131x16", "batching [] x [] contracting [1] x [0]", "Bx16"},
                        DotCase{"dense67", "Bx29", "29x67", "batching [] x [] contracting [1] x [0]", "Bx67"},
                        DotCase{"dense1", "Bx67", "67x1", "batching [] x [] contracting [1] x [0]", "Bx1"},
                        DotCase{"dense3", "Bx33", "33x3", "batching [] x [] contracting [1] x [0]", "Bx3"},
                        DotCase{"weightGradient", "Bx131", "Bx16", "batching [] x [] contracting [0] x [0]", "131x16"},
                        DotCase{"weightGradient1", "Bx37", "Bx1", "batching [] x [] contracting [0] x [0]", "37x1"},
                        DotCase{"weightGradient100", "Bx13", "Bx100", "batching [] x [] contracting [0] x [0]", "13x100"},
                        DotCase{"inputGradient", "Bx16", "131x16", "batching [] x [] contracting [1] x [1]", "Bx131"},
                        DotCase{"inputGradient1", "Bx1", "37x1", "batching [] x [] contracting [1] x [1]", "Bx37"},
                        DotCase{"batched", "Bx5x7", "Bx7x19", "batching [0] x [0] contracting [2] x [1]", "Bx5x19"},
                        DotCase{"rank3", "Bx5x11", "11x18", "batching [] x [] contracting [2] x [0]", "Bx5x18"},
                        DotCase{"full", "Bx7", "Bx7", "batching [] x [] contracting [0, 1] x [0, 1]", ""}),
        testing::Values("f32", "f64")),
    [](const auto &info) { return std::get<0>(info.param).name + "_" + std::get<1>(info.param); });

class ReduceTest : public testing::TestWithParam<std::tuple<const char *, const char *>> {};

TEST_P(ReduceTest, AgreesWithTheReference) {
  auto [op, element] = GetParam();
  std::string name = op, input = batched("37", element);
  bool arg = name.rfind("arg", 0) == 0, sum = name == "reduce_sum";
  std::string out = arg ? "i32" : element;
  auto reduce = [&](const std::string &dim) {
    return "graph." + name + " %x " + (sum ? "dims [" + dim + "]" : "dim " + dim) + " : " + input;
  };
  std::string columns = "tensor<37x" + out + ">", rows = batched("", out);
  std::string body = "  %0 = " + reduce("0") + "\n  %1 = " + reduce("1") + "\n";
  std::string results = columns + ", " + rows;
  if (sum) {
    body += "  %2 = " + reduce("0, 1") + "\n  return %0, %1, %2 : " + results + ", tensor<" + out + ">\n";
    results += ", tensor<" + out + ">";
  } else {
    body += "  return %0, %1 : " + results + "\n";
  }
  bool isFloat = std::string(element)[0] == 'f';
  forBatches(kernel("%x: " + input + ") -> (" + results + ")", body), isFloat ? uniform(-1, 1) : integers(-50, 50),
             std::string(element) == "f64" ? Tolerance{1e-13, 1e-12} : Tolerance{1e-5, 2e-5});
}

INSTANTIATE_TEST_SUITE_P(Ops, ReduceTest,
                         testing::Combine(testing::Values("reduce_sum", "reduce_max", "reduce_min", "arg_max", "arg_min"),
                                          testing::Values("f32", "f64", "i32")),
                         [](const auto &info) {
                           return std::string(std::get<0>(info.param)) + "_" + std::get<1>(info.param);
                         });

TEST(CompiledOpsTest, BoolReductions) {
  std::string type = batched("9", "i1"), rows = batched("", "i1");
  forBatches(kernel("%x: " + type + ") -> (" + rows + ", tensor<9xi1>, tensor<i1>)",
                    "  %0 = graph.reduce_and %x dims [1] : " + type + "\n  %1 = graph.reduce_or %x dims [0] : " + type +
                        "\n  %2 = graph.reduce_and %x dims [0, 1] : " + type + "\n  return %0, %1, %2 : " + rows +
                        ", tensor<9xi1>, tensor<i1>\n"),
             uniform(0, 1));
}

TEST(CompiledOpsTest, ShapeOps) {
  std::string x = batched("6", "f32"), y = batched("4", "f32"), joined = batched("10", "f32");
  std::string padded = batched("14", "f32"), sliced = batched("2", "f32");
  std::string body = "  %0 = graph.concatenate %x, %y dim 1 : " + x + ", " + y +
                     "\n  %1 = graph.reverse %x dims [1] : " + x +
                     "\n  %2 = graph.pad %x, %v low [0, 1] high [0, 2] interior [0, 1] : " + x +
                     "\n  %3 = graph.slice %x starts [0, 1] limits [-1, 5] strides [1, 3] : " + x +
                     "\n  %4 = graph.transpose %x permutation [1, 0] : " + x +
                     "\n  %5 = graph.iota dim 1 : " + x + "\n  %6 = graph.broadcast %v dims [] : tensor<f32> -> " + y + "\n";
  std::string transposed = "tensor<6x?xf32, #graph.dims<\"\", \"batch\">>";
  std::string results = joined + ", " + x + ", " + padded + ", " + sliced + ", " + transposed + ", " + x + ", " + y;
  forBatches(kernel("%x: " + x + ", %y: " + y + ", %v: tensor<f32>) -> (" + results + ")",
                    body + "  return %0, %1, %2, %3, %4, %5, %6 : " + results + "\n"),
             uniform(-1, 1), {0, 0});
}

TEST(CompiledOpsTest, TakeAndScatter) {
  std::string ids = batched("", "i32"), rows = batched("21", "f32");
  forBatches(kernel("%table: tensor<9x21xf32>, %ids: " + ids + ", %u: " + rows + ") -> (" + rows + ", tensor<9x21xf32>)",
                    "  %0 = graph.take %table, %ids : tensor<9x21xf32>, " + ids +
                        "\n  %1 = graph.scatter_add %ids, %u : " + ids + ", " + rows + " -> tensor<9x21xf32>\n  return %0, %1 : " +
                        rows + ", tensor<9x21xf32>\n"),
             integers(-3, 12), {1e-5, 1e-5});
}

TEST(CompiledOpsTest, RandomNumbersAreTheSameBits) {
  for (std::string element : {"f32", "f64"}) {
    std::string type = batched("37", element);
    forBatches(kernel("%seed: tensor<i64>, %step: tensor<i64>) -> " + type,
                      "  %0 = graph.random_uniform %seed, %step domain train id 987654321 : " + type + "\n  return %0 : " +
                          type + "\n"),
               integers(1, 1ll << 40), {0, 0});
  }
}

TEST(CompiledOpsTest, SoftmaxRowsInOneKernel) {
  std::string x = batched("100", "f32"), rows = batched("", "f32");
  std::string body = "  %max = graph.reduce_max %x dim 1 : " + x + "\n  %b = graph.broadcast %max dims [0] : " + rows + " -> " +
                     x + "\n  %d = graph.subtract %x, %b : " + x + "\n  %e = graph.exp %d : " + x +
                     "\n  %sum = graph.reduce_sum %e dims [1] : " + x + "\n  %s = graph.broadcast %sum dims [0] : " + rows +
                     " -> " + x + "\n  %y = graph.divide %e, %s : " + x + "\n";
  forBatches(kernel("%x: " + x + ") -> (" + rows + ", " + rows + ", " + x + ")",
                    body + "  return %max, %sum, %y : " + rows + ", " + rows + ", " + x + "\n"),
             uniform(-8, 8), {2e-6, 1e-9});
}

} // namespace
