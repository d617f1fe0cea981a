// Convolutions, pooling and transposes, compiled, against the reference backend: batches 0, 1 and prime, channels
// around vector widths, windows that overlap and that leave gaps.
#include "test/unit/tools/driver/CompiledKernels.h"
#include "gtest/gtest.h"
#include <cmath>

using namespace dlc;
using namespace dlc::test;

namespace {

/// "tensor<?x9x3xf32, …>" of "B,9,3": a name is a symbolic size.
std::string typed(const std::string &sizes, const std::string &element) {
  std::string shape, names;
  bool isSymbolic = false;
  for (size_t begin = 0; begin <= sizes.size();) {
    size_t end = std::min(sizes.find(',', begin), sizes.size());
    std::string size = sizes.substr(begin, end - begin);
    bool isNumber = isdigit(size[0]);
    isSymbolic |= !isNumber;
    shape += (isNumber ? size : "?") + "x";
    names += std::string(names.empty() ? "" : ", ") + (isNumber ? "\"\"" : "\"" + size + "\"");
    begin = end + 1;
  }
  return "tensor<" + shape + element + (isSymbolic ? ", #graph.dims<" + names + ">" : "") + ">";
}

/// A kernel of ops on %0, %1, …: `%x<i>` are its arguments, `%r<i>` its results.
std::string kernel(const std::vector<std::string> &arguments, const std::vector<std::string> &results,
                   const std::string &body) {
  std::string text = "func.func private @k(", types, values;
  for (size_t i = 0; i < arguments.size(); ++i)
    text += (i ? ", %x" : "%x") + std::to_string(i) + ": " + arguments[i];
  for (size_t i = 0; i < results.size(); ++i) {
    types += (i ? ", " : "") + results[i];
    values += (i ? ", %r" : "%r") + std::to_string(i);
  }
  return text + ") -> (" + types + ") attributes {graph.kernel} {\n" + body + "  return " + values + " : " + types +
         "\n}\n";
}

void compareAt(const std::string &text, int64_t batch, int64_t t, const Filler &fill, Tolerance tolerance) {
  SCOPED_TRACE("B = " + std::to_string(batch) + ", t = " + std::to_string(t));
  reference::Symbols symbols;
  symbols["B"] = batch;
  symbols["t"] = t;
  compareWithReference(text, symbols, fill, tolerance);
}

/// Sums in another order.
Tolerance ofSums(const std::string &element) {
  return element == "f32" ? Tolerance{1e-5, 1e-4} : Tolerance{1e-13, 1e-12};
}

struct ConvolutionCase {
  const char *name, *input, *filter, *how, *result;
};

class ConvolutionTest : public testing::TestWithParam<std::tuple<ConvolutionCase, const char *>> {};

TEST_P(ConvolutionTest, AgreesWithTheReference) {
  auto [convolution, element] = GetParam();
  std::string x = typed(convolution.input, element), w = typed(convolution.filter, element);
  std::string y = typed(convolution.result, element);
  std::string text = kernel(
      {x, w}, {y}, "  %r0 = graph.convolution %x0, %x1 " + std::string(convolution.how) + " : " + x + ", " + w + "\n");
  bool hasLength = std::string(convolution.input).find('t') != std::string::npos;
  for (int64_t batch : {0, 1, 17})
    for (int64_t t : hasLength ? std::vector<int64_t>{0, 1, 17} : std::vector<int64_t>{1}) {
      compareAt(text, batch, t, uniform(-1, 1), ofSums(element));
      if (HasFatalFailure())
        return;
    }
}

INSTANTIATE_TEST_SUITE_P(
    Shapes, ConvolutionTest,
    testing::Combine(
        testing::Values(
            ConvolutionCase{"channels1", "B,9,1", "3,1,16", "strides [1] dilation [1]", "B,7,16"},
            ConvolutionCase{"channels3", "B,9,3", "4,3,33", "strides [1] dilation [1]", "B,6,33"},
            ConvolutionCase{"channels16", "B,9,16", "3,16,1", "strides [2] dilation [1]", "B,4,1"},
            ConvolutionCase{"channels33", "B,10,33", "2,33,3", "strides [1] dilation [3]", "B,7,3"},
            ConvolutionCase{"length", "B,t+4,3", "3,3,16", "strides [1] dilation [2]", "B,t,16"},
            ConvolutionCase{"lengthAndGap", "B,9,t+2,2", "3,3,2,5", "strides [3, 1] dilation [1, 1]", "B,3,t,5"},
            ConvolutionCase{"pointwise1", "B,9,16", "1,16,33", "strides [1] dilation [1]", "B,9,33"},
            ConvolutionCase{"pointwiseStrided", "B,9,8,3", "1,1,3,17", "strides [2, 3] dilation [1, 1]", "B,5,3,17"},
            ConvolutionCase{"image", "B,9,8,3", "3,3,3,16", "strides [1, 1] dilation [1, 1]", "B,7,6,16"},
            ConvolutionCase{"imageStrided", "B,9,11,16", "3,2,16,33", "strides [2, 3] dilation [1, 1]", "B,4,4,33"},
            ConvolutionCase{"imageDilated", "B,9,11,3", "3,2,3,16", "strides [1, 2] dilation [3, 1]", "B,3,5,16"},
            // One window, with elements that it does not reach.
            ConvolutionCase{"oneWindow", "B,4,3", "3,3,16", "strides [2] dilation [1]", "B,1,16"},
            ConvolutionCase{"oneElement", "B,3,4,3", "1,1,3,16", "strides [4, 1] dilation [1, 1]", "B,1,4,16"},
            ConvolutionCase{"whole", "B,4,5,3", "4,5,3,16", "strides [1, 1] dilation [1, 1]", "B,1,1,16"},
            ConvolutionCase{"volume", "B,4,5,6,3", "2,3,2,3,16", "strides [2, 1, 3] dilation [1, 2, 1]", "B,2,1,2,16"},
            ConvolutionCase{"groups", "B,9,4,3", "3,4,3,16", "strides [2] dilation [1] grouped", "B,4,4,16"},
            ConvolutionCase{"depthwise", "B,7,8,33,1", "3,3,33,1,1", "strides [1, 2] dilation [1, 1] grouped",
                            "B,5,3,33,1"},
            ConvolutionCase{"depthwiseMultiplier", "B,7,8,16,1", "3,3,16,1,2", "strides [1, 1] dilation [1, 2] grouped",
                            "B,5,4,16,2"},
            ConvolutionCase{"volumeGroups", "B,3,4,3,2,5", "2,2,2,2,5,3",
                            "strides [1, 1, 1] dilation [1, 1, 1] grouped", "B,2,3,2,2,3"},
            // What a filter's gradient is: examples as channels, a filter as large as the windows.
            ConvolutionCase{"filterGradient", "3,9,B", "7,B,16", "strides [1] dilation [1]", "3,3,16"},
            ConvolutionCase{"filterGradientOfStrides", "3,9,8,B", "4,3,B,16", "strides [1, 1] dilation [2, 3]",
                            "3,3,2,16"},
            ConvolutionCase{"filterGradientOfLength", "3,t+2,B", "t,B,16", "strides [1] dilation [1]", "3,3,16"}),
        testing::Values("f32", "f64")),
    [](const auto &info) { return std::string(std::get<0>(info.param).name) + "_" + std::get<1>(info.param); });

// The filter's gradient as autodiff writes it: operands are transposed by their maps.
TEST(CompiledWindowsTest, TransposedOperands) {
  for (std::string element : {"f32", "f64"}) {
    std::string x = typed("B,9,3", element), d = typed("B,7,16", element), dw = typed("3,3,16", element);
    std::string xt = typed("3,9,B", element), dt = typed("7,B,16", element);
    std::string text =
        kernel({x, d}, {dw},
               "  %0 = graph.transpose %x0 permutation [2, 1, 0] : " + x +
                   "\n  %1 = graph.transpose %x1 permutation [1, 0, 2] : " + d +
                   "\n  %r0 = graph.convolution %0, %1 strides [1] dilation [1] : " + xt + ", " + dt + "\n");
    for (int64_t batch : {0, 1, 17, 64})
      compareAt(text, batch, 1, uniform(-1, 1), ofSums(element));
  }
}

// Padding and a reversed, transposed filter before it, bias and activation behind it, in one kernel.
TEST(CompiledWindowsTest, ConvolutionAmongOthers) {
  std::string x = typed("B,8,7,3", "f32"), p = typed("B,10,9,3", "f32"), w = typed("3,3,16,3", "f32");
  std::string wt = typed("3,3,3,16", "f32"), y = typed("B,8,7,16", "f32"), b = typed("16", "f32");
  std::string text =
      kernel({x, w, b, "tensor<f32>"}, {p, wt, y},
             "  %r0 = graph.pad %x0, %x3 low [0, 1, 1, 0] high [0, 1, 1, 0] interior [0, 0, 0, 0] : " + x +
                 "\n  %0 = graph.reverse %x1 dims [0, 1] : " + w +
                 "\n  %r1 = graph.transpose %0 permutation [0, 1, 3, 2] : " + w +
                 "\n  %1 = graph.convolution %r0, %r1 strides [1, 1] dilation [1, 1] : " + p + ", " + wt +
                 "\n  %2 = graph.broadcast %x2 dims [3] : " + b + " -> " + y + "\n  %3 = graph.add %1, %2 : " + y +
                 "\n  %r2 = graph.relu %3 : " + y + "\n");
  for (int64_t batch : {0, 1, 17})
    compareAt(text, batch, 1, uniform(-1, 1), {1e-5, 1e-4});
}

struct PoolingCase {
  const char *name, *input, *how, *windows;
};

class PoolingTest : public testing::TestWithParam<std::tuple<PoolingCase, const char *>> {
protected:
  void compare(const Filler &fill) {
    auto [pooling, element] = GetParam();
    std::string x = typed(pooling.input, element), y = typed(pooling.windows, element);
    std::string places = typed(pooling.windows, "i8"), how = pooling.how;
    std::string text = kernel({x}, {y, y, places},
                              "  %r0 = graph.window_sum %x0 " + how + " : " + x + "\n  %r1 = graph.window_max %x0 " +
                                  how + " : " + x + "\n  %r2 = graph.window_arg_max %x0 " + how + " : " + x + "\n");
    bool hasLength = std::string(pooling.input).find('t') != std::string::npos;
    for (int64_t batch : {0, 1, 17})
      for (int64_t t : hasLength ? std::vector<int64_t>{0, 1, 17} : std::vector<int64_t>{1}) {
        compareAt(text, batch, t, fill, ofSums(element));
        if (HasFatalFailure())
          return;
      }
  }
};

TEST_P(PoolingTest, AgreesWithTheReference) { compare(uniform(-1, 1)); }

TEST_P(PoolingTest, TakesTheFirstOfEquals) { compare(integers(-1, 1)); }

// Much of it not a number or infinite; sums become NaN in whatever order they are taken.
TEST_P(PoolingTest, TakesNaNAndInfinities) {
  if (std::get<1>(GetParam())[0] != 'f')
    GTEST_SKIP();
  compare([](reference::Tensor &tensor, std::mt19937 &random) {
    const double values[] = {NAN, -INFINITY, -INFINITY, -INFINITY, 1, 2, INFINITY};
    for (int64_t i = 0; i < tensor.count(); ++i)
      tensor.setFloat(i, values[random() % 7]);
  });
}

INSTANTIATE_TEST_SUITE_P(
    Shapes, PoolingTest,
    testing::Combine(
        testing::Values(PoolingCase{"sideBySide", "B,8,6,33", "window [1, 2, 3, 1] strides [1, 2, 3, 1]", "B,4,2,33"},
                        PoolingCase{"overlapping", "B,9,16", "window [1, 3, 1] strides [1, 2, 1]", "B,4,16"},
                        PoolingCase{"gaps", "B,9,8,3", "window [1, 2, 1, 1] strides [1, 4, 3, 1]", "B,2,3,3"},
                        PoolingCase{"length", "B,t+2,3", "window [1, 3, 1] strides [1, 1, 1]", "B,t,3"},
                        PoolingCase{"channels", "B,5,33", "window [1, 1, 4] strides [1, 1, 3]", "B,5,10"},
                        PoolingCase{"volume", "B,5,4,6,1", "window [1, 2, 2, 3, 1] strides [1, 3, 1, 3, 1]",
                                    "B,2,3,2,1"},
                        PoolingCase{"whole", "B,16,16", "window [1, 16, 16] strides [1, 1, 1]", "B,1,1"},
                        PoolingCase{"batch", "11,33", "window [3, 1] strides [2, 1]", "5,33"},
                        PoolingCase{"oneWindow", "B,4,3", "window [1, 2, 1] strides [1, 4, 1]", "B,1,3"},
                        PoolingCase{"oneElement", "B,6,3", "window [1, 1, 1] strides [1, 4, 1]", "B,2,3"},
                        PoolingCase{"nothing", "B,6,3", "window [1, 1, 1] strides [1, 1, 1]", "B,6,3"}),
        testing::Values("f32", "f64", "i32", "i8")),
    [](const auto &info) { return std::string(std::get<0>(info.param).name) + "_" + std::get<1>(info.param); });

class PlacesTest : public testing::TestWithParam<std::tuple<PoolingCase, const char *>> {};

// Any byte as a place: what is none of the window's counts as nothing and leads nowhere outside.
TEST_P(PlacesTest, ScatterAndGatherAgreeWithTheReference) {
  auto [pooling, element] = GetParam();
  std::string x = typed(pooling.input, element), y = typed(pooling.windows, element);
  std::string i = typed(pooling.windows, "i8"), how = pooling.how;
  std::string scatter =
      kernel({y, i}, {x}, "  %r0 = graph.window_scatter %x0, %x1 " + how + " : " + y + ", " + i + " -> " + x + "\n");
  std::string gather =
      kernel({x}, {y},
             "  %0 = graph.window_arg_max %x0 " + how + " : " + x + "\n  %r0 = graph.window_gather %x0, %0 " + how +
                 " : " + x + ", " + i + " -> " + y + "\n");
  bool hasLength = std::string(pooling.input).find('t') != std::string::npos;
  for (int64_t batch : {0, 1, 17})
    for (int64_t t : hasLength ? std::vector<int64_t>{0, 1, 17} : std::vector<int64_t>{1}) {
      compareAt(scatter, batch, t, integers(-2, 6), ofSums(element));
      compareAt(gather, batch, t, uniform(-1, 1), {0, 0});
      if (HasFatalFailure())
        return;
    }
}

INSTANTIATE_TEST_SUITE_P(
    Shapes, PlacesTest,
    testing::Combine(
        testing::Values(PoolingCase{"sideBySide", "B,8,6,33", "window [1, 2, 3, 1] strides [1, 2, 3, 1]", "B,4,2,33"},
                        PoolingCase{"overlapping", "B,9,16", "window [1, 3, 1] strides [1, 2, 1]", "B,4,16"},
                        PoolingCase{"gaps", "B,9,8,3", "window [1, 2, 1, 1] strides [1, 4, 3, 1]", "B,2,3,3"},
                        PoolingCase{"length", "B,t+2,3", "window [1, 3, 1] strides [1, 1, 1]", "B,t,3"},
                        PoolingCase{"volume", "B,5,4,6,1", "window [1, 2, 2, 3, 1] strides [1, 3, 1, 3, 1]",
                                    "B,2,3,2,1"},
                        PoolingCase{"batch", "11,33", "window [3, 1] strides [2, 1]", "5,33"}),
        testing::Values("f32", "f64")),
    [](const auto &info) { return std::string(std::get<0>(info.param).name) + "_" + std::get<1>(info.param); });

struct TransposeCase {
  const char *name, *input, *permutation, *result;
};

class TransposeTest : public testing::TestWithParam<std::tuple<TransposeCase, const char *>> {};

// Squares of vectors where sizes allow them, plain loops where they do not.
TEST_P(TransposeTest, AgreesWithTheReference) {
  auto [transpose, element] = GetParam();
  std::string x = typed(transpose.input, element), y = typed(transpose.result, element);
  bool isFloat = std::string(element)[0] == 'f';
  std::string op = "graph.transpose %x0 permutation " + std::string(transpose.permutation) + " : " + x + "\n";
  std::string plain = kernel({x}, {y}, "  %r0 = " + op);
  std::string computed =
      kernel({x}, {y}, "  %0 = " + op + "  %1 = graph.neg %0 : " + y + "\n  %r0 = graph.add %1, %1 : " + y + "\n");
  for (int64_t batch : {0, 1, 3, 17}) {
    compareAt(plain, batch, 1, isFloat ? uniform(-1, 1) : integers(-100, 100), {0, 0});
    compareAt(computed, batch, 1, isFloat ? uniform(-1, 1) : integers(-60, 60), {0, 0});
    if (HasFatalFailure())
      return;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Shapes, TransposeTest,
    testing::Combine(testing::Values(TransposeCase{"squares", "32,48", "[1, 0]", "48,32"},
                                     TransposeCase{"oneSquare", "16,16", "[1, 0]", "16,16"},
                                     TransposeCase{"odd", "33,16", "[1, 0]", "16,33"},
                                     TransposeCase{"symbolicRows", "B,32", "[1, 0]", "32,B"},
                                     TransposeCase{"images", "B,16,32", "[0, 2, 1]", "B,32,16"},
                                     TransposeCase{"channelsFirst", "B,4,8,16", "[0, 3, 1, 2]", "B,16,4,8"},
                                     TransposeCase{"outer", "16,B,32", "[2, 1, 0]", "32,B,16"},
                                     TransposeCase{"heads", "B,4,32,16", "[0, 2, 1, 3]", "B,32,4,16"},
                                     TransposeCase{"far", "16,3,B,32", "[3, 2, 1, 0]", "32,B,3,16"}),
                     testing::Values("f32", "f64", "i32", "i64", "i8")),
    [](const auto &info) { return std::string(std::get<0>(info.param).name) + "_" + std::get<1>(info.param); });

} // namespace
