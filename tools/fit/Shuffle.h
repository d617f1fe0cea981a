// The order of the training rows: a function of (seed, epoch), so that an interrupted run can go on where it stopped.
#ifndef DLC_TOOLS_FIT_SHUFFLE_H
#define DLC_TOOLS_FIT_SHUFFLE_H

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace dlc::fit {

/// Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", 2011).
std::array<uint32_t, 4> philox(std::array<uint32_t, 4> counter, std::array<uint32_t, 2> key);

/// A permutation of 0 … count-1 by Fisher and Yates from the last element down: element i changes places with element
/// j, uniform in [0, i], made from Philox with key = (seed lo, seed hi) and counter = (i lo, i hi, epoch ^ 3 << 30, attempt) by
/// multiplication, drawn again where that would be biased (Lemire, "Fast random integer generation", 2019).
std::vector<int64_t> shuffledRows(int64_t count, int64_t seed, int64_t epoch);

/// 0 … count-1.
std::vector<int64_t> rowsInOrder(int64_t count);

} // namespace dlc::fit

#endif
