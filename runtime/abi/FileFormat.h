// Fixed part of a program file (.dlm): a preamble that fills the first page and lists the segments. Everything that
// changes when a program is trained further (the variables) is a segment of its own, so saving rewrites one segment
// and the preamble and never the flatbuffer.
#ifndef DLC_RUNTIME_ABI_FILEFORMAT_H
#define DLC_RUNTIME_ABI_FILEFORMAT_H

#include <cstdint>

namespace dlc::abi {

inline constexpr char kMagic[8] = {'D', 'L', 'C', 'P', 'R', 'O', 'G', '1'};
inline constexpr uint32_t kFormatVersion = 1;
inline constexpr uint64_t kPage = 4096; // every segment starts at a multiple; the gap is zero
inline constexpr uint32_t kMaxSegments = 32;

enum SegmentKind : uint32_t {
  kSegmentHeader = 1, // flatbuffer, runtime/schema/program.fbs
  kSegmentVariables =
      2, // the block of variables: parameters, state, optimizer slots, metrics, hyper-parameters, session
  kSegmentConstants = 3, // read-only tensors
  kSegmentCode = 4,      // native image of one target; flags = index into Program.targets
  kSegmentIr = 5,        // portable IR: MLIR bytecode of the graph form
};

struct Segment {
  uint32_t kind;
  uint32_t flags;
  uint64_t offset; // bytes from the start of the file, a multiple of kPage
  uint64_t size;   // bytes without padding; 0 is allowed
  uint64_t hash;   // XXH3-64 of the size bytes
};

struct Preamble {
  char magic[8];
  uint32_t version;
  uint32_t segmentCount;
  uint64_t fileSize;              // bytes; the last segment is padded to a page as well
  uint64_t hash;                  // XXH3-64 of the whole first page with this field zero
  Segment segments[kMaxSegments]; // unused ones are zero; in order of offset, without gaps but the padding
};
static_assert(sizeof(Preamble) <= kPage, "the preamble fills one page");

} // namespace dlc::abi

#endif
