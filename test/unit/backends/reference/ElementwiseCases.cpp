#include "test/unit/backends/reference/OpCases.h"
#include <cmath>

using dlc::reference::Tensor;

namespace dlc::test {

static const std::string kFloats = "tensor<{n}x{T}>", kInts = "tensor<{n}xi32>", kBools = "tensor<{n}xi1>";

using Unary = double (*)(double);
using Binary = double (*)(double, double);

static void addUnary(std::vector<OpCase> &cases, const std::string &op, Unary f, Range range = {}) {
  cases.push_back({op,
                   {kFloats},
                   kFloats,
                   op + " %a : " + kFloats,
                   {range},
                   [f](llvm::ArrayRef<Tensor> in, Tensor &out, int64_t n) {
                     for (int64_t i = 0; i < n; ++i)
                       out.setFloat(i, f(in[0].getFloat(i)));
                   }});
}

static void addBinary(std::vector<OpCase> &cases, const std::string &op, Binary f, Range lhs = {}, Range rhs = {}) {
  cases.push_back({op,
                   {kFloats, kFloats},
                   kFloats,
                   op + " %a, %b : " + kFloats,
                   {lhs, rhs},
                   [f](llvm::ArrayRef<Tensor> in, Tensor &out, int64_t n) {
                     for (int64_t i = 0; i < n; ++i)
                       out.setFloat(i, f(in[0].getFloat(i), in[1].getFloat(i)));
                   }});
}

static void addIntegers(std::vector<OpCase> &cases, const std::string &op, int64_t (*f)(int64_t, int64_t),
                        const std::string &type = kInts) {
  cases.push_back({op,
                   {type, type},
                   type,
                   op + " %a, %b : " + type,
                   {{-9, 9}, {-9, 9}},
                   [f](llvm::ArrayRef<Tensor> in, Tensor &out, int64_t n) {
                     for (int64_t i = 0; i < n; ++i)
                       out.setInt(i, f(in[0].getInt(i), in[1].getInt(i)));
                   }});
}

static void addFunctions(std::vector<OpCase> &cases) {
  addUnary(cases, "neg", [](double x) { return -x; });
  addUnary(cases, "abs", [](double x) { return std::fabs(x); });
  addUnary(cases, "sign", [](double x) { return x > 0 ? 1.0 : -1.0; });
  addUnary(cases, "exp", [](double x) { return std::exp(x); });
  addUnary(cases, "expm1", [](double x) { return std::expm1(x); });
  addUnary(cases, "log", [](double x) { return std::log(x); }, {0.1, 3});
  addUnary(cases, "log1p", [](double x) { return std::log1p(x); }, {-0.9, 3});
  addUnary(cases, "sqrt", [](double x) { return std::sqrt(x); }, {0.1, 3});
  addUnary(cases, "rsqrt", [](double x) { return 1 / std::sqrt(x); }, {0.1, 3});
  addUnary(cases, "tanh", [](double x) { return std::tanh(x); });
  addUnary(cases, "logistic",
           [](double x) { return x >= 0 ? 1 / (1 + std::exp(-x)) : std::exp(x) / (1 + std::exp(x)); });
  addUnary(cases, "relu", [](double x) { return x > 0 ? x : 0.0; });
  addUnary(cases, "sin", [](double x) { return std::sin(x); });
  addUnary(cases, "cos", [](double x) { return std::cos(x); });
  addUnary(cases, "erf", [](double x) { return std::erf(x); });
  addUnary(cases, "floor", [](double x) { return std::floor(x); });
  addUnary(cases, "ceil", [](double x) { return std::ceil(x); });
  addUnary(cases, "round_even", [](double x) { return std::nearbyint(x); });
  cases.push_back(
      {"neg", {kInts}, kInts, "neg %a : " + kInts, {{-9, 9}}, [](llvm::ArrayRef<Tensor> in, Tensor &out, int64_t n) {
         for (int64_t i = 0; i < n; ++i)
           out.setInt(i, -in[0].getInt(i));
       }});
  cases.push_back(
      {"not", {kBools}, kBools, "not %a : " + kBools, {}, [](llvm::ArrayRef<Tensor> in, Tensor &out, int64_t n) {
         for (int64_t i = 0; i < n; ++i)
           out.setInt(i, !in[0].getInt(i));
       }});
}

static void addArithmetic(std::vector<OpCase> &cases) {
  addBinary(cases, "add", [](double x, double y) { return x + y; });
  addBinary(cases, "subtract", [](double x, double y) { return x - y; });
  addBinary(cases, "multiply", [](double x, double y) { return x * y; });
  addBinary(cases, "divide", [](double x, double y) { return x / y; }, {}, {0.5, 2});
  addBinary(cases, "remainder", [](double x, double y) { return std::fmod(x, y); }, {-9, 9}, {0.5, 2});
  addBinary(cases, "power", [](double x, double y) { return std::pow(x, y); }, {0.1, 2});
  addBinary(cases, "maximum", [](double x, double y) { return x > y ? x : y; });
  addBinary(cases, "minimum", [](double x, double y) { return x < y ? x : y; });
  addIntegers(cases, "add", [](int64_t x, int64_t y) { return x + y; });
  addIntegers(cases, "multiply", [](int64_t x, int64_t y) { return x * y; }, "tensor<{n}xi8>");
  addIntegers(cases, "divide", [](int64_t x, int64_t y) { return y ? x / y : 0; });
  addIntegers(cases, "remainder", [](int64_t x, int64_t y) { return y ? x % y : 0; }, "tensor<{n}xi64>");
  addIntegers(cases, "maximum", [](int64_t x, int64_t y) { return x > y ? x : y; });
  for (const std::string &type : {kBools, kInts}) {
    addIntegers(cases, "and", [](int64_t x, int64_t y) { return x & y; }, type);
    addIntegers(cases, "or", [](int64_t x, int64_t y) { return x | y; }, type);
    addIntegers(cases, "xor", [](int64_t x, int64_t y) { return x ^ y; }, type);
  }
}

template <typename Predicate>
static void addComparison(std::vector<OpCase> &cases, const std::string &direction, Predicate predicate) {
  cases.push_back({"compare",
                   {kFloats, kFloats},
                   kBools,
                   "compare " + direction + " %a, %b : " + kFloats,
                   {},
                   [=](llvm::ArrayRef<Tensor> in, Tensor &out, int64_t n) {
                     for (int64_t i = 0; i < n; ++i)
                       out.setInt(i, predicate(in[0].getFloat(i), in[1].getFloat(i)));
                   }});
  // Few different integers, so that equal ones come up.
  cases.push_back({"compare",
                   {kInts, kInts},
                   kBools,
                   "compare " + direction + " %a, %b : " + kInts,
                   {{0, 2}, {0, 2}},
                   [=](llvm::ArrayRef<Tensor> in, Tensor &out, int64_t n) {
                     for (int64_t i = 0; i < n; ++i)
                       out.setInt(i, predicate(double(in[0].getInt(i)), double(in[1].getInt(i))));
                   }});
}

static void addConversion(std::vector<OpCase> &cases, const std::string &from, const std::string &to, Range range,
                          Unary f) {
  cases.push_back({"convert",
                   {"tensor<{n}x" + from + ">"},
                   "tensor<{n}x" + to + ">",
                   "convert %a : tensor<{n}x" + from + "> -> tensor<{n}x" + to + ">",
                   {range},
                   [f](llvm::ArrayRef<Tensor> in, Tensor &out, int64_t n) {
                     for (int64_t i = 0; i < n; ++i) {
                       double value = f(in[0].isFloat() ? in[0].getFloat(i) : double(in[0].getInt(i)));
                       if (out.isFloat())
                         out.setFloat(i, value);
                       else
                         out.setInt(i, int64_t(value));
                     }
                   }});
}

static void addChoices(std::vector<OpCase> &cases) {
  addComparison(cases, "eq", [](double x, double y) { return x == y; });
  addComparison(cases, "ne", [](double x, double y) { return x != y; });
  addComparison(cases, "lt", [](double x, double y) { return x < y; });
  addComparison(cases, "le", [](double x, double y) { return x <= y; });
  addComparison(cases, "gt", [](double x, double y) { return x > y; });
  addComparison(cases, "ge", [](double x, double y) { return x >= y; });
  cases.push_back({"is_finite",
                   {kFloats},
                   kBools,
                   "is_finite %a : " + kFloats,
                   {},
                   [](llvm::ArrayRef<Tensor>, Tensor &out, int64_t n) {
                     for (int64_t i = 0; i < n; ++i)
                       out.setInt(i, 1);
                   }});
  cases.push_back({"select",
                   {kBools, kFloats, kFloats},
                   kFloats,
                   "select %a, %b, %c : " + kFloats,
                   {},
                   [](llvm::ArrayRef<Tensor> in, Tensor &out, int64_t n) {
                     for (int64_t i = 0; i < n; ++i)
                       out.setFloat(i, in[in[0].getInt(i) ? 1 : 2].getFloat(i));
                   }});
  cases.push_back({"clamp",
                   {kFloats, kFloats, kFloats},
                   kFloats,
                   "clamp %a, %b, %c : " + kFloats,
                   {{-1, 0}, {-2, 2}, {0, 1}},
                   [](llvm::ArrayRef<Tensor> in, Tensor &out, int64_t n) {
                     for (int64_t i = 0; i < n; ++i)
                       out.setFloat(i, std::fmin(std::fmax(in[1].getFloat(i), in[0].getFloat(i)), in[2].getFloat(i)));
                   }});
  auto same = [](double x) { return x; };
  addConversion(cases, "{T}", "f64", {}, same);
  addConversion(cases, "{T}", "f32", {}, [](double x) { return double(float(x)); });
  addConversion(cases, "{T}", "i32", {-9, 9}, [](double x) { return std::trunc(x); });
  addConversion(cases, "i32", "{T}", {-9, 9}, same);
  addConversion(cases, "i64", "i8", {-100, 100}, same);
  addConversion(cases, "i32", "i1", {0, 1}, same);
  addConversion(cases, "i1", "{T}", {0, 1}, same);
}

void addElementwiseCases(std::vector<OpCase> &cases) {
  addFunctions(cases);
  addArithmetic(cases);
  addChoices(cases);
}

} // namespace dlc::test
