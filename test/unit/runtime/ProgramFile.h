// Makes program files out of parts, right or wrong ones. Written against runtime/abi/FileFormat.h on its own, so that
// tests of the reader do not depend on the writer in backends/package.
#ifndef DLC_TEST_UNIT_RUNTIME_PROGRAMFILE_H
#define DLC_TEST_UNIT_RUNTIME_PROGRAMFILE_H

#include "runtime/abi/FileFormat.h"
#include "runtime/schema/program_generated.h"

#include <cstdint>
#include <vector>

namespace dlc::test {

using Bytes = std::vector<uint8_t>;

struct SegmentContents {
  abi::SegmentKind kind;
  uint32_t flags;
  Bytes bytes;
};

/// The flatbuffer of a header.
Bytes packHeader(const schema::ProgramT &program);

/// A file with a right preamble, whatever the segments hold.
Bytes assemble(const std::vector<SegmentContents> &segments);

/// Makes all hashes of a file right again after its bytes were changed. Leaves files alone that are too short or whose
/// segments lie outside.
void rehash(Bytes &file);

} // namespace dlc::test

#endif
