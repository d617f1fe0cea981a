// Gradients of loops against finite differences of the loops, on the reference backend; and the plans that are made of
// both, run as a program runs them. One module serves all lengths.
#include "test/unit/passes/fusion/PassRunner.h"
#include "gtest/gtest.h"
#include <cmath>

using namespace mlir;
using namespace dlc;
using namespace dlc::test;

namespace {

struct ScanCase {
  const char *name;
  const char *bodies;
  /// Of @loss(%h: 2x3, %xs: t x 2x3, %w: 3x3, %v: 3) -> f64: what the loops give goes to %a, of 2x3.
  const char *loops;
};

const ScanCase kCases[] = {
    {"OneCarry", R"(
func.func private @turn(%i: tensor<i64>, %h: tensor<2x3xf64>, %x: tensor<2x3xf64>, %w: tensor<3x3xf64>) -> tensor<2x3xf64> attributes {graph.body} {
  %p = graph.dot_general %h, %w contracting [1] x [0] : tensor<2x3xf64>, tensor<3x3xf64>
  %s = graph.add %p, %x : tensor<2x3xf64>
  %n = graph.tanh %s : tensor<2x3xf64>
  return %n : tensor<2x3xf64>
})",
     R"(%a = graph.scan @turn length "t" carries(%h) sequences(%xs) invariants(%w) : (tensor<2x3xf64>, !xs, tensor<3x3xf64>) -> tensor<2x3xf64>)"},
    // Two carries change places; the number of the step counts; what is emitted is the present carry.
    {"SwappedCarriesInReverse", R"(
func.func private @turn(%i: tensor<i64>, %p: tensor<2x3xf64>, %q: tensor<2x3xf64>, %x: tensor<2x3xf64>, %v: tensor<3xf64>) -> (tensor<2x3xf64>, tensor<2x3xf64>, tensor<2x3xf64>) attributes {graph.body} {
  %f = graph.convert %i : tensor<i64> -> tensor<f64>
  %sin = graph.sin %f : tensor<f64>
  %b = graph.broadcast %sin dims [] : tensor<f64> -> tensor<2x3xf64>
  %vb = graph.broadcast %v dims [1] : tensor<3xf64> -> tensor<2x3xf64>
  %m = graph.multiply %p, %vb : tensor<2x3xf64>
  %mx = graph.multiply %m, %x : tensor<2x3xf64>
  %s = graph.add %mx, %b : tensor<2x3xf64>
  %n = graph.tanh %s : tensor<2x3xf64>
  return %q, %n, %p : tensor<2x3xf64>, tensor<2x3xf64>, tensor<2x3xf64>
})",
     R"(%p, %q, %ps = graph.scan @turn length "t" reverse carries(%h, %h) sequences(%xs) invariants(%v) : (tensor<2x3xf64>, tensor<2x3xf64>, !xs, tensor<3xf64>) -> (tensor<2x3xf64>, tensor<2x3xf64>, !xs)
  %pq = graph.multiply %p, %q : tensor<2x3xf64>
  %sum = graph.reduce_sum %ps dims [0] : !xs
  %a = graph.add %pq, %sum : tensor<2x3xf64>)"},
    // An int is carried beside a float; one carry stays; a value from outside is emitted.
    {"IntsAndConstants", R"(
func.func private @turn(%i: tensor<i64>, %n: tensor<i32>, %h: tensor<2x3xf64>, %k: tensor<2x3xf64>, %x: tensor<2x3xf64>, %o: tensor<2x3xf64>) -> (tensor<i32>, tensor<2x3xf64>, tensor<2x3xf64>, tensor<2x3xf64>) attributes {graph.body} {
  %one = graph.constant dense<1> : tensor<i32>
  %m = graph.add %n, %one : tensor<i32>
  %f = graph.convert %m : tensor<i32> -> tensor<f64>
  %b = graph.broadcast %f dims [] : tensor<f64> -> tensor<2x3xf64>
  %d = graph.divide %x, %b : tensor<2x3xf64>
  %e = graph.multiply %d, %k : tensor<2x3xf64>
  %s = graph.add %h, %e : tensor<2x3xf64>
  return %m, %s, %k, %o : tensor<i32>, tensor<2x3xf64>, tensor<2x3xf64>, tensor<2x3xf64>
})",
     R"(%zero = graph.constant dense<0> : tensor<i32>
  %n, %s, %k, %os = graph.scan @turn length "t" carries(%zero, %h, %h) sequences(%xs) invariants(%h) : (tensor<i32>, tensor<2x3xf64>, tensor<2x3xf64>, !xs, tensor<2x3xf64>) -> (tensor<i32>, tensor<2x3xf64>, tensor<2x3xf64>, !xs)
  %sk = graph.multiply %s, %k : tensor<2x3xf64>
  %so = graph.reduce_sum %os dims [0] : !xs
  %a = graph.multiply %sk, %so : tensor<2x3xf64>)"},
    // Loops in a loop: the inner one starts from the outer carry and swaps its own, and its result is emitted.
    {"Nested", R"(
func.func private @inner(%i: tensor<i64>, %a: tensor<2x3xf64>, %b: tensor<2x3xf64>, %x: tensor<2x3xf64>, %u: tensor<2x3xf64>, %w: tensor<3x3xf64>) -> (tensor<2x3xf64>, tensor<2x3xf64>) attributes {graph.body} {
  %p = graph.dot_general %a, %w contracting [1] x [1] : tensor<2x3xf64>, tensor<3x3xf64>
  %m = graph.multiply %x, %u : tensor<2x3xf64>
  %s = graph.add %p, %m : tensor<2x3xf64>
  %n = graph.tanh %s : tensor<2x3xf64>
  return %b, %n : tensor<2x3xf64>, tensor<2x3xf64>
}
func.func private @outer(%i: tensor<i64>, %h: tensor<2x3xf64>, %x: tensor<2x3xf64>, %xs: !xs, %w: tensor<3x3xf64>) -> (tensor<2x3xf64>, tensor<2x3xf64>) attributes {graph.body} {
  %p, %q = graph.scan @inner length "t" reverse carries(%h, %x) sequences(%xs) invariants(%x, %w) : (tensor<2x3xf64>, tensor<2x3xf64>, !xs, tensor<2x3xf64>, tensor<3x3xf64>) -> (tensor<2x3xf64>, tensor<2x3xf64>)
  %s = graph.add %p, %q : tensor<2x3xf64>
  return %s, %p : tensor<2x3xf64>, tensor<2x3xf64>
})",
     R"(%s, %ps = graph.scan @outer length "t" carries(%h) sequences(%xs) invariants(%xs, %w) : (tensor<2x3xf64>, !xs, !xs, tensor<3x3xf64>) -> (tensor<2x3xf64>, !xs)
  %sum = graph.reduce_sum %ps dims [0] : !xs
  %a = graph.multiply %s, %sum : tensor<2x3xf64>)"},
    // One carry is the start of a second loop over what the first emits.
    {"OneAfterTheOther", R"(
func.func private @turn(%i: tensor<i64>, %h: tensor<2x3xf64>, %x: tensor<2x3xf64>, %v: tensor<3xf64>) -> (tensor<2x3xf64>, tensor<2x3xf64>) attributes {graph.body} {
  %vb = graph.broadcast %v dims [1] : tensor<3xf64> -> tensor<2x3xf64>
  %m = graph.multiply %h, %vb : tensor<2x3xf64>
  %s = graph.add %m, %x : tensor<2x3xf64>
  %n = graph.sin %s : tensor<2x3xf64>
  return %n, %n : tensor<2x3xf64>, tensor<2x3xf64>
})",
     R"(%p, %ps = graph.scan @turn length "t" carries(%h) sequences(%xs) invariants(%v) : (tensor<2x3xf64>, !xs, tensor<3xf64>) -> (tensor<2x3xf64>, !xs)
  %a, %qs = graph.scan @turn length "t" reverse carries(%p) sequences(%ps) invariants(%v) : (tensor<2x3xf64>, !xs, tensor<3xf64>) -> (tensor<2x3xf64>, !xs))"},
};

std::string replaceAll(std::string text, llvm::StringRef token, llvm::StringRef value) {
  for (size_t at = 0; (at = text.find(token, at)) != std::string::npos; at += value.size())
    text.replace(at, token.size(), value);
  return text;
}

constexpr char kArguments[] = "%h, %xs, %w, %v";
constexpr char kTypes[] = "tensor<2x3xf64>, !xs, tensor<3x3xf64>, tensor<3xf64>";

/// @forward, what the loops give; @pairing, <J^T c, directions> of that, with directions dh, dxs, dw and dv; @second,
/// the pairing and its gradients by h, xs, w, v and c. The last is J directions.
std::string pairingOf(const ScanCase &each) {
  return R"(func.func @forward(%h: tensor<2x3xf64> {graph.input = "h"}, %xs: !xs {graph.input = "xs"}, %w: tensor<3x3xf64> {graph.input = "w"}, %v: tensor<3xf64> {graph.input = "v"}) -> (tensor<2x3xf64> {graph.output = "a"}) {
  )" + std::string(each.loops) +
         R"(
  return %a : tensor<2x3xf64>
}
func.func private @weighed(%h: tensor<2x3xf64>, %xs: !xs, %w: tensor<3x3xf64>, %v: tensor<3xf64>, %c: tensor<2x3xf64>) -> tensor<f64> {
  )" + each.loops +
         R"(
  %ac = graph.multiply %a, %c : tensor<2x3xf64>
  %l = graph.reduce_sum %ac dims [0, 1] : tensor<2x3xf64>
  return %l : tensor<f64>
}
func.func private @pairing(%h: tensor<2x3xf64>, %xs: !xs, %w: tensor<3x3xf64>, %v: tensor<3xf64>, %c: tensor<2x3xf64>, %dh: tensor<2x3xf64>, %dxs: !xs, %dw: tensor<3x3xf64>, %dv: tensor<3xf64>) -> tensor<f64> {
  %r:5 = graph.value_and_grad @weighed(%h, %xs, %w, %v, %c) wrt [0, 1, 2, 3] : (tensor<2x3xf64>, !xs, tensor<3x3xf64>, tensor<3xf64>, tensor<2x3xf64>) -> (tensor<f64>, tensor<2x3xf64>, !xs, tensor<3x3xf64>, tensor<3xf64>)
  %m0 = graph.multiply %r#1, %dh : tensor<2x3xf64>
  %m1 = graph.multiply %r#2, %dxs : !xs
  %m2 = graph.multiply %r#3, %dw : tensor<3x3xf64>
  %m3 = graph.multiply %r#4, %dv : tensor<3xf64>
  %s0 = graph.reduce_sum %m0 dims [0, 1] : tensor<2x3xf64>
  %s1 = graph.reduce_sum %m1 dims [0, 1, 2] : !xs
  %s2 = graph.reduce_sum %m2 dims [0, 1] : tensor<3x3xf64>
  %s3 = graph.reduce_sum %m3 dims [0] : tensor<3xf64>
  %a0 = graph.add %s0, %s1 : tensor<f64>
  %a1 = graph.add %s2, %s3 : tensor<f64>
  %a2 = graph.add %a0, %a1 : tensor<f64>
  return %a2 : tensor<f64>
}
func.func @second(%h: tensor<2x3xf64> {graph.input = "h"}, %xs: !xs {graph.input = "xs"}, %w: tensor<3x3xf64> {graph.input = "w"}, %v: tensor<3xf64> {graph.input = "v"}, %c: tensor<2x3xf64> {graph.input = "c"}, %dh: tensor<2x3xf64> {graph.input = "dh"}, %dxs: !xs {graph.input = "dxs"}, %dw: tensor<3x3xf64> {graph.input = "dw"}, %dv: tensor<3xf64> {graph.input = "dv"}) -> (tensor<f64> {graph.output = "l"}, tensor<2x3xf64> {graph.output = "dh"}, !xs {graph.output = "dxs"}, tensor<3x3xf64> {graph.output = "dw"}, tensor<3xf64> {graph.output = "dv"}, tensor<2x3xf64> {graph.output = "dc"}) {
  %r:6 = graph.value_and_grad @pairing(%h, %xs, %w, %v, %c, %dh, %dxs, %dw, %dv) wrt [0, 1, 2, 3, 4] : (tensor<2x3xf64>, !xs, tensor<3x3xf64>, tensor<3xf64>, tensor<2x3xf64>, tensor<2x3xf64>, !xs, tensor<3x3xf64>, tensor<3xf64>) -> (tensor<f64>, tensor<2x3xf64>, !xs, tensor<3x3xf64>, tensor<3xf64>, tensor<2x3xf64>)
  return %r#0, %r#1, %r#2, %r#3, %r#4, %r#5 : tensor<f64>, tensor<2x3xf64>, !xs, tensor<3x3xf64>, tensor<3xf64>, tensor<2x3xf64>
}
)";
}

/// @f, the loss and its gradients by all arguments; @loss; @square, the sum of the squares of all gradients of @loss;
/// @g, that and its gradients; and what pairingOf gives.
std::string moduleOf(const ScanCase &each) {
  std::string parameters = "%h: tensor<2x3xf64>, %xs: !xs, %w: tensor<3x3xf64>, %v: tensor<3xf64>";
  auto request = [&](const std::string &name, const std::string &of) {
    std::string named, results;
    const char *inputs[] = {"h", "xs", "w", "v"};
    for (int i = 0; i < 4; ++i) {
      const char *types[] = {"tensor<2x3xf64>", "!xs", "tensor<3x3xf64>", "tensor<3xf64>"};
      named += std::string(i ? ", %" : "%") + inputs[i] + ": " + types[i] + " {graph.input = \"" + inputs[i] + "\"}";
      results += std::string(", ") + types[i] + " {graph.output = \"d" + inputs[i] + "\"}";
    }
    return "func.func @" + name + "(" + named + ") -> (tensor<f64> {graph.output = \"l\"}" + results +
           ") {\n  %r:5 = graph.value_and_grad @" + of + "(" + kArguments + ") wrt [0, 1, 2, 3] : (" + kTypes +
           ") -> (tensor<f64>, " + kTypes + ")\n  return %r#0, %r#1, %r#2, %r#3, %r#4 : tensor<f64>, " + kTypes +
           "\n}\n";
  };
  std::string square = "func.func private @square(" + parameters +
                       ") -> tensor<f64> {\n  %r:5 = graph.value_and_grad @loss(" + kArguments +
                       ") wrt [0, 1, 2, 3] : (" + kTypes + ") -> (tensor<f64>, " + kTypes + R"()
  %m0 = graph.multiply %r#1, %r#1 : tensor<2x3xf64>
  %m1 = graph.multiply %r#2, %r#2 : !xs
  %m2 = graph.multiply %r#3, %r#3 : tensor<3x3xf64>
  %m3 = graph.multiply %r#4, %r#4 : tensor<3xf64>
  %s0 = graph.reduce_sum %m0 dims [0, 1] : tensor<2x3xf64>
  %s1 = graph.reduce_sum %m1 dims [0, 1, 2] : !xs
  %s2 = graph.reduce_sum %m2 dims [0, 1] : tensor<3x3xf64>
  %s3 = graph.reduce_sum %m3 dims [0] : tensor<3xf64>
  %a0 = graph.add %s0, %s1 : tensor<f64>
  %a1 = graph.add %s2, %s3 : tensor<f64>
  %a2 = graph.add %a0, %a1 : tensor<f64>
  return %a2 : tensor<f64>
}
)";
  std::string loss = "func.func private @loss(" + parameters + ") -> tensor<f64> {\n  " + each.loops + R"(
  %wa = graph.dot_general %a, %w contracting [1] x [0] : tensor<2x3xf64>, tensor<3x3xf64>
  %aa = graph.multiply %a, %wa : tensor<2x3xf64>
  %l = graph.reduce_sum %aa dims [0, 1] : tensor<2x3xf64>
  return %l : tensor<f64>
}
)";
  return replaceAll(request("f", "loss") + request("g", "square") + square + loss + pairingOf(each) + each.bodies,
                    "!xs", "tensor<?x2x3xf64, #graph.dims<\"t\", \"\", \"\">>");
}

class ScanGradient : public testing::TestWithParam<ScanCase> {
protected:
  void SetUp() override {
    written = parse(moduleOf(GetParam()));
    ASSERT_TRUE(written);
    differentiated = runPasses(*written, "dlc-differentiate");
    ASSERT_TRUE(differentiated);
  }

  void checkDifferences(llvm::StringRef name);

  OwningOpRef<ModuleOp> written, differentiated;
};

/// The dot test in three directions: <gradient, direction> against a difference of losses.
void ScanGradient::checkDifferences(llvm::StringRef name) {
  auto function = differentiated->lookupSymbol<func::FuncOp>(name);
  for (int64_t length : {1, 2, 7}) {
    reference::Symbols symbols;
    symbols["t"] = length;
    auto arguments = randomArguments(function, symbols, 3);
    Effects effects = runFunction(*differentiated, name, arguments, symbols);
    for (unsigned seed : {11u, 12u, 13u})
      for (auto [index, input] : llvm::enumerate(ArrayRef<const char *>{"h", "xs", "w", "v"})) {
        reference::Tensor direction =
            randomTensor(cast<RankedTensorType>(function.getArgumentTypes()[index]), symbols, seed);
        const reference::Tensor &gradient = effects["out:d" + std::string(input)];
        const double step = 1e-6;
        double expected = 0, losses[2];
        for (int64_t i = 0; i < direction.count(); ++i)
          expected += gradient.getFloat(i) * direction.getFloat(i);
        for (int side : {0, 1}) {
          auto moved = arguments;
          for (int64_t i = 0; i < direction.count(); ++i)
            moved[index].setFloat(i, arguments[index].getFloat(i) + (side ? step : -step) * direction.getFloat(i));
          losses[side] = runFunction(*differentiated, name, moved, symbols)["out:l"].getFloat(0);
        }
        double difference = (losses[1] - losses[0]) / (2 * step);
        EXPECT_NEAR(expected, difference, 1e-6 * (1 + std::fabs(difference))) << input << ", length " << length;
      }
  }
}

TEST_P(ScanGradient, AgreesWithDifferences) { checkDifferences("f"); }

TEST_P(ScanGradient, GradientsOfGradientsAgreeWithDifferences) { checkDifferences("g"); }

// With @second: the derivatives of loops by their cotangents, in which they are linear.
TEST_P(ScanGradient, ProductsForwardAndBackwardAreTransposes) {
  auto second = differentiated->lookupSymbol<func::FuncOp>("second");
  for (int64_t length : {1, 2, 7}) {
    SCOPED_TRACE("length " + std::to_string(length));
    reference::Symbols symbols;
    symbols["t"] = length;
    SmallVector<reference::Tensor> arguments = randomArguments(second, symbols, 3);
    Effects effects = runFunction(*differentiated, "second", arguments, symbols);
    const reference::Tensor &weights = arguments[4], &forward = effects["out:dc"];
    double paired = 0, size = 0;
    for (int64_t i = 0; i < weights.count(); ++i) {
      paired += weights.getFloat(i) * forward.getFloat(i);
      size += std::fabs(weights.getFloat(i) * forward.getFloat(i));
    }
    EXPECT_GT(size, 0);
    EXPECT_NEAR(paired, effects["out:l"].getFloat(0), 1e-12 * size);
    auto other = arguments;
    other[4] = randomTensor(cast<RankedTensorType>(second.getArgumentTypes()[4]), symbols, 99);
    reference::Tensor same = runFunction(*differentiated, "second", other, symbols)["out:dc"];
    const double step = 1e-6;
    reference::Tensor sides[2];
    for (int side : {0, 1}) {
      auto moved = SmallVector<reference::Tensor>(ArrayRef(arguments).take_front(4));
      for (unsigned k = 0; k < 4; ++k)
        for (int64_t i = 0; i < moved[k].count(); ++i)
          moved[k].setFloat(i, moved[k].getFloat(i) + (side ? step : -step) * arguments[5 + k].getFloat(i));
      sides[side] = runFunction(*differentiated, "forward", moved, symbols)["out:a"];
    }
    for (int64_t i = 0; i < weights.count(); ++i) {
      double value = forward.getFloat(i), difference = (sides[1].getFloat(i) - sides[0].getFloat(i)) / (2 * step);
      EXPECT_NEAR(value, same.getFloat(i), 1e-12 * std::fabs(value)) << "not linear, element " << i;
      EXPECT_NEAR(value, difference, 1e-6 * (1 + std::fabs(difference))) << "element " << i;
    }
  }
}

TEST_P(ScanGradient, SecondDerivativesAgreeWithDifferences) { checkDifferences("second"); }

TEST_P(ScanGradient, PlansAreTheSameAtEveryLength) {
  for (const char *pipeline :
       {"dlc-simplify-graph,dlc-form-fusion-groups,dlc-outline-kernels,dlc-verify-form{form=fused},dlc-graph-to-plan,"
        "dlc-assign-buffers,dlc-verify-form{form=plan}",
        "dlc-form-fusion-groups{max-chained-work=60 cheap-flops=1},dlc-outline-kernels,dlc-verify-form{form=fused},"
        "dlc-graph-to-plan,dlc-assign-buffers,dlc-verify-form{form=plan}"}) {
    OwningOpRef<ModuleOp> planned = runPasses(*differentiated, pipeline);
    ASSERT_TRUE(planned);
    for (const char *name : {"f", "g"})
      for (int64_t length : {1, 2, 7}) {
        SCOPED_TRACE(std::string(name) + " at length " + std::to_string(length));
        reference::Symbols symbols;
        symbols["t"] = length;
        auto function = differentiated->lookupSymbol<func::FuncOp>(name);
        auto arguments = randomArguments(function, symbols, unsigned(length));
        expectSame(runPlan(*planned, function, arguments, symbols),
                   runFunction(*differentiated, name, arguments, symbols), 1e-9);
      }
  }
}

INSTANTIATE_TEST_SUITE_P(Loops, ScanGradient, testing::ValuesIn(kCases),
                         [](const testing::TestParamInfo<ScanCase> &info) { return std::string(info.param.name); });

} // namespace
