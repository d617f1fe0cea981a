#include "test/unit/backends/reference/OpCases.h"
#include <limits>

using dlc::reference::Tensor;

namespace dlc::test {

static void addSums(std::vector<OpCase> &cases) {
  cases.push_back({"reduce_sum",
                   {"tensor<3x{n}x{T}>"},
                   "tensor<3x{T}>",
                   "reduce_sum %a dims [1] : tensor<3x{n}x{T}>",
                   {},
                   [](llvm::ArrayRef<Tensor> in, Tensor &out, int64_t n) {
                     for (int64_t i = 0; i < 3; ++i) {
                       double sum = 0;
                       for (int64_t j = 0; j < n; ++j)
                         sum += in[0].getFloat(i * n + j);
                       out.setFloat(i, sum);
                     }
                   },
                   2e-7});
  cases.push_back({"reduce_sum",
                   {"tensor<2x{n}x4x{T}>"},
                   "tensor<{n}x{T}>",
                   "reduce_sum %a dims [0, 2] : tensor<2x{n}x4x{T}>",
                   {},
                   [](llvm::ArrayRef<Tensor> in, Tensor &out, int64_t n) {
                     for (int64_t j = 0; j < n; ++j) {
                       double sum = 0;
                       for (int64_t i = 0; i < 2; ++i)
                         for (int64_t k = 0; k < 4; ++k)
                           sum += in[0].getFloat((i * n + j) * 4 + k);
                       out.setFloat(j, sum);
                     }
                   },
                   2e-7});
  cases.push_back({"reduce_sum",
                   {"tensor<{n}xi8>"},
                   "tensor<i8>",
                   "reduce_sum %a dims [0] : tensor<{n}xi8>",
                   {{-100, 100}},
                   [](llvm::ArrayRef<Tensor> in, Tensor &out, int64_t n) {
                     int64_t sum = 0; // wraps to i8 when it is stored
                     for (int64_t i = 0; i < n; ++i)
                       sum += in[0].getInt(i);
                     out.setInt(0, sum);
                   }});
}

/// The extreme of each row of a [3, n] input, or its first index. \p lowest: of no elements.
template <typename Better>
static void addExtreme(std::vector<OpCase> &cases, const std::string &op, double ofNone, Better better) {
  cases.push_back({op,
                   {"tensor<3x{n}x{T}>"},
                   "tensor<3x{T}>",
                   op + " %a dim 1 : tensor<3x{n}x{T}>",
                   {},
                   [=](llvm::ArrayRef<Tensor> in, Tensor &out, int64_t n) {
                     for (int64_t i = 0; i < 3; ++i) {
                       double best = ofNone;
                       for (int64_t j = 0; j < n; ++j)
                         if (better(in[0].getFloat(i * n + j), best))
                           best = in[0].getFloat(i * n + j);
                       out.setFloat(i, best);
                     }
                   }});
}

/// Few different integers, so that ties come up; along the outer dimension.
template <typename Better> static void addFirstIndex(std::vector<OpCase> &cases, const std::string &op, Better better) {
  cases.push_back({op,
                   {"tensor<{n}x3xi32>"},
                   "tensor<3xi32>",
                   op + " %a dim 0 : tensor<{n}x3xi32>",
                   {{0, 3}},
                   [=](llvm::ArrayRef<Tensor> in, Tensor &out, int64_t n) {
                     for (int64_t j = 0; j < 3; ++j) {
                       int64_t best = 0;
                       for (int64_t i = 1; i < n; ++i)
                         if (better(in[0].getInt(i * 3 + j), in[0].getInt(best * 3 + j)))
                           best = i;
                       out.setInt(j, best);
                     }
                   }});
}

static void addLogic(std::vector<OpCase> &cases, const std::string &op, bool start) {
  cases.push_back({op,
                   {"tensor<{n}x2xi1>"},
                   "tensor<{n}xi1>",
                   op + " %a dims [1] : tensor<{n}x2xi1>",
                   {},
                   [=](llvm::ArrayRef<Tensor> in, Tensor &out, int64_t n) {
                     for (int64_t i = 0; i < n; ++i) {
                       bool x = in[0].getInt(i * 2), y = in[0].getInt(i * 2 + 1);
                       out.setInt(i, start ? x && y : x || y);
                     }
                   }});
  cases.push_back({op,
                   {"tensor<{n}xi1>"},
                   "tensor<i1>",
                   op + " %a dims [0] : tensor<{n}xi1>",
                   {},
                   [=](llvm::ArrayRef<Tensor> in, Tensor &out, int64_t n) {
                     bool value = start;
                     for (int64_t i = 0; i < n; ++i)
                       value = start ? value && in[0].getInt(i) : value || in[0].getInt(i);
                     out.setInt(0, value);
                   }});
}

void addReductionCases(std::vector<OpCase> &cases) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  addSums(cases);
  addExtreme(cases, "reduce_max", -infinity, std::greater<double>());
  addExtreme(cases, "reduce_min", infinity, std::less<double>());
  addFirstIndex(cases, "arg_max", std::greater<int64_t>());
  addFirstIndex(cases, "arg_min", std::less<int64_t>());
  addLogic(cases, "reduce_and", true);
  addLogic(cases, "reduce_or", false);
}

} // namespace dlc::test
