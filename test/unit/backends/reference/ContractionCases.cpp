#include "test/unit/backends/reference/OpCases.h"

using dlc::reference::Tensor;

namespace dlc::test {

void addContractionCases(std::vector<OpCase> &cases) {
  // Sums in double differ by their order; f32 results by at most one rounding of it.
  const double tolerance = 2e-7;
  cases.push_back({"dot_general",
                   {"tensor<{n}x5x{T}>", "tensor<5x3x{T}>"},
                   "tensor<{n}x3x{T}>",
                   "dot_general %a, %b contracting [1] x [0] : tensor<{n}x5x{T}>, tensor<5x3x{T}>",
                   {},
                   [](llvm::ArrayRef<Tensor> in, Tensor &out, int64_t n) {
                     for (int64_t i = 0; i < n; ++i)
                       for (int64_t j = 0; j < 3; ++j) {
                         double sum = 0;
                         for (int64_t k = 0; k < 5; ++k)
                           sum += in[0].getFloat(i * 5 + k) * in[1].getFloat(k * 3 + j);
                         out.setFloat(i * 3 + j, sum);
                       }
                   },
                   tolerance});
  // The sum runs over {n}, first in lhs and last in rhs: both operands are read across.
  cases.push_back({"dot_general",
                   {"tensor<{n}x4x{T}>", "tensor<3x{n}x{T}>"},
                   "tensor<4x3x{T}>",
                   "dot_general %a, %b contracting [0] x [1] : tensor<{n}x4x{T}>, tensor<3x{n}x{T}>",
                   {},
                   [](llvm::ArrayRef<Tensor> in, Tensor &out, int64_t n) {
                     for (int64_t i = 0; i < 4; ++i)
                       for (int64_t j = 0; j < 3; ++j) {
                         double sum = 0;
                         for (int64_t k = 0; k < n; ++k)
                           sum += in[0].getFloat(k * 4 + i) * in[1].getFloat(j * n + k);
                         out.setFloat(i * 3 + j, sum);
                       }
                   },
                   tolerance});
  // Attention: heads are a batching dimension in the middle.
  cases.push_back(
      {"dot_general",
       {"tensor<3x2x{n}x{T}>", "tensor<4x2x{n}x{T}>"},
       "tensor<2x3x4x{T}>",
       "dot_general %a, %b batching [1] x [1] contracting [2] x [2] : tensor<3x2x{n}x{T}>, tensor<4x2x{n}x{T}>",
       {},
       [](llvm::ArrayRef<Tensor> in, Tensor &out, int64_t n) {
         for (int64_t b = 0; b < 2; ++b)
           for (int64_t i = 0; i < 3; ++i)
             for (int64_t j = 0; j < 4; ++j) {
               double sum = 0;
               for (int64_t k = 0; k < n; ++k)
                 sum += in[0].getFloat((i * 2 + b) * n + k) * in[1].getFloat((j * 2 + b) * n + k);
               out.setFloat((b * 3 + i) * 4 + j, sum);
             }
       },
       tolerance});
  // Two contracting dimensions in opposite orders: the gradients need transposes.
  cases.push_back({"dot_general",
                   {"tensor<2x{n}x3x{T}>", "tensor<3x4x2x{T}>"},
                   "tensor<{n}x4x{T}>",
                   "dot_general %a, %b contracting [0, 2] x [2, 0] : tensor<2x{n}x3x{T}>, tensor<3x4x2x{T}>",
                   {},
                   [](llvm::ArrayRef<Tensor> in, Tensor &out, int64_t n) {
                     for (int64_t i = 0; i < n; ++i)
                       for (int64_t j = 0; j < 4; ++j) {
                         double sum = 0;
                         for (int64_t k = 0; k < 2; ++k)
                           for (int64_t l = 0; l < 3; ++l)
                             sum += in[0].getFloat((k * n + i) * 3 + l) * in[1].getFloat((l * 4 + j) * 2 + k);
                         out.setFloat(i * 4 + j, sum);
                       }
                   },
                   tolerance});
  // Batching dimensions in opposite orders, and no contraction.
  cases.push_back({"dot_general",
                   {"tensor<2x3x{n}x{T}>", "tensor<3x2x{T}>"},
                   "tensor<2x3x{n}x{T}>",
                   "dot_general %a, %b batching [0, 1] x [1, 0] : tensor<2x3x{n}x{T}>, tensor<3x2x{T}>",
                   {},
                   [](llvm::ArrayRef<Tensor> in, Tensor &out, int64_t n) {
                     for (int64_t b = 0; b < 2; ++b)
                       for (int64_t c = 0; c < 3; ++c)
                         for (int64_t i = 0; i < n; ++i)
                           out.setFloat((b * 3 + c) * n + i,
                                        in[0].getFloat((b * 3 + c) * n + i) * in[1].getFloat(c * 2 + b));
                   }});
  cases.push_back({"dot_general",
                   {"tensor<{n}xi64>", "tensor<{n}xi64>"},
                   "tensor<i64>",
                   "dot_general %a, %b contracting [0] x [0] : tensor<{n}xi64>, tensor<{n}xi64>",
                   {{-4e18, 4e18}, {-4e18, 4e18}}, // sums wrap
                   [](llvm::ArrayRef<Tensor> in, Tensor &out, int64_t n) {
                     uint64_t sum = 0;
                     for (int64_t i = 0; i < n; ++i)
                       sum += uint64_t(in[0].getInt(i)) * uint64_t(in[1].getInt(i));
                     out.setInt(0, int64_t(sum));
                   }});
}

} // namespace dlc::test
