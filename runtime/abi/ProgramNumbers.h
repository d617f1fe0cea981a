// What the plain numbers in runtime/schema/program.fbs mean, and how large a program may be: one page for the writer
// (backends/package) and the reader. Numbers never change their meaning; data types and kinds of variables are those
// of dlc.h.
#ifndef DLC_RUNTIME_ABI_PROGRAMNUMBERS_H
#define DLC_RUNTIME_ABI_PROGRAMNUMBERS_H

#include <cstdint>

namespace dlc::abi {

enum class DataType : uint32_t { F32 = 1, F16, BF16, F64, I8, U8, I32, I64, Bool };
enum class VariableKind : uint32_t { Param = 1, State, Slot, Metric, Hyper, Session };
enum class PortRole : uint32_t { Input, Target, Output };
enum class BufferKind : uint32_t { Variable, Input, Output, Workspace, Constant, Element };
enum class StepKind : uint32_t { Launch, Guard, Copy, Loop };
enum LoopFlags : uint32_t { kLoopReverse = 1, kLoopIndex = 2, kLoopWhen = 4 };

/// Variables, constants and workspace slots start at multiples of this many bytes.
inline constexpr uint64_t kAlignment = 64;

// Limits. Symbol values of a call live on the stack and sets of symbols in one word; the others bound how much work a
// hostile file can ask for, far above what the compiler makes.
inline constexpr uint32_t kMaxSymbols = 64;
inline constexpr uint32_t kMaxRank = 16;
inline constexpr uint32_t kMaxFormulaTerms = 256;
inline constexpr uint32_t kMaxFormulaDegree = 16;
inline constexpr uint32_t kMaxLoopDepth = 16;
inline constexpr int64_t kMaxGrain = INT32_MAX;
inline constexpr uint64_t kMaxHeaderBytes = uint64_t(256) << 20;
inline constexpr uint32_t kMaxHeaderTables = 1000000; // of the flatbuffer, shared ones counted each time

} // namespace dlc::abi

#endif
