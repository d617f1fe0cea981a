#include "test/unit/backends/reference/OpCases.h"

using dlc::reference::Tensor;

namespace dlc::test {

struct Words {
  uint32_t word[4];
};

/// Philox4x32-10, written out from the paper (section 3.3) rather than shared with the code under test.
static Words philox(Words counter, uint32_t key0, uint32_t key1) {
  for (int round = 0; round < 10; ++round) {
    uint64_t product0 = 0xD2511F53ull * counter.word[0], product1 = 0xCD9E8D57ull * counter.word[2];
    Words next;
    next.word[0] = uint32_t(product1 >> 32) ^ counter.word[1] ^ key0;
    next.word[1] = uint32_t(product1);
    next.word[2] = uint32_t(product0 >> 32) ^ counter.word[3] ^ key1;
    next.word[3] = uint32_t(product0);
    counter = next;
    key0 += 0x9E3779B9u;
    key1 += 0xBB67AE85u;
  }
  return counter;
}

void addRandomCases(std::vector<OpCase> &cases) {
  cases.push_back({"random_uniform",
                   {"tensor<i64>", "tensor<i64>"},
                   "tensor<{n}x3x{T}>",
                   "random_uniform %a, %b domain data id 123456789012 : tensor<{n}x3x{T}>",
                   {{-4e18, 4e18}, {0, 4e9}},
                   [](llvm::ArrayRef<Tensor> in, Tensor &out, int64_t n) {
                     uint64_t seed = in[0].getInt(0), step = in[1].getInt(0);
                     uint32_t id = uint32_t(123456789012ull) ^ (2u << 30);
                     for (int64_t i = 0; i < 3 * n; ++i) {
                       Words draw =
                           philox({{uint32_t(i), 0, id, uint32_t(step)}}, uint32_t(seed), uint32_t(seed >> 32));
                       double high = draw.word[0] >> 6, low = draw.word[1] >> 5;
                       out.setFloat(i, out.element.isF32() ? (draw.word[0] >> 8) / 16777216.0
                                                           : (high * 134217728.0 + low) / 9007199254740992.0);
                     }
                   }});
}

} // namespace dlc::test
