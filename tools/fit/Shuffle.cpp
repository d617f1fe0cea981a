#include "tools/fit/Shuffle.h"
#include <numeric>
#include <utility>

namespace dlc::fit {
namespace {

// Apart from the model's draws, which have (element, id ^ domain, step) in the counter: the lowest bits of the third
// word are the epoch here, the highest say "order of rows".
constexpr uint32_t kRowOrder = 3u << 30;

uint64_t draw(int64_t seed, int64_t epoch, uint64_t index, uint32_t attempt) {
  auto bits = static_cast<uint64_t>(seed);
  std::array<uint32_t, 4> words =
      philox({static_cast<uint32_t>(index), static_cast<uint32_t>(index >> 32),
              static_cast<uint32_t>(epoch) ^ kRowOrder, attempt},
             {static_cast<uint32_t>(bits), static_cast<uint32_t>(bits >> 32)});
  return uint64_t(words[1]) << 32 | words[0];
}

// Uniform in [0, bound).
uint64_t drawBelow(uint64_t bound, int64_t seed, int64_t epoch, uint64_t index) {
  uint64_t threshold = (0 - bound) % bound; // 2^64 mod bound
  for (uint32_t attempt = 0;; ++attempt) {
    unsigned __int128 product = static_cast<unsigned __int128>(draw(seed, epoch, index, attempt)) * bound;
    if (static_cast<uint64_t>(product) >= threshold)
      return static_cast<uint64_t>(product >> 64);
  }
}

} // namespace

std::array<uint32_t, 4> philox(std::array<uint32_t, 4> counter, std::array<uint32_t, 2> key) {
  for (int round = 0; round < 10; ++round) {
    uint64_t first = uint64_t(0xD2511F53) * counter[0], second = uint64_t(0xCD9E8D57) * counter[2];
    counter = {static_cast<uint32_t>(second >> 32) ^ counter[1] ^ key[0], static_cast<uint32_t>(second),
               static_cast<uint32_t>(first >> 32) ^ counter[3] ^ key[1], static_cast<uint32_t>(first)};
    key[0] += 0x9E3779B9;
    key[1] += 0xBB67AE85;
  }
  return counter;
}

std::vector<int64_t> rowsInOrder(int64_t count) {
  std::vector<int64_t> rows(static_cast<std::size_t>(count));
  std::iota(rows.begin(), rows.end(), int64_t(0));
  return rows;
}

std::vector<int64_t> shuffledRows(int64_t count, int64_t seed, int64_t epoch) {
  std::vector<int64_t> rows = rowsInOrder(count);
  for (std::size_t i = rows.size(); i-- > 1;)
    std::swap(rows[i], rows[drawBelow(i + 1, seed, epoch, i)]);
  return rows;
}

} // namespace dlc::fit
