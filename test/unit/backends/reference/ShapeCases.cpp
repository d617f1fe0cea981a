#include "test/unit/backends/reference/OpCases.h"

using dlc::reference::Tensor;

namespace dlc::test {

static void addSources(std::vector<OpCase> &cases) {
  cases.push_back({"constant",
                   {},
                   "tensor<2x2x{T}>",
                   "constant dense<[[1.5, -2.0], [0.0, 4.0]]> : tensor<2x2x{T}>",
                   {},
                   [](llvm::ArrayRef<Tensor>, Tensor &out, int64_t) {
                     const double values[] = {1.5, -2.0, 0.0, 4.0};
                     for (int64_t i = 0; i < 4; ++i)
                       out.setFloat(i, values[i]);
                   }});
  cases.push_back({"constant",
                   {},
                   "tensor<{n}xi1>",
                   "constant dense<true> : tensor<{n}xi1>",
                   {},
                   [](llvm::ArrayRef<Tensor>, Tensor &out, int64_t n) {
                     for (int64_t i = 0; i < n; ++i)
                       out.setInt(i, 1);
                   }});
  cases.push_back({"size", {}, "tensor<i64>", "size \"7129\"", {}, [](llvm::ArrayRef<Tensor>, Tensor &out, int64_t) {
                     out.setInt(0, 7129);
                   }});
  cases.push_back({"iota",
                   {},
                   "tensor<{n}x3x{T}>",
                   "iota dim 0 : tensor<{n}x3x{T}>",
                   {},
                   [](llvm::ArrayRef<Tensor>, Tensor &out, int64_t n) {
                     for (int64_t i = 0; i < 3 * n; ++i)
                       out.setFloat(i, double(i / 3));
                   }});
  cases.push_back({"iota",
                   {},
                   "tensor<3x{n}xi32>",
                   "iota dim 1 : tensor<3x{n}xi32>",
                   {},
                   [](llvm::ArrayRef<Tensor>, Tensor &out, int64_t n) {
                     for (int64_t i = 0; i < 3 * n; ++i)
                       out.setInt(i, i % n);
                   }});
}

static void addMoves(std::vector<OpCase> &cases) {
  cases.push_back({"reshape",
                   {"tensor<{n}x6x{T}>"},
                   "tensor<2x{n}x3x{T}>",
                   "reshape %a : tensor<{n}x6x{T}> -> tensor<2x{n}x3x{T}>",
                   {},
                   [](llvm::ArrayRef<Tensor> in, Tensor &out, int64_t n) {
                     for (int64_t i = 0; i < 6 * n; ++i)
                       out.setFloat(i, in[0].getFloat(i));
                   }});
  cases.push_back({"broadcast",
                   {"tensor<{n}x{T}>"},
                   "tensor<2x{n}x3x{T}>",
                   "broadcast %a dims [1] : tensor<{n}x{T}> -> tensor<2x{n}x3x{T}>",
                   {},
                   [](llvm::ArrayRef<Tensor> in, Tensor &out, int64_t n) {
                     for (int64_t i = 0; i < 2; ++i)
                       for (int64_t j = 0; j < n; ++j)
                         for (int64_t k = 0; k < 3; ++k)
                           out.setFloat((i * n + j) * 3 + k, in[0].getFloat(j));
                   }});
  cases.push_back({"broadcast",
                   {"tensor<{T}>"},
                   "tensor<{n}x{T}>",
                   "broadcast %a dims [] : tensor<{T}> -> tensor<{n}x{T}>",
                   {},
                   [](llvm::ArrayRef<Tensor> in, Tensor &out, int64_t n) {
                     for (int64_t i = 0; i < n; ++i)
                       out.setFloat(i, in[0].getFloat(0));
                   }});
  cases.push_back({"transpose",
                   {"tensor<2x{n}x3x{T}>"},
                   "tensor<3x2x{n}x{T}>",
                   "transpose %a permutation [2, 0, 1] : tensor<2x{n}x3x{T}>",
                   {},
                   [](llvm::ArrayRef<Tensor> in, Tensor &out, int64_t n) {
                     for (int64_t i = 0; i < 2; ++i)
                       for (int64_t j = 0; j < n; ++j)
                         for (int64_t k = 0; k < 3; ++k)
                           out.setFloat((k * 2 + i) * n + j, in[0].getFloat((i * n + j) * 3 + k));
                   }});
  cases.push_back({"reverse",
                   {"tensor<{n}x3x{T}>"},
                   "tensor<{n}x3x{T}>",
                   "reverse %a dims [0] : tensor<{n}x3x{T}>",
                   {},
                   [](llvm::ArrayRef<Tensor> in, Tensor &out, int64_t n) {
                     for (int64_t i = 0; i < n; ++i)
                       for (int64_t j = 0; j < 3; ++j)
                         out.setFloat(i * 3 + j, in[0].getFloat((n - 1 - i) * 3 + j));
                   }});
  cases.push_back({"stop_gradient",
                   {"tensor<{n}x{T}>"},
                   "tensor<{n}x{T}>",
                   "stop_gradient %a : tensor<{n}x{T}>",
                   {},
                   [](llvm::ArrayRef<Tensor> in, Tensor &out, int64_t n) {
                     for (int64_t i = 0; i < n; ++i)
                       out.setFloat(i, in[0].getFloat(i));
                   }});
  cases.push_back({"wait",
                   {"tensor<{n}x{T}>", "tensor<2xi32>"},
                   "tensor<{n}x{T}>",
                   "wait %a for %b : tensor<{n}x{T}>, tensor<2xi32>",
                   {},
                   [](llvm::ArrayRef<Tensor> in, Tensor &out, int64_t n) {
                     for (int64_t i = 0; i < n; ++i)
                       out.setFloat(i, in[0].getFloat(i));
                   }});
}

static void addJoins(std::vector<OpCase> &cases) {
  cases.push_back({"concatenate",
                   {"tensor<{n}x3x{T}>", "tensor<{n}x1x{T}>"},
                   "tensor<{n}x4x{T}>",
                   "concatenate %a, %b dim 1 : tensor<{n}x3x{T}>, tensor<{n}x1x{T}>",
                   {},
                   [](llvm::ArrayRef<Tensor> in, Tensor &out, int64_t n) {
                     for (int64_t i = 0; i < n; ++i)
                       for (int64_t j = 0; j < 4; ++j)
                         out.setFloat(i * 4 + j, j < 3 ? in[0].getFloat(i * 3 + j) : in[1].getFloat(i));
                   }});
  cases.push_back({"pad",
                   {"tensor<{n}x2x{T}>", "tensor<{T}>"},
                   "tensor<{n}x7x{T}>",
                   "pad %a, %b low [0, 1] high [0, 3] interior [0, 1] : tensor<{n}x2x{T}>",
                   {},
                   [](llvm::ArrayRef<Tensor> in, Tensor &out, int64_t n) {
                     for (int64_t i = 0; i < n; ++i)
                       for (int64_t j = 0; j < 7; ++j)
                         out.setFloat(i * 7 + j, j == 1   ? in[0].getFloat(i * 2)
                                                 : j == 3 ? in[0].getFloat(i * 2 + 1)
                                                          : in[1].getFloat(0));
                   }});
}

void addShapeCases(std::vector<OpCase> &cases) {
  addSources(cases);
  addMoves(cases);
  addJoins(cases);
}

} // namespace dlc::test
