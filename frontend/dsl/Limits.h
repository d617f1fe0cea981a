// Bounds on what one program may cost to elaborate; every one is an error with a place.
#ifndef DLC_FRONTEND_DSL_LIMITS_H
#define DLC_FRONTEND_DSL_LIMITS_H

#include <cstdint>

namespace dlc::dsl {

constexpr uint64_t kMaxWork = 1'000'000;           // expressions evaluated and ops made
constexpr unsigned kMaxCalls = 200;                // calls within each other
constexpr unsigned kMaxDepth = 3000;               // expressions within each other, through all calls
constexpr unsigned kMaxValueNesting = 256;         // of lists, tuples, records and partial applications
constexpr uint64_t kMaxExtent = 1 << 20;           // of values in a list, those of inner lists counted
constexpr uint64_t kValuesPerStep = 4;             // of a list, for one step of work
constexpr int64_t kMaxListLength = 100'000;        // of a compile-time list
constexpr int64_t kMaxStringLength = 1 << 20;      // of a compile-time string
constexpr int64_t kMaxLiteralElements = 1 << 20;   // of a tensor written as a list
constexpr int64_t kMaxElements = int64_t(1) << 40; // of any tensor of static size
constexpr unsigned kMaxRank = 16;
constexpr unsigned kMaxTraceNotes = 6;

} // namespace dlc::dsl

#endif
