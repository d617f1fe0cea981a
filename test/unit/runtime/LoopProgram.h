// The sample program with loops. All work on stacks of `batch` elements; half is a constant of the sample.
//
//   sums(x: f32[batch, 4]) -> last: f32[4], all: f32[batch, 4], steps: i64[batch]
//                          h = half; in each turn h += x[i]; all[i] = h; steps[i] = i; last = h
//   sums_back              the same from the last element to the first
//   blocks(x: f32[batch, 2, 4]) -> y: f32[batch, 2, 4], last: f32[4]
//                          a loop in a loop, of copies only: runs without native code
#ifndef DLC_TEST_UNIT_RUNTIME_LOOPPROGRAM_H
#define DLC_TEST_UNIT_RUNTIME_LOOPPROGRAM_H

#include "test/unit/runtime/ProgramFile.h"

namespace dlc::test {

/// Places of the functions in the header.
enum LoopFunction : unsigned { kSums = 5, kSumsBack, kBlocks };

schema::ProgramT loopHeader();

} // namespace dlc::test

#endif
