// The order of the training rows: the generator's published vectors, and what every permutation must hold.
#include "tools/fit/Shuffle.h"
#include <algorithm>
#include <gtest/gtest.h>

namespace dlc::fit {
namespace {

using Words = std::array<uint32_t, 4>;

// The known answers of philox4x32-10 that come with Random123 (kat_vectors).
TEST(ShuffleTest, PhiloxGivesThePublishedVectors) {
  EXPECT_EQ(philox({0, 0, 0, 0}, {0, 0}), (Words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  EXPECT_EQ(philox({~0u, ~0u, ~0u, ~0u}, {~0u, ~0u}), (Words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  // Digits of pi.
  EXPECT_EQ(philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
            (Words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(ShuffleTest, EveryRowComesOnce) {
  for (int64_t count : {0, 1, 2, 3, 1000}) {
    std::vector<int64_t> rows = shuffledRows(count, 1, 2);
    std::sort(rows.begin(), rows.end());
    EXPECT_EQ(rows, rowsInOrder(count)) << count;
  }
}

TEST(ShuffleTest, IsAFunctionOfSeedAndEpoch) {
  EXPECT_EQ(shuffledRows(100, 7, 3), shuffledRows(100, 7, 3));
  EXPECT_NE(shuffledRows(100, 7, 3), shuffledRows(100, 7, 4));
  EXPECT_NE(shuffledRows(100, 7, 3), shuffledRows(100, 8, 3));
  EXPECT_NE(shuffledRows(100, 7, 3), shuffledRows(100, 7 + (int64_t(1) << 32), 3)); // the seed has 64 bits
  EXPECT_NE(shuffledRows(100, 7, 3), rowsInOrder(100));
}

// As the header says it: the last element draws first; 64 bits of Philox by multiplication.
TEST(ShuffleTest, FollowsTheDescription) {
  constexpr int64_t seed = 42, epoch = 5;
  std::vector<int64_t> rows = {0, 1, 2, 3, 4, 5, 6, 7};
  for (uint32_t i = 7; i > 0; --i) {
    Words words = philox({i, 0, uint32_t(epoch) ^ (3u << 30), 0}, {uint32_t(seed), 0});
    // 2^64 / (i + 1) is so large that no draw of eight is repeated.
    auto j = static_cast<size_t>((static_cast<unsigned __int128>(uint64_t(words[1]) << 32 | words[0]) * (i + 1)) >> 64);
    std::swap(rows[i], rows[j]);
  }
  EXPECT_EQ(shuffledRows(8, seed, epoch), rows);
}

// 6 orders of 3 rows, 6000 epochs: each about 1000 times. The sum of squared deviations over 1000 has a chi-squared
// distribution with 5 degrees of freedom: 20.5 is exceeded once in 1000 seeds.
TEST(ShuffleTest, AllOrdersAreEquallyLikely) {
  std::array<double, 6> counts = {};
  for (int64_t epoch = 0; epoch < 6000; ++epoch) {
    std::vector<int64_t> rows = shuffledRows(3, 1, epoch);
    counts[static_cast<size_t>(2 * rows[0] + (rows[1] > rows[2]))] += 1;
  }
  double squares = 0;
  for (double count : counts)
    squares += (count - 1000) * (count - 1000) / 1000;
  EXPECT_LT(squares, 20.5);
}

} // namespace
} // namespace dlc::fit
