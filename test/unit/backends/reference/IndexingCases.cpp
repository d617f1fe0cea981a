#include "test/unit/backends/reference/OpCases.h"
#include <algorithm>

using dlc::reference::Tensor;

namespace dlc::test {

void addIndexingCases(std::vector<OpCase> &cases) {
  cases.push_back({"slice",
                   {"tensor<{n}x9x{T}>"},
                   "tensor<{n}x3x{T}>",
                   "slice %a starts [0, 2] limits [-1, 8] strides [1, 2] : tensor<{n}x9x{T}>",
                   {},
                   [](llvm::ArrayRef<Tensor> in, Tensor &out, int64_t n) {
                     for (int64_t i = 0; i < n; ++i)
                       for (int64_t j = 0; j < 3; ++j)
                         out.setFloat(i * 3 + j, in[0].getFloat(i * 9 + 2 + 2 * j));
                   }});
  cases.push_back({"slice",
                   {"tensor<{n}x4x{T}>"},
                   "tensor<{n}x0x{T}>",
                   "slice %a starts [0, 2] limits [{n}, 2] strides [1, 1] : tensor<{n}x4x{T}>",
                   {},
                   [](llvm::ArrayRef<Tensor>, Tensor &, int64_t) {}});
  // Indices beyond both ends clamp to the first and last row.
  cases.push_back({"take",
                   {"tensor<6x2x{T}>", "tensor<{n}xi32>"},
                   "tensor<{n}x2x{T}>",
                   "take %a, %b : tensor<6x2x{T}>, tensor<{n}xi32>",
                   {{}, {-3, 9}},
                   [](llvm::ArrayRef<Tensor> in, Tensor &out, int64_t n) {
                     for (int64_t i = 0; i < n; ++i)
                       for (int64_t j = 0; j < 2; ++j)
                         out.setFloat(i * 2 + j, in[0].getFloat(std::clamp<int64_t>(in[1].getInt(i), 0, 5) * 2 + j));
                   }});
  cases.push_back({"take",
                   {"tensor<6x{T}>", "tensor<2x{n}xi32>"},
                   "tensor<2x{n}x{T}>",
                   "take %a, %b : tensor<6x{T}>, tensor<2x{n}xi32>",
                   {{}, {0, 5}},
                   [](llvm::ArrayRef<Tensor> in, Tensor &out, int64_t n) {
                     for (int64_t i = 0; i < 2 * n; ++i)
                       out.setFloat(i, in[0].getFloat(in[1].getInt(i)));
                   }});
  cases.push_back({"scatter_add",
                   {"tensor<{n}xi32>", "tensor<{n}x2x{T}>"},
                   "tensor<6x2x{T}>",
                   "scatter_add %a, %b : tensor<{n}xi32>, tensor<{n}x2x{T}> -> tensor<6x2x{T}>",
                   {{-3, 9}, {}},
                   [](llvm::ArrayRef<Tensor> in, Tensor &out, int64_t n) {
                     for (int64_t r = 0; r < 6; ++r)
                       for (int64_t j = 0; j < 2; ++j) {
                         double sum = 0;
                         for (int64_t i = 0; i < n; ++i)
                           sum += std::clamp<int64_t>(in[0].getInt(i), 0, 5) == r ? in[1].getFloat(i * 2 + j) : 0;
                         out.setFloat(r * 2 + j, sum);
                       }
                   },
                   2e-7});
}

} // namespace dlc::test
